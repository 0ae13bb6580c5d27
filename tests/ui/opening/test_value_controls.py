"""What is said of a file comes back from its controls as it was given."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.ui.opening.value_controls import ValueControls
from focus_viewer.ui.opening.wavelength_range import WavelengthRange

GIVEN = ArrayChoice(
    wavelengths_nm=(400.0, 500.0, 600.0), fwhm_nm=(5.0, 6.0, 7.0), origin="the sensor X"
)


@pytest.fixture
def controls(qtbot: QtBot) -> ValueControls:
    made = ValueControls()
    qtbot.addWidget(made)
    return made


def shown(controls: ValueControls, said: ArrayChoice) -> ArrayChoice:
    controls.show_file("None in the file", 3, said)
    values = controls.values
    assert isinstance(values, ArrayChoice)
    return values


@pytest.mark.parametrize("number", [-9999.0, -2147483648.0, 16777215.0, -0.99991234, -3.4e38, 0.0])
def test_no_data(controls: ValueControls, number: float) -> None:
    assert shown(controls, ArrayChoice(no_data=number)).no_data == number


@pytest.mark.parametrize("number", [10_000.0, 2.75e-5, 3.0518e-05, 1e10, 1e-30, 12345.67891])
def test_scale(controls: ValueControls, number: float) -> None:
    assert shown(controls, ArrayChoice(scale=number)).scale == number


@pytest.mark.parametrize(
    ("keys", "scale"), [("2.75e-5", 2.75e-5), ("1e10", 1e10), ("10000", 1e4), ("-5", 5.0)]
)
def test_scale_by_keys(controls: ValueControls, keys: str, scale: float) -> None:
    controls.scale.selectAll()
    QTest.keyClicks(controls.scale, keys)
    assert controls.scale.value() == scale


def test_text_of_a_scale(controls: ValueControls) -> None:
    assert controls.scale.text() == "As given in the file"
    controls.scale.setValue(10_000)
    assert controls.scale.text() == "10000"


def test_widths_stay_when_only_the_units_change(controls: ValueControls) -> None:
    shown(controls, GIVEN)
    controls.units.setCurrentIndex(1)
    values = controls.values
    assert isinstance(values, ArrayChoice)
    assert (values.fwhm_nm, values.units) == (GIVEN.fwhm_nm, "reflectance")


def test_a_step_that_is_taken_back_leaves_the_last_wavelength(qtbot: QtBot) -> None:
    edited = WavelengthRange()
    qtbot.addWidget(edited)
    edited.set_bands(224)
    edited.last.setValue(1_000)
    edited.step.selectAll()
    QTest.keyClicks(edited.step, "1,234")
    assert edited.last.value() < 700, "of 1.23 so far"
    QTest.keyClick(edited.step, Qt.Key.Key_Return)
    assert edited.last.value() == 1_000
