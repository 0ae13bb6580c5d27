"""Captions that give way."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from focus_viewer.ui.widgets.captions import Caption


def test_a_caption_takes_a_second_line_before_it_is_elided(qtbot: QtBot) -> None:
    text = "doubtful; false colour, 861, 670, 551 nm (header)"
    one, two = Caption(), Caption(two=True)
    for caption in (one, two):
        qtbot.addWidget(caption)
        caption.setText(text)
        caption.resize(caption.fontMetrics().horizontalAdvance(text) * 2 // 3, 40)
    assert len(one.lines()) == 1 and one.lines()[0].endswith("…")
    assert " ".join(two.lines()) == text and len(two.lines()) == 2
    two.resize(two.width() // 2, 40)
    assert two.lines()[1].endswith("…")
    two.resize(1000, 40)
    assert two.lines() == (text,)
