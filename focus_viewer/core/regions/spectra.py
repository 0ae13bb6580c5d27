"""Spectra of regions: mean, spread and quantiles of their pixels, band by band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.regions.mask_crop import MaskCrop
from focus_viewer.core.regions.masked_pixels import masked_pixels
from focus_viewer.core.regions.moments import Moments, moments_of, no_moments
from focus_viewer.core.typing import DoubleArray, FloatArray, IntArray

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
MOST_PIXELS = 20_000  # in the quantiles; a larger region is sampled


@dataclass(frozen=True, eq=False)
class RegionSpectrum:
    """Statistics of the spectra of a region's pixels.

    Attributes
    ----------
    pixels : int
        Pixels in the region.
    counts : IntArray, shape (bands,)
        Pixels that have data.
    mean : DoubleArray, shape (bands,)
        In the cube's units; NaN where no pixel has data. Includes bands that are not good.
    sd : DoubleArray, shape (bands,)
        Sample standard deviation (ddof 1) among pixels; NaN for less than two.
    probabilities : tuple of float
        0 to 1.
    quantiles : DoubleArray, shape (probabilities, bands)
        Linear between order statistics (definition 7 of Hyndman & Fan 1996, The American
        Statistician 50: 361-365), of all pixels or of a random sample of a large region.
    """

    pixels: int
    counts: IntArray
    mean: DoubleArray
    sd: DoubleArray
    probabilities: tuple[float, ...]
    quantiles: DoubleArray


def region_spectrum(
    cube: Cube,
    crop: MaskCrop | None,
    probabilities: Sequence[float] = QUANTILES,
    most_pixels: int = MOST_PIXELS,
    seed: int = 0,
    step: Step = silent,
) -> RegionSpectrum:
    """Compute mean, standard deviation and quantiles of a region's pixels; the cube is read once.

    Parameters
    ----------
    crop : MaskCrop or None
        Its pixels; None if it has none.
    probabilities : sequence of float
        Of the quantiles.
    most_pixels : int
        Size of the random sample for the quantiles of a larger region; mean and deviation are of
        all pixels.

    Raises
    ------
    ValueError
        If the region does not fit the image.
    """
    chosen = _sample(crop, most_pixels, seed)
    moments, kept, done = no_moments(cube.bands), [], 0
    for _, spectra in masked_pixels(cube, [crop] if crop else [], step):
        moments = moments.merged(moments_of(spectra))
        kept.append(_chosen_of(spectra, chosen, done))
        done += len(spectra)
    sample = np.concatenate([np.empty((0, cube.bands), dtype=np.float32), *kept])
    return _spectrum(done, moments, sample, tuple(probabilities))


def spectrum_of(spectra: NDArray[np.floating]) -> RegionSpectrum:
    """Compute statistics of spectra (n, bands) in memory; values not finite are missing."""
    return _spectrum(len(spectra), moments_of(spectra), spectra, QUANTILES)


def pixel_spectra(
    cube: Cube,
    crop: MaskCrop | None,
    most_pixels: int = MOST_PIXELS,
    seed: int = 0,
    step: Step = silent,
) -> FloatArray:
    """Read the spectra of a region's pixels, or a random sample of them, in the order of the image.

    Returns
    -------
    FloatArray, shape (n, bands), n <= most_pixels

    Raises
    ------
    ValueError
        If the region does not fit the image.
    """
    chosen = _sample(crop, most_pixels, seed)
    kept, done = [np.empty((0, cube.bands), dtype=np.float32)], 0
    for _, spectra in masked_pixels(cube, [crop] if crop else [], step):
        kept.append(_chosen_of(spectra, chosen, done))
        done += len(spectra)
    return np.concatenate(kept)


def _spectrum(
    pixels: int, moments: Moments, sample: NDArray[np.floating], probabilities: tuple[float, ...]
) -> RegionSpectrum:
    quantiles = _quantiles(sample, probabilities)
    return RegionSpectrum(
        pixels, moments.counts, moments.means, moments.sd, probabilities, quantiles
    )


def _sample(crop: MaskCrop | None, most: int, seed: int) -> IntArray:
    """Return the pixels to sample: their numbers in the order of the image, ascending."""
    pixels = 0 if crop is None else crop.pixels
    if pixels <= most:
        return np.arange(pixels, dtype=np.intp)
    return np.sort(np.random.default_rng(seed).choice(pixels, most, replace=False)).astype(np.intp)


def _chosen_of(spectra: FloatArray, chosen: IntArray, done: int) -> FloatArray:
    low, high = np.searchsorted(chosen, (done, done + len(spectra)))
    return spectra[chosen[low:high] - done]


def _quantiles(sample: NDArray[np.floating], probabilities: tuple[float, ...]) -> DoubleArray:
    """Compute the quantiles of the finite values of each column, shape (probabilities, bands)."""
    ascending = np.sort(np.where(np.isfinite(sample), sample, np.nan), axis=0)  # NaN comes last
    counts = np.isfinite(sample).sum(axis=0)
    known = np.flatnonzero(counts)
    quantiles = np.full((len(probabilities), sample.shape[1]), np.nan)
    for index, probability in enumerate(probabilities):
        position = probability * (counts[known] - 1)
        below = np.floor(position).astype(np.intp)
        low = ascending[below, known].astype(np.float64)
        high = ascending[np.minimum(below + 1, counts[known] - 1), known].astype(np.float64)
        quantiles[index, known] = low + (high - low) * (position - below)
    return quantiles
