"""Wavelengths, units, scale and no-data value are given in the window, for any cube."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from envi_bytes import write_envi
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QWidget
from pytestqt.qtbot import QtBot

from focus_viewer.core.preprocessing.settings import Preprocessing
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.services.bundled import bundled_services
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.cube_values import CubeValues
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.opening import value_controls
from focus_viewer.ui.opening.values_dialog import ValuesDialog
from focus_viewer.ui.qt_runner import QtRunner
from focus_viewer.ui.shell.main_window import MainWindow

BANDS = 224  # as many as three known sensors have
AXIS = np.linspace(400.0, 1000.0, BANDS)
LEAF = 0.05 + 0.45 / (1 + np.exp(-(AXIS - 716) / 10))
COUNTS = np.broadcast_to(np.round(10_000 * LEAF), (12, 16, BANDS)).astype("<u2")


class Desk:
    """A window with an ENVI cube of counts that has no wavelengths, a region and a pin."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot, self.folder = qtbot, folder
        self.path = write_envi(folder, COUNTS)
        self.session = Session()
        self.workbench = Workbench(self.session, QtRunner(), bundled_services(), device="cpu")
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        self.window = MainWindow(self.session, self.workbench, folder / "none.hdr", settings)
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.open_paths([self.path])
        self.wait(lambda: bool(self.session.state.documents.items))
        self.session.regions.draw(Rectangle((1, 1), (3, 3)))
        self.session.pins.toggle(4, 5)

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=20_000)

    @property
    def document(self) -> Document:
        (only,) = self.session.state.documents.items
        return only

    def dialog(self) -> ValuesDialog:
        self.wait(lambda: self.window.findChild(ValuesDialog) is not None)
        dialog = self.window.findChild(ValuesDialog)
        assert dialog is not None
        return dialog

    def opened(self) -> ValuesDialog:
        self.window.commands["values"].trigger()
        return self.dialog()

    def click(self, widget: QWidget) -> None:
        self.wait(widget.isEnabled)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def apply(self, dialog: ValuesDialog) -> None:
        before = self.document.cube
        self.click(dialog.apply)
        self.wait(lambda: self.document.cube is not before)
        self.wait(lambda: self.window.findChild(ValuesDialog) is None)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    for name in ("XDG_CONFIG_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "config"))
    made = Desk(qtbot, tmp_path)
    yield made
    made.window.leave()


def down(box: QComboBox, times: int) -> None:
    """Choose by the keyboard."""
    for _ in range(times):
        QTest.keyClick(box, Qt.Key.Key_Down)


def wavelengths(desk: Desk) -> np.ndarray:
    axis = desk.document.cube.wavelengths_nm
    assert axis is not None
    return axis


def test_nothing_is_applied_for_a_number_that_can_be_two(desk: Desk) -> None:
    dialog = desk.opened()
    controls = dialog.controls
    down(controls.wavelengths, 4)
    for box in (controls.scale, controls.range.last):
        before = box.value()
        box.selectAll()
        QTest.keyClicks(box, "1,446")
        assert not dialog.apply.isEnabled()
        assert dialog.message.text() == "1,446 can be 1446 or 1.446: type one of them"
        QTest.keyClick(box, Qt.Key.Key_Return)
        assert box.value() == before
        assert not dialog.busy, "nothing is applied"
        assert dialog.apply.isEnabled()
    dialog.reject()


def test_a_preview_of_other_values_that_comes_late_is_not_shown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Callable[[object], None], Callable[[str], None]]] = []
    monkeypatch.setattr(CubeValues, "preview", lambda *given: asked.append((given[-2], given[-1])))
    dialog = desk.opened()
    down(dialog.controls.wavelengths, 4)
    desk.wait(lambda: bool(asked))
    shown, refused = asked[-1]
    dialog.controls.scale.selectAll()
    QTest.keyClicks(dialog.controls.scale, "1e")
    shown(object())
    refused("too late")
    assert not dialog.apply.isEnabled()
    assert "found 1e" in dialog.message.text()
    dialog.reject()


def test_given_by_range_scale_and_no_data_in_the_same_tab_and_remembered(desk: Desk) -> None:
    desk.click(desk.window.class_panel.give)
    before, dialog = desk.document, desk.dialog()
    controls = dialog.controls
    assert controls.wavelengths.currentText() == "None in the file"
    assert controls.wavelengths.hasFocus() or not dialog.isActiveWindow()
    down(controls.wavelengths, 4)
    assert controls.range.isVisible()
    desk.wait(lambda: "rises most at 71" in dialog.message.text())
    assert all(mark.isVisible() for mark in dialog.spectra.marks)
    controls.range.last.selectAll()
    QTest.keyClicks(controls.range.last, "1446")
    assert controls.range.step.value() == pytest.approx(1046 / 223, abs=1e-3)
    controls.range.step.selectAll()
    QTest.keyClicks(controls.range.step, "2")
    assert controls.range.last.value() == 846
    controls.scale.selectAll()
    QTest.keyClicks(controls.scale, "10000")
    QTest.keyClicks(controls.no_data, "500")
    down(controls.units, 1)
    desk.apply(dialog)
    after = desk.document
    assert after.id == before.id
    assert after.annotations == before.annotations and len(after.pins) == 1
    np.testing.assert_allclose(wavelengths(desk), 400 + 2 * np.arange(BANDS))
    assert after.cube.units == "reflectance"
    expected = np.where(COUNTS[2, 3] == 500, np.nan, COUNTS[2, 3] / 10_000)
    np.testing.assert_allclose(after.cube.pixel(2, 3), expected, rtol=1e-6)
    assert not desk.window.class_panel.give.isVisible()
    desk.window.open_paths([desk.path])
    desk.wait(lambda: len(desk.session.state.documents.items) == 2)
    np.testing.assert_allclose(
        desk.session.state.documents.items[1].cube.axis, 400 + 2 * np.arange(BANDS)
    )


