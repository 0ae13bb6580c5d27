"""Spectra through a spectral view: as measured, or transformed."""

from __future__ import annotations

from typing import Literal

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.regions.mask_crop import MaskCrop
from focus_viewer.core.regions.spectra import (
    RegionSpectrum,
    pixel_spectra,
    region_spectrum,
    spectrum_of,
)
from focus_viewer.core.spectra.transforms import (
    continuum_removed,
    first_derivative,
    standard_normal_variate,
)
from focus_viewer.core.typing import DoubleArray, FloatArray

SpectralView = Literal["values", "derivative", "continuum", "snv"]
MOST_VIEWED = 1_000
"""Largest number of pixels of a region that are transformed, each on its own."""
_STEP_EVERY = 50


def viewed(
    cube: Cube, spectrum: FloatArray | DoubleArray, view: SpectralView
) -> FloatArray | DoubleArray:
    """Return a spectrum of a cube, shape (bands,), through a view.

    Bands that are not good are NaN, except for the values themselves. Without wavelengths the
    derivative is per band.
    """
    match view:
        case "values":
            return spectrum
        case "derivative":
            return first_derivative(cube.axis, spectrum, cube.good_bands)
        case "continuum":
            return continuum_removed(cube.axis, spectrum, cube.good_bands)
        case "snv":
            return standard_normal_variate(spectrum, cube.good_bands)


def viewed_region(
    cube: Cube, crop: MaskCrop | None, view: SpectralView, step: Step = silent
) -> RegionSpectrum:
    """Compute mean, deviation and quantiles of a region's pixels, each through a view.

    The deviation of slopes is not the slope of the deviation: each pixel is transformed.

    Except for the values, a region of more than `MOST_VIEWED` pixels is represented by a random
    sample of them; `pixels` is the size of the sample.

    Raises
    ------
    ValueError
        If the region does not fit the image.
    """
    if view == "values":
        return region_spectrum(cube, crop, step=step)
    spectra = pixel_spectra(cube, crop, MOST_VIEWED, step=step)
    seen = np.empty(spectra.shape)
    for index, spectrum in enumerate(spectra):
        if index % _STEP_EVERY == 0:
            step(index / len(spectra), "Transforming spectra")
        seen[index] = viewed(cube, spectrum, view)
    return spectrum_of(seen)
