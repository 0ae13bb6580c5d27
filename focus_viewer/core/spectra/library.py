"""Spectral libraries: measured spectra with names, and how near they are to one of a cube."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray

_STEP_EVERY = 50
_FEWEST_BANDS = 3  # two bands give an angle, and no shape
_MUCH = 0.5
_SIGMAS = 8 * np.log(2)  # (FWHM / sigma) squared
_FINE = 2.0  # samples of a library within a band, from which on they are averaged


@dataclass(frozen=True, eq=False)
class LibrarySpectrum:
    """Spectrum of a library.

    Attributes
    ----------
    name : str
    wavelengths_nm : DoubleArray, shape (samples,)
        Ascending.
    values : DoubleArray, shape (samples,)
        Reflectance from 0 to 1; NaN where it was not measured.
    """

    name: str
    wavelengths_nm: DoubleArray
    values: DoubleArray

    @property
    def range_nm(self) -> tuple[float, float]:
        """First and last wavelength."""
        return float(self.wavelengths_nm[0]), float(self.wavelengths_nm[-1])


@dataclass(frozen=True, eq=False)
class SpectralLibrary:
    """Spectral library as it was read.

    Attributes
    ----------
    name : str
        Of its file.
    notes : tuple of str
        What was assumed about it.
    path : Path or None
        Its file.
    sha256 : str
        Of its content, in hexadecimal; empty where not known.
    """

    name: str
    spectra: tuple[LibrarySpectrum, ...]
    notes: tuple[str, ...] = ()
    path: Path | None = None
    sha256: str = ""


@dataclass(frozen=True, eq=False)
class Match:
    """Nearness of a spectrum of a library to a measured one.

    Attributes
    ----------
    angle_deg : float
        Spectral angle, 0 to 180; NaN where a spectrum is 0 everywhere.
    divergence : float
        Spectral information divergence, 0 for the same shape; NaN where a value is not above 0.
    bands : int
        Number of bands that both have and that were compared.
    """

    spectrum: LibrarySpectrum
    angle_deg: float
    divergence: float
    bands: int


def at_bands(spectrum: LibrarySpectrum, cube: Cube) -> DoubleArray:
    """Return a library's spectrum at the bands of a cube; NaN beyond its range.

    Where the library is sampled finely and the cube has band widths, samples are averaged by a
    Gaussian of the band's width, else interpolated linearly.

    Returns
    -------
    DoubleArray, shape (bands,)

    Raises
    ------
    ValueError
        If the cube has no wavelengths.
    """
    if cube.wavelengths_nm is None:
        raise ValueError(f"{cube.name} has no wavelengths")
    nm, widths = spectrum.wavelengths_nm, cube.fwhm_nm
    known = np.isfinite(spectrum.values)
    if not known.any():
        return np.full(cube.bands, np.nan)
    if widths is not None and np.median(widths) >= _FINE * np.median(np.diff(nm)):
        values = _averaged(spectrum, cube.wavelengths_nm, widths)
    else:
        values = np.interp(cube.wavelengths_nm, nm[known], spectrum.values[known])
    low, high = nm[known][[0, -1]]
    inside = (cube.wavelengths_nm >= low) & (cube.wavelengths_nm <= high)
    nearest = known[np.abs(nm[None] - cube.wavelengths_nm[:, None]).argmin(axis=1)]
    return np.where(inside & nearest, values, np.nan)


def _averaged(
    spectrum: LibrarySpectrum, centers_nm: DoubleArray, widths_nm: DoubleArray
) -> DoubleArray:
    """Return Gaussian means of a spectrum at bands; what it lacks has no weight."""
    apart = (spectrum.wavelengths_nm[None] - centers_nm[:, None]) / widths_nm[:, None]
    spacing = np.gradient(spectrum.wavelengths_nm)  # a library may be sampled unevenly
    weights = np.exp(-0.5 * _SIGMAS * apart**2) * spacing * np.isfinite(spectrum.values)
    total = weights.sum(axis=1)
    sums = weights @ np.nan_to_num(spectrum.values, nan=0.0)
    return np.asarray(np.where(total > 0, sums / np.where(total > 0, total, 1), np.nan))


def ranked(
    measured: FloatArray | DoubleArray,
    cube: Cube,
    spectra: Sequence[LibrarySpectrum],
    step: Step = silent,
) -> tuple[Match, ...]:
    """Compare a spectrum of a cube with those of a library, the nearest by spectral angle first.

    Only good bands that both have are compared. Spectra that share less than half of the cube's
    good bands come after all others, as a small angle over a short range says little; those that
    share fewer than three bands are left out.

    References
    ----------
    Kruse, F. A. et al. (1993). Remote Sensing of Environment 44: 145-163 (spectral angle).
    Chang, C.-I. (2000). IEEE Transactions on Information Theory 46: 1927-1932 (divergence).
    """
    usable = cube.good_bands & np.isfinite(measured)
    found = []
    for count, spectrum in enumerate(spectra):
        if count % _STEP_EVERY == 0:
            step(count / len(spectra), "comparing spectra")
        values = at_bands(spectrum, cube)
        both = usable & np.isfinite(values)
        if both.sum() >= _FEWEST_BANDS:
            found.append(_match(spectrum, measured, values, both))
    enough = _MUCH * max(1, int(usable.sum()))

    def order(match: Match) -> tuple[bool, float]:
        return match.bands < enough, float(np.nan_to_num(match.angle_deg, nan=np.inf))

    return tuple(sorted(found, key=order))


def _match(
    spectrum: LibrarySpectrum,
    measured: FloatArray | DoubleArray,
    values: DoubleArray,
    both: BoolArray,
) -> Match:
    one, other = measured[both].astype(np.float64), values[both]
    lengths = np.linalg.norm(one) * np.linalg.norm(other)
    angle = float("nan")
    if lengths > 0:  # from the chord, as the cosine is inexact for small angles
        chord = np.linalg.norm(one / np.linalg.norm(one) - other / np.linalg.norm(other))
        angle = float(np.degrees(2 * np.arcsin(min(1.0, float(chord) / 2))))
    return Match(spectrum, angle, divergence(one, other), int(both.sum()))


def divergence(one: DoubleArray, other: DoubleArray) -> float:
    """Return the spectral information divergence of two spectra; NaN unless all are above 0."""
    if (one <= 0).any() or (other <= 0).any():
        return float("nan")
    first, second = one / one.sum(), other / other.sum()
    return float(np.sum((first - second) * np.log(first / second)))
