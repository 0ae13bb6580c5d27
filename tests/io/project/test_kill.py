"""A program killed while it saves leaves a project that can be read, whatever the moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import project_states
import pytest
from envi_bytes import ramp, write_envi
from project_states import MODEL_SHA256, regions, state

from focus_viewer.core.documents.project import ProjectReading
from focus_viewer.io.project import read_project, write_project

PROJECT = "work.focus.json"
KILLS = 60
THINGS = 36
"""That a save does one after the other: it is killed ahead of each, and at other moments."""

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no SIGKILL: programs are ended in another way"
)


def read(path: Path) -> ProjectReading:
    return read_project(path, lambda model: MODEL_SHA256)


@pytest.fixture
def saving(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The program that forks one that saves for each line that it is told."""
    data = write_envi(tmp_path, ramp((20, 30, 4))).with_suffix(".img")
    with subprocess.Popen(
        [sys.executable, project_states.__file__, str(tmp_path / PROJECT), str(data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as program:
        yield program
        os.killpg(program.pid, signal.SIGKILL)  # a program that a failure has left at work, too


def killed(
    program: subprocess.Popen[str], first: int, pause: int, chance: np.random.Generator
) -> list[int]:
    """Kill what is saving at its pause, or a while after its first save; what it said was saved."""
    said: dict[str, str] = {}

    def listen_for(awaited: str) -> None:
        assert program.stdout is not None
        while awaited not in said:
            line = program.stdout.readline()
            assert line, "the program ended by itself"
            word, _, number = line.strip().partition(" ")
            said[word] = number

    assert program.stdin is not None
    program.stdin.write(f"{first} {pause}\n")
    program.stdin.flush()
    listen_for("started")
    listen_for("paused" if pause else str(first))
    if not pause:
        time.sleep(chance.uniform(0.0, 0.05))
    os.kill(int(said["started"]), signal.SIGKILL)
    listen_for("ended")
    assert said["ended"] == str(-signal.SIGKILL), "it ended by itself"
    return [int(word) for word in said if word.isdigit()]


def files_of(path: Path) -> list[str]:
    """All that a save has left, and its cube's two files aside."""
    return sorted(file.name for file in path.parent.rglob("*") if file.stem != "cube")


@pytest.mark.slow
def test_killed_at_any_moment(tmp_path: Path, saving: subprocess.Popen[str]) -> None:
    data, path = tmp_path / "cube.img", tmp_path / PROJECT
    chance = np.random.default_rng(7)
    pauses = [*range(1, THINGS + 2), *([0] * (KILLS - THINGS - 1))]
    confirmed, with_drafts, newer = 1, 0, 0
    write_project(path, state(confirmed, data))

    for pause in chance.permutation(pauses).tolist():
        saved = killed(saving, confirmed + 1, pause, chance)
        assert not pause or len(saved) == (pause > THINGS), "a save does more or fewer things now"
        confirmed = max([confirmed, *saved])
        with_drafts += any(name.startswith(".unfinished-") for name in files_of(path))

        reading = read(path)
        (cube,) = reading.project.cubes
        found = len(cube.annotations)
        assert found in (confirmed, confirmed + 1)
        assert cube.annotations == regions(found)
        assert (reading.missing, reading.changed, reading.notes) == ((), (), ())
        expected = state(found, data).cubes[0].explanation
        assert cube.explanation is not None and expected is not None
        assert np.array_equal(cube.explanation.evidence, expected.evidence)
        newer += found > confirmed

        write_project(path, reading.project)
        confirmed = found
        assert len(files_of(path)) == 3, "the project, the folder of its results, and the result"

    # Else no kill has hit a save half done, and nothing was tested.
    assert with_drafts >= 5
    assert newer >= 1
