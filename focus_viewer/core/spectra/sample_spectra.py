"""Sample spectra of an image: what shows whether its wavelengths and units are right.

The pixels are chosen without the wavelengths, which may be wrong: a leaf has the strongest contrast
between its bands, dark in red light and bright in the near infrared, whatever they are called.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from focus_viewer.core.cubes.cube import Cube, Units
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.typing import DoubleArray, FloatArray

FEATURES_NM: Final = (
    ("chlorophyll", 680.0, 680.0),
    ("red edge", 700.0, 740.0),
    ("water 970", 970.0, 970.0),
    ("1200", 1200.0, 1200.0),
    ("1450", 1450.0, 1450.0),
    ("1940", 1940.0, 1940.0),
)
"""Features of leaves: name, first and last wavelength. Carter and Knapp 2001 (Am. J. Bot. 88,
677-684) for the red edge, Curran 1989 (Remote Sens. Environ. 30, 271-278) for chlorophyll and
water."""

_ROWS, _COLS = 12, 64
_STRONGEST = 0.1
_RED_EDGE_NM = (680.0, 760.0)
_SMOOTH_NM = 16


@dataclass(frozen=True, eq=False)
class SampleSpectra:
    """Mean spectra of a sample of pixels.

    Attributes
    ----------
    axis : DoubleArray, shape (bands,)
        Wavelengths in nm, or band numbers from 1.
    has_wavelengths : bool
    mean : FloatArray, shape (bands,)
        Of all pixels of the sample; NaN in bad bands and without data.
    contrasted : FloatArray, shape (bands,)
        Of the tenth of the pixels with the strongest contrast between bands.
    units : {"reflectance", "radiance", "counts", "unknown"}
    """

    axis: DoubleArray
    has_wavelengths: bool
    mean: FloatArray
    contrasted: FloatArray
    units: Units

    @property
    def steepest_rise_nm(self) -> float | None:
        """Where the contrasted spectrum rises most; None where a red edge cannot be on the axis."""
        known = np.isfinite(self.contrasted)
        axis, values = self.axis[known], self.contrasted[known].astype(np.float64)
        if not self.has_wavelengths or axis.size < 3:
            return None
        if axis[0] > _RED_EDGE_NM[0] or axis[-1] < _RED_EDGE_NM[1]:
            return None
        grid = np.arange(axis[0], axis[-1])
        even = np.interp(grid, axis, values)
        rise = even[_SMOOTH_NM:] - even[:-_SMOOTH_NM]
        best = int(np.argmax(rise))
        return None if rise[best] <= 0 else float(grid[best] + _SMOOTH_NM / 2)


def sample_spectra(cube: Cube, step: Step = silent) -> SampleSpectra:
    """Return the spectra of a sample of pixels: a few lines, of which some pixels each.

    Raises
    ------
    CubeError
        If the file cannot be read.
    """
    lines = np.unique(np.linspace(0, cube.rows - 1, _ROWS + 2)[1:-1].astype(np.intp))
    every = slice(None, None, -(-cube.cols // _COLS))
    parts = []
    for done, row in enumerate(lines):
        step(done / lines.size, "reading spectra")
        parts.append(cube.block(slice(int(row), int(row) + 1), every)[0])
    pixels = np.where(cube.good_bands, np.concatenate(parts), np.float32(np.nan))
    pixels = pixels[np.isfinite(pixels).any(axis=1)]
    first = 0 if cube.wavelengths_nm is not None else 1
    return SampleSpectra(
        cube.axis + first,
        cube.wavelengths_nm is not None,
        _mean(pixels),
        _mean(_contrasted(pixels)),
        cube.units,
    )


def _mean(pixels: FloatArray) -> FloatArray:
    """Return the mean of each band, NaN without data; shape (bands,)."""
    known = np.isfinite(pixels)
    total = np.where(known, pixels, 0).sum(axis=0, dtype=np.float64)
    count = known.sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan).astype(np.float32)


def _contrasted(pixels: FloatArray) -> FloatArray:
    """Return the tenth of the pixels with the largest distance between their bands' values."""
    if not pixels.size:
        return pixels
    low, high = np.nanpercentile(pixels, (5, 95), axis=1)
    count = max(1, round(_STRONGEST * len(pixels)))
    return pixels[np.argsort(high - low)[-count:]]
