"""A project that grows by a region with each save, and a program that saves it until it is killed.

Run as a program it forks one that saves for each line that it reads: its modules are loaded once.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from focus_viewer.core.documents.project import Project, ProjectCube
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import Polygon, Rectangle
from focus_viewer.core.saliency.applicability import Applicability, Reason
from focus_viewer.core.saliency.explanation import Cost, Explanation
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.io import read_cube
from focus_viewer.io.project import fingerprint, write_project

MODEL_SHA256 = "ab" * 32
CARD = ModelCard(
    name="focus-leaf",
    version="3",
    backbone="a small ViT",
    classes=("healthy", "rust", "blight"),
    group_edges_nm=(400.0, 450.0, 500.0, 600.0, 700.0),
    training_data="simulated leaves",
    validated=False,
    warning="not validated",
    extra_parameters_percent=1.5,
    sha256=MODEL_SHA256,
    command="focus-viewer train",
    measured={"accuracy": 0.875},
    temperatures={"other": 1.25},
    benchmark={"vnir": {"FOCUS": {"iou": 0.5}}},
)


def explanation(seed: int = 0, grid: tuple[int, int] = (5, 6)) -> Explanation:
    """A sound explanation of random numbers, for an image of 20 x 30 pixels."""
    random = np.random.default_rng(seed)
    volumes = random.normal(size=(2, 3, *grid, 4)).astype(np.float32)
    baseline = random.normal(size=3).astype(np.float32)
    absorbed = random.uniform(0, 0.9, size=(*grid, 4)).astype(np.float32)
    taken = volumes[1] * absorbed / (1 - absorbed)
    left = taken.sum(axis=(1, 2, 3), dtype=np.float64)
    evidence = volumes[1].sum(axis=(1, 2, 3), dtype=np.float64)
    sink = random.uniform(size=3).astype(np.float32)
    weights = np.abs(volumes[0])
    shares = (1 - sink)[:, None, None, None] / weights.sum(axis=(1, 2, 3), keepdims=True)
    others = volumes[1].sum(axis=0) - volumes[1]
    return Explanation(
        card=CARD,
        logits=(baseline + evidence + left).astype(np.float32),
        baseline=baseline,
        attention=weights * shares,
        evidence=volumes[1],
        saliency=volumes[1] - others / 2,
        sink=sink,
        absorbed=absorbed,
        contrasts=random.normal(size=(*grid, 4)).astype(np.float32),
        anchors=random.normal(size=(3, 4)).astype(np.float32),
        edges_nm=CARD.edges_nm,
        met=random.uniform(size=(20, 30)) < 0.8,
        image_shape=(20, 30),
        cost=Cost(2, 0, 0.25 + seed, "cpu", 123_456_789),
        suitability=Applicability(
            (
                Reason("tissue", "34 % of the image is plant tissue", 60.0, 16.0),
                Reason("units", "the cube contains counts", None, None, "doubtful"),
            ),
            tissue_share=0.34,
        ),
        notes=("left out: 400-450 nm", "größer"),
    )


def regions(count: int) -> Annotations:
    """So many regions."""
    found = Annotations()
    for place in range(count):
        corners = tuple((float(col), place + 0.5 * col) for col in range(3 + place % 50))
        outline = Polygon((corners,)) if place % 2 else Rectangle((0.5, 0.0), (4.0, place + 1.0))
        found = found.add(outline, f"Läsion {place}", "#e69f00", "rust" if place % 3 else None)
    return found


def state(count: int, data: Path) -> Project:
    """The project with so many regions and a result that is another each time."""
    cube = read_cube(data)
    kept = ProjectCube(
        path=data,
        fingerprint=fingerprint(cube),
        shape=cube.shape,
        annotations=regions(count),
        explanation=explanation(count, (40, 50)),
    )
    return Project((kept,))


class Pauses:
    """Stops the program for good ahead of the n-th thing that a save does.

    Parameters
    ----------
    place : int
        0 never stops it.
    """

    def __init__(self, place: int) -> None:
        self._left = place
        for name in ("fsync", "replace", "unlink"):
            setattr(os, name, self._counted(getattr(os, name)))
        self._open = io.open
        io.open = self._opened

    def _counted(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **options: Any) -> Any:
            self.step(0.0, "")
            return real(*args, **options)

        return counted

    def _opened(self, path: Any, mode: str = "r", *args: Any, **options: Any) -> Any:
        file = self._open(path, mode, *args, **options)
        if set(mode) & set("wx"):
            self.step(0.0, "")  # there is a file, and nothing in it
        return file

    def step(self, fraction: float, text: str) -> None:
        """Count one more thing."""
        self._left -= 1
        if self._left == 0:
            _say("paused")
            signal.pause()  # until killed


def _say(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def save_on(path: Path, data: Path, first: int, pause: int) -> None:
    """Save one state after the other, and say of each that it is saved."""
    pauses = Pauses(pause)
    while True:
        write_project(path, state(first, data), pauses.step)
        _say(first)
        first += 1


def main(path: Path, data: Path) -> None:
    """Fork a program that saves for each line, `FIRST PAUSE`; say its number, and how it ended."""
    with TemporaryDirectory() as place:  # what a save imports is there before the first fork
        write_project(Path(place) / path.name, state(1, data))
    for line in sys.stdin:
        first, pause = map(int, line.split())
        child = os.fork()
        if not child:
            save_on(path, data, first, pause)
        _say(f"started {child}")
        _, status = os.waitpid(child, 0)
        _say(f"ended {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
