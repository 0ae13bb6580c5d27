"""Mean saliency over band windows that follow one another closely, as those of a moved one do."""

from __future__ import annotations

from weakref import ref

import numpy as np

from focus_viewer.core.saliency.volume import (
    SaliencyVolume,
    overlaps_nm,
    sum_of_groups,
    window_plane,
)
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.typing import DoubleArray, FloatArray

_FEW = 16  # groups that are read sooner than a sum of them is kept


class RunningMean:
    """Mean over a band window, made from that over the window before.

    A wide window that moves by a step keeps most of its groups: only those that it leaves or
    enters are read. The sum is kept in double precision, so that what was added and taken away
    again leaves nothing behind that a float could hold.
    """

    def __init__(self) -> None:
        self._volume: ref[SaliencyVolume] | None = None
        self._inside: DoubleArray = np.empty(0)
        self._sum: DoubleArray = np.empty(0)
        self._step: DoubleArray = np.empty(0)

    def plane(self, volume: SaliencyVolume, window: BandWindow) -> FloatArray:
        """Return what `window_plane` does, to the rounding of a float."""
        overlaps = overlaps_nm(volume.edges_nm, window)
        if np.count_nonzero(overlaps) <= _FEW:
            return window_plane(volume, window)
        if self._volume is None or self._volume() is not volume:
            self._start(volume)
        mean = self._mean(volume, overlaps)
        if np.isnan(mean.min()):  # NaN cannot be taken away again
            self._start(volume)
            mean = self._mean(volume, overlaps)
        return mean

    def _start(self, volume: SaliencyVolume) -> None:
        self._volume, self._inside = ref(volume), np.zeros(len(volume.edges_nm))
        self._sum = np.zeros(volume.values.shape[:2])
        self._step = np.empty_like(self._sum)

    def _mean(self, volume: SaliencyVolume, overlaps: DoubleArray) -> FloatArray:
        """Return the sum over the groups that are inside, with shares of those at the edges."""
        whole = overlaps == np.diff(volume.edges_nm)[:, 0]
        self._move(volume, np.where(whole, overlaps, 0))
        total = overlaps.sum()
        mean = np.divide(self._sum, total, dtype=np.float32, casting="same_kind")
        for group in np.flatnonzero(~whole & (overlaps > 0)):
            mean += volume.planes[group] * np.float32(overlaps[group] / total)
        return mean

    def _move(self, volume: SaliencyVolume, inside: DoubleArray) -> None:
        """Bring the sum from the groups inside the last window to those inside the next."""
        changes = inside - self._inside
        changed = np.flatnonzero(changes)
        if 2 * changed.size > np.count_nonzero(inside):
            self._sum = sum_of_groups(volume, inside)
        else:
            for group in changed:
                np.multiply(volume.planes[group], changes[group], out=self._step)
                self._sum += self._step
        self._inside = inside
