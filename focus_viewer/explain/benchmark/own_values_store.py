"""Own Shapley values of the frozen model by scene, kept on disk: they take minutes a scene.

A file a scene, written when it is done, so that an interrupted run resumes. Its name is a checksum
of all that decides its content: the model, the scene, and the number of evaluations.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.errors import FocusError
from focus_viewer.core.process_pool import WorkerDied, completed
from focus_viewer.core.progress import Step
from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.benchmark.measure import BenchmarkScene, BenchmarkSetup
from focus_viewer.explain.metrics.coalitions import FrozenModel
from focus_viewer.explain.metrics.fidelity import OwnPlayers, OwnValues, own_values
from focus_viewer.explain.metrics.shapley import ShapleyEstimate
from focus_viewer.explain.model.focus_model import FocusModel

_FORMAT = 2  # of the files, and of how values are computed


def frozen_checksum(model: FocusModel) -> str:
    """Return a checksum of what decides a model's own values.

    The frozen backbone, and what its images are relative to; other prompts have the same values.
    """
    check = hashlib.sha256()
    parts = ("backbone.", "mean", "residual_std", "brightness_weights", "tissue", "background")
    for name, values in sorted(model.state_dict().items()):
        if name.startswith(parts):
            check.update(name.encode())
            check.update(values.cpu().contiguous().numpy().tobytes())
    return check.hexdigest()


@dataclass(frozen=True)
class OwnValuesStore:
    """Folder of own values.

    Attributes
    ----------
    model : str
        Checksum of what is explained, see `frozen_checksum`.
    evaluations, trials : int
        See `fidelity.own_values`.
    """

    folder: Path
    model: str
    evaluations: int
    trials: int

    def path(self, scene: BenchmarkScene) -> Path:
        """Return the file of a scene."""
        check = hashlib.sha256(f"{_FORMAT} {self.model} {self.evaluations} {self.trials}".encode())
        for part in (scene.data, scene.groups):
            check.update(np.ascontiguousarray(part).tobytes())
        return self.folder / f"{check.hexdigest()[:24]}.npz"

    def read(self, scene: BenchmarkScene) -> OwnValues | None:
        """Read the values of a scene, or None where they are not known."""
        path = self.path(scene)
        if not path.exists():
            return None
        with np.load(path) as file:
            parts = {name: np.asarray(file[name]) for name in file.files}
        groups, cells = (_unpack(parts, kind) for kind in ("groups", "cells"))
        return OwnValues(groups, cells, parts["nothing"])

    def write(self, scene: BenchmarkScene, own: OwnValues) -> None:
        """Write the values of a scene."""
        self.folder.mkdir(parents=True, exist_ok=True)
        parts = {**_pack(own.groups, "groups"), **_pack(own.cells, "cells")}
        parts["nothing"] = own.nothing
        write_atomically(self.path(scene), lambda file: np.savez_compressed(file, **parts))


def collect_own_values(
    store: OwnValuesStore,
    setup: BenchmarkSetup,
    scenes: Sequence[BenchmarkScene],
    workers: int,
    step: Step,
) -> list[OwnValues]:
    """Return the own values of scenes, and compute those that the store lacks.

    Parameters
    ----------
    workers : int
        Processes; 1 computes in this one.
    step : Step
        Raises `Cancelled` to stop; what was computed is in the store.

    Raises
    ------
    FocusError
        If a process ended before its work was done.
    """
    missing = [scene for scene in scenes if not store.path(scene).exists()]
    _compute(store, setup, missing, workers, step)
    found = [store.read(scene) for scene in scenes]
    return [own for own in found if own is not None]


def _compute(
    store: OwnValuesStore,
    setup: BenchmarkSetup,
    missing: Sequence[BenchmarkScene],
    workers: int,
    step: Step,
) -> None:
    count = len(missing)

    def tick(position: int, done: int) -> None:
        step(done / max(count, 1), f"Shapley values, scene {done + 1} of {count}")

    if workers == 1:
        for done, scene in enumerate(missing):
            tick(done, done)
            store.write(scene, _own_values(store, setup, scene))
        return
    found = completed(_work, missing, workers, tick, partial(_enter, store, setup))
    try:
        for position, own in found:
            store.write(missing[position], own)
    except WorkerDied as error:
        raise FocusError(
            f"{error} The values computed so far are stored: run the same command again."
        ) from error


def _own_values(store: OwnValuesStore, setup: BenchmarkSetup, scene: BenchmarkScene) -> OwnValues:
    window = setup.window(scene)
    frozen = FrozenModel(setup.model.backbone, window.images, window.groups)
    rng = np.random.default_rng(int(store.path(scene).stem, 16))
    return own_values(frozen, store.evaluations, store.trials, rng)


_setup: tuple[OwnValuesStore, BenchmarkSetup] | None = None  # what this process works for


def _enter(store: OwnValuesStore, setup: BenchmarkSetup) -> None:
    global _setup
    torch.set_num_threads(1)
    _setup = (store, setup)


def _work(scene: BenchmarkScene) -> OwnValues:
    if _setup is None:
        raise RuntimeError("a process computes only after `_enter`")
    return _own_values(*_setup, scene)


def _pack(players: OwnPlayers, kind: str) -> dict[str, Any]:
    shapley = players.shapley
    parts = {
        "first": shapley.first,
        "second": shapley.second,
        "evaluations": np.array(shapley.evaluations),
        "joined": players.joined,
        "values": players.values,
    }
    return {f"{kind}_{name}": values for name, values in parts.items()}


def _unpack(parts: dict[str, DoubleArray], kind: str) -> OwnPlayers:
    first, second, evaluations, joined, values = (
        parts[f"{kind}_{name}"] for name in ("first", "second", "evaluations", "joined", "values")
    )
    shapley = ShapleyEstimate(first, second, int(evaluations))
    return OwnPlayers(shapley, joined.astype(np.bool_), values)
