"""The window on every screen: what it shows at each size, read by geometry."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QTabBar, QWidget
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, ImmediateRunner, make_cube
from ui.label_faults import label_faults

from focus_viewer.assets import folder
from focus_viewer.core.datasets.cube_labels import CubeLabels
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.shell.main_window import MainWindow
from focus_viewer.ui.study.dialog import StudyDialog
from focus_viewer.ui.widgets import style
from focus_viewer.ui.widgets.fitting import room_for

DRAWS_VOLUME = True
SIZES = ((900, 600), (900, 660), (1280, 720), (1440, 900), (1920, 1200), (3840, 2160))
SCALED = "QT_SCALE_FACTOR"


class Desk:
    """The window as the application dresses it."""

    def __init__(self, qtbot: QtBot, store: Path) -> None:
        self.qtbot, self.session = qtbot, Session()
        names = ("plant_3_2026-05-12_corrected_reflectance", "plant_4_2026-05-12")
        cubes = {
            f"{name}.hdr": replace(make_cube(), name=name, path=Path("/field") / f"{name}.hdr")
            for name in names
        }
        self.paths = [Path(name) for name in cubes]
        workbench = Workbench(self.session, ImmediateRunner(), FakeServices(cubes))
        settings = QSettings(str(store), QSettings.Format.IniFormat)
        self.window = MainWindow(self.session, workbench, Path("sample.hdr"), settings)
        qtbot.addWidget(self.window)
        self.window.show()
        qtbot.waitExposed(self.window)

    def size(self, wide: int, high: int) -> None:
        """Give the window a size, and wait until its panels have theirs."""
        self.window.resize(wide, high)
        self.settle()

    def settle(self) -> None:
        before: list[object] = []

        def at_rest() -> bool:
            now = [widget.geometry() for widget in self.window.findChildren(QWidget)]
            same = now == before
            before[:] = now
            return same

        self.qtbot.waitUntil(at_rest)

    def open(self, *paths: Path) -> None:
        self.window.open_paths(list(paths))
        self.settle()

    @property
    def plots_px(self) -> list[float]:
        view = self.window.curve_view
        return [plot.vb.height() for plot in (view.importance, view.spectra)]


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Desk]:
    style.apply(qapp, folder("resources"))
    one = Desk(qtbot, tmp_path / "settings.ini")
    yield one
    one.window.leave()
    one.window.deleteLater()
    qapp.setStyleSheet("")


def test_faults_are_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(300, 100)
    for place, text in ((10, "fits"), (40, "is much too long for its room"), (60, "overlaps")):
        shown = QLabel(text, window)
        shown.setGeometry(10, place, 80, 25)
    QLabel("beyond", window).setGeometry(280, 0, 90, 25)
    with qtbot.waitExposed(window):
        window.show()
    found = " ".join(label_faults(window))
    assert "'is much too long" in found and "overlaps QLabel 'overlaps'" in found
    assert "beyond" in found and "fits" not in found


@pytest.mark.parametrize(("wide", "high"), SIZES)
def test_no_label_is_cut_or_lies_over_another(desk: Desk, wide: int, high: int) -> None:
    desk.size(wide, high)
    faults = {"empty": label_faults(desk.window)}
    desk.open(desk.paths[0])
    faults["sample"] = label_faults(desk.window)
    for name in ("regions", "metadata", "trust", "teach", "curve"):
        desk.window._show_dock(name)
        desk.settle()
        faults[name] = label_faults(desk.window)
    desk.open(desk.paths[1])
    desk.window.commands["compare"].trigger()
    desk.settle()
    faults["two cubes"] = label_faults(desk.window)
    faults["study"] = label_faults(_study(desk))
    assert not any(faults.values()), _listed(faults)
    assert (desk.window.width(), desk.window.height()) == (wide, max(high, desk.window.height()))


def _listed(faults: dict[str, list[str]]) -> str:
    return "\n".join(f"{scene}: {fault}" for scene, found in faults.items() for fault in found)


def _study(desk: Desk) -> StudyDialog:
    for place, document in enumerate(desk.session.state.documents.items):
        labels = CubeLabels((), {"treatment": ("dry", "watered")[place], "plant": f"p{place}"})
        desk.session.documents.label(document.id, labels)
    desk.window.commands["study"].trigger()
    dialog = desk.window.findChild(StudyDialog)
    assert dialog is not None
    room = room_for(desk.window)
    assert dialog.width() <= room.width() and dialog.height() <= room.height()
    verdict = [column.title for column in dialog.model.columns].index("verdict")
    right = dialog.table.columnViewportPosition(verdict) + dialog.table.columnWidth(verdict)
    assert right <= dialog.table.viewport().width()
    desk.qtbot.waitExposed(dialog)
    return dialog


@pytest.mark.skipif(SCALED in os.environ, reason="this is the run at another scale")
def test_no_label_is_cut_at_150_percent() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__, "-k", "1280"],
        env={**os.environ, SCALED: "1.5"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout


def test_curves_stay_readable_in_a_small_window_and_grow_back(desk: Desk) -> None:
    desk.open(desk.paths[0])
    desk.size(1280, 720)
    usual = desk.plots_px
    desk.size(800, 560)
    assert desk.window.width() <= 900
    assert desk.window.height() <= 600  # 1440 x 900 at 150 %
    assert min(desk.plots_px) >= 45
    desk.size(1280, 720)
    assert desk.plots_px == usual
    desk.size(3840, 2160)
    assert min(desk.plots_px) > 3 * min(usual)


def test_verdict_doubt_and_notes_need_no_scrolling(desk: Desk) -> None:
    desk.size(1280, 660)
    desk.open(desk.paths[0])
    panel = desk.window.class_panel
    for shown in (panel.verdict, panel.doubt, panel.note_lines):
        if shown.isVisible():
            below = shown.mapTo(panel.viewport(), QPoint(0, shown.height())).y()
            assert below <= panel.viewport().height()


def test_a_low_window_names_panels_in_their_tabs_alone(desk: Desk) -> None:
    desk.open(desk.paths[0])
    dock = _dock(desk, "curve")
    desk.size(1280, 720)
    assert dock.titleBarWidget() is not None
    bare = desk.window.curve_view.height()
    dock.setTitleBarWidget(None)
    desk.settle()
    assert desk.window.curve_view.height() < bare
    desk.size(1280, 719)
    assert dock.titleBarWidget() is not None
    desk.size(1280, 1000)
    assert dock.titleBarWidget() is None
    desk.size(1280, 720)
    for name in ("regions", "metadata", "trust", "teach"):
        _dock(desk, name).hide()
    desk.qtbot.waitUntil(lambda: _dock(desk, "curve").titleBarWidget() is None)


def test_a_double_click_on_its_tab_takes_a_panel_out(desk: Desk) -> None:
    desk.open(desk.paths[0])
    desk.size(1280, 720)
    (tabs,) = desk.window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    place = [tabs.tabText(tab) for tab in range(tabs.count())].index("Regions")
    QTest.mouseDClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(place).center())
    dock = _dock(desk, "regions")
    desk.qtbot.waitUntil(lambda: dock.isFloating() and dock.titleBarWidget() is None)
    assert not _dock(desk, "curve").isFloating()
    dock.setFloating(False)


def test_panels_at_the_side_are_taken_out_by_their_tabs_too(desk: Desk) -> None:
    desk.open(desk.paths[0])
    desk.size(1280, 720)
    decision, volume = _dock(desk, "decision"), _dock(desk, "volume")
    desk.window.tabifyDockWidget(decision, volume)
    desk.qtbot.waitUntil(lambda: decision.titleBarWidget() is not None)

    def met() -> list[QTabBar]:
        """Tabs that the mouse meets: Qt may keep a bar that it no longer needs below another."""
        found = desk.window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        places = [bar.mapTo(desk.window, bar.tabRect(0).center()) for bar in found]
        named = [(bar, at) for bar, at in zip(found, places, strict=True) if bar.count() > 1]
        return [
            bar
            for bar, at in named
            if bar.tabText(0) == "Decision" and desk.window.childAt(at) is bar
        ]

    desk.qtbot.waitUntil(lambda: bool(met()))
    tabs = met()[0]
    assert "Double-click" in tabs.tabToolTip(0)
    QTest.mouseDClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(0).center())
    desk.qtbot.waitUntil(lambda: decision.isFloating() and volume.titleBarWidget() is None)
    decision.setFloating(False)


@pytest.mark.parametrize("high", [600, 720])
def test_the_picture_says_what_it_shows_below_itself(desk: Desk, high: int) -> None:
    desk.open(desk.paths[0])
    desk.size(1280, high)
    view = desk.window.image_view
    assert view.header.caption.drawn() == "645, 547, 461 nm"
    desk.session.selection.hover(2, 3)
    desk.settle()
    assert view.readout.drawn() == view.readout.text()
    assert view.header.caption.drawn() == "645, 547, 461 nm"


def _dock(desk: Desk, name: str) -> QDockWidget:
    dock = desk.window.findChild(QDockWidget, name)
    assert isinstance(dock, QDockWidget)
    return dock


def test_the_first_window_is_no_larger_than_the_screen(desk: Desk) -> None:
    screen = desk.window.screen().availableGeometry()
    assert desk.window.width() <= screen.width()
    assert desk.window.height() <= screen.height()


def test_nothing_moves_while_work_begins_and_ends(qtbot: QtBot, desk: Desk) -> None:
    desk.open(desk.paths[0])
    window, session = desk.window, desk.session
    document = session.state.document
    assert document is not None

    def places() -> list[object]:
        watched = (window.statusBar(), window.image_view.canvas, window.curve_view)
        return [(one.mapTo(window, QPoint()), one.size()) for one in watched]

    before = places()
    ticket = session.explaining_job.start(document.id, "Explaining")
    session.explaining_job.progress(ticket, 0.5, "explaining")
    session.queue.start([document.id])
    qtbot.waitUntil(window.job_status.cancel.isVisible)
    desk.settle()
    assert places() == before
    session.explaining_job.end(ticket, "done", "1 forward")
    session.queue.clear()
    qtbot.waitUntil(lambda: not window.job_status.cancel.isVisible())
    desk.settle()
    assert places() == before
