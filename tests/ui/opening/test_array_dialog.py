"""The user says which array of a file is the cube, and need not say it twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.io import read_cube
from focus_viewer.services.bundled import bundled_services
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.opening.array_dialog import ChoiceDialog
from focus_viewer.ui.qt_runner import QtRunner
from focus_viewer.ui.shell.main_window import MainWindow
from focus_viewer.ui.widgets import fitting

VALUES = np.random.default_rng(3).random((12, 16, 7), dtype=np.float32)


class Desk:
    """A window that is asked to open a file of two arrays."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.path = folder / "two.npz"
        np.savez(self.path, cube=VALUES, other=VALUES[:5, :6, :3])
        self.qtbot = qtbot
        self.session = Session()
        self.workbench = Workbench(self.session, QtRunner(), bundled_services(), device="cpu")
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        self.window = MainWindow(self.session, self.workbench, folder / "none.hdr", settings)
        qtbot.addWidget(self.window)
        self.window.show()

    def dialog(self) -> ChoiceDialog:
        self.window.open_paths([self.path])
        self.qtbot.waitUntil(lambda: self.window.findChild(ChoiceDialog) is not None)
        dialog = self.window.findChild(ChoiceDialog)
        assert dialog is not None
        return dialog

    def click(self, dialog: ChoiceDialog, button: QDialogButtonBox.StandardButton) -> None:
        found = dialog.buttons.button(button)
        self.qtbot.waitUntil(found.isEnabled)
        QTest.mouseClick(found, Qt.MouseButton.LeftButton)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    for name in ("XDG_CONFIG_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "config"))
    one = Desk(qtbot, tmp_path)
    yield one
    one.window.leave()


def test_the_array_and_its_axes_are_chosen_and_remembered(desk: Desk) -> None:
    dialog = desk.dialog()
    assert desk.session.state.documents.items == ()
    axes = dialog.controls.axes
    axes.setCurrentIndex(axes.findText("rows, columns, bands"))
    axes.activated.emit(axes.currentIndex())
    desk.qtbot.waitUntil(lambda: "12 rows x 16 columns" in dialog.summary.text())
    desk.click(dialog, QDialogButtonBox.StandardButton.Open)
    desk.qtbot.waitUntil(lambda: len(desk.session.state.documents.items) == 1)
    cube = desk.session.state.documents.items[0].cube
    np.testing.assert_array_equal(cube.block(slice(None), slice(None)), VALUES)
    desk.window.open_paths([desk.path])
    desk.qtbot.waitUntil(lambda: len(desk.session.state.documents.items) == 2)
    assert desk.session.state.documents.items[1].cube.shape == VALUES.shape


def test_what_was_said_before_is_shown_when_asked_again(desk: Desk) -> None:
    said = ArrayChoice(
        "other", ("cols", "rows", "bands"), None, (500.0, 600.0, 700.0), "counts", 4.0, 7.0
    )
    desk.session.documents.open(read_cube(desk.path, said), said)
    desk.window.commands["choose_array"].trigger()
    desk.qtbot.waitUntil(lambda: desk.window.findChild(ChoiceDialog) is not None)
    dialog = desk.window.findChild(ChoiceDialog)
    assert dialog is not None and dialog.arrays.currentRow() == 1
    assert dialog.controls.choice == said
    desk.qtbot.waitUntil(lambda: "6 rows x 5 columns, 3 bands" in dialog.summary.text())
    assert dialog.spectra.contrasted.getData()[0] is not None
    dialog.arrays.setCurrentRow(0)
    other = dialog.controls.choice
    assert isinstance(other, ArrayChoice)
    assert (other.array, other.wavelengths_nm, other.scale) == ("cube", None, None)
    desk.click(dialog, QDialogButtonBox.StandardButton.Cancel)


def test_other_axes_have_other_bands(desk: Desk) -> None:
    dialog = desk.dialog()
    values = dialog.controls.values
    values.wavelengths.setCurrentIndex(4)
    for axes, bands in (("rows, columns, bands", 7), ("bands, rows, columns", 12)):
        dialog.controls.axes.setCurrentIndex(dialog.controls.axes.findText(axes))
        choice = dialog.controls.choice
        assert isinstance(choice, ArrayChoice) and choice.wavelengths_nm is not None
        assert len(choice.wavelengths_nm) == bands
    desk.click(dialog, QDialogButtonBox.StandardButton.Cancel)


def test_the_buttons_are_in_sight_on_a_low_screen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "room_for", lambda _: QSize(944, 560))  # 1440 x 900 at 150 %
    dialog = desk.dialog()
    assert dialog.width() <= 944 and dialog.height() <= 560
    assert dialog.buttons.visibleRegion().boundingRect() == dialog.buttons.rect()
    axes = dialog.controls.axes
    assert axes.visibleRegion().boundingRect() == axes.rect()
    dialog.reject()


def test_cancel_leaves_all_as_it_is(desk: Desk) -> None:
    dialog = desk.dialog()
    QTest.mouseClick(
        dialog.buttons.button(QDialogButtonBox.StandardButton.Cancel), Qt.MouseButton.LeftButton
    )
    assert desk.session.state.requests.array_question is None
    assert desk.session.state.documents.items == ()
