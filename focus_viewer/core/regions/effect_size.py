"""Effect size of the difference of two groups of spectra, with a permutation test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.regions.moments import moments_of
from focus_viewer.core.typing import BoolArray, DoubleArray

_CHUNK_VALUES = 4_000_000
_LEVEL_ROUNDING = 1e-9
_ROUNDING = 1e-26  # of the sum of squares: deviations of equal values from their rounded mean
_CANCELLED = 1e-12  # of the spread over groups: less is lost to rounding


@dataclass(frozen=True, eq=False)
class EffectSize:
    """Difference of two groups of spectra, band by band.

    Attributes
    ----------
    d : DoubleArray, shape (bands,)
        Cohen's d, first minus second; NaN where it is not defined.
    p_values : DoubleArray, shape (bands,)
        Chance of a d as large anywhere in the spectrum if the groups do not differ: corrected for
        the number of bands.
    threshold : float
        |d| above it is significant at `level`; infinite if there were too few permutations.
    level : float
        Chance of one significant band or more if the groups do not differ.
    spectra : tuple of int
        Number of spectra compared, first and second group.
    """

    d: DoubleArray
    p_values: DoubleArray
    threshold: float
    level: float
    spectra: tuple[int, int]

    @property
    def significant(self) -> BoolArray:
        """Bands whose d leaves the band from -threshold to threshold, shape (bands,)."""
        return np.asarray(np.abs(self.d) > self.threshold)


def cohens_d(first: NDArray[np.floating], second: NDArray[np.floating]) -> DoubleArray:
    """Compute Cohen's d: difference of means over the pooled standard deviation.

    Parameters
    ----------
    first, second : array of float, shape (n, bands)
        NaN where there is no data.

    Returns
    -------
    DoubleArray, shape (bands,)
        NaN for less than two values in a group, or without spread.

    References
    ----------
    Cohen, J. (1988). Statistical Power Analysis for the Behavioral Sciences, 2nd ed., p. 67.
    """
    a, b = moments_of(first), moments_of(second)
    within = a.squares + b.squares
    rounding = _ROUNDING * (within + a.counts * a.means**2 + b.counts * b.means**2)
    return _standardised(a.means - b.means, within, a.counts, b.counts, rounding)


def compare(
    first: NDArray[np.floating],
    second: NDArray[np.floating],
    permutations: int = 1000,
    level: float = 0.05,
    most_spectra: int = 2000,
    seed: int = 0,
) -> EffectSize:
    """Compute Cohen's d of two groups, with a permutation test corrected for the number of bands.

    The groups' labels are shuffled; the largest |d| over all bands of each shuffle makes the
    distribution that every band's d is held against, so that the correction knows how bands go
    together (Westfall & Young 1993; Nichols & Holmes 2002, Human Brain Mapping 15: 1-25).

    The test takes spectra to be independent. Neighbouring pixels of a leaf are not: their p values
    speak of these regions only, not of leaves or plants in general; for those, give one mean
    spectrum a leaf.

    Parameters
    ----------
    first, second : array of float, shape (n, bands)
        NaN where there is no data.
    level : float
        Family-wise error rate.
    most_spectra : int
        Larger groups are represented, d included, by a random sample of this size.

    Raises
    ------
    ValueError
        If the groups have different numbers of bands, or fewer than two spectra.
    """
    if first.shape[1:] != second.shape[1:] or min(len(first), len(second)) < 2:
        raise ValueError(f"cannot compare spectra of shapes {first.shape} and {second.shape}")
    rng = np.random.default_rng(seed)
    first, second = _sample(first, most_spectra, rng), _sample(second, most_spectra, rng)
    d = cohens_d(first, second)
    chance = _chance_maxima(np.concatenate([first, second]), len(first), permutations, rng)
    above = chance.size - np.searchsorted(np.sort(chance), np.abs(d))
    p_values = np.where(np.isfinite(d), (1 + above) / (1 + permutations), np.nan)
    threshold = _threshold(chance, level)
    return EffectSize(d, p_values, threshold, level, (len(first), len(second)))


def _sample(
    spectra: NDArray[np.floating], most: int, rng: np.random.Generator
) -> NDArray[np.floating]:
    if len(spectra) <= most:
        return spectra
    return spectra[np.sort(rng.choice(len(spectra), most, replace=False))]


def _threshold(chance: DoubleArray, level: float) -> float:
    """Return the least |d| with (1 + shuffles at least as large) / (1 + shuffles) <= `level`."""
    allowed = int(level * (1 + chance.size) + _LEVEL_ROUNDING) - 1
    return float(np.sort(chance)[-1 - allowed]) if 0 <= allowed < chance.size else np.inf


def _chance_maxima(
    spectra: NDArray[np.floating], in_first: int, permutations: int, rng: np.random.Generator
) -> DoubleArray:
    """Return the largest |d| over the bands of each shuffle, shape (permutations,)."""
    known = np.isfinite(spectra)
    values = _levelled(spectra, known)
    labels = (np.arange(len(values)) < in_first).astype(np.float64)
    size = max(1, _CHUNK_VALUES // max(values.shape))
    maxima = [np.empty(0)]
    for start in range(0, permutations, size):
        chunk = np.broadcast_to(labels, (min(size, permutations - start), labels.size))
        shuffled = rng.permuted(chunk, axis=1)
        maxima.append(_maxima(shuffled, values, known.astype(np.float64)))
    return np.concatenate(maxima)


def _levelled(spectra: NDArray[np.floating], known: BoolArray) -> DoubleArray:
    """Scale each band to mean 0 and sum of squares 1, 0 where it has no data or no spread."""
    values = np.where(known, spectra, 0).astype(np.float64)
    rounding = _ROUNDING * (values**2).sum(axis=0)
    values = np.where(known, values - values.sum(axis=0) / np.maximum(known.sum(axis=0), 1), 0)
    squares = (values**2).sum(axis=0)
    return np.asarray(values / np.sqrt(np.where(squares > rounding, squares, np.inf)))


def _maxima(labels: DoubleArray, values: DoubleArray, known: DoubleArray) -> DoubleArray:
    """Return the largest |d| over the bands for rows of labels (1 first group, 0 second)."""
    first = labels @ values  # (permutations, bands)
    counts = known.sum(axis=0)
    in_first = labels.sum(axis=1, keepdims=True) if known.all() else labels @ known
    in_second = counts - in_first
    mean_first, mean_second = _ratio(first, in_first), _ratio(-first, in_second)
    spread = (values**2).sum(axis=0)
    within = spread - mean_first**2 * in_first - mean_second**2 * in_second
    rounding = _CANCELLED * spread
    d = _standardised(mean_first - mean_second, within, in_first, in_second, rounding)
    return np.asarray(np.nan_to_num(np.abs(d)).max(axis=1, initial=0))


def _standardised(
    difference: DoubleArray,
    within: DoubleArray,
    in_first: NDArray[np.number],
    in_second: NDArray[np.number],
    rounding: DoubleArray,
) -> DoubleArray:
    """Divide a difference by the pooled sd; `within` is the sum of squares within both groups."""
    defined = (in_first > 1) & (in_second > 1) & (within > rounding)
    variance = _ratio(within, in_first + in_second - 2)
    return _ratio(difference, np.sqrt(np.where(defined, variance, np.nan)))


def _ratio(above: DoubleArray, below: NDArray[np.number]) -> DoubleArray:
    """Return the quotient, NaN where the divisor is not above zero."""
    return np.asarray(above / np.where(below > 0, below, np.nan))
