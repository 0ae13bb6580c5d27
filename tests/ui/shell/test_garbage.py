"""Garbage of closed windows, which no worker may collect."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from threading import get_ident
from typing import Any

import pytest
from PySide6.QtCore import QObject
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


def test_passes_over_all_objects_take_little_of_the_time(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = QObject()
    now = 0.0
    seen: list[int] = []

    def collect(generation: int = 2) -> int:
        nonlocal now
        now += 0.3 if generation == 2 else 0.0
        seen.append(generation)
        return 0

    collector = garbage.GuiGarbage(parent)
    monkeypatch.setattr(garbage.gc, "collect", collect)
    monkeypatch.setattr(garbage, "monotonic", lambda: now)
    for now in (0.0, 1.0, 30.0, 30.5):  # noqa: B007 - read by `monotonic`
        collector.collect()
    assert seen == [2, 1, 1, 2]
