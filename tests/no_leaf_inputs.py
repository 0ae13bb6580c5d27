"""Inputs without a leaf, on which no verdict may be "applies", each with its name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.errors import FocusError
from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.io.reader import read_cube
from focus_viewer.simulate.no_leaf import no_leaf_images
from focus_viewer.simulate.sensors import FULL, VNIR, Sensor

_SEED = 77_000
_SEEDS = 6
_SIZE = (32, 32)
_WINDOWS: tuple[tuple[str, Sensor, float, float], ...] = (
    ("400-2500 nm", FULL, 400, 2500),
    ("400-1000 nm", VNIR, 400, 1000),
    ("550-1700 nm", FULL, 550, 1700),
    ("1000-2500 nm", FULL, 1000, 2500),
)


def _cube(name: str, values: FloatArray, axis_nm: DoubleArray) -> Cube:
    good = np.ones(axis_nm.size, dtype=np.bool_)
    return Cube(ArraySource(values), name, good, wavelengths_nm=axis_nm, units="reflectance")


def simulated() -> Iterator[Cube]:
    """Yield noise, photograph, grey card, soil, water and rock, and images of one value."""
    for window, sensor, low, high in _WINDOWS:
        inside = (sensor.wavelengths_nm >= low) & (sensor.wavelengths_nm <= high)
        axis = sensor.wavelengths_nm[inside]
        for seed in range(_SEEDS):
            for kind, values in no_leaf_images(_SEED + seed, sensor, _SIZE).items():
                yield _cube(f"{kind} {seed + 1}, {window}", values[..., inside], axis)
        for level in (0.05, 0.3, 0.9):
            values = np.full((*_SIZE, axis.size), level, dtype=np.float32)
            yield _cube(f"constant {level}, {window}", values, axis)


def measured(real_data: Path) -> Iterator[Cube]:
    """Yield rock, kernel, city, ground and roofs of the real data set, as far as they open."""
    paths = (
        *sorted(real_data.glob("scenes/enmap_potsdam/images/*.tif")),
        real_data / "envi_quirks" / "hippo" / "image.hdr",
        real_data / "envi_plant" / "corn-kernel-hyperspectral.hdr",
        *sorted(real_data.glob("envi_airborne/pycoal/*.hdr")),
    )
    for path in paths:
        try:
            yield read_cube(path)
        except FocusError:
            continue
