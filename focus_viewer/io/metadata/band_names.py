"""Wavelengths that are only guessed from the names of bands: `397.32`, `X397.32`, `wl_397`.

R writes `X397.32` for a column named by a number, GDAL `397.32` for a band of an ENVI header
without a unit, and ENVI `Band 1 (397.320)`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from focus_viewer.core.typing import DoubleArray

_NUMBER = r"\d{1,5}(?:\.\d{1,12})?"
_IN_BRACKETS = re.compile(rf"[^()\[\]]{{0,80}}[(\[]\s{{0,3}}({_NUMBER})\s{{0,3}}[)\]]\s{{0,3}}")
_AT_THE_END = re.compile(rf"([A-Za-z]{{0,16}})[\s_.:=-]{{0,3}}({_NUMBER})")
_WITH_UNIT = re.compile(
    r"(?i)(?<![\d.])(\d{1,6}(?:\.\d{1,12})?)\s{0,3}(nm|nanomet|um\b|[µμ]m|micron|micromet)"
)
_MOST_LETTERS = 1000
# Words before a number that may count bands, steps or parts, unless it has decimals and is large.
_WAVE = re.compile(r"|x|wl|wv|wvl|wave|wavelength|lambda|nm|um")
_COUNTING = re.compile(
    r"b|bands?|ch|channels?|l|layers?|lyr|pages?|images?|slices?|frames?|pc|c|z|t"
)
_NM = (300.0, 20000.0)
_UM = (0.3, 20.0)
_SOME_VISIBLE_NM = 400.0  # days of a year end before
_FEWEST_IN_UM = 5
_YEARS = (1900, 2100)


def wavelength_in_text(text: str) -> tuple[float, str] | None:
    """Return the first wavelength with a unit in a text, and the unit; None without one."""
    match = _WITH_UNIT.search(text[:_MOST_LETTERS])
    return None if match is None else (float(match[1]), "nm" if match[2][0] in "nN" else "um")


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
        notes.append("Wavelengths were taken from the band names.")
        return np.array([number for number, _ in found]), found[0][1]
    return guessed_from_names(names, bands, notes)


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
    if _COUNTING.fullmatch(word) and "." not in number:
        return ""
    # In micrometres, numbers are small: only behind a word for wavelengths.
    return number if float(number) > _UM[1] or _WAVE.fullmatch(word) else ""


def _unit(centers: DoubleArray, with_decimals: bool) -> str:
    """Return the unit in which all numbers are plausible; empty without one."""
    low, high = centers.min(), centers.max()
    if with_decimals:
        if _UM[0] <= low and high <= _UM[1] and centers.size >= _FEWEST_IN_UM:
            return "um"
        return "nm" if _NM[0] / 3 < low and high <= _NM[1] else ""
    years = _YEARS[0] <= low and high <= _YEARS[1]
    plausible = _NM[0] <= low and _SOME_VISIBLE_NM < high <= _NM[1]
    return "nm" if plausible and not years else ""
