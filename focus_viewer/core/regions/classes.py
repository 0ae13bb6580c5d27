"""Statistics of classes: all regions of a class pooled."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from focus_viewer.core.regions.table import RegionRow


@dataclass(frozen=True)
class ClassRow:
    """All regions of a class.

    Attributes
    ----------
    class_name : str or None
        None gathers the regions without a class.
    region_ids : tuple of int
        In the order of the table.
    pixels : int
        Of all regions; pixels in two regions count twice.
    mean, sd : float
        Of the means of all pixels over the good bands: the deviation is within regions and between
        their means. NaN without data.
    positive_share, negative_share : float
        Sums of the regions' shares; NaN without saliency.
    """

    class_name: str | None
    region_ids: tuple[int, ...]
    pixels: int
    mean: float
    sd: float
    positive_share: float
    negative_share: float


def class_rows(rows: Iterable[RegionRow]) -> list[ClassRow]:
    """Return a row for each class, by name; regions without a class come last.

    Parameters
    ----------
    rows : iterable of RegionRow
        Regions without data are left out of mean and deviation. A region with data in some pixels
        weighs as if all had data.
    """
    members: dict[str | None, list[RegionRow]] = {}
    for row in rows:
        members.setdefault(row.class_name, []).append(row)
    names = sorted(members, key=lambda name: (name is None, (name or "").lower()))
    return [_pooled(name, members[name]) for name in names]


def _pooled(class_name: str | None, rows: Sequence[RegionRow]) -> ClassRow:
    known = [row for row in rows if math.isfinite(row.mean)]
    pixels = sum(row.pixels for row in known)
    mean = sum(row.pixels * row.mean for row in known) / pixels if pixels else math.nan
    return ClassRow(
        class_name,
        tuple(row.id for row in rows),
        sum(row.pixels for row in rows),
        mean,
        _pooled_sd(known, pixels, mean),
        sum(row.positive_share for row in rows),
        sum(row.negative_share for row in rows),
    )


def _pooled_sd(rows: Sequence[RegionRow], pixels: int, mean: float) -> float:
    if pixels < 2:
        return math.nan
    within = sum((row.pixels - 1) * row.sd**2 for row in rows if row.pixels > 1)
    between = sum(row.pixels * (row.mean - mean) ** 2 for row in rows)
    return math.sqrt((within + between) / (pixels - 1))
