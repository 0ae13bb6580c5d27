"""Region growing of the magic wand: similar, connected pixels around a seed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.connectivity import connected
from focus_viewer.core.regions.mask_crop import MaskCrop, crop_mask
from focus_viewer.core.saliency.volume import SaliencyVolume, heatmap
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.spectra.spectral_angle import spectral_angles
from focus_viewer.core.typing import BoolArray, DoubleArray

_LEAST_GROWTH_PX = 256


@dataclass(frozen=True, eq=False)
class Distances:
    """Distances to the seed, in the tolerance's unit, in a window around it.

    Attributes
    ----------
    volume : SaliencyVolume or None
        None for angles.
    window_nm : BandWindow or None
        Band window of the saliency; None for angles.
    place : tuple of int
        (row, col) of the seed.
    rows, cols : slice
        The window; empty before distances are computed.
    values : DoubleArray, shape (rows, cols)
        Of the window: spectral angles in degrees, or differences of saliency in percent of the
        scale; NaN for pixels that cannot be compared, or whose saliency has another sign.
    """

    cube: Cube
    volume: SaliencyVolume | None
    window_nm: BandWindow | None
    place: tuple[int, int]
    rows: slice = field(default_factory=lambda: slice(0, 0))
    cols: slice = field(default_factory=lambda: slice(0, 0))
    values: DoubleArray = field(default_factory=lambda: np.empty((0, 0)))

    def fits(self, sources: tuple[object, ...]) -> bool:
        """Return whether cube, volume, band window and place are these."""
        return (self.cube, self.volume, self.window_nm, self.place) == sources

    def within(self, rows: slice, cols: slice, step: Step) -> Distances:
        """Return the distances in another window."""
        if self.volume is None or self.window_nm is None:
            pixel = self.cube.pixel(*self.place)
            values = spectral_angles(self.cube, pixel, step, (rows, cols))
        else:
            plane = heatmap(self.volume, self.window_nm, rows, cols).astype(np.float64)
            seed = plane[self.place[0] - rows.start, self.place[1] - cols.start]
            percent = 100 * np.abs(plane - seed) / self.volume.limits[1]
            values = np.where(np.sign(plane) == np.sign(seed), percent, np.nan)
        return replace(self, rows=rows, cols=cols, values=values)


def similar_connected(
    distances: Distances, tolerance: float, step: Step
) -> tuple[Distances, MaskCrop | None]:
    """Return the pixels within the tolerance that are connected with the one touched.

    The window grows until it contains them, so that time and memory depend on their box, not on the
    image. The distances of the last window are returned too, for other tolerances.
    """
    row, col = distances.place
    shape = distances.cube.rows, distances.cube.cols
    if not distances.values.size:
        all_reach = np.ones(1, dtype=np.bool_)
        rows = _grown(slice(row, row + 1), all_reach, shape[0])
        distances = distances.within(rows, _grown(slice(col, col + 1), all_reach, shape[1]), step)
    while True:
        near = distances.values <= tolerance
        inside = connected(near, row - distances.rows.start, col - distances.cols.start)
        rows = _grown(distances.rows, np.asarray(inside.any(axis=1)), shape[0])
        cols = _grown(distances.cols, np.asarray(inside.any(axis=0)), shape[1])
        if (rows, cols) == (distances.rows, distances.cols):
            return distances, crop_mask(inside, rows.start, cols.start)
        distances = distances.within(rows, cols, step)


def _grown(span: slice, reached: BoolArray, count: int) -> slice:
    """Return a span that is longer at each end that pixels reach, within an axis."""
    more = max((span.stop - span.start) // 2, _LEAST_GROWTH_PX)
    return slice(
        max(span.start - more, 0) if reached[0] else span.start,
        min(span.stop + more, count) if reached[-1] else span.stop,
    )
