"""Inputs without a leaf, of which a model of leaves must not be sure.

Rock, water and photograph are rough likenesses by formula, not measurements.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.simulate.fields import smooth_field
from focus_viewer.simulate.sensors import Sensor, resample
from focus_viewer.simulate.tissue import soil_reflectance

_GRID_NM = np.arange(400.0, 2501.0)


def no_leaf_images(
    seed: int, sensor: Sensor, size: tuple[int, int] = (64, 64), soils: FloatArray | None = None
) -> Mapping[str, FloatArray]:
    """Return one image, shape (rows, cols, bands), of each kind, by its name.

    Parameters
    ----------
    soils : FloatArray, shape (n, 2101), or None
        Measured soils; PROSAIL's two where there are none.
    """
    rng = np.random.default_rng([seed, 3141])
    known = soil_reflectance() if soils is None else soils
    soil = known[rng.integers(len(known))].astype(np.float64)
    grey = np.full(_GRID_NM.size, rng.uniform(0.1, 0.6))
    materials = {"grey card": grey, "soil": soil, "water": _water(rng), "rock": _rock(rng)}
    textured = {
        name: _textured(spectrum, sensor, size, rng) for name, spectrum in materials.items()
    }
    noise = rng.uniform(0.02, 0.6, (*size, sensor.bands)).astype(np.float32)
    return {"noise": noise, "photograph": _photograph(sensor, size, rng), **textured}


def _textured(
    spectrum: DoubleArray, sensor: Sensor, size: tuple[int, int], rng: np.random.Generator
) -> FloatArray:
    """Return an image of one material of uneven brightness, with the sensor's noise."""
    row, col = np.indices(size, dtype=np.float32) / min(size)
    level = 1 + 0.2 * smooth_field(row, col, 3.0, rng) + rng.normal(0, 0.05, size)
    picture = level[..., None] * resample(spectrum[None].astype(np.float32), sensor)[0]
    return _noisy(picture, sensor, rng)


def _water(rng: np.random.Generator) -> DoubleArray:
    """Return a water body: green at best, next to nothing in the infrared."""
    green = 0.03 + rng.uniform(0.02, 0.08) * np.exp(-0.5 * ((_GRID_NM - 560) / 70) ** 2)
    return np.asarray(0.002 + green / (1 + np.exp((_GRID_NM - 720) / 25)))


def _rock(rng: np.random.Generator) -> DoubleArray:
    """Return a bright rock: iron's edge in the visible, clay at 2200 or carbonate at 2340 nm."""
    base = rng.uniform(0.2, 0.5) * (1 - 0.6 * np.exp(-(_GRID_NM - 400) / rng.uniform(120, 300)))
    center = rng.choice([2200.0, 2340.0])
    bands = ((center, 30.0, 0.25), (1410.0, 25.0, 0.1), (1910.0, 35.0, 0.15), (900.0, 120.0, 0.1))
    for middle, width, depth in bands:
        base = base * (1 - depth * np.exp(-0.5 * ((_GRID_NM - middle) / width) ** 2))
    return np.asarray(base)


def _photograph(sensor: Sensor, size: tuple[int, int], rng: np.random.Generator) -> FloatArray:
    """Return a colour picture: three smooth channels, drawn out over all wavelengths."""
    row, col = np.indices(size, dtype=np.float32) / min(size)
    colours = np.stack([0.4 + 0.35 * smooth_field(row, col, 2.5, rng) for _ in range(3)], axis=-1)
    centers, widths = np.array([450.0, 550.0, 650.0]), 80.0
    weights = np.exp(-0.5 * ((sensor.wavelengths_nm[:, None] - centers) / widths) ** 2) + 1e-3
    weights /= weights.sum(axis=1, keepdims=True)
    return _noisy(colours @ weights.T, sensor, rng)


def _noisy(
    picture: FloatArray | DoubleArray, sensor: Sensor, rng: np.random.Generator
) -> FloatArray:
    return np.asarray(picture + rng.standard_normal(picture.shape) * sensor.noise, dtype=np.float32)
