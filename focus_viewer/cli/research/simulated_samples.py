"""Simulated leaves as training examples: the only place where simulate and explain meet."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.process_pool import in_processes
from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.explain.inference.band_groups import Grouping, average_bands, group_bands
from focus_viewer.explain.training.samples import SampleBatch
from focus_viewer.simulate.measured import (
    MeasuredSpectra,
    measured_soils,
    read_healthy_leaves,
    testing_rows,
    training_rows,
)
from focus_viewer.simulate.scene import CLASSES, VARIED, Scene, Variety, simulate_scene
from focus_viewer.simulate.sensors import FULL, VNIR, Sensor, limit_sensor, random_sensor

_BORDERS_NM = np.concatenate(
    [[400.0, 450.0], np.arange(500.0, 800, 25), np.arange(800.0, 2501, 50)]
)
EDGES_NM: DoubleArray = np.stack([_BORDERS_NM[:-1], _BORDERS_NM[1:]], axis=1)
"""Edges of the spectral groups that models are trained on, shape (48, 2).

50 nm wide, and 25 nm where pigments act and the red edge climbs: there 50 nm hold opposite changes.
"""

LEAVES_PER_BATCH = 2
SCENES_PER_BATCH = LEAVES_PER_BATCH * len(CLASSES)

_FULL_SHARE, _VNIR_SHARE = 0.4, 0.3
_MEASURED_SHARE = 0.3


class BatchSeed(NamedTuple):
    """Seed of a sample batch; training and test never share a seed."""

    purpose: int
    seed: int
    number: int


TRAINING, TEST = 0, 1


class _Order(NamedTuple):
    seed: BatchSeed
    size_px: int
    spectra: Path | None
    variety: Variety
    whole: bool = False


class _Draw(NamedTuple):
    """What chance decides of a batch ahead of its scenes."""

    sensor: Sensor
    leaf_seeds: list[int]
    leaves: MeasuredSpectra | None


def simulate_samples(
    purpose: int,
    seed: int,
    count: int,
    sizes_px: Sequence[int],
    workers: int,
    spectra: Path | None = None,
    variety: Variety = VARIED,
) -> list[SampleBatch]:
    """Simulate batches of `count` sensors in parallel, in all their variety.

    Soils are measured where the extra `soils` is installed. Training and test share neither leaf
    nor soil. At least one training sensor has all groups: where chance gives none, the last one.

    Parameters
    ----------
    purpose : int
        `TRAINING` or `TEST`.
    sizes_px : sequence of int
        Height and width of the scenes; the batches take turns.
    workers : int
        Processes.
    spectra : Path, optional
        Folder of measured leaf spectra (see `simulate.measured`), for about a third of the batches;
        their sensors are cut to the measured range.
    variety : Variety
        What else scenes may show.

    Raises
    ------
    FocusError
        If the extra `simulate` is not installed, or there are no spectra in that folder.
    OSError
        If they cannot be read.
    """
    sizes = cycle(sizes_px)
    orders = [
        _Order(BatchSeed(purpose, seed, number), next(sizes), spectra, variety)
        for number in range(count)
    ]
    if purpose == TRAINING and not any(map(_has_all_groups, orders)):
        orders[-1] = orders[-1]._replace(whole=True)
    with tqdm(total=count, desc="simulating", file=sys.stderr, disable=None) as bar:

        def show(fraction: float, text: str) -> None:
            bar.update(round(fraction * count) - bar.n)

        return in_processes(_simulate, orders, workers, show, "simulating")


def _simulate(order: _Order) -> SampleBatch:
    return simulate_batch(*order)


def simulate_batch(
    seed: BatchSeed,
    size_px: int,
    spectra: Path | None = None,
    variety: Variety = VARIED,
    whole: bool = False,
) -> SampleBatch:
    """Simulate scenes of every class at one sensor; with `whole` at one that has all groups."""
    testing = seed.purpose != TRAINING
    sensor, leaf_seeds, leaves = _draw(seed, spectra, whole)
    variety = replace(variety, soils=measured_soils(testing))
    if leaves is not None:
        variety = replace(variety, leaves=leaves)
    scenes = [
        simulate_scene(leaf, sensor, name, (size_px, size_px), variety=variety)
        for leaf in leaf_seeds
        for name in CLASSES
    ]
    return make_batch(scenes, [CLASSES.index(scene.class_name) for scene in scenes], sensor)


def make_batch(scenes: Sequence[Scene], labels: Sequence[int], sensor: Sensor) -> SampleBatch:
    """Average the scenes of a sensor to spectral groups."""
    grouping = group_sensor(sensor)

    def averaged(curves: list[DoubleArray]) -> FloatArray:
        return average_bands(np.stack(curves).astype(np.float32), grouping.bands)

    return SampleBatch(
        images=np.stack([average_bands(scene.reflectance, grouping.bands) for scene in scenes]),
        groups=grouping.groups,
        labels=np.array(labels, dtype=np.intp),
        leaf=np.stack([scene.leaf for scene in scenes]),
        lesion=np.stack([scene.lesion for scene in scenes]),
        importance=averaged([scene.importance for scene in scenes]),
        traits=np.stack([scene.traits for scene in scenes]),
        tissue=np.stack([scene.tissue for scene in scenes]),
        scene_importance=averaged([scene.scene_importance for scene in scenes]),
        second=np.array([_label(scene.second) for scene in scenes], dtype=np.intp),
        causes=tuple(scene.cause for scene in scenes),
    )


def _label(class_name: str | None) -> int:
    return -1 if class_name is None else CLASSES.index(class_name)


@cache
def _measured_leaves(folder: Path, testing: bool) -> MeasuredSpectra:
    leaves = read_healthy_leaves(folder)
    return testing_rows(leaves) if testing else training_rows(leaves)


def _draw(seed: BatchSeed, spectra: Path | None, whole: bool) -> _Draw:
    rng = np.random.default_rng(seed)
    sensor = _draw_sensor(rng)
    # The same leaf for every class: what differs is what is to be learned.
    leaf_seeds = rng.integers(2**62, size=LEAVES_PER_BATCH).tolist()
    if whole:
        return _Draw(FULL, leaf_seeds, None)
    if spectra is None or rng.random() >= _MEASURED_SHARE:
        return _Draw(sensor, leaf_seeds, None)
    leaves = _measured_leaves(spectra, seed.purpose != TRAINING)
    return _Draw(limit_sensor(sensor, *leaves.range_nm), leaf_seeds, leaves)


def _has_all_groups(order: _Order) -> bool:
    sensor = _draw(order.seed, order.spectra, order.whole).sensor
    return group_sensor(sensor).groups.size == len(EDGES_NM)


def _draw_sensor(rng: np.random.Generator) -> Sensor:
    kind = rng.random()
    if kind < _FULL_SHARE:
        return FULL
    return VNIR if kind < _FULL_SHARE + _VNIR_SHARE else random_sensor(rng)


def group_sensor(sensor: Sensor) -> Grouping:
    """Return the model's groups that a sensor has."""
    blank = ArraySource(np.zeros((1, 1, sensor.bands), dtype=np.float32))
    good = np.ones(sensor.bands, dtype=np.bool_)
    cube = Cube(blank, sensor.name, good, wavelengths_nm=sensor.wavelengths_nm)
    return group_bands(cube, EDGES_NM)
