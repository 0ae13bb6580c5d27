"""Spectra smoothed or binned where they are looked at; the numbers beneath are left as they are."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from focus_viewer.core.cubes.cube import PixelSource
from focus_viewer.core.preprocessing.settings import Smoothing
from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray, IntArray

_BLOCK_VALUES = 1_000_000


def window_starts(good_bands: BoolArray, window: int) -> tuple[IntArray, IntArray]:
    """Return the bands that each band is smoothed over, without a bad band between.

    At the ends of a run the window stands still, so that it stays within; a run shorter than the
    window is taken whole.

    Parameters
    ----------
    good_bands : BoolArray, shape (bands,)

    Returns
    -------
    starts, lengths : IntArray, shape (bands,)
        A bad band has a length of 0.
    """
    starts = np.zeros(good_bands.size, dtype=np.intp)
    lengths = np.zeros(good_bands.size, dtype=np.intp)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], good_bands.astype(np.int8), [0]])))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        length = min(window, last - first)
        centred = np.arange(first, last) - window // 2
        starts[first:last] = np.clip(centred, first, last - length)
        lengths[first:last] = length
    return starts, lengths


def fit_weights(positions: DoubleArray, at: int, order: int) -> DoubleArray:
    """Return weights of the values that give a polynomial's value at one of them, by least squares.

    Parameters
    ----------
    positions : DoubleArray, shape (n,)
        Where the values stand; they need not be evenly spaced.
    at : int
        The place among them that is wanted.
    order : int
        Of the polynomial; at most n - 1 is used, which gives the value itself.

    Returns
    -------
    DoubleArray, shape (n,)

    References
    ----------
    Savitzky, A. & Golay, M. J. E. (1964). Smoothing and differentiation of data by simplified least
    squares procedures. Analytical Chemistry 36(8): 1627-1639.
    """
    reach = float(np.ptp(positions)) or 1.0
    powers = np.vander((positions - positions[at]) / reach, order + 1, increasing=True)
    return np.asarray(np.linalg.pinv(powers)[0])


@dataclass(frozen=True, eq=False)
class SmoothedSource:
    """A Savitzky-Golay filter along the spectrum, fitted over the true positions of the bands.

    On evenly spaced bands it is the usual filter. On others the polynomial runs over wavelengths,
    not over band numbers, so that it does not bend where the spacing changes. Bad bands are left
    as they are and have no say; a value without data stays so and has no say either.

    Attributes
    ----------
    axis : DoubleArray, shape (bands,)
    good_bands : BoolArray, shape (bands,)
    """

    source: PixelSource
    axis: DoubleArray
    good_bands: BoolArray
    smoothing: Smoothing

    @property
    def shape(self) -> tuple[int, int, int]:
        """(rows, cols, bands)."""
        return self.source.shape

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> FloatArray:
        """Read a block of shape (rows, cols, bands), and beneath it the bands around those."""
        wanted = np.arange(self.shape[2])[bands]
        if wanted.size == 0:
            return self.source.read(rows, cols, bands)
        starts, lengths, _ = self._windows
        first = int(np.where(lengths[wanted] > 0, starts[wanted], wanted).min())
        last = int(
            np.where(lengths[wanted] > 0, starts[wanted] + lengths[wanted], wanted + 1).max()
        )
        block = self.source.read(rows, cols, slice(first, last))
        out = np.empty((*block.shape[:2], wanted.size), dtype=np.float32)
        height = max(1, _BLOCK_VALUES // max(1, block.shape[1] * block.shape[2]))
        for top in range(0, len(block), height):
            part = block[top : top + height]
            out[top : top + height] = self._smoothed(part, wanted, first)
        return out

    @cached_property
    def _windows(self) -> tuple[IntArray, IntArray, DoubleArray]:
        """Starts and lengths (bands,), and weights (bands, window), 0 beyond a length."""
        starts, lengths = window_starts(self.good_bands, self.smoothing.window_bands)
        weights = np.zeros((self.good_bands.size, self.smoothing.window_bands))
        for band in np.flatnonzero(lengths):
            start, length = starts[band], lengths[band]
            order = min(self.smoothing.order, int(length) - 1)
            positions = self.axis[start : start + length]
            weights[band, :length] = fit_weights(positions, int(band - start), order)
        return starts, lengths, weights

    def _smoothed(self, block: FloatArray, wanted: IntArray, first: int) -> FloatArray:
        """Smooth a block that begins at a band, shape (rows, cols, wanted)."""
        starts, lengths, weights = self._windows
        missing = np.isnan(block)
        known = np.where(missing, np.float32(0), block)
        gaps = np.zeros((*block.shape[:2], wanted.size), dtype=np.bool_)
        total = np.zeros(gaps.shape)
        for offset in range(self.smoothing.window_bands):
            inside = lengths[wanted] > offset
            at = np.where(inside, starts[wanted] + offset - first, 0)
            total += known[:, :, at] * weights[wanted, offset]
            gaps |= missing[:, :, at] & inside
        own = block[:, :, wanted - first]
        out = np.where(lengths[wanted] > 0, total, own).astype(np.float32)
        out[np.isnan(own)] = np.nan
        self._mend(out, block, gaps & ~np.isnan(own), wanted, first)
        return out

    def _mend(
        self, out: FloatArray, block: FloatArray, gaps: BoolArray, wanted: IntArray, first: int
    ) -> None:
        """Fit anew where values of the window are missing: only the others have a say."""
        starts, lengths, _ = self._windows
        for place in np.flatnonzero(gaps.any(axis=(0, 1))):
            band = int(wanted[place])
            start, length = int(starts[band]), int(lengths[band])
            valid = gaps[:, :, place]
            values = block[valid][:, start - first : start - first + length].astype(np.float64)
            positions = self.axis[start : start + length]
            out[valid, place] = _fitted(values, positions, band - start, self.smoothing.order)


def _fitted(values: DoubleArray, positions: DoubleArray, at: int, order: int) -> DoubleArray:
    """Return the polynomial's value at one position, for each row, ignoring NaN.

    Rows are sorted by which of their values are there: each pattern has its own weights.
    """
    patterns, which = np.unique(np.isfinite(values), axis=0, return_inverse=True)
    result = np.empty(len(values))
    for number, valid in enumerate(patterns):
        rows = which.reshape(-1) == number
        own = int(np.count_nonzero(valid[:at]))
        usable = min(order, int(valid.sum()) - 1)
        weights = fit_weights(positions[valid], own, usable)
        result[rows] = values[rows][:, valid] @ weights
    return result


@dataclass(frozen=True, eq=False)
class BandBins:
    """Bins of neighbouring bands.

    Attributes
    ----------
    good_bands : BoolArray, shape (bands,)
        A bad band has no say in a bin that has good ones.
    count : int
        Bands of a bin; the last may have fewer.
    """

    good_bands: BoolArray
    count: int

    @cached_property
    def members(self) -> tuple[IntArray, ...]:
        """The bands of each bin."""
        numbers = np.arange(self.good_bands.size)
        parts = np.split(numbers, range(self.count, numbers.size, self.count))
        good = [part[self.good_bands[part]] for part in parts]
        return tuple(
            good_part if good_part.size else part
            for good_part, part in zip(good, parts, strict=True)
        )

    @property
    def good(self) -> BoolArray:
        """Whether each bin has a good band, shape (bins,)."""
        return np.array([self.good_bands[member].any() for member in self.members], dtype=np.bool_)

    def centres(self, axis: DoubleArray) -> DoubleArray:
        """Return the mean position of each bin, shape (bins,)."""
        return np.array([axis[member].mean() for member in self.members])

    def widths(self, axis: DoubleArray, fwhm: DoubleArray) -> DoubleArray:
        """Return the width of each bin, shape (bins,): between its outer centres, plus a band's."""
        return np.array([np.ptp(axis[member]) + fwhm[member].mean() for member in self.members])

    def bin_of(self, band: int) -> int:
        """Return the bin of a band."""
        return band // self.count


@dataclass(frozen=True, eq=False)
class BinnedBandsSource:
    """Means of neighbouring bands."""

    source: PixelSource
    bins: BandBins

    @property
    def shape(self) -> tuple[int, int, int]:
        """(rows, cols, bins)."""
        rows, cols, _ = self.source.shape
        return rows, cols, len(self.bins.members)

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> FloatArray:
        """Read a block of shape (rows, cols, bins); NaN where no band of a bin has data."""
        wanted = np.arange(self.shape[2])[bands]
        if wanted.size == 0:
            return self.source.read(rows, cols, slice(0, 0))
        members = [self.bins.members[good_part] for good_part in wanted]
        block = self.source.read(rows, cols, np.concatenate(members))
        ends = np.cumsum([member.size for member in members])[:-1]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a mean of nothing is NaN
            means = [np.nanmean(part, axis=2) for part in np.split(block, ends, axis=2)]
        return np.stack(means, axis=2).astype(np.float32)
