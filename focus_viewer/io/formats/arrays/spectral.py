"""Wavelength, width and band-list vectors of an array in a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from focus_viewer.core.typing import BoolArray, DoubleArray
from focus_viewer.io.formats.arrays.stored_array import MAX_SIDE, Contents, StoredArray

_CENTERS = re.compile(
    r"wave_?l|wave_?num|^waves?$|^wvls?|_wvls?$|lambda|^wls?$|_wls?$|band_?cent|^cent(er|re)s$|^nm$"
)
_WIDTHS = re.compile(r"fwhm|band_?width")
_GOOD = re.compile(r"good_?(wave|band)|^bbl$|bad_?bands?_?list")
# "bad_wavelengths", "wavelength_uncertainty" and the like are about wavelengths, and are none.
_ABOUT = re.compile(
    r"fwhm|width|uncert|flag|ind(ex|ices)|idx|good|bad|select|sel_|rgb|error|units?$"
)
_UNIT_NAMES = ("units", "unit", "wavelength_units", "wavelength_unit")
_UNIT_IN_NAME = re.compile(r"(?:_|\b)(nm|um|nanomet(?:er|re)s?|micromet(?:er|re)s?)$")


@dataclass(frozen=True, eq=False)
class Spectral:
    """Spectral metadata of an array's bands, in the array's order.

    Attributes
    ----------
    centers : DoubleArray, shape (bands,)
    unit : str
        Unit of the centres as declared; empty without one.
    origin : str
        Where they stand, in words.
    widths : DoubleArray, shape (bands,), or None
        Full widths at half maximum, in the same unit.
    good : BoolArray, shape (bands,), or None
    """

    centers: DoubleArray
    unit: str
    origin: str
    widths: DoubleArray | None = None
    good: BoolArray | None = None


@dataclass(frozen=True, eq=False)
class _Vector:
    name: str
    values: DoubleArray
    unit: str
    dim: str


def text_of(value: Any) -> str:
    """Return the text of an attribute; empty where it is none."""
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.reshape(-1)[0]
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace").strip()
    return str(value).strip() if isinstance(value, str) else ""


def short_name(stored: StoredArray) -> str:
    """Return the name of an array without its groups, in lower case."""
    return stored.name.rpartition("/")[2].strip().lower().replace(" ", "_").replace("-", "_")


def band_axis(stored: StoredArray, contents: Contents, named: int | None) -> int | None:
    """Return the axis of the bands, by a vector of wavelengths that fits it alone.

    Parameters
    ----------
    named : int or None
        What the axes' names say.
    """
    if named is not None:
        return named
    for vector in _centers(stored, contents):
        if vector.dim and vector.dim in stored.dims:
            return stored.dims.index(vector.dim)
    sizes = {vector.values.size for vector in _centers(stored, contents)}
    fitting = [axis for axis, side in enumerate(stored.shape) if side in sizes and side > 1]
    return fitting[0] if len(fitting) == 1 else None


def spectral_of(stored: StoredArray, contents: Contents, axis: int) -> Spectral | None:
    """Return the spectral metadata along an axis; None without wavelengths."""
    side = stored.shape[axis]
    dim = stored.dims[axis] if stored.dims else ""
    fitting = [center for center in _centers(stored, contents) if center.values.size == side]
    fitting.sort(key=lambda vector: (vector.dim != dim, not vector.name.startswith("wavelength")))
    if not fitting:
        return None
    centers = fitting[0]
    widths = next(_vectors(contents, _WIDTHS, None, side), None)
    return Spectral(
        centers.values,
        centers.unit,
        centers.name,
        None if widths is None else widths.values,
        good_bands(contents, side),
    )


def good_bands(contents: Contents, side: int) -> BoolArray | None:
    """Return the file's good bands, shape (side,); None without such a list."""
    good = next(_vectors(contents, _GOOD, None, side), None)
    return None if good is None or not (good.values > 0).any() else np.asarray(good.values > 0)


def _centers(stored: StoredArray, contents: Contents) -> list[_Vector]:
    own = list(_own_vectors(stored))
    return [*own, *_vectors(contents, _CENTERS, _ABOUT, None)]


def _own_vectors(stored: StoredArray) -> Iterator[_Vector]:
    """Return wavelengths among the attributes of an array."""
    for name, value in stored.attributes.items():
        key = name.lower()
        if not _CENTERS.search(key) or _ABOUT.search(key):
            continue
        values = np.asarray(value)
        if values.ndim == 1 and values.size > 1 and values.dtype.kind in "iuf":
            unit = text_of(stored.attributes.get("wavelength_units", ""))
            yield _Vector(f"attribute {name}", values.astype(np.float64), unit, "")


def _vectors(
    contents: Contents, name: re.Pattern[str], but: re.Pattern[str] | None, side: int | None
) -> Iterator[_Vector]:
    """Return vectors whose name fits; they are read only then."""
    for stored in contents.arrays:
        if not _is_vector(stored, side):
            continue
        called = _called(stored)
        if name.search(called) and not (but is not None and but.search(called)):
            values = np.asarray(stored.all()).reshape(-1).astype(np.float64)
            dim = stored.dims[0] if len(stored.dims) == 1 else ""
            yield _Vector(stored.name, values, _unit(stored), dim)


def _called(stored: StoredArray) -> str:
    """Return the name of a vector, or "wavelength" if its standard name says so."""
    standard = text_of(stored.attributes.get("standard_name", "")).lower()
    long = text_of(stored.attributes.get("long_name", "")).lower()
    if "wavelength" in standard or re.fullmatch(r"(cent(er|re) )?wavelengths?", long):
        return f"wavelength_{short_name(stored)}"
    return short_name(stored)


def _is_vector(stored: StoredArray, side: int | None) -> bool:
    long = [side for side in stored.shape if side != 1]
    if len(long) != 1 or stored.dtype.kind not in "iuf" or long[0] > MAX_SIDE:
        return False
    return side is None or long[0] == side


def _unit(stored: StoredArray) -> str:
    lower = {name.lower(): value for name, value in stored.attributes.items()}
    unit = next((text_of(lower[name]) for name in _UNIT_NAMES if name in lower), "")
    in_name = _UNIT_IN_NAME.search(short_name(stored))
    if unit or in_name is None:
        return unit or ("wavenumber" if "wave_num" in short_name(stored) else "")
    return in_name[1]
