"""Transforms of a spectrum: first derivative, continuum removal, standard normal variate.

All arrays have the shape (bands,). Bands that are not good, or have no data, are NaN in the result
and do not influence the rest. Wavelengths may come in any order and twice, as where two detectors
of a sensor overlap.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.typing import BoolArray, DoubleArray

_View = Callable[[DoubleArray, DoubleArray], DoubleArray]


def first_derivative(
    wavelengths_nm: DoubleArray,
    spectrum: NDArray[np.floating],
    good_bands: BoolArray | None = None,
) -> DoubleArray:
    """Return the slope per nm: second-order differences, first-order at the ends.

    All NaN for less than two wavelengths.
    """
    return _on_good_bands(_slope, wavelengths_nm, spectrum, good_bands)


def continuum_removed(
    wavelengths_nm: DoubleArray,
    spectrum: NDArray[np.floating],
    good_bands: BoolArray | None = None,
) -> DoubleArray:
    """Return the spectrum divided by its continuum: 1 on the upper hull, less in absorptions.

    NaN where the hull is not above zero.

    References
    ----------
    Clark, R. N. & Roush, T. L. (1984). Reflectance spectroscopy: quantitative analysis techniques
    for remote sensing applications. Journal of Geophysical Research 89(B7): 6329-6340.
    """
    return _on_good_bands(_over_hull, wavelengths_nm, spectrum, good_bands)


def standard_normal_variate(
    spectrum: NDArray[np.floating], good_bands: BoolArray | None = None
) -> DoubleArray:
    """Return the spectrum less its mean over the bands, over its standard deviation (ddof 1).

    All NaN for a spectrum without spread.

    References
    ----------
    Barnes, R. J., Dhanoa, M. S. & Lister, S. J. (1989). Standard normal variate transformation and
    de-trending of near-infrared diffuse reflectance spectra. Applied Spectroscopy 43: 772-777.
    """
    good = _usable(spectrum, good_bands)
    result = np.full(spectrum.shape, np.nan)
    values = spectrum[good].astype(np.float64)
    if values.size > 1 and np.ptp(values) > 0:
        result[good] = (values - values.mean()) / values.std(ddof=1)
    return result


def upper_hull(x: DoubleArray, y: DoubleArray) -> DoubleArray:
    """Return the upper convex hull of points, at each of them.

    Andrew's monotone chain (1979), Information Processing Letters 9: 216-219.

    Parameters
    ----------
    x, y : DoubleArray, shape (n,)
        Positions, strictly ascending, and values.

    Returns
    -------
    DoubleArray, shape (n,)
        Nowhere below y.
    """
    hull: list[int] = []
    for point in range(x.size):
        while len(hull) > 1 and not _turns_down(x, y, hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    return np.maximum(np.interp(x, x[hull], y[hull]), y)


def _turns_down(x: DoubleArray, y: DoubleArray, first: int, middle: int, last: int) -> bool:
    rise_before = (y[middle] - y[first]) * (x[last] - x[middle])
    rise_after = (y[last] - y[middle]) * (x[middle] - x[first])
    return bool(rise_after < rise_before)


def _slope(wavelengths_nm: DoubleArray, values: DoubleArray) -> DoubleArray:
    if wavelengths_nm.size < 2:
        return np.full(values.shape, np.nan)
    return np.asarray(np.gradient(values, wavelengths_nm))


def _over_hull(wavelengths_nm: DoubleArray, values: DoubleArray) -> DoubleArray:
    hull = upper_hull(wavelengths_nm, values)
    return np.asarray(values / np.where(hull > 0, hull, np.nan))


def _on_good_bands(
    view: _View,
    wavelengths_nm: DoubleArray,
    spectrum: NDArray[np.floating],
    good_bands: BoolArray | None,
) -> DoubleArray:
    """Return a view of the usable bands in ascending order, those at one wavelength averaged."""
    good = _usable(spectrum, good_bands) & np.isfinite(wavelengths_nm)
    result = np.full(spectrum.shape, np.nan)
    if good.any():
        distinct, position = np.unique(wavelengths_nm[good], return_inverse=True)
        mean = np.bincount(position, weights=spectrum[good]) / np.bincount(position)
        result[good] = view(distinct, mean)[position]
    return result


def _usable(spectrum: NDArray[np.floating], good_bands: BoolArray | None) -> BoolArray:
    known = np.isfinite(spectrum)
    return np.asarray(known if good_bands is None else known & good_bands)
