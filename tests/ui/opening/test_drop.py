"""Files dropped on the window, and the list of recent ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from focus_viewer.ui.shell.drop import DropFilter, dropped_paths
from focus_viewer.ui.shell.recent import RecentFiles


def data_of(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


@pytest.mark.parametrize(
    ("dropped", "kept"),
    [
        (["a.hdr"], ["a.hdr"]),
        (["a.img"], ["a.img"]),
        (["a.img", "a.hdr"], ["a.hdr"]),
        (["a.raw", "a.raw.hdr"], ["a.raw.hdr"]),
        (["a.img", "b.hdr"], ["a.img", "b.hdr"]),
        (["folder"], ["folder"]),
        (["a.dbf", "a.prj", "a.shp", "a.shx", "b.geojson"], ["a.shp", "b.geojson"]),
    ],
)
def test_the_two_files_of_a_cube_count_once(dropped: list[str], kept: list[str]) -> None:
    root = Path("/data")
    data = data_of(*(root / name for name in dropped))
    assert [path.name for path in dropped_paths(data)] == kept


def test_a_drop_opens_and_a_drag_of_text_does_not(qtbot: QtBot, tmp_path: Path) -> None:
    opened: list[list[Path]] = []
    hot: list[bool] = []
    widget = QWidget()
    qtbot.addWidget(widget)
    DropFilter(widget, opened.append, hot.append)
    copy = Qt.DropAction.CopyAction
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    data = data_of(tmp_path)
    QApplication.sendEvent(widget, QDragEnterEvent(QPoint(5, 5), copy, data, left, none))
    QApplication.sendEvent(widget, QDropEvent(QPoint(5, 5), copy, data, left, none))
    assert opened == [[tmp_path]]
    assert hot == [True, False]
    text = QMimeData()
    text.setText("not a file")
    enter = QDragEnterEvent(QPoint(5, 5), copy, text, left, none)
    enter.ignore()
    QApplication.sendEvent(widget, enter)
    assert not enter.isAccepted()


def test_recent_files_are_kept_latest_first_whether_their_drive_answers_or_not(
    tmp_path: Path,
) -> None:
    store = str(tmp_path / "settings.ini")
    names = [tmp_path / f"{number}.hdr" for number in range(12)]
    recent = RecentFiles(QSettings(store, QSettings.Format.IniFormat))
    for name in names:
        recent.add(name)
    recent.add(names[5])
    again = RecentFiles(QSettings(store, QSettings.Format.IniFormat))
    assert again.paths()[:3] == [names[5], names[11], names[10]]
    assert len(again.paths()) == 10
    again.clear()
    assert recent.paths() == []
