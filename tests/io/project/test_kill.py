"""A program killed while it saves leaves a project that can be read, whatever the moment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import project_states
import pytest
from envi_bytes import ramp, write_envi
from project_states import MODEL_SHA256, regions, state

from focus_viewer.core.documents.project import ProjectReading
from focus_viewer.io.project import read_project, write_project

KILLS = 60
THINGS = 36
"""That a save does one after the other: it is killed ahead of each, and at other moments."""

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no SIGKILL: programs are ended in another way"
)


def read(path: Path) -> ProjectReading:
    return read_project(path, lambda model: MODEL_SHA256)


def start(path: Path, data: Path, first: int, pause: int) -> subprocess.Popen[str]:
    words = [str(path), str(data), str(first), str(pause)]
    return subprocess.Popen(
        [sys.executable, project_states.__file__, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def killed(child: subprocess.Popen[str], pause: int, chance: np.random.Generator) -> list[int]:
    """Kill the program at its pause, or a while after its first save; what it said was saved."""
    assert child.stdout is not None
    said: list[str] = []
    while said[-1:] != ["paused"] and (pause or not said):
        said.append(child.stdout.readline().strip())
        assert said[-1], "the program ended by itself"
    if not pause:
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(chance.uniform(0.0, 0.05))
    child.kill()
    rest, _ = child.communicate()
    return [int(line) for line in [*said, *rest.split()] if line != "paused"]


def files_of(path: Path) -> list[str]:
    """All that a save has left, and its cube's two files aside."""
    return sorted(file.name for file in path.parent.rglob("*") if file.stem != "cube")


@pytest.mark.slow
def test_killed_at_any_moment(tmp_path: Path) -> None:
    data = write_envi(tmp_path, ramp((20, 30, 4))).with_suffix(".img")
    path = tmp_path / "work.focus.json"
    chance = np.random.default_rng(7)
    pauses = [*range(1, THINGS + 2), *([0] * (KILLS - THINGS - 1))]
    confirmed, with_drafts, newer = 1, 0, 0
    write_project(path, state(confirmed, data))

    for pause in chance.permutation(pauses).tolist():
        child = start(path, data, confirmed + 1, pause)
        saved = killed(child, pause, chance)
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
