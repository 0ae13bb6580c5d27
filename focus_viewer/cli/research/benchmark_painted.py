"""Scenes painted from tables of measured leaf spectra, each with its healthy twin."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from focus_viewer.cli.research.benchmark_files import Order
from focus_viewer.cli.research.simulated_samples import group_sensor
from focus_viewer.core.errors import FocusError
from focus_viewer.core.typing import FloatArray
from focus_viewer.explain.benchmark.measure import BenchmarkScene, BenchmarkSetup
from focus_viewer.explain.inference.band_groups import average_bands
from focus_viewer.explain.metrics.truth import truth_on_grid
from focus_viewer.simulate.effects import LESIONS
from focus_viewer.simulate.measured import (
    MeasuredSpectra,
    extend,
    measured_soils,
    read_leaf_spectra,
    testing_rows,
)
from focus_viewer.simulate.painter import PaintedPair, PaintedScene, Palette, paint_pair
from focus_viewer.simulate.sensors import FULL, VNIR, Sensor, limit_sensor
from focus_viewer.simulate.tissue import soil_reflectance

_FIRST_SEED, _SEEDS_APART = 11_000_000, 10_000
_HEALTHY = "healthy"
# Rust is none of the model's classes: it is explained as the one it is nearest to.
_NEAREST = "bacterial spot"
_LEAST_ROWS = 3
_GREY = (0.18, 0.5)


class PaintBox(NamedTuple):
    """Palette, and the sensors that see no more than was measured."""

    palette: Palette
    sensors: tuple[Sensor, ...]


def paint_scenes(
    order: Order, setup: BenchmarkSetup, seed: int, spectra: Path
) -> list[BenchmarkScene]:
    """Paint scenes of a seed: of each leaf and kind all classes, or the kind's own illness.

    Raises
    ------
    FocusError
        If there are no spectra in the folder, or one table is broken.
    """
    scenes = []
    for number in range(order.scenes):
        leaf = _FIRST_SEED + seed * _SEEDS_APART + number
        for boxes in paint_boxes(spectra):
            box = boxes[leaf % len(boxes)]
            scenes += _of_a_leaf(order, setup, leaf, box)
    return scenes


def _of_a_leaf(
    order: Order, setup: BenchmarkSetup, leaf: int, box: PaintBox
) -> list[BenchmarkScene]:
    """Return a leaf with every illness in turn, and once without."""
    sensor = box.sensors[leaf % len(box.sensors)]
    size = (order.size_px, order.size_px)
    harder = order.sensor == "painted-harder"
    wanted = [None] if box.palette.ill is not None else [n for n in setup.classes if n in LESIONS]
    pairs: dict[str | None, PaintedPair] = {
        name: paint_pair(leaf, box.palette, name, sensor, size, harder) for name in wanted
    }
    control = next(iter(pairs.values())).control
    found = [_scene(setup, pair.ill, name or _NEAREST) for name, pair in pairs.items()]
    if None in pairs:
        found = [_unnamed(each) for each in found]
    return [*found, _control(_scene(setup, control, _HEALTHY))]


def _scene(setup: BenchmarkSetup, painted: PaintedScene, class_name: str) -> BenchmarkScene:
    grouping = group_sensor(painted.sensor)
    cells = tuple(size // setup.model.backbone.patch_px for size in painted.lesion.shape)
    truth = truth_on_grid(
        painted.lesion,
        painted.importance,
        painted.sensor.wavelengths_nm,
        grouping.edges_nm,
        (cells[0], cells[1]),
        painted.importance,
    )
    data = average_bands(painted.reflectance, grouping.bands)
    return BenchmarkScene(data, grouping.groups, setup.classes.index(class_name), truth)


def _unnamed(scene: BenchmarkScene) -> BenchmarkScene:
    return BenchmarkScene(scene.data, scene.groups, scene.label, scene.truth, named=False)


def _control(scene: BenchmarkScene) -> BenchmarkScene:
    return BenchmarkScene(scene.data, scene.groups, scene.label, scene.truth, control=True)


@lru_cache(maxsize=1)
def paint_boxes(folder: Path) -> tuple[tuple[PaintBox, ...], ...]:
    """Return the paint boxes of each table in a folder: one, or one for each of its species.

    Only rows kept for testing are painted with.

    Raises
    ------
    FocusError
        If there is no table of leaf spectra.
    """
    tables = []
    for path in sorted(folder.glob("*.csv")):
        try:
            tables.append(testing_rows(read_leaf_spectra(path)))
        except FocusError:
            continue  # a table of something else
    if not tables:
        raise FocusError(
            f"{folder} holds no tables of leaf spectra: expected CSV files whose columns are named "
            "by wavelengths in nm. Name another folder."
        )
    return tuple(_boxes(table) for table in tables)


def _boxes(table: MeasuredSpectra) -> tuple[PaintBox, ...]:
    low, high = table.range_nm
    sensors = tuple(limit_sensor(sensor, low, high) for sensor in (FULL, VNIR))
    if not table.healthy.all():
        healthy, ill = (extend(table.reflectance[part]) for part in (table.healthy, ~table.healthy))
        return (PaintBox(Palette(healthy, ill, _backgrounds()), sensors),)
    labels = np.array(table.labels)
    species = [extend(table.reflectance[labels == each]) for each in sorted(set(table.labels))]
    return tuple(
        PaintBox(Palette(leaves, None, _backgrounds()), sensors)
        for leaves in species
        if len(leaves) >= _LEAST_ROWS
    )


def _backgrounds() -> FloatArray:
    """Return grey cards and soils that no model was trained on, shape (n, 2101)."""
    soils = measured_soils(testing=True)
    known = soil_reflectance() if soils is None else soils[:6]
    grey = np.array(_GREY, dtype=np.float32)[:, None] * np.ones(known.shape[1], dtype=np.float32)
    return np.concatenate([grey, known])
