"""Banners over a widget, which does not move."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from focus_viewer.ui.status.overlaid import Overlaid
from focus_viewer.ui.widgets.labels import label


def test_what_is_below_a_banner_keeps_its_place(qtbot: QtBot) -> None:
    window, under = QWidget(), QWidget()
    qtbot.addWidget(window)
    QVBoxLayout(window).addWidget(under)
    long, short = label("a banner " * 60, wrapped=True), label("another")
    long.hide()
    short.hide()
    over = Overlaid(under, long, short)
    window.resize(400, 300)
    window.show()
    qtbot.waitExposed(window)
    before = under.geometry()
    assert not over.isVisible()
    long.show()
    assert long.isVisible()
    assert under.geometry() == before
    assert before.contains(over.geometry())
    assert over.height() >= long.heightForWidth(over.width())
    window.resize(700, 300)
    qtbot.waitUntil(lambda: over.width() > 600)
    long.hide()
    assert not over.isVisible()
