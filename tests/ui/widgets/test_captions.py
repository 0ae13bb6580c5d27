"""Captions that give way."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from focus_viewer.ui.widgets.captions import Caption


def test_a_caption_is_elided_and_says_nothing_rather_than_dots(qtbot: QtBot) -> None:
    text = "861, 670, 551 nm (header)"
    caption = Caption()
    qtbot.addWidget(caption)
    caption.setText(text)
    caption.resize(caption.fontMetrics().horizontalAdvance(text) * 2 // 3, 40)
    assert caption.drawn().startswith("861") and caption.drawn().endswith("…")
    assert caption.toolTip() == text
    caption.resize(4, 40)
    assert caption.drawn() == ""
    caption.resize(1000, 40)
    assert caption.drawn() == text
