"""Spectral angle: similarity of spectral shapes, whatever their brightness."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.typing import DoubleArray, FloatArray

_STRIP_VALUES = 1_000_000  # some arrays of 8 MB at a time


def spectral_angles(
    cube: Cube,
    reference: FloatArray | DoubleArray,
    step: Step = silent,
    window: tuple[slice, slice] | None = None,
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
    window : tuple of slice or None
        Rows and columns of the pixels; None for all.

    Returns
    -------
    DoubleArray, shape (rows, cols)
        Of the window, in degrees, 0 to 180; NaN for a pixel that lacks data in a band or is zero in
        all.

    References
    ----------
    Kruse, F. A. et al. (1993). The spectral image processing system (SIPS): interactive
    visualization and analysis of imaging spectrometer data. Remote Sensing of Environment 44:
    145-163.
    """
    bands = np.flatnonzero(cube.good_bands & np.isfinite(reference))
    unit = _units(reference[bands].astype(np.float64)[None])[0]
    rows, cols = window or (slice(0, cube.rows), slice(0, cube.cols))
    count, width = rows.stop - rows.start, cols.stop - cols.start
    height = max(1, _STRIP_VALUES // max(1, width * bands.size))
    angles = np.full((count, width), np.nan)
    for first in range(0, count, height):
        step(first / count, "Comparing spectra")
        last = min(first + height, count)
        block = cube.block(slice(rows.start + first, rows.start + last), cols, bands)
        angles[first:last] = _angles(block.reshape(-1, bands.size), unit).reshape(-1, width)
    return angles


def _angles(spectra: FloatArray, unit: DoubleArray) -> DoubleArray:
    """Return angles from the chord between unit vectors: the cosine is inexact for small ones."""
    chord = np.linalg.norm(_units(spectra.astype(np.float64)) - unit, axis=1)
    return np.asarray(np.degrees(2 * np.arcsin(np.clip(chord / 2, 0, 1))))


def _units(spectra: DoubleArray) -> DoubleArray:
    """Return spectra of length 1; NaN for those that are zero or lack data."""
    length = np.linalg.norm(spectra, axis=1, keepdims=True)
    return np.asarray(spectra / np.where(length > 0, length, np.nan))
