"""Differences of two cubes: in their saliency, with shared colour limits, and in their values."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from weakref import WeakKeyDictionary, ref

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.progress import Step
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.typing import BoolArray, FloatArray, IntArray

_PAIRS: WeakKeyDictionary[SaliencyVolume, WeakKeyDictionary[SaliencyVolume, VolumePair]] = (
    WeakKeyDictionary()
)
_VALUES = 8_000_000  # of a block that is read at a time


class VolumePair:
    """Results of two volumes, each computed once, so that views recognise the same object.

    The volumes are referenced weakly: a pair keeps neither of them alive.
    """

    def __init__(self, first: SaliencyVolume, second: SaliencyVolume) -> None:
        self._first, self._second = ref(first), ref(second)

    @classmethod
    def of(cls, first: SaliencyVolume, second: SaliencyVolume) -> VolumePair:
        """Return the pair of two volumes: the same object as long as both are alive."""
        pairs = _PAIRS.setdefault(first, WeakKeyDictionary())
        if second not in pairs:
            pairs[second] = cls(first, second)
        return pairs[second]

    @cached_property
    def first_limited(self) -> SaliencyVolume:
        """The first volume in shared colour limits."""
        return share_limits(*self._volumes())

    @cached_property
    def second_limited(self) -> SaliencyVolume:
        """The second volume in shared colour limits."""
        first, second = self._volumes()
        return share_limits(second, first)

    @cached_property
    def difference(self) -> SaliencyVolume | None:
        """Second less first; None where they cannot be compared."""
        return difference(*self._volumes())

    def _volumes(self) -> tuple[SaliencyVolume, SaliencyVolume]:
        first, second = self._first(), self._second()
        if first is None or second is None:
            raise ReferenceError("a volume of this pair was removed: take the pair of two others")
        return first, second


# The values reference no key strongly: results share arrays with volumes, never the volumes.


def share_limits(volume: SaliencyVolume, partner: SaliencyVolume) -> SaliencyVolume:
    """Return the volume in limits that hold for both, so that equal colours mean equal saliency.

    Volumes of different modes share no limits.
    """
    limits = [each.limits for each in (volume, partner) if each.mode == volume.mode]
    lows, highs = zip(*limits, strict=True)
    return replace(volume, fixed_limits=(min(lows), max(highs)))


def difference(first: SaliencyVolume, second: SaliencyVolume) -> SaliencyVolume | None:
    """Return second less first; None where their grids, groups or modes differ."""
    if not comparable(first, second):
        return None
    if first.class_name == second.class_name:
        name = f"{second.class_name}: second cube less first"
    else:
        name = f"{second.class_name} less {first.class_name}"
    values, shape = second.values - first.values, first.image_shape
    return SaliencyVolume(
        values, first.edges_nm, shape, name, "evidence", met=_met_by_either(first.met, second.met)
    )


def _met_by_either(first: BoolArray | None, second: BoolArray | None) -> BoolArray | None:
    """Return the pixels of both; None, all of them, where they are not of one resolution."""
    if first is None or second is None or first.shape != second.shape:
        return None
    return first | second


def comparable(first: SaliencyVolume, second: SaliencyVolume) -> bool:
    """Return whether two volumes have the same images, cells, groups and mode."""
    return (
        first.values.shape == second.values.shape
        and first.image_shape == second.image_shape
        and first.mode == second.mode
        and bool(np.allclose(first.edges_nm, second.edges_nm))
    )


def band_difference(
    first: Cube, second: Cube, window: BandWindow, step: Step
) -> SaliencyVolume | None:
    """Return the mean over the window's good bands, second less first, as a volume of one group.

    Cells are pixels, in the cubes' units, signed; NaN where either has no data. None where the
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
