"""Match of a cube's bands to those that a frozen model was trained with."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.cubes.advice import wavelength_advice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import IncompatibleCube
from focus_viewer.core.spectra.wavelength_names import nm_number
from focus_viewer.core.typing import DoubleArray, FloatArray, IntArray
from focus_viewer.explain.foreign.bands import band_edges

_SAME_NM = 0.5
# Neighbours further apart, in usual spacings, have a gap between them.
_GAP = 3.0
_LEAST_SHARE = 0.5


def match_bands(cube: Cube, bands_nm: DoubleArray) -> FloatArray:
    """Return weights of a cube's bands for each of the model's, shape (cube bands, bands).

    The same bands are taken as they are, and so are those of a cube without wavelengths that has as
    many. Otherwise a band is the mean of the cube's good bands within it, else between its
    neighbours; a column of zeros is a band that the cube lacks.

    Raises
    ------
    IncompatibleCube
        If the cube lacks more than half of the bands, or its wavelengths are not known.
    """
    nm = cube.wavelengths_nm
    as_many = cube.bands == len(bands_nm)
    if as_many and (nm is None or np.allclose(nm, bands_nm, atol=_SAME_NM)):
        return np.eye(cube.bands, dtype=np.float32)
    if nm is None:
        raise IncompatibleCube(
            f"{cube.name}: it has {cube.bands} bands without wavelengths, the model reads "
            f"{len(bands_nm)}. {wavelength_advice(cube)}"
        )
    good = np.flatnonzero(cube.good_bands & np.isfinite(nm))
    weights = np.zeros((cube.bands, len(bands_nm)), dtype=np.float32)
    order = np.argsort(bands_nm, kind="stable")
    for band, (low, high) in zip(order, band_edges(bands_nm[order]), strict=True):
        within = good[(nm[good] >= low) & (nm[good] < high)]
        if within.size:
            weights[within, band] = 1 / within.size
        else:
            _interpolate(weights[:, band], nm, good, float(bands_nm[band]))
    share = float((weights.sum(axis=0) > 0).mean())
    if share < _LEAST_SHARE:
        low, high = (nm_number(float(each)) for each in (bands_nm.min(), bands_nm.max()))
        raise IncompatibleCube(
            f"{cube.name}: of the model's {len(bands_nm)} bands ({low}-{high} nm) the cube's good "
            f"bands cover {share:.0%}, expected at least half. Choose a cube of such a sensor."
        )
    return weights


def _interpolate(weights: FloatArray, nm: DoubleArray, good: IntArray, center: float) -> None:
    """Weigh the neighbours on either side of a wavelength, unless there is a gap between them."""
    ascending = good[np.argsort(nm[good])]
    if ascending.size < 2:
        return
    after = int(np.searchsorted(nm[ascending], center))
    if after in (0, ascending.size):
        return
    below, above = ascending[after - 1], ascending[after]
    width = nm[above] - nm[below]
    if width > _GAP * float(np.median(np.diff(nm[ascending]))):
        return
    weights[above] = (center - nm[below]) / width
    weights[below] = 1 - weights[above]
