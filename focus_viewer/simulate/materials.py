"""Materials that surround a leaf: their reflectance spectra, shape (2101,)."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.simulate.sensors import GRID_NM
from focus_viewer.simulate.tissue import soil_reflectance

_WAVES = 4
_ANYTHING_SHARE = 0.4


def draw_background(rng: np.random.Generator, soils: FloatArray | None = None) -> FloatArray:
    """Draw the reflectance of a background, shape (2101,).

    Something known in most cases; in the others anything smooth, so that a model learns to leave
    alone what it has never seen.

    Parameters
    ----------
    soils : FloatArray, shape (n, 2101), optional
        Measured soils; the dry and the wet one of PROSAIL otherwise.
    """
    if rng.random() < _ANYTHING_SHARE:
        return _anything(rng)
    kinds = (_cloth, _paper, _grey_panel, _white_panel, _metal, _plastic, _wood, _skin)
    kind = rng.integers(len(kinds) + 1)
    return _soil(rng, soils) if kind == len(kinds) else kinds[kind](rng)


def cloth(visible: float, infrared: float) -> FloatArray:
    """Draw dyed black cloth, shape (2101,): its dye stops absorbing somewhere past 700 nm."""
    return np.asarray(visible + (infrared - visible) * _rise(780, 60), dtype=np.float32)


def _cloth(rng: np.random.Generator) -> FloatArray:
    return cloth(rng.uniform(0.02, 0.06), rng.uniform(0.03, 0.25))


def _paper(rng: np.random.Generator) -> FloatArray:
    # Flat and bright, duller in the SWIR, with the cellulose bands at 1490 and 2100 nm (Curran,
    # Remote Sens. Environ. 30 (1989) 271-278).
    fall = 1 - 0.12 * (GRID_NM - 400) / 2100
    fall -= _dip(1490, 45, 0.08) + _dip(2100, 70, 0.15)
    return np.asarray(rng.uniform(0.65, 0.9) * fall, dtype=np.float32)


# The formulas from here to skin are approximations: they have the known absorptions of a material
# at about the right places and depths, and no more.


def _grey_panel(rng: np.random.Generator) -> FloatArray:
    return np.full(GRID_NM.size, rng.uniform(0.1, 0.6), dtype=np.float32)


def _white_panel(rng: np.random.Generator) -> FloatArray:
    # Sintered PTFE: flat, and a little duller from about 2000 nm.
    level = rng.uniform(0.9, 0.99)
    return np.asarray(level - rng.uniform(0, 0.05) * _rise(2150, 60), dtype=np.float32)


def _metal(rng: np.random.Generator) -> FloatArray:
    # Bare metal rises slowly to the infrared; paint sets the visible and hides it.
    bare = rng.uniform(0.2, 0.6) + rng.uniform(0, 0.2) * (GRID_NM - 400) / 2100
    painted = rng.random() < 0.5
    paint = rng.uniform(0.3, 1.0) * (1 - rng.uniform(0, 0.6) * (1 - _rise(rng.uniform(450, 750))))
    return np.asarray(bare * (paint if painted else 1), dtype=np.float32)


def _plastic(rng: np.random.Generator) -> FloatArray:
    # C-H overtones at 1210 and 1730 nm, combinations from 2310 nm; its dye rises anywhere.
    depth = rng.uniform(0.05, 0.4)
    bonds = _dip(1210, 25, 0.5) + _dip(1400, 30, 0.3) + _dip(1730, 35, 1.0) + _dip(2310, 50, 1.0)
    low, high = rng.uniform(0.03, 0.5), rng.uniform(0.3, 0.8)
    dyed = low + (high - low) * _rise(rng.uniform(450, 850), rng.uniform(15, 50))
    return np.asarray(dyed * (1 - depth * bonds), dtype=np.float32)


def _wood(rng: np.random.Generator) -> FloatArray:
    # Lignin darkens the blue end; cellulose and its water as in paper, deeper.
    low, high = rng.uniform(0.05, 0.25), rng.uniform(0.4, 0.7)
    rising = low + (high - low) * _rise(rng.uniform(600, 800), rng.uniform(80, 160))
    bands = _dip(1200, 40, 0.06) + _dip(1470, 70, 0.3) + _dip(1930, 60, 0.4) + _dip(2100, 80, 0.35)
    return np.asarray(rising * (1 - rng.uniform(0.5, 1.2) * bands), dtype=np.float32)


def _skin(rng: np.random.Generator) -> FloatArray:
    # A hand: melanin darkens the short end, haemoglobin absorbs at 415, 540 and 577 nm, water at
    # 970, 1190, 1450 and 1940 nm.
    high = rng.uniform(0.35, 0.65)
    melanin = np.exp(-rng.uniform(0.3, 3.0) * ((GRID_NM / 500) ** -3))
    blood = rng.uniform(0.6, 1.2) * (
        _dip(415, 25, 0.5) + _dip(540, 15, 0.3) + _dip(577, 12, 0.3) + 0.15 * (1 - _rise(595, 8))
    )
    water = _dip(970, 30, 0.1) + _dip(1190, 50, 0.25) + 0.7 * _rise(1390, 25) - _dip(1650, 90, -0.1)
    water += _dip(1450, 60, 0.15) + 0.1 * _rise(1870, 15) + _dip(1940, 70, 0.08)
    return np.asarray(high * melanin * (1 - blood) * (1 - np.minimum(water, 0.95)), np.float32)


def _soil(rng: np.random.Generator, measured: FloatArray | None) -> FloatArray:
    if measured is not None:
        return np.asarray(rng.uniform(0.7, 1.2) * measured[rng.integers(len(measured))])
    dry, wet = soil_reflectance()
    moisture = rng.uniform(0, 1)
    return np.asarray(rng.uniform(0.7, 1.2) * ((1 - moisture) * dry + moisture * wet))


def _anything(rng: np.random.Generator) -> FloatArray:
    level = rng.uniform(np.log(0.03), np.log(0.9))
    slope = rng.normal(0, 0.3) * (GRID_NM - 1450) / 1050
    waves = [
        rng.normal(0, 0.25) * np.cos(2 * np.pi * GRID_NM / period + rng.uniform(0, 2 * np.pi))
        for period in rng.uniform(200, 2500, _WAVES)
    ]
    return np.asarray(np.minimum(np.exp(level + slope + np.sum(waves, axis=0)), 1.0), np.float32)


def _dip(center_nm: float, width_nm: float, depth: float) -> DoubleArray:
    return np.asarray(depth * np.exp(-0.5 * ((GRID_NM - center_nm) / width_nm) ** 2))


def _rise(center_nm: float, width_nm: float = 30.0) -> DoubleArray:
    return np.asarray(1 / (1 + np.exp(-(GRID_NM - center_nm) / width_nm)))
