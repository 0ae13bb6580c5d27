"""Difference of two cubes in their pixel values over a band window."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.progress import Step
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.typing import FloatArray, IntArray

_VALUES = 8_000_000  # of a block that is read at a time


def band_difference(
    first: Cube, second: Cube, window: BandWindow, step: Step
) -> SaliencyVolume | None:
    """Return the mean over the window's good bands, second less first, as a volume of one group.

    Returns
    -------
    SaliencyVolume or None
        A cell a pixel, in the cubes' units, signed; NaN where either has no data. None where the
        images differ in size, or either has no good band.
    """
    bands = window_bands(first, window), window_bands(second, window)
    if first.shape[:2] != second.shape[:2] or not all(chosen.size for chosen in bands):
        return None
    values = np.empty(first.shape[:2], dtype=np.float32)
    rows = max(1, _VALUES // (first.cols * max(chosen.size for chosen in bands)))
    for top in range(0, first.rows, rows):
        step(top / first.rows, "comparing the cubes")
        part = slice(top, top + rows)
        values[part] = _mean(second, part, bands[1]) - _mean(first, part, bands[0])
    edges = np.array([[window.low_nm, max(window.high_nm, window.low_nm + 1e-6)]])
    name = "second cube less first"
    return SaliencyVolume(values[..., None], edges, first.shape[:2], name, "evidence")


def window_bands(cube: Cube, window: BandWindow) -> IntArray:
    """Return the good bands in a window, or the band nearest to its middle; none without any."""
    axis = cube.axis
    inside = cube.good_bands & (axis >= window.low_nm) & (axis <= window.high_nm)
    if inside.any():
        return np.flatnonzero(inside)
    nearest = cube.nearest_band(window.center_nm)
    return np.array([] if nearest is None else [nearest], dtype=np.intp)


def _mean(cube: Cube, rows: slice, bands: IntArray) -> FloatArray:
    mean: FloatArray = cube.block(rows, slice(None), bands).mean(axis=2)
    return mean
