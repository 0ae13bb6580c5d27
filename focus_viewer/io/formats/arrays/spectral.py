"""Wavelength, width and band-list vectors of an array in a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.typing import BoolArray, DoubleArray
from focus_viewer.io.formats.arrays.stored_array import MAX_SIDE, Contents, StoredArray
from focus_viewer.io.metadata.band_names import wavelengths_in_names

_CENTERS = re.compile(
    r"wave_?l|wave_?num|^waves?$|^wvls?|_wvls?$|lambda|^wls?$|_wls?$|band_?cent|^cent(er|re)s$|^nm$"
)
_WIDTHS = re.compile(r"fwhm|band_?width")
_GOOD = re.compile(r"good_?(wave|band)|^bbl$|bad_?bands?_?list")
# "bad_wavelengths", "wavelength_uncertainty" and the like are about wavelengths, and are none.
_ABOUT = re.compile(
    r"fwhm|width|uncert|flag|ind(ex|ices)|idx|good|bad|select|sel_|rgb|error|units?$"
)
_NAME_LISTS = ("band_names", "band names", "long_name", "description")
_MOST_TEXT = 1_000_000
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
        Full widths at half maximum.
    good : BoolArray, shape (bands,), or None
    width_unit : str
        Unit of the widths as declared; empty where it is that of the centres.
    doubt : str
        Note that other wavelengths may be meant as well; empty without such.
    """

    centers: DoubleArray
    unit: str
    origin: str
    widths: DoubleArray | None = None
    good: BoolArray | None = None
    width_unit: str = ""
    doubt: str = ""


@dataclass(frozen=True, eq=False)
class _Vector:
    """A list of numbers that may be about bands.

    Attributes
    ----------
    rank : tuple
        How near it is to the array whose bands it may describe; the least is the nearest.
    """

    name: str
    values: DoubleArray
    unit: str
    dim: str
    rank: tuple[object, ...] = ()


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
    centers = [_vectors(stored, contents, _CENTERS, side) for side in stored.shape]
    for axis, vectors in enumerate(centers):
        if stored.dims and any(vector.dim == stored.dims[axis] for vector in vectors):
            return axis
    fitting = [axis for axis, side in enumerate(stored.shape) if centers[axis] and side > 1]
    return fitting[0] if len(fitting) == 1 else None


def spectral_of(stored: StoredArray, contents: Contents, axis: int) -> Spectral | None:
    """Return the spectral metadata along an axis; None without wavelengths."""
    side = stored.shape[axis]
    dim = stored.dims[axis] if stored.dims else ""
    centers = _vectors(stored, contents, _CENTERS, side, dim)
    if not centers:
        return _by_names(stored, contents, axis)
    nearest = centers[0]
    widths = next(iter(_vectors(stored, contents, _WIDTHS, side, dim)), None)
    return Spectral(
        nearest.values,
        nearest.unit,
        nearest.name,
        None if widths is None else widths.values,
        good_bands(stored, contents, axis),
        "" if widths is None else widths.unit,
        _doubt(centers),
    )


def left_out(stored: StoredArray, contents: Contents, axis: int) -> str:
    """Return the name of wavelengths that fit an array and belong to another; empty without any."""
    fitting = contents.vectors.get(stored.shape[axis], ())
    return next((vector.name for vector in fitting if _fits(_CENTERS, _called(vector))), "")


def _by_names(stored: StoredArray, contents: Contents, axis: int) -> Spectral | None:
    """Return wavelengths in the names of bands, which rioxarray keeps as attributes."""
    side = stored.shape[axis]
    lower = {name.lower(): value for name, value in stored.attributes.items()}
    for name in _NAME_LISTS:
        notes: list[str] = []
        found = wavelengths_in_names(_names(lower.get(name, "")), side, notes)
        if found is not None:
            good = good_bands(stored, contents, axis)
            return Spectral(*found, f"attribute {name}", good=good, doubt=" ".join(notes))
    return None


def _names(value: Any) -> list[str]:
    """Return the texts of a list, or between the commas of a text."""
    text = text_of(value)
    if text:
        return [word.strip() for word in text.strip("{}[]()").split(",")]
    return [text_of(word) for word in np.asarray(value, dtype=object).reshape(-1)]


def good_bands(stored: StoredArray, contents: Contents, axis: int) -> BoolArray | None:
    """Return the good bands along an axis; None without such a list."""
    dim = stored.dims[axis] if stored.dims else ""
    good = next(iter(_vectors(stored, contents, _GOOD, stored.shape[axis], dim)), None)
    return None if good is None or not (good.values > 0).any() else np.asarray(good.values > 0)


def _doubt(centers: list[_Vector]) -> str:
    """Return a note where another list of wavelengths is as near as the one that is taken."""
    first = centers[0]
    others = [
        vector.name
        for vector in centers[1:]
        if vector.rank == first.rank and not np.allclose(vector.values, first.values)
    ]
    if not others:
        return ""
    listed = ", ".join(others[:3])
    return f"Wavelengths were taken from {first.name}; the file has others as well: {listed}."


