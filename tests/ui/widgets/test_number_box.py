"""Numbers typed with a point or a comma mean the same on a system of any language."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from focus_viewer.core.spectra.wavelength_names import nm_number
from focus_viewer.ui.curves.curve_header import SpectralBox
from focus_viewer.ui.opening.divisor_box import DivisorBox
from focus_viewer.ui.opening.wavelength_range import PlainSpinBox
from focus_viewer.ui.widgets.number_box import NumberBox

BOXES = (NumberBox, PlainSpinBox, DivisorBox, lambda: SpectralBox("Middle", "1425.37 nm"))
LANGUAGES = (QLocale.Language.C, QLocale.Language.English, QLocale.Language.German)


@pytest.fixture(params=LANGUAGES)
def _language(request: pytest.FixtureRequest) -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield
    QLocale.setDefault(before)


@pytest.mark.usefixtures("_language")
@pytest.mark.parametrize("made", BOXES)
def test_a_point_and_a_comma_are_the_same(qtbot: QtBot, made: Callable[[], NumberBox]) -> None:
    box = made()
    qtbot.addWidget(box)
    box.setDecimals(3)
    box.setRange(0, 100_000)
    for typed, number in (("702,5", 702.5), ("0.25", 0.25), ("0,5", 0.5), ("1.2345", 1.234)):
        box.selectAll()
        QTest.keyClicks(box, typed)
        QTest.keyClick(box, Qt.Key.Key_Return)
        assert box.value() == pytest.approx(number, abs=0.001), typed
        assert "," not in box.text()


@pytest.mark.usefixtures("_language")
def test_thousands_stand_together_on_every_system(qtbot: QtBot) -> None:
    box = NumberBox()
    qtbot.addWidget(box)
    box.setMaximum(100_000)
    box.setValue(12_345.5)
    assert box.text() == "12345.50"


@pytest.mark.usefixtures("_language")
@pytest.mark.parametrize("made", BOXES)
def test_a_number_that_can_be_two_is_asked_about(
    qtbot: QtBot, made: Callable[[], NumberBox]
) -> None:
    box = made()
    qtbot.addWidget(box)
    box.setDecimals(3)
    box.setRange(0, 100_000)
    box.setValue(7)
    box.show()
    box.selectAll()
    QTest.keyClicks(box, "10,000")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == 7, "with keyboard tracking too"
    assert QToolTip.text() == "10,000 can be 10000 or 10.000: type one of them"


@pytest.mark.parametrize("decimals", [0, 1, 2])
def test_more_decimals_than_a_field_has_are_no_other_number(qtbot: QtBot, decimals: int) -> None:
    box = NumberBox()
    qtbot.addWidget(box)
    box.setDecimals(decimals)
    box.setMaximum(100_000)
    box.setValue(7)
    for typed, number in (("10,000", 7), ("10.0004", 10), ("2000,0", 2000)):
        box.selectAll()
        QTest.keyClicks(box, typed)
        QTest.keyClick(box, Qt.Key.Key_Return)
        assert box.value() == number, typed


def test_a_number_that_is_two_of_which_one_is_too_large_is_the_other(qtbot: QtBot) -> None:
    box = NumberBox()
    qtbot.addWidget(box)
    box.setDecimals(3)
    box.setMaximum(2_500)
    box.selectAll()
    QTest.keyClicks(box, "10,125")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == 10.125


@pytest.mark.usefixtures("_language")
@pytest.mark.parametrize("made", BOXES)
def test_marks_between_thousands_are_asked_about(
    qtbot: QtBot, made: Callable[[], NumberBox]
) -> None:
    box = made()
    qtbot.addWidget(box)
    box.setDecimals(3)
    box.setRange(0, 10_000_000)
    box.setValue(7)
    box.show()
    for typed in ("1,234,567", "1.234.567", "1,234,5", "1,234.5", "1.234,5"):
        box.selectAll()
        QTest.keyClicks(box, typed)
        QTest.keyClick(box, Qt.Key.Key_Return)
        assert box.value() == 7, typed
        assert f"found {typed}" in QToolTip.text()


@pytest.mark.parametrize("made", BOXES)
def test_powers_of_ten_are_numbers(qtbot: QtBot, made: Callable[[], NumberBox]) -> None:
    box = made()
    qtbot.addWidget(box)
    box.setDecimals(3)
    box.setRange(0, 100_000)
    for typed, number in (("1e4", 10_000), ("2,5E2", 250), ("5e-1", 0.5)):
        box.selectAll()
        QTest.keyClicks(box, typed)
        QTest.keyClick(box, Qt.Key.Key_Return)
        assert box.value() == pytest.approx(number), typed


def test_more_decimals_than_a_field_has_are_rounded(qtbot: QtBot) -> None:
    box = NumberBox()
    qtbot.addWidget(box)
    for typed, number in (("0.999", 1.0), ("0.994", 0.99), ("12,3456", 12.35)):
        box.selectAll()
        QTest.keyClicks(box, typed)
        QTest.keyClick(box, Qt.Key.Key_Return)
        assert box.value() == pytest.approx(number), typed


@pytest.mark.parametrize("typed", ["1e9", "1e400", "1e", "", "3"])
def test_what_a_field_cannot_take_gives_way_to_the_number_before(qtbot: QtBot, typed: str) -> None:
    box = NumberBox()
    qtbot.addWidget(box)
    box.setRange(5, 100_000)
    box.setValue(7)
    box.show()
    box.selectAll()
    QTest.keyClick(box, Qt.Key.Key_Backspace)
    QTest.keyClicks(box, typed)
    assert f"found {typed or 'nothing'}" in (box.doubt or ""), "a form keeps its Apply off"
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == 7, "with keyboard tracking too"
    expected = f"expected a number from 5 to 100000, found {typed or 'nothing'}"
    assert QToolTip.text() == expected


def test_the_reason_is_seen_after_a_click_elsewhere(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    box, other = NumberBox(window), QLineEdit(window)
    other.move(0, 60)
    window.show()
    window.activateWindow()
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)
    box.selectAll()
    QTest.keyClicks(box, "1e9")
    QTest.mouseClick(other, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "found 1e9" in QToolTip.text())
    assert box.value() == 0


@pytest.mark.parametrize("typed", ["397", "397.3", "397.32", "1004", "1003,6"])
def test_the_ends_of_an_axis_are_taken_as_they_are_named(qtbot: QtBot, typed: str) -> None:
    box = SpectralBox("Middle", "1425.37 nm")
    qtbot.addWidget(box)
    box.set_words(lambda nm: nm_number(nm, 1 if "." in typed or "," in typed else 0))
    box.setSuffix(" nm")
    box.setDecimals(3)
    box.setRange(397.32, 1003.58)
    box.setValue(550)
    box.selectAll()
    QTest.keyClicks(box, typed)
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == (397.32 if typed.startswith("3") else 1003.58)