def test_given_by_a_sensor_and_taken_back(desk: Desk) -> None:
    dialog = desk.opened()
    down(dialog.controls.wavelengths, 3)
    assert dialog.controls.sensor.currentText() == "Specim FX10"
    assert "nominal" in dialog.controls.source.text()
    desk.apply(dialog)
    assert (wavelengths(desk)[0], wavelengths(desk)[-1]) == (397.66, 1003.81)
    assert desk.document.cube.fwhm_nm is not None
    assert any("Specim FX10, nominal" in note for note in desk.document.cube.notes)
    again = desk.opened()
    assert again.controls.wavelengths.currentText() == "From a table"
    assert "397.66 to 1003.81 nm, the sensor Specim FX10" in again.controls.table_note.text()
    again.controls.wavelengths.setCurrentIndex(0)
    desk.apply(again)
    assert desk.document.cube.wavelengths_nm is None
    assert desk.document.cube.choice is not None


def test_given_by_a_table_and_a_wrong_one_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, wrong = desk.folder / "w.csv", desk.folder / "two.csv"
    right.write_text("\n".join(f"{nm:.3f}" for nm in AXIS), encoding="utf-8")
    wrong.write_text("400\n500\n", encoding="utf-8")
    dialog = desk.opened()
    down(dialog.controls.wavelengths, 2)
    desk.wait(lambda: "Choose a table" in dialog.message.text())
    assert not dialog.apply.isEnabled()
    for path, said in ((wrong, "expected 224 wavelengths"), (right, "rises most at 71")):
        monkeypatch.setattr(value_controls, "ask_table", lambda parent, path=path: path)
        desk.click(dialog.controls.table)
        desk.wait(lambda said=said: said in dialog.message.text())  # type: ignore[misc]
        assert dialog.apply.isEnabled() == (path == right)
    desk.apply(dialog)
    np.testing.assert_allclose(wavelengths(desk), AXIS, atol=1e-3)
    again = desk.opened()
    assert "from 400 to 1000 nm, the table w.csv" in again.controls.table_note.text()
    desk.click(again.cancel)


def test_a_wrong_no_data_value_is_said(desk: Desk) -> None:
    dialog = desk.opened()
    QTest.keyClicks(dialog.controls.no_data, "-9999")
    desk.wait(lambda: "no-data value that uint16 numbers can be" in dialog.message.text())
    assert not dialog.apply.isEnabled() and dialog.message.objectName() == "warning"
    dialog.controls.no_data.setText("much")
    assert "expected a number" in dialog.message.text()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    desk.wait(lambda: desk.window.findChild(ValuesDialog) is None)
    assert desk.document.cube.choice is None


def test_every_control_is_reached_by_the_keyboard(desk: Desk) -> None:
    dialog = desk.opened()
    controls = dialog.controls
    controls.wavelengths.setCurrentIndex(4)
    chain, widget = [], dialog.nextInFocusChain()
    while widget is not dialog:
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            chain.append(widget)
        widget = widget.nextInFocusChain()
    expected = [
        controls.wavelengths, controls.range.first, controls.range.last, controls.range.step,
        controls.units, controls.scale, controls.no_data, dialog.cancel, dialog.apply,
    ]  # fmt: skip
    assert [widget for widget in chain if widget in expected] == expected
    desk.wait(dialog.apply.isEnabled)
    before = desk.document.cube
    QTest.keyClick(controls.no_data, Qt.Key.Key_Return)
    desk.wait(lambda: desk.document.cube is not before)


def test_the_metadata_panel_leads_to_the_dialog(desk: Desk) -> None:
    panel = desk.window.metadata_panel
    panel.give.click()
    dialog = desk.dialog()
    dialog.controls.wavelengths.setCurrentIndex(4)
    desk.apply(dialog)
    assert panel.shown["Wavelengths"].startswith("400 to 1000 nm")
    assert "400 to 1000 nm, evenly spaced" in panel.assumed.text()


def test_closing_the_cube_closes_the_dialog(desk: Desk) -> None:
    desk.opened()
    desk.session.documents.close(desk.document.id)
    desk.wait(lambda: desk.window.findChild(ValuesDialog) is None)


def test_a_sensor_of_an_older_project_is_shown(desk: Desk) -> None:
    treated = bundled_services().preprocessing.preprocess(
        desk.document.cube, Preprocessing(sensor="FX17"), lambda fraction, text: None
    )
    desk.session.preprocessing.replace_cube(desk.document.id, treated)
    dialog = desk.opened()
    assert dialog.controls.wavelengths.currentText() == "Of a sensor"
    assert dialog.controls.sensor.currentText() == "Specim FX17"
    desk.click(dialog.cancel)


def test_nothing_can_be_given_without_a_file(desk: Desk) -> None:
    bare = replace(desk.document.cube, path=None)
    desk.session.documents.open(bare)
    assert not desk.window.commands["values"].isEnabled()
    assert not desk.window.class_panel.give.isVisible()