def _vectors(
    stored: StoredArray, contents: Contents, name: re.Pattern[str], side: int, dim: str = ""
) -> list[_Vector]:
    """Return vectors that describe an array's bands, the nearest first.

    Those among its own attributes, then those of its group, of the groups around it, and of other
    groups, unless they belong to another array there.

    Parameters
    ----------
    name : Pattern
        One of this module's, for what is looked for.
    side : int
        Number of bands.
    dim : str
        Name of the axis; empty without one.
    """
    if not 2 <= side <= MAX_SIDE:
        return []
    found = list(_among_attributes(stored, contents, name, side))
    for vector in contents.vectors.get(side, ()):
        if _fits(name, _called(vector)):
            own_dim = vector.dims[0] if len(vector.dims) == 1 else ""
            if _belongs(vector, stored, contents, side) or (own_dim and own_dim == dim):
                rank = _rank(vector, stored, own_dim != dim)
                found.append(_Vector(vector.name, vector.vector, _unit(vector), own_dim, rank))
    return sorted(found, key=lambda vector: vector.rank)


def _rank(vector: StoredArray, stored: StoredArray, other_dim: bool) -> tuple[object, ...]:
    """Return the order of a vector among all that fit an array.

    A name of an axis is the axis itself where it has its group in it or the vector is in a group
    around the array; else it may be another axis of that name.
    """
    groups = _groups(vector.name)
    shared = _shared(groups, _groups(stored.name))
    around = shared == len(groups)
    same_axis = not other_dim and (around or "/" in (*vector.dims, "")[0])
    words = _words(vector) & _words(stored)
    plain = _called(vector).startswith("wavelength")
    return (1, not same_axis, -shared, not around, -len(words), not plain)


def _belongs(vector: StoredArray, stored: StoredArray, contents: Contents, side: int) -> bool:
    """Return whether no other array of its kind is nearer to a vector than this one."""
    groups = _groups(vector.name)
    near = _shared(groups, _groups(stored.name))
    if near == len(groups):
        return True
    axes = _axes(stored)
    return not any(
        _shared(groups, _groups(other.name)) > near
        for other in contents.arrays
        if side in other.shape and _axes(other) == axes
    )


def _axes(stored: StoredArray) -> int:
    return sum(side > 1 for side in stored.shape)


def _groups(name: str) -> list[str]:
    return name.split("/")[:-1]


def _shared(groups: list[str], others: list[str]) -> int:
    """Return how many groups two paths have in common, from the root on."""
    pairs = enumerate(zip(groups, others, strict=False))
    shorter = min(len(groups), len(others))
    return next((place for place, (name, other) in pairs if name != other), shorter)


def _words(stored: StoredArray) -> set[str]:
    """Return words and numbers of an array's name: `wavelength_vnir` belongs to `cube_vnir`."""
    return set(re.findall(r"[a-z]+|[0-9]+", short_name(stored)))


def _fits(name: re.Pattern[str], called: str) -> bool:
    return bool(name.search(called)) and not (name is _CENTERS and _ABOUT.search(called))


def is_center_name(name: str) -> bool:
    """Return whether something of this name, in lower case, holds wavelengths."""
    return _fits(_CENTERS, name)


def _among_attributes(
    stored: StoredArray, contents: Contents, name: re.Pattern[str], side: int
) -> Iterator[_Vector]:
    """Return vectors among the attributes of an array, and of the groups around it."""
    groups = _groups(stored.name)
    paths = ["/".join(groups[:count]) for count in range(len(groups), 0, -1)]
    around = [(f" of {path}", contents.groups.get(path, {})) for path in paths]
    places = [("", stored.attributes), *around, (" of the file", contents.attributes)]
    for steps, (where, attributes) in enumerate(places):
        for key, value in attributes.items():
            if not _fits(name, key.lower()):
                continue
            values = _numbers(value)
            one_for_all = values.size == 1 and name is _WIDTHS and not where
            if values.dtype.kind in "iuf" and (values.shape == (side,) or one_for_all):
                numbers = np.broadcast_to(values.reshape(-1), (side,)).astype(np.float64)
                unit = _unit_beside(attributes) if name is _CENTERS else ""
                rank = (2 if where else 0, steps, key.lower())
                yield _Vector(f"attribute {key}{where}", numbers, unit, "", rank)


def _numbers(value: Any) -> NDArray[Any]:
    """Return the numbers of an attribute, which may be a text such as `{400, 410, 420}`."""
    text = text_of(value)
    if not text or len(text) > _MOST_TEXT:
        return np.asarray(value)
    try:
        words = text.strip("{}[]()").replace(",", " ").split()
        return np.array([float(word) for word in words])
    except ValueError:
        return np.asarray(value)


def _unit_beside(attributes: Mapping[str, Any]) -> str:
    """Return the unit of wavelengths that an array has as an attribute."""
    lower = {key.lower(): value for key, value in attributes.items()}
    names = ("wavelength_units", "wavelength_unit", "wavelengths_units", "wavelengths_unit")
    return next((text_of(lower[key]) for key in names if key in lower), "")


def _called(stored: StoredArray) -> str:
    """Return the name of a vector, or "wavelength" if its standard name says so."""
    standard = text_of(stored.attributes.get("standard_name", "")).lower()
    long = text_of(stored.attributes.get("long_name", "")).lower()
    if "wavelength" in standard or re.fullmatch(r"(cent(er|re) )?wavelengths?", long):
        return f"wavelength_{short_name(stored)}"
    return short_name(stored)


def _unit(stored: StoredArray) -> str:
    lower = {name.lower(): value for name, value in stored.attributes.items()}
    unit = next((text_of(lower[name]) for name in _UNIT_NAMES if name in lower), "")
    in_name = _UNIT_IN_NAME.search(short_name(stored))
    if unit or in_name is None:
        return unit or ("wavenumber" if "wave_num" in short_name(stored) else "")
    return in_name[1]
