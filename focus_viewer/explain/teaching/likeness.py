"""Likeness of an image's cells to what is labelled, for the live preview.

The test is that of a taught model: what is unlike all that was labelled is not read by it, so that
the preview says nothing of it either. Spectra of every other pixel and line are kept, without their
brightness, which the test does not mind: a fraction of what the image takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray, IntArray
from focus_viewer.explain.inference.tiles import TileLayout
from focus_viewer.explain.model.preprocessing import GroupStatistics
from focus_viewer.explain.model.tissue import SPECTRA, TissueTest, smoothed, tissue_logs
from focus_viewer.explain.teaching.statistics import varied_spectra

_STRIDE = 2
_MOST = 100
_STRIP_VALUES = 4_000_000
_DARKEST, _BRIGHTEST = 1e-30, 1e4


@dataclass(frozen=True, eq=False)
class ImageSpectra:
    """Spectra of an image, each averaged with its neighbours and relative to its own mean.

    Attributes
    ----------
    values : array of float16, shape (sampled rows, sampled cols, groups)
        NaN without data.
    """

    layout: TileLayout
    values: NDArray[np.float16]

    @classmethod
    def of(cls, images: FloatArray, layout: TileLayout) -> ImageSpectra:
        """Sample images, (rows, cols, groups), a strip at a time."""
        rows, cols, groups = images.shape
        height = max(1, _STRIP_VALUES // (cols * groups * _STRIDE)) * _STRIDE
        strips = []
        for top in range(0, rows, height):
            first = max(top - 1, 0)
            part = smoothed(images[first : top + height + 1])
            strips.append(_without_brightness(part[top - first :][:height:_STRIDE, ::_STRIDE]))
        return cls(layout, np.concatenate(strips))

    def within(self, inside: BoolArray) -> FloatArray:
        """Return some spectra of a region, (n, groups), given its mask of the image."""
        sampled = inside[::_STRIDE, ::_STRIDE]
        rows, cols = np.nonzero(sampled)
        if not rows.size:
            rows, cols = (each // _STRIDE for each in np.nonzero(inside))
        chosen = np.linspace(0, rows.size - 1, min(rows.size, _MOST)).round().astype(np.intp)
        found = self.values[rows[chosen], cols[chosen]].astype(np.float32)
        return found[np.isfinite(found).all(axis=1)]

    def of_cells(self) -> FloatArray:
        """Return the spectrum in the middle of each cell, (grid_rows, grid_cols, groups)."""
        layout = self.layout
        places = [
            _middles(cells, layout.patch_px, size)
            for cells, size in zip(layout.grid, layout.image_px, strict=True)
        ]
        return self.values[np.ix_(*places)].astype(np.float32)


def unlike_cells(
    labelled: Sequence[FloatArray],
    image: ImageSpectra,
    edges_nm: DoubleArray,
    statistics: GroupStatistics,
) -> BoolArray:
    """Return which cells are like none of the labelled spectra, shape (grid_rows, grid_cols).

    Parameters
    ----------
    labelled : sequence of FloatArray, shape (n, groups)
        Of each labelled region; all count equally, as far as there are pixels.
    edges_nm : DoubleArray, shape (groups, 2)
    """
    rng = np.random.default_rng(0)
    spectra = np.concatenate(labelled)
    if not len(spectra):
        return np.zeros(image.layout.grid, dtype=np.bool_)
    # Few of them are repeated: as they are, and as other cameras would see them.
    places = np.resize(np.arange(len(spectra)), max(len(spectra), SPECTRA))
    spectra = spectra[rng.permutation(places)[:SPECTRA]]
    logs = tissue_logs(varied_spectra(spectra, edges_nm, rng), statistics)
    return ~TissueTest.fit(logs, statistics).measure_smooth(image.of_cells()).passed


def _without_brightness(spectra: FloatArray) -> NDArray[np.float16]:
    known = np.isfinite(spectra)
    total = np.where(known, spectra, 0).sum(axis=-1, keepdims=True, dtype=np.float64)
    level = total / np.maximum(known.sum(axis=-1, keepdims=True), 1)
    ratio = np.clip(spectra / np.maximum(level, _DARKEST), -_BRIGHTEST, _BRIGHTEST)
    return np.asarray(ratio, dtype=np.float16)


def _middles(cells: int, patch: int, size: int) -> IntArray:
    """Return the sample that is nearest to the middle of each cell along an axis."""
    before = (cells * patch - size) // 2
    pixels = np.arange(cells) * patch + patch // 2 - before
    return np.asarray(np.clip(pixels, 0, size - 1) // _STRIDE, dtype=np.intp)
