"""Library of broad spectra: leaves, measured materials, and anything smooth, shape (n, 2101)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.simulate.materials import draw_background
from focus_viewer.simulate.measured import measured_materials
from focus_viewer.simulate.sensors import GRID_NM
from focus_viewer.simulate.tissue import Tissue, reflectance

_SCALES_NM = (25.0, 1200.0)
_WAVES = 60
_TESTING = 104_729
_DARKEST, _BRIGHTEST = 0.005, 1.0


@dataclass(frozen=True)
class LibrarySize:
    """Numbers of spectra of each kind; measured materials are as many as there are."""

    leaves: int = 1500
    materials: int = 500
    smooth: int = 1500


def spectral_library(seed: int, testing: bool, size: LibrarySize | None = None) -> FloatArray:
    """Draw a library, shape (n, 2101), of reflectance on the 1 nm grid.

    Training and testing share no spectrum. Measured materials come with the package earthlib (extra
    `soils`), and are left out where it is not installed.

    Raises
    ------
    FocusError
        If the extra `simulate` is not installed.
    """
    size = size or LibrarySize()
    rng = np.random.default_rng([seed, _TESTING if testing else 0])
    measured = measured_materials(testing)
    parts = [
        reflectance([_draw_tissue(rng) for _ in range(size.leaves)]),
        np.stack([draw_background(rng) for _ in range(size.materials)]),
        smooth_spectra(size.smooth, rng),
    ]
    if measured is not None:
        parts.append(measured)
    return np.clip(np.concatenate(parts), _DARKEST, _BRIGHTEST).astype(np.float32)


def _draw_tissue(rng: np.random.Generator) -> Tissue:
    """Draw tissue of any state, within what was measured on leaves (see `Tissue`)."""
    cab = rng.uniform(1, 90)
    return Tissue(
        n=rng.uniform(1.0, 3.0),
        cab=cab,
        car=cab * rng.uniform(0.1, 0.4) + rng.uniform(0, 3),
        ant=rng.exponential(2.0),
        brown=rng.choice([0.0, rng.uniform(0, 1.5)]),
        cw=np.exp(rng.uniform(np.log(0.0005), np.log(0.05))),
        cm=np.exp(rng.uniform(np.log(0.002), np.log(0.03))),
    )


def smooth_spectra(count: int, rng: np.random.Generator) -> FloatArray:
    """Draw spectra whose logarithms are Gaussian processes over wavelength, shape (count, 2101).

    Each has a length scale of its own, from a pigment's to that of a slope, by random Fourier
    features (Rahimi & Recht, NeurIPS 2007).
    """
    scales = np.exp(rng.uniform(np.log(_SCALES_NM[0]), np.log(_SCALES_NM[1]), count))
    level = rng.uniform(np.log(0.03), np.log(0.8), count)
    spread = rng.uniform(0.1, 0.6, count)
    processes = np.stack([_process(scale, rng) for scale in scales])
    return np.asarray(np.exp(level[:, None] + spread[:, None] * processes), dtype=np.float32)


def _process(scale_nm: float, rng: np.random.Generator) -> DoubleArray:
    """Draw a Gaussian process of unit variance on the grid."""
    rates = rng.normal(0, 1 / scale_nm, _WAVES)
    phases = rng.uniform(0, 2 * np.pi, _WAVES)
    waves = np.cos(np.outer(rates, GRID_NM) + phases[:, None])
    return np.asarray(np.sqrt(2 / _WAVES) * waves.sum(axis=0))
