"""A scientist's hour by keyboard alone: no event of a mouse is sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from gl.driver import PATIENCE_MS, Driver
from gl.hour import CONTROL, SHIFT, type_path
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QWidget

from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.ui.figure.dialog import FigureDialog
from focus_viewer.ui.palette.dialog import CommandPalette

pytestmark = [pytest.mark.gl, pytest.mark.slow]
Key = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier
NONE = Qt.KeyboardModifier.NoModifier


class Keyboard:
    """Keys that reach whatever has the focus."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver

    @property
    def focus(self) -> QWidget:
        """What has the focus."""
        return QApplication.focusWidget() or self.driver.window

    def press(self, *keys: Qt.Key, with_: Qt.KeyboardModifier = NONE) -> None:
        for key in keys:
            QTest.keyClick(self.focus, key, with_)

    def type_(self, text: str) -> None:
        QTest.keyClicks(self.focus, text)

    def tab_to(self, wanted: QWidget) -> None:
        """Press Tab until a control has the focus."""
        for _ in range(60):
            if self.focus is wanted:
                return
            self.press(Key.Key_Tab)
        raise AssertionError(f"{wanted} is not reached")

    def front(self, window: QWidget) -> None:
        """Bring a window to the front, as a window manager does."""
        window.activateWindow()
        self.driver.qtbot.waitUntil(window.isActiveWindow, timeout=PATIENCE_MS)


@pytest.fixture
def keys(driver: Driver) -> Keyboard:
    return Keyboard(driver)


def test_an_hour_by_keyboard_alone(driver: Driver, keys: Keyboard, tmp_path: Path) -> None:
    keys.press(Key.Key_L, with_=CONTROL)
    driver.wait_until_explained()
    look_at_another_class(driver, keys)
    step_bands(driver, keys)
    pin(driver, keys)
    draw_two(driver, keys)
    name_the_first(driver, keys)
    compare_both(driver, keys)
    undo_and_redo(driver, keys)
    use_the_palette(driver, keys)
    save_figure(driver, keys, tmp_path / "figure.svg")
    save_project(driver, keys, tmp_path / "hour.focus.json")


def look_at_another_class(driver: Driver, keys: Keyboard) -> None:
    before = driver.document.class_name
    keys.press(Key.Key_5, with_=CONTROL)
    keys.tab_to(driver.window.class_panel.classes)
    keys.press(Key.Key_Up)
    assert driver.document.class_name != before


def step_bands(driver: Driver, keys: Keyboard) -> None:
    keys.press(Key.Key_2, with_=CONTROL)
    keys.press(Key.Key_Home)
    first = driver.session.state.view.window_nm.center_nm
    keys.press(Key.Key_PageUp, Key.Key_Right)
    axis = driver.document.cube.axis
    good = axis[driver.document.cube.good_bands]
    assert first == axis.min()
    assert driver.session.state.view.window_nm.center_nm == good[11]


def pin(driver: Driver, keys: Keyboard) -> None:
    keys.press(Key.Key_1, with_=CONTROL)
    keys.press(Key.Key_Left, Key.Key_Up, with_=SHIFT)
    keys.press(Key.Key_Return)
    assert len(driver.document.pins) == 1


def draw_two(driver: Driver, keys: Keyboard) -> None:
    for way in (Key.Key_Right, Key.Key_Left):
        keys.press(Key.Key_R, Key.Key_Return)
        keys.press(way, Key.Key_Down, with_=SHIFT)
        keys.press(Key.Key_Return)
    shapes = [region.outline for region in driver.document.annotations]
    assert len(shapes) == 2
    assert all(isinstance(shape, Rectangle) for shape in shapes)


def name_the_first(driver: Driver, keys: Keyboard) -> None:
    keys.press(Key.Key_4, with_=CONTROL)
    keys.press(Key.Key_Home, with_=CONTROL)
    keys.press(Key.Key_F2)
    keys.press(Key.Key_A, with_=CONTROL)
    keys.type_("lesion")
    keys.press(Key.Key_Return)
    driver.qtbot.waitUntil(
        lambda: "lesion" in [region.name for region in driver.document.annotations]
    )


def compare_both(driver: Driver, keys: Keyboard) -> None:
    keys.press(Key.Key_A, with_=CONTROL)
    assert len(driver.document.selected) == 2
    keys.press(Key.Key_2, with_=CONTROL)
    box = driver.window.curve_view.header.curve
    assert isinstance(box, QComboBox)
    keys.tab_to(box)
    keys.press(Key.Key_Down)
    assert box.currentText() == "Effect size"

    driver.qtbot.waitUntil(
        lambda: driver.session.state.comparison.groups is not None, timeout=PATIENCE_MS
    )
    assert driver.session.state.view.display.curve == "effect"


def undo_and_redo(driver: Driver, keys: Keyboard) -> None:
    drawn = driver.document
    for _ in drawn.history.past:
        keys.press(Key.Key_Z, with_=CONTROL)
    assert not driver.document.annotations.regions
    assert not driver.document.pins
    for _ in drawn.history.past:
        keys.press(Key.Key_Z, with_=CONTROL | SHIFT)
    assert driver.document.annotations == drawn.annotations
    assert driver.document.pins == drawn.pins


def use_the_palette(driver: Driver, keys: Keyboard) -> None:
    keys.press(Key.Key_P, with_=CONTROL | SHIFT)
    palette = driver.window.findChild(CommandPalette)
    assert palette is not None
    keys.front(palette)
    keys.type_("attention")
    keys.press(Key.Key_Return)
    assert driver.session.state.view.display.mode == "attention"
    keys.front(driver.window)


def save_figure(driver: Driver, keys: Keyboard, path: Path) -> None:
    keys.press(Key.Key_E, with_=CONTROL)
    dialog = driver.window.findChild(FigureDialog)
    assert dialog is not None
    keys.front(dialog)
    save = dialog.buttons.button(dialog.buttons.StandardButton.Save)
    driver.qtbot.waitUntil(save.isEnabled, timeout=PATIENCE_MS)
    type_path(path)
    keys.press(Key.Key_S, with_=ALT)
    driver.qtbot.waitUntil(path.exists, timeout=PATIENCE_MS)
    keys.front(dialog)
    keys.press(Key.Key_Escape)
    driver.qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=PATIENCE_MS)
    keys.front(driver.window)


def save_project(driver: Driver, keys: Keyboard, path: Path) -> None:
    type_path(path)
    keys.press(Key.Key_S, with_=CONTROL)
    driver.qtbot.waitUntil(lambda: driver.session.state.project.path == path, timeout=PATIENCE_MS)
    assert not driver.session.state.unsaved
