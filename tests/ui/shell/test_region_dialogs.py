"""Dialogs of files of regions: which are offered, and the name that is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, ImmediateRunner, make_cube

from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.shell.main_window import MainWindow

CUBES = {"a.img": replace(make_cube(), name="a", path=Path("a.img"))}


class Desk:
    """A window with one cube and a region."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.services = FakeServices(CUBES)
        self.session = Session()
        workbench = Workbench(self.session, ImmediateRunner(), self.services)
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        self.window = MainWindow(self.session, workbench, Path("a.img"), settings)
        qtbot.addWidget(self.window)
        self.window.open_paths([Path("a.img")])
        self.session.regions.draw(Rectangle((2, 2), (9, 9)))


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(qtbot, tmp_path)


def test_all_formats_are_offered_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    offered: list[str] = []

    def ask(*arguments: object) -> tuple[str, str]:
        offered.append(str(arguments[-1]))
        return "plots.geojson", ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", ask)
    desk.window.commands["open_regions"].trigger()

    first = offered[0].split(";;")[0]
    for suffix in ("geojson", "json", "png", "xml", "roi", "gpkg", "shp", "tif", "hdr", "zip"):
        assert f"*.{suffix}" in first
    assert desk.session.state.document is not None
    assert [one.name for one in desk.session.state.document.annotations] == ["plots"]


CHOSEN = [
    ("a.geojson", "GeoJSON (*.geojson)", "a.geojson"),
    ("a.geojson", "COCO (*.json)", "a.json"),
    ("a.json", "labelme (*.labelme.json)", "a.labelme.json"),
    ("a.labelme.json", "COCO (*.json)", "a.json"),
    ("a", "Label mask (*.png)", "a.png"),
    ("plot.12", "Label mask (*.png)", "plot.12.png"),
    ("a.txt", "ENVI ROI as text (*.roi *.txt)", "a.txt"),
    ("a.json", "All files (*)", "a.json"),
]
"""Typed name, chosen filter, name that is written."""


def test_the_chosen_format_is_written(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for typed, chosen, written in CHOSEN:
        answer = typed, chosen
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, answer=answer: answer)
        desk.services.written.clear()
        desk.window.commands["save_regions"].trigger()
        assert [path.name for path in desk.services.written] == [written]


def test_a_dropped_file_of_regions_is_opened(desk: Desk) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/plots/field.geojson")])
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(desk.window, QDragEnterEvent(QPoint(5, 5), copy, data, left, none))
    QApplication.sendEvent(desk.window, QDropEvent(QPoint(5, 5), copy, data, left, none))
    assert desk.session.state.document is not None
    assert [one.name for one in desk.session.state.document.annotations] == ["field"]
