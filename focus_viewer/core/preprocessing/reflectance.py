"""Reflectance from raw counts, by white and dark references or by one spectrum."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from focus_viewer.core.cubes.cube import Cube, PixelSource
from focus_viewer.core.preprocessing.settings import Average
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray, IntArray

_BLOCK_VALUES = 4_000_000
_MOST_LINES = 256
# Vignetting and the lines of a lamp are smooth along a line of the image, a dead column is not.
_NEIGHBOURS = 7
_FAR = 2.0
# An average so near to the end holds lines that are at the end.
_FULL = 0.99


@dataclass(frozen=True, eq=False)
class CalibratedSource:
    """Source of calibrated values: (raw - dark) * factor, NaN where dead or saturated.

    Attributes
    ----------
    dark : FloatArray, shape (cols or 1, bands)
    factor : FloatArray, shape (cols or 1, bands)
        NaN where the sensor is dead.
    saturated_from : float or None
        Raw numbers from here on are saturated; None where no number is.
    """

    source: PixelSource
    dark: FloatArray
    factor: FloatArray
    saturated_from: float | None = None

    @property
    def shape(self) -> tuple[int, int, int]:
        """(rows, cols, bands)."""
        return self.source.shape

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> FloatArray:
        """Read a block of shape (rows, cols, bands); the raw numbers are read for it alone."""
        raw = self.source.read(rows, cols, bands)
        with np.errstate(over="ignore", invalid="ignore"):
            values = (raw - _part(self.dark, cols, bands)) * _part(self.factor, cols, bands)
        if self.saturated_from is not None:
            values[raw >= self.saturated_from] = np.nan
        values[~np.isfinite(values)] = np.nan
        return values


def _part(values: FloatArray, cols: slice, bands: slice | IntArray) -> FloatArray:
    """Return the part for a block, shape (cols or 1, bands)."""
    lines = values if len(values) == 1 else values[cols]
    return lines[:, bands]


def averaged(cube: Cube, average: Average = "mean", step: Step = silent) -> FloatArray:
    """Return a reference averaged over its lines, read in parts of bounded size.

    Parameters
    ----------
    average : {"mean", "median"}
        A median is not moved by single lines, such as those where the panel begins.

    Returns
    -------
    FloatArray, shape (cols, bands)
        NaN where no line has data.
    """
    rows, cols, bands = cube.shape
    if average == "mean":
        return _mean(cube, max(1, _BLOCK_VALUES // (cols * bands)), step)
    width = max(1, _BLOCK_VALUES // (rows * bands))
    parts = []
    for left in range(0, cols, width):
        step(left / cols, f"reading {cube.name}")
        block = cube.block(slice(None), slice(left, left + width))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a median of nothing is NaN
            parts.append(np.nanmedian(block, axis=0))
    return np.concatenate(parts).astype(np.float32)


def _mean(cube: Cube, height: int, step: Step) -> FloatArray:
    total = np.zeros(cube.shape[1:])
    count = np.zeros(cube.shape[1:], dtype=np.int64)
    for top in range(0, cube.rows, height):
        step(top / cube.rows, f"reading {cube.name}")
        block = cube.block(slice(top, top + height), slice(None))
        valid = np.isfinite(block)
        total += np.where(valid, block, 0).sum(axis=0, dtype=np.float64)
        count += valid.sum(axis=0)
    with np.errstate(invalid="ignore"):
        return np.asarray(total / np.where(count > 0, count, np.nan), dtype=np.float32)


def dead_pixels(signal: FloatArray) -> BoolArray:
    """Return the dead pixels of the sensor by a white reference less its dark reference.

    Dead is what has no light, and what is less than half or more than twice the median of the
    columns around it in the same band.

    Parameters
    ----------
    signal : FloatArray, shape (cols, bands)

    Returns
    -------
    BoolArray, shape (cols, bands)
    """
    dead = np.asarray(~(signal > 0))
    width = 2 * _NEIGHBOURS + 1
    if len(signal) < width:
        return dead
    chunk = max(1, _BLOCK_VALUES // (len(signal) * width))
    for first in range(0, signal.shape[1], chunk):
        part = np.nan_to_num(signal[:, first : first + chunk])
        around = np.pad(part, ((_NEIGHBOURS, _NEIGHBOURS), (0, 0)), mode="reflect")
        usual = np.median(sliding_window_view(around, width, axis=0), axis=-1)
        far = (part * _FAR < usual) | (part > usual * _FAR)
        dead[:, first : first + chunk] |= far
    return dead


@dataclass(frozen=True, eq=False)
class Illumination:
    """Illumination measured by the sensor: full light and darkness.

    Attributes
    ----------
    white, white_dark, dark : FloatArray, shape (cols or 1, bands)
    panel : DoubleArray, shape (bands,)
        Reflectance of the white panel.
    time_ratio : DoubleArray, shape (bands,)
        Integration time of the white reference over that of the image.
    """

    white: FloatArray
    white_dark: FloatArray
    dark: FloatArray
    panel: DoubleArray
    time_ratio: DoubleArray
    saturated_from: float | None = None


def by_references(
    source: PixelSource, illumination: Illumination
) -> tuple[CalibratedSource, BoolArray]:
    """Return a source in reflectance: (raw - dark) / (white - white's dark) * panel * time ratio.

    Parameters
    ----------
    source : PixelSource
        In counts.

    Returns
    -------
    CalibratedSource
    BoolArray, shape (cols or 1, bands)
        Where the sensor is dead or its white reference saturated.
    """
    signal = (illumination.white - illumination.white_dark).astype(np.float32)
    dead = dead_pixels(signal)
    if illumination.saturated_from is not None:
        dead |= np.broadcast_to(
            illumination.white >= _FULL * illumination.saturated_from, dead.shape
        )
    scale = illumination.panel * illumination.time_ratio
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        factor = (scale / signal).astype(np.float32)
    factor[dead] = np.nan
    return CalibratedSource(source, illumination.dark, factor, illumination.saturated_from), dead


def by_spectrum(
    source: PixelSource, spectrum: NDArray[np.floating], saturated_from: float | None = None
) -> CalibratedSource:
    """Return a source with all pixels divided by one spectrum; NaN where it is not positive.

    Parameters
    ----------
    spectrum : array of float, shape (bands,)
    saturated_from : float or None
        Raw numbers from here on have no data; None where no number is saturated.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        factor = np.where(spectrum > 0, 1 / spectrum, np.nan).astype(np.float32)[None]
    return CalibratedSource(source, np.zeros_like(factor), factor, saturated_from)


@dataclass(frozen=True)
class Peak:
    """The highest numbers of a cube.

    Attributes
    ----------
    value : float
        NaN without data.
    count : int
        How many numbers are as high as `limit`, or higher.
    lines : int
        How many lines were looked at: evenly spaced, all of a small cube.
    """

    value: float
    count: int
    lines: int


def peak(cube: Cube, limit: float = math.inf, step: Step = silent) -> Peak:
    """Look at up to 256 lines for the highest number, and count those at a limit."""
    rows = np.unique(np.linspace(0, cube.rows - 1, min(cube.rows, _MOST_LINES)).astype(int))
    highest, count = -math.inf, 0
    for done, row in enumerate(rows):
        step(done / rows.size, f"looking for saturation in {cube.name}")
        line = cube.block(slice(int(row), int(row) + 1), slice(None))
        valid = line[np.isfinite(line)]
        if valid.size:
            highest = max(highest, float(valid.max()))
            count += int(np.count_nonzero(valid >= limit))
    return Peak(highest if highest > -math.inf else math.nan, count, rows.size)
