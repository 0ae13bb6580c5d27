"""Magic wand: its seed and its settings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from focus_viewer.core.regions.shapes import MaskShape

Criterion = Literal["angle", "saliency"]
MOST_ANGLE_DEG = 60.0
LEAST_TOLERANCE = 0.1


@dataclass(frozen=True)
class Seed:
    """Seed of region growing: a click of the wand.

    Attributes
    ----------
    base : MaskShape or None
        Region before; the wand adds to it.
    region_id : int or None
        Region that it makes, once it is made, or adds to.
    made : bool
        Whether the region contains the similar pixels.
    """

    document_id: int
    row: int
    col: int
    base: MaskShape | None = None
    region_id: int | None = None
    made: bool = False

    def done(self, region_id: int | None) -> Seed:
        """Return the seed with its region."""
        return replace(self, region_id=region_id, made=region_id is not None)

    def same_pixel(self, other: Seed | None) -> bool:
        """Return whether the other is the same click."""
        if other is None:
            return False
        key = (self.document_id, self.row, self.col, self.base)
        return key == (other.document_id, other.row, other.col, other.base)


@dataclass(frozen=True)
class Wand:
    """Settings of the wand.

    Attributes
    ----------
    criterion : {"angle", "saliency"}
        Spectral angle to the seed, or saliency of the same sign and similar size.
    angle_deg : float
        Largest angle of similar pixels.
    saliency_percent : float
        Largest difference of similar pixels, relative to the upper end of the colour scale.
    seed : Seed or None
        Last click, as long as its region follows the tolerance.
    """

    criterion: Criterion = "angle"
    angle_deg: float = 5.0
    saliency_percent: float = 20.0
    seed: Seed | None = None

    @property
    def tolerance(self) -> float:
        """Tolerance of the criterion, in degrees or percent."""
        return self.angle_deg if self.criterion == "angle" else self.saliency_percent

    def selects_as(self, before: Wand | None) -> bool:
        """Return whether it selects the same pixels as before, without a new click."""
        if before is None or before.seed is None or self.seed is None:
            return False
        if not self.seed.same_pixel(before.seed) or (before.seed.made and not self.seed.made):
            return False
        return (self.criterion, self.tolerance) == (before.criterion, before.tolerance)
