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
from focus_viewer.core.typing import FloatArray, IntArray

_FEW = 8  # groups that are added up as soon as a sum of them is moved
_MOST_CHANGES = 64


class RunningMean:
    """Mean over a band window, made from that over the window before.

    A wide window that moves by a step keeps most of its groups: only those that it leaves or
    enters are read. Rounding does not pile up: after as many changes as there are groups in the
    window, at least 64, they are added up anew.
    """

    def __init__(self) -> None:
        self._volume: ref[SaliencyVolume] | None = None
        self._overlaps: FloatArray = np.empty(0, np.float32)
        self._sum: FloatArray = np.empty(0, np.float32)
        self._part: FloatArray = np.empty(0, np.float32)
        self._changes = 0

    def plane(self, volume: SaliencyVolume, window: BandWindow) -> FloatArray:
        """Return what `window_plane` does, to the rounding of a float."""
        overlaps = overlaps_nm(volume.edges_nm, window).astype(np.float32)
        inside = int(np.count_nonzero(overlaps))
        if inside <= _FEW:
            return window_plane(volume, window)
        if self._volume is None or self._volume() is not volume:
            self._add_up(volume, overlaps)
        changed = np.flatnonzero(overlaps != self._overlaps)
        self._changes += changed.size
        if self._changes > max(inside, _MOST_CHANGES):
            self._add_up(volume, overlaps)
        else:
            self._move(volume, overlaps, changed)
        return np.asarray(self._sum / overlaps.sum())

    def _add_up(self, volume: SaliencyVolume, overlaps: FloatArray) -> None:
        self._volume, self._overlaps, self._changes = ref(volume), overlaps, 0
        self._sum = sum_of_groups(volume, overlaps)
        self._part = np.empty_like(self._sum)

    def _move(self, volume: SaliencyVolume, overlaps: FloatArray, changed: IntArray) -> None:
        """Move the sum from the groups of the last window to those of the next."""
        with np.errstate(invalid="ignore"):  # infinity, taken away from itself
            for group in changed:
                change = overlaps[group] - self._overlaps[group]
                self._sum += np.multiply(volume.planes[group], change, out=self._part)
        self._overlaps = overlaps
        if np.isnan(self._sum.min()):  # NaN cannot be taken away again
            self._add_up(volume, overlaps)
