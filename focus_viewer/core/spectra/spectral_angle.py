"""Spectral angle: similarity of spectral shapes, whatever their brightness."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.typing import DoubleArray, FloatArray

_STRIP_VALUES = 4_000_000  # 16 MB at a time


def spectral_angles(
    cube: Cube, reference: FloatArray | DoubleArray, step: Step = silent
) -> DoubleArray:
    """Return the angle between each pixel's spectrum and a reference, over the good bands.

    Parameters
    ----------
    cube : Cube
        Read once, in strips of rows.
    reference : array of float, shape (bands,)
        Its bands without data are left out, everywhere.
    step : Step
        Called before each strip.

    Returns
    -------
    DoubleArray, shape (rows, cols)
        In degrees, 0 to 180; NaN for a pixel that lacks data in a band or is zero in all.

    References
    ----------
    Kruse, F. A. et al. (1993). The spectral image processing system (SIPS): interactive
    visualization and analysis of imaging spectrometer data. Remote Sensing of Environment 44:
    145-163.
    """
    bands = np.flatnonzero(cube.good_bands & np.isfinite(reference))
    unit = _units(reference[bands].astype(np.float64)[None])[0]
    height = max(1, _STRIP_VALUES // max(1, cube.cols * bands.size))
    angles = np.full((cube.rows, cube.cols), np.nan)
    for first in range(0, cube.rows, height):
        step(first / cube.rows, "Comparing spectra")
        rows = slice(first, min(first + height, cube.rows))
        block = cube.block(rows, slice(None), bands)
        angles[rows] = _angles(block.reshape(-1, bands.size), unit).reshape(-1, cube.cols)
    return angles


def _angles(spectra: FloatArray, unit: DoubleArray) -> DoubleArray:
    """Return angles from the chord between unit vectors: the cosine is inexact for small ones."""
    chord = np.linalg.norm(_units(spectra.astype(np.float64)) - unit, axis=1)
    return np.asarray(np.degrees(2 * np.arcsin(np.clip(chord / 2, 0, 1))))


def _units(spectra: DoubleArray) -> DoubleArray:
    """Return spectra of length 1; NaN for those that are zero or lack data."""
    length = np.linalg.norm(spectra, axis=1, keepdims=True)
    return np.asarray(spectra / np.where(length > 0, length, np.nan))
