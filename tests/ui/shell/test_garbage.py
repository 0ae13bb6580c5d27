"""Garbage of closed windows, which no worker may collect."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from threading import get_ident
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt
from pytestqt.qtbot import QtBot

from focus_viewer.session.tasks.runner import Task
from focus_viewer.ui import garbage
from focus_viewer.ui.qt_runner import QtRunner


def allocate(step: Any) -> None:
    """Make far more objects than Python's own collection waits for."""
    most = 100 * gc.get_threshold()[0]
    assert len([[number] for number in range(most)]) == most


@pytest.fixture
def collected_in() -> Iterator[set[int]]:
    """Threads that have collected garbage."""
    threads: set[int] = set()

    def note(phase: str, info: dict[str, int]) -> None:
        threads.add(get_ident())

    gc.callbacks.append(note)
    yield threads
    gc.callbacks.remove(note)


def test_a_worker_that_allocates_leaves_garbage_to_the_gui_thread(
    qtbot: QtBot, collected_in: set[int]
) -> None:
    runner = QtRunner()
    done: list[Any] = []
    runner.submit("lane", Task(allocate, done.append, done.append))
    qtbot.waitUntil(lambda: bool(done) and bool(collected_in))
    runner.close()
    assert done == [None]
    assert collected_in == {get_ident()}


@pytest.mark.parametrize(
    ("made", "seconds", "done"),
    [
        (500, 0.001, ["collect"]),
        (500, 0.1, ["collect", "freeze"]),
        (100_000, 0.1, ["freeze"]),
    ],
    ids=["little", "a slow pass", "a library was loaded"],
)
def test_what_would_take_long_is_set_aside(
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    made: int,
    seconds: float,
    done: list[str],
) -> None:
    parent, now, seen = QObject(), [0.0], list[str]()

    def collect() -> None:
        now[0] += seconds
        seen.append("collect")

    collector = garbage.GuiGarbage(parent)
    monkeypatch.setattr(garbage.gc, "get_count", lambda: (made, 0, 0))
    monkeypatch.setattr(garbage.gc, "collect", collect)
    monkeypatch.setattr(garbage.gc, "freeze", lambda: seen.append("freeze"))
    monkeypatch.setattr(garbage, "thread_time", lambda: now[0])
    collector.collect()
    assert seen == done


class Knot:
    """Object that only a pass over garbage can free: it refers to itself."""

    def __init__(self) -> None:
        self.own = self


def test_garbage_that_was_set_aside_goes_when_the_user_turns_to_another_program(
    qtbot: QtBot,
) -> None:
    was_enabled = gc.isenabled()
    try:
        collector = garbage.GuiGarbage(parent := QObject())
        knot = Knot()
        alive = weakref.ref(knot)
        gc.freeze()  # as after a slow pass, while a dialog is open
        del knot
        collector.collect()
        assert alive() is not None
        collector.on_state(Qt.ApplicationState.ApplicationActive)
        assert alive() is not None
        collector.on_state(Qt.ApplicationState.ApplicationInactive)
        assert alive() is None
        parent.deleteLater()
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()
