"""Verdict: all reasons where there is room, else one and how many more."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from focus_viewer.core.saliency.applicability import Applicability, Reason
from focus_viewer.ui.panels.verdict_box import VerdictBox

REASONS = tuple(
    Reason(f"measure {number}", f"reason {number}", None, None, "doubtful") for number in range(6)
)
FOUND = Applicability(REASONS, 0.5)


def test_reasons_are_folded_where_there_is_little_room_until_they_are_asked_for(
    qtbot: QtBot,
) -> None:
    box = VerdictBox()
    qtbot.addWidget(box)
    box.show_verdict(FOUND)
    assert box.text().count("Reason ") == 6
    box.set_short(True)
    assert box.text().count("Reason ") == 1
    assert "5&nbsp;more" in box.text()
    box.linkActivated.emit("#more")
    assert box.text().count("Reason ") == 6
    box.show_verdict(FOUND)
    assert box.text().count("Reason ") == 6
    box.show_verdict(Applicability(REASONS[:2], 0.5))
    assert "1&nbsp;more" in box.text()


def test_the_evidence_is_asked_for_by_its_own_link(qtbot: QtBot) -> None:
    box, asked = VerdictBox(), list[bool]()
    qtbot.addWidget(box)
    box.evidence_wanted.connect(lambda: asked.append(True))
    box.show_verdict(FOUND, withheld=True)
    box.linkActivated.emit("#more")
    assert not asked
    box.linkActivated.emit("#show")
    assert asked
