"""Spectra as EMIT sees them from above the atmosphere, clear and cloudy, made of a few shapes."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.preprocessing.sensors import SENSORS
from focus_viewer.core.typing import DoubleArray, FloatArray

CIRRUS_NM = (1350.0, 1420.0)
# Absorption by water vapour, oxygen and carbon dioxide: middle, width, optical depth.
_GASES = (
    (760, 4, 0.8), (820, 12, 0.2), (940, 25, 0.9), (1135, 30, 1.1), (1268, 8, 0.2),
    (1385, 35, 6.0), (1870, 50, 7.0), (2010, 20, 0.6), (2060, 15, 0.4),
)  # fmt: skip


def weights_path() -> Path:
    """Return SpecTf's weights beside the folder of real data; skips where they are not there."""
    data = os.environ.get("FOCUS_REAL_DATA")
    if not data:
        pytest.skip("FOCUS_REAL_DATA is not set: SpecTf's weights are beside that folder")
    path = Path(data).parent / "models" / "spectf_emit_cloud" / "weights.safetensors"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    return path


def emit_nm() -> DoubleArray:
    """Return the 285 bands of EMIT."""
    found = next(each for each in SENSORS if each.table == "emit").wavelengths_nm
    assert found is not None
    return found


def spectra(count: int, seed: int, axis_nm: DoubleArray) -> FloatArray:
    """Return reflectance at the top of the atmosphere, (count, bands): two in five are cloudy."""
    rng = np.random.default_rng(seed)
    leaf = 0.05 + 0.4 / (1 + np.exp(-(axis_nm - 715) / 15)) * np.exp(-(axis_nm - 700) / 2500)
    for middle, width, depth in ((1450, 60, 0.6), (1940, 80, 0.8)):
        leaf = leaf * (1 - depth * np.exp(-0.5 * ((axis_nm - middle) / width) ** 2))
    soil = 0.1 + 0.3 * (1 - np.exp(-(axis_nm - 350) / 700))
    water = 0.06 * np.exp(-(axis_nm - 400) / 200)
    parts = rng.dirichlet((0.7, 0.7, 0.3), count)
    surface = parts @ np.stack([leaf, soil, water]) * rng.uniform(0.5, 1.5, (count, 1))
    vapour = rng.uniform(0.4, 1.6, (count, 1))
    depth = sum(
        deep * np.exp(-0.5 * ((axis_nm - middle) / width) ** 2) for middle, width, deep in _GASES
    )
    cloudy = np.where(rng.random(count) < 0.4, rng.uniform(0.1, 1, count), 0)[:, None]
    above = rng.uniform(0.1, 0.6, (count, 1))
    path = 0.08 * (450 / axis_nm) ** 4
    cloud = (
        0.75 * np.exp(-np.clip(axis_nm - 1000, 0, None) / 1500) * np.exp(-depth * vapour * above)
    )
    ground = surface * np.exp(-depth * vapour)
    found = path + (1 - cloudy) * ground + cloudy * cloud
    return (found * (1 + 0.01 * rng.standard_normal(found.shape))).astype(np.float32)


def emit_cube(seed: int, side: int = 10, axis_nm: DoubleArray | None = None) -> Cube:
    """Return a cube of such spectra at EMIT's bands."""
    axis = emit_nm() if axis_nm is None else axis_nm
    values = spectra(side**2, seed, axis).reshape(side, side, axis.size)
    good = np.ones(axis.size, dtype=np.bool_)
    return Cube(ArraySource(values), f"emit {seed}", good, axis, units="reflectance")


def with_cirrus(cube: Cube, added: float = 0.05) -> Cube:
    """Return a cube to whose water vapour band at 1,350-1,420 nm reflectance was added."""
    axis = cube.axis
    inside = (axis >= CIRRUS_NM[0]) & (axis <= CIRRUS_NM[1])
    values = cube.block(slice(None), slice(None)) + np.float32(added) * inside
    good = np.ones(axis.size, dtype=np.bool_)
    return Cube(ArraySource(values.astype(np.float32)), "cirrus", good, axis, units="reflectance")
