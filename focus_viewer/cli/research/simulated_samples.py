"""Simulated leaves as training examples: the only place where simulate and explain meet."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import cycle
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.process_pool import in_processes
from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.inference.band_groups import Grouping, average_bands, group_bands
from focus_viewer.explain.training.samples import SampleBatch
from focus_viewer.simulate.scene import CLASSES, Scene, simulate_scene
from focus_viewer.simulate.sensors import FULL, VNIR, Sensor, random_sensor

_BORDERS_NM = np.concatenate(
    [[400.0, 450.0], np.arange(500.0, 800, 25), np.arange(800.0, 2501, 50)]
)
EDGES_NM: DoubleArray = np.stack([_BORDERS_NM[:-1], _BORDERS_NM[1:]], axis=1)
"""Edges of the spectral groups that models are trained on, shape (48, 2).

50 nm wide, and 25 nm where pigments act and the red edge climbs: there 50 nm hold opposite changes.
"""

LEAVES_PER_BATCH = 2
SCENES_PER_BATCH = LEAVES_PER_BATCH * len(CLASSES)

_FULL_SHARE, _VNIR_SHARE = 0.45, 0.2


class BatchSeed(NamedTuple):
    """Seed of a sample batch; training and test never share a seed."""

    purpose: int
    seed: int
    number: int


TRAINING, TEST = 0, 1


def simulate_samples(
    purpose: int, seed: int, count: int, sizes_px: Sequence[int], workers: int
) -> list[SampleBatch]:
    """Simulate batches of `count` sensors in parallel.

    Parameters
    ----------
    purpose : int
        `TRAINING` or `TEST`.
    sizes_px : sequence of int
        Height and width of the scenes; the batches take turns.
    workers : int
        Processes.
    """
    seeds = [BatchSeed(purpose, seed, number) for number in range(count)]
    orders = list(zip(seeds, cycle(sizes_px), strict=False))
    with tqdm(total=count, desc="simulating", file=sys.stderr, disable=None) as bar:

        def show(fraction: float, text: str) -> None:
            bar.update(round(fraction * count) - bar.n)

        return in_processes(_simulate, orders, workers, show, "simulating")


def _simulate(order: tuple[BatchSeed, int]) -> SampleBatch:
    return simulate_batch(*order)


def simulate_batch(seed: BatchSeed, size_px: int) -> SampleBatch:
    """Simulate scenes of every class at one sensor."""
    rng = np.random.default_rng(seed)
    sensor = _draw_sensor(rng)
    # The same leaf for every class: what differs is what is to be learned.
    leaves = rng.integers(2**62, size=LEAVES_PER_BATCH).tolist()
    scenes = [
        simulate_scene(leaf, sensor, name, (size_px, size_px))
        for leaf in leaves
        for name in CLASSES
    ]
    return make_batch(scenes, [CLASSES.index(scene.class_name) for scene in scenes], sensor)


def make_batch(scenes: Sequence[Scene], labels: Sequence[int], sensor: Sensor) -> SampleBatch:
    """Average the scenes of a sensor to spectral groups."""
    grouping = group_sensor(sensor)
    importance = np.stack([scene.importance for scene in scenes]).astype(np.float32)
    return SampleBatch(
        images=np.stack([average_bands(scene.reflectance, grouping.bands) for scene in scenes]),
        groups=grouping.groups,
        labels=np.array(labels, dtype=np.intp),
        leaf=np.stack([scene.leaf for scene in scenes]),
        lesion=np.stack([scene.lesion for scene in scenes]),
        importance=average_bands(importance, grouping.bands),
    )


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
