"""Tasks in QThreads: where they run, who is told, and that none is left behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from threading import Event, get_ident
from typing import Any

import pytest
from PySide6.QtCore import QThread, QTimer
from pytestqt.qtbot import QtBot

from focus_viewer.core.errors import Cancelled
from focus_viewer.core.progress import Step
from focus_viewer.session.tasks.runner import Task
from focus_viewer.ui.qt_runner import QtRunner


class Told:
    """Notes what a task tells, and in which thread."""

    def __init__(self) -> None:
        self.results: list[Any] = []
        self.errors: list[Exception] = []
        self.steps: list[tuple[float, str]] = []
        self.threads: set[int] = set()

    def task(self, work: Any) -> Task[Any]:
        return Task(work, self._done, self._failed, self._progress)

    def _done(self, result: Any) -> None:
        self.threads.add(get_ident())
        self.results.append(result)

    def _failed(self, error: Exception) -> None:
        self.threads.add(get_ident())
        self.errors.append(error)

    def _progress(self, fraction: float, text: str) -> None:
        self.threads.add(get_ident())
        self.steps.append((fraction, text))


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[QtRunner]:
    one = QtRunner()
    yield one
    one.close()


def test_work_runs_elsewhere_and_is_told_here(qtbot: QtBot, runner: QtRunner) -> None:
    told = Told()

    def work(step: Step) -> int:
        step(0.25, "a")
        step(0.75, "b")
        return get_ident()

    runner.submit("lane", told.task(work))
    qtbot.waitUntil(lambda: bool(told.results))
    assert told.results[0] != get_ident()
    assert told.threads == {get_ident()}
    assert told.steps == [(0.25, "a"), (0.75, "b")]


def test_a_flood_of_progress_is_thinned_and_every_stage_is_told(
    qtbot: QtBot, runner: QtRunner
) -> None:
    told = Told()

    def work(step: Step) -> None:
        for count in range(10_000):
            step(count / 10_000, "counting")
        step(1.0, "done")

    runner.submit("lane", told.task(work))
    qtbot.waitUntil(lambda: bool(told.results))
    assert len(told.steps) < 100
    assert told.steps[0] == (0.0, "counting")
    assert told.steps[-1] == (1.0, "done")


def test_an_error_is_told(qtbot: QtBot, runner: QtRunner) -> None:
    told = Told()

    def work(step: Step) -> None:
        raise ValueError("why")

    runner.submit("lane", told.task(work))
    qtbot.waitUntil(lambda: bool(told.errors))
    assert str(told.errors[0]) == "why"
    assert told.results == []


def endless(started: Event) -> Any:
    def work(step: Step) -> None:
        started.set()
        while True:
            step(0.5, "still")

    return work


def test_cancelling_ends_work_at_its_next_step(qtbot: QtBot, runner: QtRunner) -> None:
    told, started = Told(), Event()
    runner.submit("lane", told.task(endless(started)))
    assert started.wait(5)
    runner.cancel("lane")
    qtbot.waitUntil(lambda: bool(told.errors))
    assert isinstance(told.errors[0], Cancelled)


def test_the_latest_waits_and_those_between_are_told_that_they_are_not_wanted(
    qtbot: QtBot, runner: QtRunner
) -> None:
    first, second, third = Told(), Told(), Told()
    started = Event()
    runner.submit("lane", first.task(endless(started)))
    assert started.wait(5)
    runner.submit("lane", second.task(lambda step: 2))
    runner.submit("lane", third.task(lambda step: 3))
    qtbot.waitUntil(lambda: bool(third.results))
    assert isinstance(first.errors[0], Cancelled)
    assert isinstance(second.errors[0], Cancelled)
    assert third.results == [3]


def test_lanes_do_not_wait_for_one_another(qtbot: QtBot, runner: QtRunner) -> None:
    slow, quick, started = Told(), Told(), Event()
    runner.submit("slow", slow.task(endless(started)))
    runner.submit("quick", quick.task(lambda step: 1))
    qtbot.waitUntil(lambda: quick.results == [1])
    assert slow.errors == []


def test_work_that_cannot_be_stopped_still_gives_its_result(qtbot: QtBot, runner: QtRunner) -> None:
    told, started, go = Told(), Event(), Event()

    def work(step: Step) -> int:
        started.set()
        go.wait(5)
        return 1

    runner.submit("lane", told.task(work))
    assert started.wait(5)
    runner.cancel("lane")
    go.set()
    qtbot.waitUntil(lambda: told.results == [1])


def test_closing_waits_for_the_threads(qtbot: QtBot) -> None:
    runner, told, started = QtRunner(), Told(), Event()
    runner.submit("lane", told.task(endless(started)))
    assert started.wait(5)
    runner.close()
    assert told.errors == []
    assert told.results == []


def test_a_task_may_submit_the_next_when_it_is_done(qtbot: QtBot, runner: QtRunner) -> None:
    told = Told()

    def again(result: int) -> None:
        runner.submit("lane", told.task(lambda step: result + 1))

    runner.submit("lane", Task(lambda step: 1, again, told.errors.append))
    qtbot.waitUntil(lambda: told.results == [2])


def test_the_runner_does_not_own_a_thread_that_ended(qtbot: QtBot, runner: QtRunner) -> None:
    """The thread's object is deleted for itself, and not again with a runner that ends then."""
    owned: list[list[QThread]] = []

    def look(_: object) -> None:
        QTimer.singleShot(0, lambda: owned.append(runner.findChildren(QThread)))

    runner.submit("lane", replace(Told().task(lambda step: 1), done=look))
    qtbot.waitUntil(lambda: bool(owned))
    assert owned == [[]]
