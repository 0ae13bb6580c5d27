"""Band math: an index from an expression of wavelengths, such as (r800 - r670) / (r800 + r670)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.spectra.formula import FormulaError, compiled
from focus_viewer.core.spectra.indices import INDICES, TOLERANCE_NM, Index, IndexBands, find_bands
from focus_viewer.core.typing import DoubleArray

_BAND = re.compile(r"\b[rR](\d+(?:\.\d+)?)\b")
_EXPECTED = "Expected bands by wavelength in nm, such as (r800 - r670) / (r800 + r670)"
_MOST_BANDS = 40
OWN = "band math"


@lru_cache(maxsize=64)
def map_index(text: str) -> Index:
    """Return the index of an expression, or a built-in one by its name.

    An expression has bands r<nm>, numbers, + - * / **, brackets, and log10, ln, exp, sqrt and abs
    of one value. It is parsed, never run as code.

    Raises
    ------
    FormulaError
        If it cannot be parsed so, or names no band.
    """
    known = next((index for index in INDICES if index.name == text.strip()), None)
    return known or _own(text.strip())


def _own(text: str) -> Index:
    numbers = tuple(dict.fromkeys(_BAND.findall(text)))
    if not numbers or len(numbers) > _MOST_BANDS:
        raise FormulaError(f"{_EXPECTED}; found {len(numbers)} bands.")
    wavelengths = tuple(float(number) for number in numbers)
    names = tuple(f"r{number.replace('.', '_')}" for number in numbers)
    plain = _BAND.sub(lambda match: f"r{match[1].replace('.', '_')}", text)
    try:
        function = compiled(plain, frozenset(names))
    except FormulaError as error:
        raise FormulaError(f"{error}. {_EXPECTED}.") from error

    def compute(reflectance: DoubleArray, _: DoubleArray) -> DoubleArray:
        try:
            values = function(dict(zip(names, reflectance, strict=True)))
        except OverflowError:
            values = np.nan
        return np.broadcast_to(np.asarray(values, dtype=np.float64), reflectance.shape[1:])

    return Index(text, "Band math", text, wavelengths, OWN, compute)


def expressions(names: Iterable[str]) -> dict[str, Index]:
    """Return the indices of names that are expressions; others are left out."""
    found = {}
    for name in names:
        if not name.isidentifier():
            with suppress(FormulaError):
                found[name] = map_index(name)
    return found


def map_bands(cube: Cube, text: str) -> IndexBands | str:
    """Return the bands of a cube for an expression or index, or why it cannot be computed.

    Built-in indices need reflectance; an expression takes the values as they are.
    """
    try:
        index = map_index(text)
    except FormulaError as error:
        return str(error)
    if cube.wavelengths_nm is None:
        return f"{cube.name} has no wavelengths: bands cannot be found by them."
    if index.citation != OWN and cube.units in ("radiance", "counts"):
        return f"{index.name} requires reflectance; {cube.name} holds {cube.units}: calibrate it."
    found = find_bands(index, cube.wavelengths_nm, cube.good_bands)
    return found or _missing(cube, index)


def _missing(cube: Cube, index: Index) -> str:
    lacking = [nm for nm in index.wavelengths_nm if cube.nearest_band(nm, TOLERANCE_NM) is None]
    if not lacking:
        return f"{cube.name}: two of the wavelengths are the same band."
    words = ", ".join(f"{nm:g}" for nm in lacking)
    return f"{cube.name} has no good band within {TOLERANCE_NM:g} nm of {words} nm."
