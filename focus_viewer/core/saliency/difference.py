"""Pair of saliency volumes: colour limits that both share, and their difference."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from weakref import WeakKeyDictionary, ref

import numpy as np

from focus_viewer.core.saliency.volume import SaliencyVolume


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
_PAIRS: WeakKeyDictionary[SaliencyVolume, WeakKeyDictionary[SaliencyVolume, VolumePair]] = (
    WeakKeyDictionary()
)


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
    return SaliencyVolume(
        second.values - first.values, first.edges_nm, first.image_shape, name, "evidence"
    )


def comparable(first: SaliencyVolume, second: SaliencyVolume) -> bool:
    """Return whether two volumes have the same images, cells, groups and mode."""
    return (
        first.values.shape == second.values.shape
        and first.image_shape == second.image_shape
        and first.mode == second.mode
        and bool(np.allclose(first.edges_nm, second.edges_nm))
    )
