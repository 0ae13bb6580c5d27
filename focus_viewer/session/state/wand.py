"""Magic wand: its seed, its settings, and the similar pixels around a seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.connectivity import connected
from focus_viewer.core.regions.shapes import MaskShape
from focus_viewer.core.saliency.volume import SaliencyVolume, heatmap
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.spectra.spectral_angle import spectral_angles
from focus_viewer.core.typing import BoolArray, DoubleArray

Criterion = Literal["angle", "saliency"]
MOST_ANGLE_DEG = 60.0
LEAST_TOLERANCE = 0.1


@dataclass(frozen=True)
class Seed:
    """Seed of region growing: a click of the wand.

    Attributes
    ----------
    document_id : int
    row, col : int
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


@dataclass(frozen=True, eq=False)
class Distances:
    """Distances of all pixels to the seed, in the tolerance's unit.

    Attributes
    ----------
    cube : Cube
    volume : SaliencyVolume or None
    window_nm : BandWindow or None
        Window of the saliency; None for angles.
    place : tuple of int
        (row, col) of the seed.
    values : DoubleArray, shape (rows, cols)
        NaN for pixels that cannot be compared.
    """

    cube: Cube
    volume: SaliencyVolume | None
    window_nm: BandWindow | None
    place: tuple[int, int]
    values: DoubleArray

    def fits(self, other: tuple[object, ...]) -> bool:
        """Return whether they were computed from these sources."""
        return (self.cube, self.volume, self.window_nm, self.place) == other


def angle_distances(cube: Cube, place: tuple[int, int], step: Step) -> Distances:
    """Return spectral angles to a pixel, in degrees."""
    angles = spectral_angles(cube, cube.pixel(*place), step)
    return Distances(cube, None, None, place, angles)


def saliency_distances(
    cube: Cube, volume: SaliencyVolume, window: BandWindow, place: tuple[int, int]
) -> Distances:
    """Return saliency differences to a pixel, in percent of the scale; NaN for other signs."""
    plane = heatmap(volume, window).astype(np.float64)
    here = plane[place]
    away = 100 * np.abs(plane - here) / volume.limits[1]
    return Distances(
        cube, volume, window, place, np.where(np.sign(plane) == np.sign(here), away, np.nan)
    )


def similar_connected(distances: Distances, tolerance: float) -> BoolArray:
    """Return the 4-connected similar pixels that contain the seed, shape (rows, cols)."""
    return connected(distances.values <= tolerance, *distances.place)
