"""Focus by keyboard: every view can be gone to, is seen to have it, and is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QFrame,
    QLabel,
    QLineEdit,
    QScrollBar,
    QSlider,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot
from ui.window import open_window

from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.session.session import Session
from focus_viewer.ui.shell.main_window import MainWindow

Key = Qt.Key
DRAWS_VOLUME = True
CONTROL = Qt.KeyboardModifier.ControlModifier
DIALOGS = (
    "values",
    "export_data",
    "figure",
    "smooth",
    "bad_bands",
    "contrast",
    "band_math",
    "components",
    "layers",
    "mask",
    "history",
    "libraries",
    "choose_indices",
    "label_cubes",
    "compare_models",
    "study",
    "shortcuts",
)


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def window(qtbot: QtBot, session: Session, tmp_path: Path) -> MainWindow:
    window = open_window(qtbot, session, tmp_path)
    session.regions.draw(Rectangle((1, 1), (9, 9)))
    return window


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (Key.Key_1, "Image"),
        (Key.Key_2, "Importance and spectra"),
        (Key.Key_3, "Saliency volume"),
        (Key.Key_4, "Regions"),
        (Key.Key_5, "Model"),
        (Key.Key_6, "Look"),
    ],
)
def test_a_key_goes_to_each_view(window: MainWindow, key: Qt.Key, name: str) -> None:
    QTest.keyClick(window, key, CONTROL)
    focus = QApplication.focusWidget()
    assert focus is not None and focus.accessibleName() == name


def test_the_image_the_curve_and_the_volume_show_a_ring_for_a_focus_by_keys(
    window: MainWindow,
) -> None:
    rings = (window.image_view.ring, window.curve_view.ring, window.volume_view.ring)
    for key, ring in zip((Key.Key_1, Key.Key_2, Key.Key_3), rings, strict=True):
        QTest.keyClick(window, key, CONTROL)
        assert [one.isVisible() for one in rings] == [one is ring for one in rings]


def test_arrows_are_the_windows_until_the_image_has_the_focus(
    window: MainWindow, session: Session
) -> None:
    session.view.set_window(700)
    before = session.state.view.window_nm
    QTest.keyClick(window, Key.Key_Right)
    assert session.state.view.window_nm.center_nm > before.center_nm
    moved = session.state.view.window_nm
    QTest.keyClick(window, Key.Key_1, CONTROL)
    first = session.state.selection.cursor
    QTest.keyClick(window.image_view.canvas, Key.Key_Right)
    assert session.state.view.window_nm == moved
    assert session.state.selection.cursor != first


def test_tab_reaches_tools_header_curve_and_panels(window: MainWindow) -> None:
    window.activateWindow()
    reached: list[QWidget] = []
    window.image_view.header.recipe.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(200):
        focus = QApplication.focusWidget()
        if focus is None or focus in reached:
            break
        reached.append(focus)
        QTest.keyClick(focus, Key.Key_Tab)
    wanted = (
        window.image_view.canvas,
        window.image_view.header.heatmap,
        window.curve_view,
        window.volume_view,
        window.tabs,
        window.image_view.tools.buttons["look"],
        window.class_panel.model,
    )
    assert [one for one in wanted if one not in reached] == []


def _speechless(widget: QWidget) -> bool:
    """Whether a screen reader has nothing to say of a control."""
    labels = widget.window().findChildren(QLabel)
    if widget.accessibleName() or any(one.buddy() is widget for one in labels):
        return False
    if isinstance(widget, QTabBar):
        return not all(widget.tabText(index) for index in range(widget.count()))
    return not (isinstance(widget, QAbstractButton | QLabel) and widget.text())


def _is_control(widget: QWidget) -> bool:
    """Whether it can have the focus or be clicked, and is no part that Qt made of another."""
    within = widget.parent()
    part = (
        widget.objectName().startswith("qt_")
        or isinstance(widget, QScrollBar)
        or isinstance(within, QLineEdit | QComboBox | QAbstractSpinBox)
        or (isinstance(within, QFrame) and isinstance(within.parent(), QComboBox))
        or (isinstance(within, QAbstractScrollArea) and widget is within.viewport())
    )
    focusable = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return not part and (focusable or isinstance(widget, QAbstractButton | QSlider | QComboBox))


def _controls(window: QWidget) -> list[QWidget]:
    return [one for one in window.findChildren(QWidget) if _is_control(one)]


def _nameless(window: QWidget) -> set[str]:
    return {
        f"{type(one.parent()).__name__} > {type(one).__name__} {one.objectName()}"
        for one in _controls(window)
        if _speechless(one)
    }


def test_every_control_of_the_window_has_a_text_or_a_name(window: MainWindow) -> None:
    assert len(_controls(window)) > 40
    assert _nameless(window) == set()


def test_every_control_of_the_dialogs_has_a_text_or_a_name(window: MainWindow) -> None:
    dialogs = {}
    for name in DIALOGS:
        before = {*window.findChildren(QDialog)}
        window.commands[name].trigger()
        (dialogs[name],) = {*window.findChildren(QDialog)} - before
        assert _controls(dialogs[name]), name
    nameless = {name: _nameless(dialog) for name, dialog in dialogs.items()}
    for dialog in dialogs.values():
        dialog.close()
    assert {name: found for name, found in nameless.items() if found} == {}
