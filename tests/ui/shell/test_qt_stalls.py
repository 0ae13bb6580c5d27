"""Tasks whose reading never returns: they are given up, and their lane goes on."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from focus_viewer.core.errors import Cancelled, Stalled
from focus_viewer.core.progress import Step
from focus_viewer.session.tasks.runner import Task
from focus_viewer.ui import qt_runner
from focus_viewer.ui.qt_runner import QtRunner

SHORT_S = 0.02


class Told:
    """What a task tells."""

    def __init__(self) -> None:
        self.results: list[Any] = []
        self.errors: list[Exception] = []
        self.words: list[str] = []

    def task(self, work: Any, patience_s: float | None = None) -> Task[Any]:
        return Task(
            work,
            self.results.append,
            self.errors.append,
            lambda fraction, text: self.words.append(text),
            patience_s,
            "/far/cube.hdr",
        )


class Drive:
    """One that does not answer until it is told to."""

    def __init__(self) -> None:
        self.asked, self.answers = Event(), Event()
        self.cancelled = False

    def read(self, step: Step) -> str:
        self.asked.set()
        self.answers.wait()
        try:
            step(1.0, "late")
        except Cancelled:
            self.cancelled = True
        return "late"


class Clock:
    """Stands still until it is put on, and counts how often it is looked at."""

    def __init__(self) -> None:
        self.now = 0.0
        self.looks = 0

    def __call__(self) -> float:
        self.looks += 1
        return self.now


@pytest.fixture
def drive() -> Iterator[Drive]:
    one = Drive()
    yield one
    one.answers.set()


@pytest.fixture
def runner(qtbot: QtBot, drive: Drive) -> Iterator[QtRunner]:
    one = QtRunner(unwanted_s=0.0)
    yield one
    drive.answers.set()
    one.close()


def test_a_read_that_never_returns_is_told_and_the_lane_goes_on(
    qtbot: QtBot, runner: QtRunner, drive: Drive
) -> None:
    first, second = Told(), Told()
    runner.submit("lane", first.task(drive.read, SHORT_S))
    qtbot.waitUntil(lambda: bool(first.errors))
    (error,) = first.errors
    assert isinstance(error, Stalled)
    assert str(error) == (
        "/far/cube.hdr has not answered for 0.02 s: its drive may be disconnected or busy. Check "
        "the drive, then open it again."
    )
    runner.submit("lane", second.task(lambda step: 2))
    qtbot.waitUntil(lambda: second.results == [2])


def test_what_comes_late_is_dropped_and_its_thread_ends(
    qtbot: QtBot, runner: QtRunner, drive: Drive
) -> None:
    told, after, other = Told(), Told(), Drive()
    runner.submit("lane", told.task(drive.read, SHORT_S))
    qtbot.waitUntil(lambda: bool(told.errors))
    runner.submit("lane", after.task(other.read))
    drive.answers.set()
    qtbot.waitUntil(lambda: runner.stuck == 0)
    assert drive.cancelled
    assert (told.results, told.words, len(told.errors)) == ([], [], 1)
    assert (after.results, after.words, after.errors) == ([], [], [])
    other.answers.set()
    qtbot.waitUntil(lambda: after.results == ["late"])


def test_one_that_waited_is_done_next(qtbot: QtBot, runner: QtRunner, drive: Drive) -> None:
    first, second = Told(), Told()
    runner.submit("lane", first.task(drive.read, 1000.0))
    assert drive.asked.wait(5)
    runner.submit("lane", second.task(lambda step: 2, 1000.0))
    qtbot.waitUntil(lambda: second.results == [2])
    assert isinstance(first.errors[0], Cancelled)  # nobody wants it: there is nothing to tell


def test_work_without_patience_is_never_given_up(
    qtbot: QtBot, runner: QtRunner, drive: Drive
) -> None:
    first, second, other, gone = Told(), Told(), Told(), Drive()
    runner.submit("lane", first.task(drive.read))
    runner.submit("lane", second.task(lambda step: 2))
    runner.submit("other", other.task(gone.read, SHORT_S))
    qtbot.waitUntil(lambda: bool(other.errors))
    gone.answers.set()
    assert (first.errors, second.results) == ([], [])
    drive.answers.set()
    qtbot.waitUntil(lambda: second.results == [2])


def test_a_word_starts_the_patience_anew(
    qtbot: QtBot, runner: QtRunner, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, told = Clock(), Told()
    monkeypatch.setattr(qt_runner, "monotonic", clock)
    go, spoke = Event(), Event()

    def work(step: Step) -> str:
        go.wait()
        step(0.5, "half")
        spoke.set()
        return drive.read(step)

    def look_twice() -> None:
        seen = clock.looks
        qtbot.waitUntil(lambda: clock.looks >= seen + 2)

    runner.submit("lane", told.task(work, SHORT_S))
    look_twice()
    clock.now = 0.9 * SHORT_S
    go.set()
    assert spoke.wait(5)
    clock.now = 1.8 * SHORT_S
    look_twice()
    assert (told.errors, told.words) == ([], ["half"])
    clock.now = 2.0 * SHORT_S
    qtbot.waitUntil(lambda: bool(told.errors))
    assert isinstance(told.errors[0], Stalled)


def test_there_is_an_end_to_giving_up(
    qtbot: QtBot,
    runner: QtRunner,
    drive: Drive,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(qt_runner, "_MOST_STUCK", 0)
    told = Told()
    with caplog.at_level(logging.WARNING):
        runner.submit("lane", told.task(drive.read, SHORT_S))
        qtbot.waitUntil(lambda: "must wait" in caplog.text)
    assert told.errors == []
    drive.answers.set()
    qtbot.waitUntil(lambda: told.results == ["late"])


def test_closing_leaves_threads_that_are_stuck_running(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(qt_runner, "_STUCK_CLOSE_S", 0.0)
    monkeypatch.setattr(qt_runner, "_left", [])
    runner, told = QtRunner(), Told()
    source, sink = os.pipe()
    task = told.task(lambda step: os.read(source, 1), SHORT_S)
    for count in range(4):
        runner.submit(f"lane {count}", replace(task))
    qtbot.waitUntil(lambda: len(told.errors) == 4)
    workers = list(runner._stuck._workers)
    with caplog.at_level(logging.WARNING):
        runner.close()
    assert caplog.text.count("/far/cube.hdr: its thread did not end in 0 s") == 4
    del runner
    assert qt_runner.threads_left()
    os.write(sink, b"1234")
    assert len(workers) == 4
    assert all(worker.wait(5000) for worker in workers)
    assert not qt_runner.threads_left()
    os.close(source)
    os.close(sink)


BUSY = """
import logging, sys
from threading import Event

from PySide6.QtCore import QCoreApplication

from focus_viewer import app
from focus_viewer.session.tasks.runner import Task
from focus_viewer.ui import qt_runner

logging.basicConfig()
sys.setswitchinterval(1.0)
started = Event()


def work(step):
    started.set()
    while True:
        pass


qt = QCoreApplication([])
qt_runner._CLOSE_S = 0.1
runner = qt_runner.QtRunner()
runner.submit("lane", Task(work, print, print))
started.wait()
runner.close()
print("closed")
app._leave_late_threads(3)
"""


def test_work_that_is_busy_in_python_does_not_keep_the_program_from_ending() -> None:
    result = subprocess.run(
        [sys.executable, "-c", BUSY], capture_output=True, text=True, timeout=60, check=False
    )
    assert (result.returncode, result.stdout) == (3, "closed\n")
    assert "The file: its thread did not end in 0.1 s" in result.stderr
