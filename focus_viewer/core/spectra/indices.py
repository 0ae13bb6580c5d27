"""Narrowband vegetation indices: what each is, whether a cube has its bands, and its value.

R with a number is the reflectance at that wavelength in nm. Reflectance goes from 0 to 1: indices
that are not plain ratios (CAI, NDNI, NDLI, MCARI, ARI1, CRI1) depend on its scale.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.spectra.wavelength_names import band_number
from focus_viewer.core.typing import BoolArray, DoubleArray

TOLERANCE_NM = 7.5
"""Bands of sensors that sample every 15 nm or finer are near enough."""

Compute = Callable[[DoubleArray, DoubleArray], DoubleArray]


@dataclass(frozen=True)
class Index:
    """A vegetation index.

    Attributes
    ----------
    name : str
        Its usual abbreviation.
    wavelengths_nm : tuple of float
        Of the bands that it asks for.
    citation : str
        Where it was proposed, or given the wavelengths used here.
    compute : callable
        (reflectance (n, ...), wavelengths_nm (n,)) -> values (...), with a row for each wavelength
        asked for and the wavelengths that were found for them.
    unit : str
        "1" or "nm".
    band_names : tuple of str
        What the formula calls its bands, one for each wavelength; empty where it names wavelengths.
    ranges_nm : tuple of (float, float)
        Range of each band; empty where a tolerance applies instead.
    """

    name: str
    title: str
    formula: str
    wavelengths_nm: tuple[float, ...]
    citation: str
    compute: Compute
    unit: str = "1"
    band_names: tuple[str, ...] = ()
    ranges_nm: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class IndexBands:
    """An index and the bands of a sensor that it is computed from.

    Attributes
    ----------
    bands : tuple of int
        Zero-based, one for each wavelength of the index.
    wavelengths_nm : tuple of float
        Wavelengths of these bands.
    names : tuple of str
        Numbers that name these bands.
    """

    index: Index
    bands: tuple[int, ...]
    wavelengths_nm: tuple[float, ...]
    names: tuple[str, ...]

    @property
    def bands_nm(self) -> str:
        """The bands it is computed from: `803, 675 nm`, or `N 830 nm, R 655 nm`."""
        if not self.index.band_names:
            return f"{', '.join(self.names)} nm"
        named = zip(self.index.band_names, self.names, strict=True)
        return ", ".join(f"{name} {number} nm" for name, number in named)

    @property
    def text(self) -> str:
        """Description: name, bands and reference, some lines."""
        index = self.index
        bands = f"From the bands at {self.bands_nm}"
        return "\n".join([f"{index.name}: {index.title}", index.formula, bands, index.citation])

    def of(self, spectra: NDArray[np.floating]) -> DoubleArray:
        """Return the index of each spectrum.

        Parameters
        ----------
        spectra : array of float, shape (..., bands)
            Reflectance.

        Returns
        -------
        DoubleArray, shape (...)
            NaN where it is not defined.
        """
        return self.of_bands(np.moveaxis(spectra[..., list(self.bands)], -1, 0))

    def of_bands(self, planes: NDArray[np.floating]) -> DoubleArray:
        """Return the index of its bands alone, shape (n, ...) in their order."""
        reflectance = planes.astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            values = self.index.compute(reflectance, np.array(self.wavelengths_nm))
        return np.where(np.isfinite(values), values, np.nan)


def available(
    cube: Cube, tolerance_nm: float = TOLERANCE_NM, indices: Sequence[Index] | None = None
) -> tuple[IndexBands, ...]:
    """Return indices for which a cube has bands, with the nearest good band to each wavelength.

    Parameters
    ----------
    cube : Cube
        Without wavelengths, or in radiance or counts, it has none: indices are made of reflectance.
    tolerance_nm : float
        Largest distance of a band.
    indices : sequence of Index, or None
        Those to look at, in order; None looks at `INDICES`.
    """
    if cube.wavelengths_nm is None or cube.units in ("radiance", "counts"):
        return ()
    matched = (
        find_bands(index, cube.wavelengths_nm, cube.good_bands, tolerance_nm)
        for index in (INDICES if indices is None else indices)
    )
    return tuple(band for band in matched if band is not None)


def find_bands(
    index: Index,
    wavelengths_nm: DoubleArray,
    good_bands: BoolArray,
    tolerance_nm: float = TOLERANCE_NM,
) -> IndexBands | None:
    """Return the nearest good bands for an index; None if one is missing, or one serves twice.

    Parameters
    ----------
    wavelengths_nm : DoubleArray, shape (bands,)
    good_bands : BoolArray, shape (bands,)
    tolerance_nm : float
        For indices without ranges of their bands.
    """
    wanted = np.array(index.wavelengths_nm, dtype=np.float64)
    distances = np.abs(wavelengths_nm - wanted[:, None])
    allowed = _allowed(index, wavelengths_nm, distances, tolerance_nm)
    distances[~(allowed & good_bands & np.isfinite(wavelengths_nm))] = np.inf
    bands = distances.argmin(axis=1).tolist()
    near = bool(np.isfinite(distances.min(axis=1)).all())
    if not near or len(set(bands)) < len(bands):
        return None
    chosen = tuple(wavelengths_nm[bands].tolist())
    names = tuple(band_number(nm, wavelengths_nm) for nm in chosen)
    return IndexBands(index, tuple(bands), chosen, names)


def _allowed(
    index: Index, wavelengths_nm: DoubleArray, distances: DoubleArray, tolerance_nm: float
) -> BoolArray:
    """Return whether a band may serve for a wavelength, shape (wavelengths asked for, bands)."""
    if not index.ranges_nm:
        return np.asarray(distances <= tolerance_nm)
    low, high = np.array(index.ranges_nm, dtype=np.float64).T
    return np.asarray((low[:, None] <= wavelengths_nm) & (wavelengths_nm <= high[:, None]))


def evaluate(
    index: Index,
    wavelengths_nm: DoubleArray,
    spectrum: NDArray[np.floating],
    tolerance_nm: float = TOLERANCE_NM,
) -> float:
    """Return the index of one spectrum; NaN if a band is missing, or the index is not defined.

    Parameters
    ----------
    spectrum : array of float, shape (bands,)
        Reflectance, NaN at bands that must not be used.
    """
    index_bands = find_bands(index, wavelengths_nm, np.isfinite(spectrum), tolerance_nm)
    return float("nan") if index_bands is None else float(index_bands.of(spectrum))


def _normalised_difference(r: DoubleArray, _: DoubleArray) -> DoubleArray:
    return np.asarray((r[0] - r[1]) / (r[0] + r[1]))


def _normalised_absorbance(r: DoubleArray, _: DoubleArray) -> DoubleArray:
    absorbance = -np.log10(r)
    return np.asarray((absorbance[0] - absorbance[1]) / (absorbance[0] + absorbance[1]))


def _ratio(r: DoubleArray, _: DoubleArray) -> DoubleArray:
    return np.asarray(r[0] / r[1])


def _reciprocal_difference(r: DoubleArray, _: DoubleArray) -> DoubleArray:
    return np.asarray(1 / r[0] - 1 / r[1])


def _cellulose_absorption(r: DoubleArray, _: DoubleArray) -> DoubleArray:
    return np.asarray(0.5 * (r[0] + r[2]) - r[1])


def _chlorophyll_absorption(r: DoubleArray, _: DoubleArray) -> DoubleArray:
    green, red, edge = r
    return np.asarray(((edge - red) - 0.2 * (edge - green)) * (edge / red))


def _senescence(r: DoubleArray, _: DoubleArray) -> DoubleArray:
    blue, red, infrared = r
    return np.asarray((red - blue) / infrared)


def _red_edge_position(r: DoubleArray, wavelengths_nm: DoubleArray) -> DoubleArray:
    """Return where the line through bands two and three is halfway from the first to the fourth.

    Drawn through the bands that there are: a band 5 nm off would else shift it by as much. What
    is outside the four bands is not a red edge.
    """
    low, high = wavelengths_nm[1], wavelengths_nm[2]
    halfway = (r[0] + r[3]) / 2
    position = low + (high - low) * (halfway - r[1]) / (r[2] - r[1])
    inside = (wavelengths_nm[0] <= position) & (position <= wavelengths_nm[3])
    return np.where(inside, position, np.nan)


INDICES = (
    Index(
        "NDVI",
        "Normalized difference vegetation index, narrowband",
        "(R800 − R670) / (R800 + R670)",
        (800, 670),
        "Rouse et al. 1974, Proc. 3rd ERTS Symposium, NASA SP-351: 309-317; bands of Haboudane et "
        "al. 2004, Remote Sensing of Environment 90: 337-352",
        _normalised_difference,
    ),
    Index(
        "PRI",
        "Photochemical reflectance index",
        "(R531 − R570) / (R531 + R570)",
        (531, 570),
        "Gamon, Serrano & Surfus 1997, Oecologia 112: 492-501",
        _normalised_difference,
    ),
    Index(
        "NDRE",
        "Normalized difference red edge index",
        "(R790 − R720) / (R790 + R720)",
        (790, 720),
        "Barnes et al. 2000, Proc. 5th International Conference on Precision Agriculture, "
        "Bloomington: 1-15",
        _normalised_difference,
    ),
    Index(
        "WBI",
        "Water band index",
        "R900 / R970",
        (900, 970),
        "Peñuelas et al. 1997, International Journal of Remote Sensing 18: 2869-2875",
        _ratio,
    ),
    Index(
        "CAI",
        "Cellulose absorption index",
        "0.5 (R2000 + R2200) − R2100",
        (2000, 2100, 2200),
        "Nagler et al. 2003, Remote Sensing of Environment 87: 310-325",
        _cellulose_absorption,
    ),
    Index(
        "NDNI",
        "Normalized difference nitrogen index",
        "(log(1/R1510) − log(1/R1680)) / (log(1/R1510) + log(1/R1680))",
        (1510, 1680),
        "Serrano, Peñuelas & Ustin 2002, Remote Sensing of Environment 81: 355-364",
        _normalised_absorbance,
    ),
    Index(
        "NDLI",
        "Normalized difference lignin index",
        "(log(1/R1754) − log(1/R1680)) / (log(1/R1754) + log(1/R1680))",
        (1754, 1680),
        "Serrano, Peñuelas & Ustin 2002, Remote Sensing of Environment 81: 355-364",
        _normalised_absorbance,
    ),
    Index(
        "MCARI",
        "Modified chlorophyll absorption in reflectance index",
        "((R700 − R670) − 0.2 (R700 − R550)) R700 / R670",
        (550, 670, 700),
        "Daughtry et al. 2000, Remote Sensing of Environment 74: 229-239",
        _chlorophyll_absorption,
    ),
    Index(
        "ARI1",
        "Anthocyanin reflectance index 1",
        "1/R550 − 1/R700",
        (550, 700),
        "Gitelson, Merzlyak & Chivkunova 2001, Photochemistry and Photobiology 74: 38-45",
        _reciprocal_difference,
    ),
    Index(
        "CRI1",
        "Carotenoid reflectance index 1",
        "1/R510 − 1/R550",
        (510, 550),
        "Gitelson et al. 2002, Photochemistry and Photobiology 75: 272-281",
        _reciprocal_difference,
    ),
    Index(
        "PSRI",
        "Plant senescence reflectance index",
        "(R678 − R500) / R750",
        (500, 678, 750),
        "Merzlyak et al. 1999, Physiologia Plantarum 106: 135-141",
        _senescence,
    ),
    Index(
        "NDWI",
        "Normalized difference water index",
        "(R860 − R1240) / (R860 + R1240)",
        (860, 1240),
        "Gao 1996, Remote Sensing of Environment 58: 257-266",
        _normalised_difference,
    ),
    Index(
        "MSI",
        "Moisture stress index",
        "R1600 / R820",
        (1600, 820),
        "Hunt & Rock 1989, Remote Sensing of Environment 30: 43-54",
        _ratio,
    ),
    Index(
        "REP",
        "Red-edge position, linear four-point interpolation",
        "700 + 40 ((R670 + R780) / 2 − R700) / (R740 − R700)",
        (670, 700, 740, 780),
        "Guyot & Baret 1988, Proc. 4th International Colloquium on Spectral Signatures of Objects "
        "in Remote Sensing, Aussois, ESA SP-287: 279-286",
        _red_edge_position,
        "nm",
    ),
)
