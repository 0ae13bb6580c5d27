"""Buttons and tabs in the style sheet's kinds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QTabBar, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from focus_viewer.assets import folder
from focus_viewer.ui.widgets import style
from focus_viewer.ui.widgets.labels import button


@pytest.fixture
def _styled(qapp: QApplication) -> Iterator[None]:
    before = qapp.styleSheet()
    style.apply(qapp, folder("resources"))
    yield
    qapp.setStyleSheet(before)


@pytest.mark.usefixtures("_styled")
def test_the_focus_ring_leaves_the_text_of_a_main_button_its_room(qtbot: QtBot) -> None:
    shown = QWidget()
    qtbot.addWidget(shown)
    column = QVBoxLayout(shown)
    first, second = button("Open the sample leaf", "primary"), button("Other", "secondary")
    column.addWidget(first)
    column.addWidget(second)
    shown.show()
    shown.activateWindow()
    second.setFocus()
    qtbot.waitUntil(second.hasFocus)
    without = first.sizeHint()
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    first.style().polish(first)
    assert first.sizeHint() == without


@pytest.mark.usefixtures("_styled")
def test_the_arrows_beside_many_tabs_are_whole(qtbot: QtBot) -> None:
    tabs = QTabBar()
    qtbot.addWidget(tabs)
    for number in range(12):
        tabs.addTab(f"a name of a cube {number}")
    tabs.resize(400, 32)
    tabs.show()
    left, right = (button.geometry() for button in tabs.findChildren(QToolButton))
    assert left.right() <= right.left() + 1  # their borders may be one
    assert tabs.rect().contains(right)
