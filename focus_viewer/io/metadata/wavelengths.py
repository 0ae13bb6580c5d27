"""Band centres and widths in nm, from any unit of a header."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from focus_viewer.core.cubes.advice import GIVE_WAVELENGTHS
from focus_viewer.core.cubes.notes import Ignored
from focus_viewer.core.typing import DoubleArray, IntArray
from focus_viewer.io.metadata.band_names import all_equal, wavelengths_in_names
from focus_viewer.io.metadata.header import Header

WAVENUMBER = "cm-1"
_NM_PER_UNIT = {"nm": 1.0, "um": 1e3, "mm": 1e6, "cm": 1e7, "m": 1e9, "angstrom": 0.1}
_UNIT_PATTERNS = {
    "nm": r"nm|nanomet(er|re)s?",
    "um": r"um|[µμ]m|microns?|micromet(er|re)s?",
    "mm": r"mm|millimet(er|re)s?",
    "cm": r"cm|centimet(er|re)s?",
    "m": r"m|met(er|re)s?",
    "angstrom": r"å|angstroms?",
    WAVENUMBER: r"wavenumbers?|cm\^?-1|1/cm",
}
_UNIT_WORDS = {
    unit: re.compile(rf"(?<![^\W\d_])(?<![/^])(?:{pattern})(?![\w^]|-\d)")
    for unit, pattern in _UNIT_PATTERNS.items()
}
_GUESSED = ("", "unknown", "none", "unspecified", "<unspecified>")
# Axes that are not wavelengths: numbers, frequencies, energies, times.
_OTHER_AXES = re.compile(
    r"(index|indices|bands?|channels?|pixels?|numbers?|s|sec(onds?)?|days?|doy)"
    r"|.*(raman|(?<![a-z])([kmgt]?hz|ev)(?![a-z])).*"
)
# Imaging sensors see 0.1 to 100 µm, so numbers on the other side of this one are in the other unit.
_UM_BELOW = 100.0
_PLAUSIBLE_NM = (150.0, 20_000.0)  # where a unit is guessed
_POSSIBLE_NM = (150.0, 1e6)  # where it is declared
# A unit that is 1000 times off: bands are as wide as a few of their steps. No imaging sensor has
# bands of 0.05 nm, and a band of 500 nm is a picture's.
_WIDE_STEPS, _WIDE_NM = 100.0, 500.0
_NARROW_STEPS, _NARROW_NM = 0.01, 0.05
_SANE = (1e-9, 1e9)


@dataclass(frozen=True, eq=False)
class SpectralAxis:
    """Wavelengths of the bands, ascending.

    Attributes
    ----------
    wavelengths_nm, fwhm_nm : DoubleArray, shape (bands,), or None
    order : IntArray, shape (bands,), or None
        The file's band at each place of the axis; None where the file's order is kept.
    """

    wavelengths_nm: DoubleArray | None = None
    fwhm_nm: DoubleArray | None = None
    order: IntArray | None = None

    @property
    def fwhm_in_file_order(self) -> DoubleArray | None:
        """Widths of the file's bands, shape (bands,); None without them."""
        if self.fwhm_nm is None or self.order is None:
            return self.fwhm_nm
        return self.fwhm_nm[np.argsort(self.order)]


def read_axis(
    header: Header, bands: int, notes: list[str], given_nm: DoubleArray | None = None
) -> SpectralAxis:
    """Read the spectral axis from a header; assumptions and refusals are added to the notes.

    Parameters
    ----------
    given_nm : DoubleArray, shape (bands,), or None
        Wavelengths for the header's widths where the header has none.
    """
    axis_values = _listed(header, bands, notes)
    axis_values = axis_values or wavelengths_in_names(header.words("band names"), bands, notes)
    if axis_values is None and given_nm is not None:
        unit = unit_in(header.text("wavelength units").lower()) or "nm"
        axis_values = from_nm(given_nm, unit), unit
    if axis_values is None:
        if "wavelength" not in header:
            notes.append(f"The file has no wavelengths. {GIVE_WAVELENGTHS}")
        return SpectralAxis()
    centers, unit = axis_values
    widths = _per_band(header, "fwhm", bands, notes)
    widths_nm = None if widths is None else width_nm(widths, centers, unit, notes)
    return ascending(to_nm(centers, unit), widths_nm, notes)


def _listed(header: Header, bands: int, notes: list[str]) -> tuple[DoubleArray, str] | None:
    """Return values and unit of the header's wavelength list."""
    centers = _per_band(header, "wavelength", bands, notes)
    if centers is None or all_equal(centers, notes):
        return None
    declared = header.text("wavelength units") or header.unit_behind("wavelength")
    unit = unit_of(declared, centers, notes, "header", "fwhm" in header)
    return (centers, unit) if unit else None


def _per_band(header: Header, name: str, bands: int, notes: list[str]) -> DoubleArray | None:
    """Return one positive number for each band, or None, with a note if the entry differs.

    One width counts for all bands.
    """
    if name not in header:
        return None
    values = header.numbers(name)
    if values is not None and values.size == 1 and name == "fwhm":
        values = np.repeat(values, bands)
    if values is None:
        problem = "is not a list of numbers"
    elif values.size != bands:
        problem = f"has {values.size} values for {bands} bands"
    elif not ((values >= _SANE[0]) & (values <= _SANE[1])).all():
        problem = "has values that are not positive numbers"
    else:
        return values
    notes.append(Ignored(f"The header's {name!r} {problem}: it is ignored."))
    return None


