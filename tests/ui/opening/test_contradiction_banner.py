"""A file that contradicts itself is asked about once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from envi_bytes import write_envi
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from focus_viewer.core.errors import IncompatibleCube
from focus_viewer.core.progress import Step
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.io import read_cube
from focus_viewer.services.bundled import bundled_services
from focus_viewer.services.explaining import BundledExplaining
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.opening.contradiction_banner import ContradictionBanner
from focus_viewer.ui.opening.values_dialog import ValuesDialog
from focus_viewer.ui.qt_runner import QtRunner
from focus_viewer.ui.shell.main_window import MainWindow

VALUES = np.random.default_rng(1).uniform(0.05, 0.6, (12, 16, 5)).astype("f4")
ENTRIES = {"wavelength": "{450, 550, 650, 750, 850}", "description": "{radiance}"}


class Silent(BundledExplaining):
    """Explains nothing, so that no thread works on when a test ends."""

    def explain(self, request: ExplainRequest, step: Step) -> Explanation:
        raise IncompatibleCube("not explained here")

    def prepare(self, step: Step) -> None:
        return


class Desk:
    """A window with a cube whose description says radiance, and whose numbers do not."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.path = write_envi(folder, VALUES, ENTRIES)
        self.session = Session()
        services = replace(bundled_services(), explaining=Silent())
        workbench = Workbench(self.session, QtRunner(), services)
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        self.window = MainWindow(self.session, workbench, folder / "none.hdr", settings)
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.open_paths([self.path])
        self.wait(lambda: bool(self.session.state.documents.items))
        banner = self.window.findChild(ContradictionBanner)
        assert banner is not None
        self.banner = banner

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=60_000)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    for name in ("XDG_CONFIG_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "config"))
    made = Desk(qtbot, tmp_path)
    yield made
    made.window.leave()


def test_what_was_taken_is_kept_for_good(desk: Desk) -> None:
    assert desk.banner.isVisible()
    assert "mentions radiance" in desk.banner.text.text()
    assert desk.banner.keep.text() == "Keep as radiance"
    QTest.mouseClick(desk.banner.keep, Qt.MouseButton.LeftButton)
    desk.wait(lambda: not desk.banner.isVisible())
    again = read_cube(desk.path)
    assert again.units == "radiance"
    assert not again.contradictions


def test_the_likely_other_is_a_click_away(desk: Desk) -> None:
    QTest.mouseClick(desk.banner.reflectance, Qt.MouseButton.LeftButton)
    desk.wait(lambda: not desk.banner.isVisible())
    (document,) = desk.session.state.documents.items
    assert document.cube.units == "reflectance"
    assert not read_cube(desk.path).contradictions


def test_other_units_are_given_in_the_dialog(desk: Desk) -> None:
    QTest.mouseClick(desk.banner.change, Qt.MouseButton.LeftButton)
    desk.wait(lambda: desk.window.findChild(ValuesDialog) is not None)
    dialog = desk.window.findChild(ValuesDialog)
    assert dialog is not None
    units = dialog.controls.units
    units.setCurrentIndex(units.findText("Reflectance"))
    desk.wait(dialog.apply.isEnabled)
    QTest.mouseClick(dialog.apply, Qt.MouseButton.LeftButton)
    desk.wait(lambda: not desk.banner.isVisible())
    (document,) = desk.session.state.documents.items
    assert document.cube.units == "reflectance"
