"""Mean saliency over band windows that follow one another closely, as those of a moved one do."""

from __future__ import annotations

import math
from weakref import ref

import numpy as np

from focus_viewer.core.saliency.volume import (
    SaliencyVolume,
    overlaps_nm,
    sum_of_groups,
    window_plane,
)
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.typing import DoubleArray, FloatArray, IntArray

_FEW = 8  # groups that are added up as soon as a sum of them is moved
_MOST_CHANGES = 64
_FAR = 1e3  # times the colour limit
_SAME = 1e-9  # of two widths in nm; the rounding of a float32 is 60 times larger


class RunningMean:
    """Mean over a band window, made from that over the window before.

    A wide window that moves by a step keeps most of its groups: only those that it leaves or
    enters are read. Rounding does not pile up: after as many changes as there are groups in the
    window, at least 64, they are added up anew.
    """

    def __init__(self) -> None:
        self._volume: ref[SaliencyVolume] | None = None
        self._overlaps: DoubleArray = np.empty(0)
        self._mean: FloatArray = np.empty(0, np.float32)
        self._part: FloatArray = np.empty(0, np.float32)
        self._changes = 0
        self._is_far = False

    def plane(self, volume: SaliencyVolume, window: BandWindow) -> FloatArray:
        """Return what `window_plane` does, to the rounding of a float; do not write into it."""
        overlaps = overlaps_nm(volume.edges_nm, window)
        inside = int(np.count_nonzero(overlaps))
        if inside <= _FEW:
            return window_plane(volume, window)
        if self._volume is None or self._volume() is not volume:
            self._add_up(volume, overlaps)
        changed = np.flatnonzero(overlaps != self._overlaps)
        if not changed.size:
            return self._mean
        self._changes += changed.size
        # NaN cannot be taken away again, and what is far larger would leave its rounding behind.
        if self._is_far or self._changes > max(inside, _MOST_CHANGES):
            self._add_up(volume, overlaps)
        else:
            self._move(volume, overlaps, changed)
        return self._mean

    def _add_up(self, volume: SaliencyVolume, overlaps: DoubleArray) -> None:
        self._volume, self._overlaps, self._changes = ref(volume), overlaps, 0
        self._mean = sum_of_groups(volume, (overlaps / overlaps.sum()).astype(np.float32))
        self._part = np.empty_like(self._mean)
        self._is_far = self._reaches(volume)

    def _move(self, volume: SaliencyVolume, overlaps: DoubleArray, changed: IntArray) -> None:
        """Move the mean from the groups of the last window to those of the next."""
        before, total = self._overlaps.sum(), overlaps.sum()
        changes = ((overlaps - self._overlaps) / total).astype(np.float32)
        planes, (first, *others) = volume.planes, changed
        same = math.isclose(before, total, rel_tol=_SAME)
        with np.errstate(over="ignore", invalid="ignore"):
            mean = changes[first] * planes[first]  # anew: the last mean is on the screen
            mean += self._mean if same else np.multiply(self._mean, before / total, out=self._part)
            for group in others:
                mean += np.multiply(planes[group], changes[group], out=self._part)
        self._mean, self._overlaps = mean, overlaps
        self._is_far = self._reaches(volume)

    def _reaches(self, volume: SaliencyVolume) -> bool:
        """Return whether the mean has NaN, or values far beyond the colours."""
        most = _FAR * volume.limits[1]
        return not (-most <= self._mean.min() and self._mean.max() <= most)
