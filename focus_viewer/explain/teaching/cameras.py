"""Cameras that sample the same spectral groups at other wavelengths.

A group's value is the mean of the bands whose centres are in it. Where a spectrum is steep, as at
the red edge, it depends on where in the group these centres are: the same leaf differs by a tenth
and more between two cameras. That is a difference of sampling, and says nothing about the leaf.
"""

from __future__ import annotations

import numpy as np

from focus_viewer.core.typing import DoubleArray, FloatArray

# Of the narrowest group. A camera of a single band a group, at its edge, is another question.
_WIDEST = 0.8


def seen_by_other_cameras(
    spectra: FloatArray, edges_nm: DoubleArray, rng: np.random.Generator
) -> FloatArray:
    """Return spectra as cameras of other spacings would see them, another camera for each.

    Parameters
    ----------
    spectra : FloatArray, shape (pixels, groups)
    edges_nm : DoubleArray, shape (groups, 2)
    """
    shifts = draw_shifts(len(spectra), edges_nm, rng)
    centers = edges_nm.mean(axis=1)
    own = [
        np.interp(centers + shift, centers, spectrum)
        for shift, spectrum in zip(shifts, spectra, strict=True)
    ]
    return np.asarray(own, dtype=spectra.dtype).reshape(spectra.shape)


def draw_shifts(count: int, edges_nm: DoubleArray, rng: np.random.Generator) -> DoubleArray:
    """Draw how far cameras' bands are from the middle of each group, (count, groups), in nm.

    Bands are evenly spaced, closer than groups. A group without a band is as it is: such a camera
    does not fill it.
    """
    low, high = edges_nm.T
    spacing = rng.uniform(1, _WIDEST * float((high - low).min()), (count, 1))
    start = rng.uniform(0, 1, (count, 1)) * spacing
    first, last = (np.ceil((edge - start) / spacing) for edge in (low, high))
    middle = start + spacing * (first + last - 1) / 2
    return np.where(last > first, middle - (low + high) / 2, 0.0)
