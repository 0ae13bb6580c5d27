"""Wavelengths that are only guessed from the names of bands: `397.32`, `X397.32`, `wl_397`.

R writes `X397.32` for a column named by a number, GDAL `397.32` for a band of an ENVI header
without a unit, and ENVI `Band 1 (397.320)`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from focus_viewer.core.cubes.notes import Ignored
from focus_viewer.core.typing import DoubleArray

_NUMBER = r"\d{1,5}(?:\.\d{1,12})?"
_IN_BRACKETS = re.compile(rf"[^()\[\]]{{0,80}}[(\[]\s{{0,3}}({_NUMBER})\s{{0,3}}[)\]]\s{{0,3}}")
_AT_THE_END = re.compile(rf"([A-Za-z]{{0,16}})[\s_.:=-]{{0,3}}({_NUMBER})")
_N = r"(\d{1,6}(?:\.\d{1,12})?)"
_UNIT_WORD = r"(nm|nanomet|um\b|[µμ]m|micron|micromet)[a-z]{0,8}"
# The quantifiers are bounded so that hostile band names cannot make the search quadratic.
_WITH_UNIT = re.compile(rf"(?i)(?<![\d.]){_N}[\s_]{{0,3}}{_UNIT_WORD}")
_WIDTH = re.compile(r"(?i)fwhm|width|wide|resolution")
_FROM_TO = re.compile(
    rf"(?i)(?<![\w#.])(?<!band ){_N}\s{{0,3}}(?:{_UNIT_WORD})?\s{{0,3}}(?:-|–|to)\s{{0,3}}"
    rf"{_N}\s{{0,3}}{_UNIT_WORD}"
)
_WIDEST_RATIO = 1.5  # of the ends of a band
_MOST_LETTERS = 1000
# Words before a number that is a wavelength; what counts bands is one only with decimals.
_WAVE = re.compile(r"|x|wl|wv|wvl|wave|wavelength|lambda|nm|um")
_MEASURED = re.compile(r"r|rho[a-z]?|rfl|refl|reflectance|rrs|rad|radiance|l[tw]")
_COUNTING = re.compile(r"b|bands?|ch|channels?")
_NM = (300.0, 20000.0)
_UM = (0.3, 20.0)
_SOME_VISIBLE_NM = 400.0  # days of a year end before
_FEWEST_IN_UM = 5
_YEARS = (1900, 2100)
# Whole numbers in steps of 1 are those of a spectrum only if they begin early and go far.
_STEPS_FROM_NM, _STEPS_OVER_NM = 1000.0, 300.0


def wavelength_in_text(text: str) -> tuple[float, str] | None:
    """Return the first wavelength with a unit in a text, and the unit; None without one.

    Of a centre and a width, which is smaller, it is the centre; of "405-415 nm", the middle.
    """
    text = text[:_MOST_LETTERS]
    ends = _ends(text)
    if ends is not None:
        return (ends[0] + ends[1]) / 2, ends[2]
    found = [(float(match[1]), _short(match[2])) for match in _WITH_UNIT.finditer(text)]
    if _WIDTH.search(text):
        found.sort(key=lambda pair: pair[0] * (1 if pair[1] == "nm" else 1e3), reverse=True)
    return found[0] if found else None


def _ends(text: str) -> tuple[float, float, str] | None:
    """Return the ends of a band such as "405-415 nm" and their unit; None without such."""
    match = _FROM_TO.search(text)
    if match is None or (match[2] and _short(match[2]) != _short(match[4])):
        return None
    low, high = float(match[1]), float(match[3])
    return (low, high, _short(match[4])) if low < high < _WIDEST_RATIO * low else None


def _short(unit: str) -> str:
    return "nm" if unit[0] in "nN" else "um"


def wavelengths_in_names(
    names: Sequence[str], bands: int, notes: list[str]
) -> tuple[DoubleArray, str] | None:
    """Return wavelengths with their unit, or such that are guessed, if every band's name has one.

    What they were taken from is noted.
    """
    if len(names) != bands or bands < 1:
        return None
    found = [pair for name in names if (pair := wavelength_in_text(name)) is not None]
    if len(found) == bands and len({unit for _, unit in found}) == 1:
        centers = np.array([number for number, _ in found])
        if (centers <= 0).any() or all_equal(centers, notes):
            return None
        middles = any(_ends(name[:_MOST_LETTERS]) for name in names)
        what = "the middles of the ranges in " if middles else ""
        notes.append(f"Wavelengths were taken from {what}the band names.")
        return centers, found[0][1]
    return guessed_from_names(names, bands, notes)


def all_equal(centers: DoubleArray, notes: list[str]) -> bool:
    """Return whether all bands have the same value, and so no wavelengths, with a note."""
    if centers.size == 1 or np.ptp(centers) > 0:
        return False
    notes.append(Ignored("Wavelengths are ignored: all bands have the same one."))
    return True


def guessed_from_names(
    names: Sequence[str], bands: int, notes: list[str]
) -> tuple[DoubleArray, str] | None:
    """Return wavelengths and their unit, if every band's name has one; the guess is noted.

    They rise or fall all along, are plausible for an imaging spectrometer, and do not count bands,
    days or years.
    """
    if len(names) != bands or bands < 2:
        return None
    numbers = [_number(name.strip()) for name in names]
    centers = np.array([float(number) for number in numbers if number])
    steps = np.diff(centers)
    if centers.size != bands or not ((steps > 0).all() or (steps < 0).all()):
        return None
    with_decimals = any("." in number for number in numbers)
    unit = _unit(centers, with_decimals)
    if unit:
        notes.append(
            f"Wavelengths were guessed from the band names, in {unit}: {numbers[0]} to "
            f"{numbers[-1]}."
        )
    return (centers, unit) if unit else None


def _number(name: str) -> str:
    """Return the number in a name that may be a wavelength; empty without one."""
    bracketed = _IN_BRACKETS.fullmatch(name)
    if bracketed is not None:
        return bracketed[1]
    match = _AT_THE_END.fullmatch(name)
    if match is None:
        return ""
    word, number = match[1].lower(), match[2]
    # In micrometres, numbers are small: only behind a word for wavelengths.
    if _WAVE.fullmatch(word):
        return number
    fitting = _MEASURED.fullmatch(word) or ("." in number and _COUNTING.fullmatch(word))
    return number if fitting and float(number) > _UM[1] else ""


def _unit(centers: DoubleArray, with_decimals: bool) -> str:
    """Return the unit in which all numbers are plausible; empty without one."""
    low, high = centers.min(), centers.max()
    if _YEARS[0] <= low and high <= _YEARS[1]:
        return ""
    if with_decimals:
        if _UM[0] <= low and high <= _UM[1] and centers.size >= _FEWEST_IN_UM:
            return "um"
        return "nm" if _NM[0] / 3 < low and high <= _NM[1] else ""
    if (np.abs(np.diff(centers)) == 1).all() and (
        low > _STEPS_FROM_NM or high - low < _STEPS_OVER_NM
    ):
        return ""
    return "nm" if _NM[0] <= low and _SOME_VISIBLE_NM < high <= _NM[1] else ""
