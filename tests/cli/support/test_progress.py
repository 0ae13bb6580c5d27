"""Progress on the error stream."""

from __future__ import annotations

import sys
from io import StringIO

import pytest

from focus_viewer.cli.support.long_work import progress_bar
from focus_viewer.core.errors import Cancelled
from focus_viewer.core.progress import part


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def never() -> None:
    """Ctrl-C did not come."""


def shown(stream: StringIO, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    with progress_bar(never) as step:
        step(0.0, "opening")
        step(0.3, "explaining")
        step(0.1, "explaining again")
        step(1.0000001, "writing")
    return stream.getvalue()


def test_a_terminal_shows_each_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(Terminal(), monkeypatch)
    stages = [line for line in text.split("\r") if "%" in line]
    assert [" ".join(line.split()[:-3]) for line in stages if "expl" in line] == [
        "explaining 30 %",
        "explaining again 10 %",
    ]
    assert "writing" in stages[-1]
    assert "100 %" in stages[-1]


def test_a_log_is_not_filled_with_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(StringIO(), monkeypatch) == ""


def test_each_step_asks_whether_to_go_on() -> None:
    def stop() -> None:
        raise Cancelled

    with progress_bar(stop) as step, pytest.raises(Cancelled):
        step(0.0, "opening")


def test_a_part_reports_its_share_of_the_whole() -> None:
    told: list[tuple[float, str]] = []
    part(lambda fraction, text: told.append((fraction, text)), 0.2, 0.6)(0.5, "half")
    assert told == [(pytest.approx(0.4), "half")]