def unit_of(
    text: str, centers: DoubleArray, notes: list[str], teller: str, measured: bool = False
) -> str:
    """Return the unit, guessed from the size of the numbers if the text is empty.

    Parameters
    ----------
    text : str
        As declared; empty without a unit.
    centers : DoubleArray, shape (bands,)
        Positive.
    teller : str
        Source of the unit: "header" or "file".
    measured : bool
        Whether the bands have widths, so that 1, 2, 3 may be micrometres.

    Returns
    -------
    str
        A key for `to_nm`; "" if it is not a unit of wavelengths.
    """
    name = text.strip(" \t\n\"'").lower()
    name = name.strip("[]() ") if name.startswith(("[", "(")) else name
    likely = "um" if centers.max() < _UM_BELOW else "nm"
    unit = unit_in(name)
    if _OTHER_AXES.fullmatch(name):
        return _not_known(name, notes)
    if _count_bands(centers) and not (unit == "um" and measured):
        notes.append(
            Ignored(f"Wavelengths are ignored: they are the numbers of bands. {GIVE_WAVELENGTHS}")
        )
        return ""
    if name in _GUESSED:
        notes.append(f"The {teller} has no wavelength units: {likely} was guessed from their size.")
        return likely
    if unit == "" or not (unit in ("nm", "um") or _within(_POSSIBLE_NM, to_nm(centers, unit))):
        return _guessed(name, likely, centers, notes)
    if unit in ("nm", "um") and unit != likely and _contradicts(unit, centers):
        notes.append(f"The {teller} gives wavelengths in {unit}, but their size says {likely}.")
        return likely
    return unit


def unit_in(name: str) -> str:
    """Return the unit that words such as "wavelength (nm)" name; "" if none or several."""
    for unit, pattern in _UNIT_PATTERNS.items():
        if re.fullmatch(pattern, name):
            return unit
    named = {unit for unit, pattern in _UNIT_WORDS.items() if pattern.search(name)}
    return named.pop() if len(named) == 1 else ""


def _guessed(name: str, likely: str, centers: DoubleArray, notes: list[str]) -> str:
    """Return the unit that the numbers may have where its word is not known; "" if none."""
    if not _within(_PLAUSIBLE_NM, to_nm(centers, likely)):
        return _not_known(name, notes)
    notes.append(
        f"The unit of the wavelengths, {name[:40]!r}, is not known or does not fit: {likely} was "
        f"guessed from their size ({centers.min():g} to {centers.max():g})."
    )
    return likely


def _not_known(name: str, notes: list[str]) -> str:
    reason = f"their unit {name[:40]!r} is not known"
    notes.append(Ignored(f"Wavelengths are ignored: {reason}. {GIVE_WAVELENGTHS}"))
    return ""


def _count_bands(centers: DoubleArray) -> bool:
    """Return whether numbers are 0, 1, 2... or 1, 2, 3..."""
    return bool(centers[0] in (0, 1) and centers.size > 1 and (np.diff(centers) == 1).all())


def _within(limits_nm: tuple[float, float], centers_nm: DoubleArray) -> bool:
    return bool(centers_nm.min() >= limits_nm[0] and centers_nm.max() <= limits_nm[1])


def _contradicts(unit: str, centers: DoubleArray) -> bool:
    return bool(centers.max() < _UM_BELOW if unit == "nm" else centers.min() > _UM_BELOW)


def to_nm(values: DoubleArray, unit: str) -> DoubleArray:
    """Return wavelengths in nm, ascending or not."""
    return 1e7 / values if unit == WAVENUMBER else values * _NM_PER_UNIT[unit]


def from_nm(values_nm: DoubleArray, unit: str) -> DoubleArray:
    """Return wavelengths in nm in another unit."""
    return 1e7 / values_nm if unit == WAVENUMBER else values_nm / _NM_PER_UNIT[unit]


def width_nm(widths: DoubleArray, centers: DoubleArray, unit: str, notes: list[str]) -> DoubleArray:
    """Return band widths in nm; widths and centres are in the same unit, or it is noted."""
    if unit == WAVENUMBER:  # d(1/x) = dx / x^2
        return 1e7 * widths / centers**2
    widths_nm = widths * _NM_PER_UNIT[unit]
    middle, step = float(np.median(widths_nm)), _step_nm(to_nm(centers, unit))
    factor = 1.0
    if middle >= _WIDE_STEPS * step and middle >= _WIDE_NM:
        factor = 1e-3
    elif middle <= _NARROW_STEPS * step and middle <= _NARROW_NM:
        factor = 1e3
    if factor == 1.0:
        return widths_nm
    notes.append(
        f"Band widths of {middle:,.4g} nm do not fit bands that are {step:,.3g} nm apart: they "
        f"were taken to be in another unit than the wavelengths, {middle * factor:.3g} nm."
    )
    return widths_nm * factor


def _step_nm(centers_nm: DoubleArray) -> float:
    """Return the usual distance of neighbouring bands; of a single band, a hundredth of it."""
    if centers_nm.size == 1:
        return float(centers_nm[0]) / 100
    steps = np.diff(np.sort(centers_nm))
    return float(np.median(steps[steps > 0]))


def ascending(
    centers_nm: DoubleArray, widths_nm: DoubleArray | None, notes: list[str]
) -> SpectralAxis:
    """Return the bands in the order of their wavelengths; said if that is not the file's."""
    if (np.diff(centers_nm) >= 0).all():
        return SpectralAxis(centers_nm, widths_nm)
    order = np.argsort(centers_nm, kind="stable").astype(np.intp)
    notes.append("The bands were put in the order of their wavelengths.")
    sorted_widths = None if widths_nm is None else widths_nm[order]
    return SpectralAxis(centers_nm[order], sorted_widths, order)
