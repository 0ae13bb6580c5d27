"""Cubes whose file has an array for each band, as GDAL's netCDF, ACOLITE and HYPSO have."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.typing import DoubleArray
from focus_viewer.io.formats.arrays.spectral import is_center_name, text_of
from focus_viewer.io.formats.arrays.stored_array import Contents, Key, StoredArray
from focus_viewer.io.metadata.band_names import guessed_from_names, wavelength_in_text

_NUMBERED = re.compile(r"(.*?)(\d{1,6}(?:[._]\d{1,6})?)(\D*)")
_BAND = re.compile(r"(?i)(b|bands?|ch|channels?|layers?|lyr|slices?|planes?|images?|img)[ _-]?\d")
_TEXTS = ("long_name", "description", "title")
_PER_BAND = ("scale_factor", "add_offset", "fwhm", "bandwidth")
_FEWEST_NUMBERED = 3
_FEWEST_WITH_WAVELENGTH = 2
_MOST_BANDS = 10_000


def with_stacks(contents: Contents) -> Contents:
    """Return the contents with one array more for each set of arrays that are bands of a cube.

    Such are images of one size and type in one group which all have a wavelength, or names that
    differ in a number only. They become secondary ones, unless they may as well be spectra: then
    the joined array is.
    """
    images: dict[tuple[Any, ...], list[StoredArray]] = defaultdict(list)
    for stored in contents.arrays[:_MOST_BANDS]:
        if stored.dtype.kind in "iufc" and not stored.secondary and len(_plane(stored)) == 2:
            group = stored.name.rpartition("/")[0]
            images[group, stored.shape, stored.dtype, stored.dims].append(stored)
    sets = [bands for members in images.values() for bands in _sets(members)]
    if not sets:
        return contents
    stacks = [_stack(bands) for bands in sets]
    sure = (bands for bands, stack in zip(sets, stacks, strict=True) if not stack.secondary)
    names = {band.name for bands in sure for band in bands}
    others = tuple(
        replace(stored, secondary=True) if stored.name in names else stored
        for stored in contents.arrays
    )
    return replace(contents, arrays=(*others, *stacks))


def _plane(stored: StoredArray) -> tuple[int, ...]:
    """Return the places of the axes that are longer than 1."""
    return tuple(axis for axis, side in enumerate(stored.shape) if side > 1)


def _sets(images: list[StoredArray]) -> Iterator[list[StoredArray]]:
    """Yield sets of images that are bands of one cube, in its order."""
    own = {image.name: wavelength for image in images if (wavelength := _wavelength(image))}
    named = [image for image in images if image.name in own]
    if len(named) >= _FEWEST_WITH_WAVELENGTH and len(set(own.values())) == len(named):
        yield named
        images = [image for image in images if image.name not in own]
    numbered: dict[tuple[str, str], list[tuple[float, StoredArray]]] = defaultdict(list)
    for image in images:
        match = _NUMBERED.fullmatch(image.name.rpartition("/")[2])
        if match is not None:
            numbered[match[1], match[3]].append((float(match[2].replace("_", ".")), image))
    for members in numbered.values():
        fewest = _FEWEST_WITH_WAVELENGTH if members[0][1].name in own else _FEWEST_NUMBERED
        if len({number for number, _ in members}) == len(members) >= fewest:
            yield [image for _, image in sorted(members, key=lambda member: member[0])]


def _wavelength(stored: StoredArray) -> tuple[float, str] | None:
    """Return an image's wavelength and its unit by its attributes; None without one."""
    lower = {name.lower(): value for name, value in stored.attributes.items()}
    for name, value in lower.items():
        number = _number(value) if is_center_name(name) else None
        if number is not None:
            unit = lower.get("wavelength_units", lower.get("wavelength_unit", ""))
            return number, text_of(unit)
    texts = (wavelength_in_text(text_of(lower.get(name, ""))) for name in _TEXTS)
    return next(filter(None, texts), None)


def _number(value: Any) -> float | None:
    """Return a single number, which GDAL writes as a text; None for anything else."""
    try:
        flat = np.asarray(text_of(value) or value).reshape(-1).astype(np.float64)
    except (TypeError, ValueError):
        return None
    return float(flat[0]) if flat.size == 1 and np.isfinite(flat[0]) else None


def _stack(bands: list[StoredArray]) -> StoredArray:
    """Return images as one array, the bands its first axis."""
    first = bands[0]
    plane = _plane(first)
    notes: list[str] = [f"The file has an array for each band: {len(bands)} of them were joined."]
    attributes = _joined_attributes(bands) | _spectral_attributes(bands, notes)
    sides = tuple(first.dims[axis] for axis in plane) if first.dims else ()
    sure = bool(sides or "wavelength" in attributes or _BAND.match(first.name.rpartition("/")[2]))
    return StoredArray(
        f"{first.name} ... {bands[-1].name.rpartition('/')[2]}",
        (len(bands), *(first.shape[axis] for axis in plane)),
        first.dtype,
        _reader(tuple(bands), plane),
        ("bands", *(sides or ("rows", "cols"))) if sure else (),
        attributes,
        max(band.chunk_bytes for band in bands),
        secondary=not sure,
        notes=tuple(notes),
    )


def _reader(bands: tuple[StoredArray, ...], plane: tuple[int, ...]) -> Any:
    def read(key: Key) -> NDArray[Any]:
        inner: list[slice] = [slice(0, 1)] * len(bands[0].shape)
        inner[plane[0]], inner[plane[1]] = key[1:]
        sides = [len(range(*part.indices(1 << 62))) for part in key[1:]]
        planes = [band.read(tuple(inner)).reshape(sides) for band in bands[key[0]]]
        return np.stack(planes) if planes else np.empty((0, *sides), bands[0].dtype)

    return read


def _joined_attributes(bands: list[StoredArray]) -> dict[str, Any]:
    """Return attributes that all bands share, and factors of each band."""
    joined: dict[str, Any] = {}
    for name, value in bands[0].attributes.items():
        values = [band.attributes.get(name) for band in bands]
        if all(_same(value, other) for other in values):
            joined[name] = value
        elif name.lower() in _PER_BAND and (numbers := _numbers(values)) is not None:
            joined[name] = numbers
        elif "fill" in name.lower() or "missing" in name.lower():
            joined[name] = np.unique([np.asarray(v).flat[0] for v in values if v is not None])
    return joined


def _same(value: Any, other: Any) -> bool:
    return other is not None and np.array_equal(np.asarray(value), np.asarray(other))


def _numbers(values: Iterable[Any]) -> DoubleArray | None:
    numbers = [_number(value) for value in values]
    return None if None in numbers else np.array(numbers, dtype=np.float64)


def _spectral_attributes(bands: list[StoredArray], notes: list[str]) -> dict[str, Any]:
    """Return wavelengths of the bands by their attributes, or else guessed from their names."""
    own = [_wavelength(band) for band in bands]
    declared = [wavelength for wavelength in own if wavelength is not None]
    units = {unit for _, unit in declared}
    spectral: dict[str, Any] = {}
    if len(declared) == len(bands) and len(units) == 1:
        spectral = {"wavelength": np.array([number for number, _ in declared])}
        spectral["wavelength_units"] = units.pop()
    else:
        names = [band.name.rpartition("/")[2] for band in bands]
        guessed = guessed_from_names(names, len(bands), notes)
        if guessed is not None:
            spectral = {"wavelength": guessed[0], "wavelength_units": guessed[1]}
    widths = _numbers(band.attributes.get("fwhm", band.attributes.get("FWHM")) for band in bands)
    return spectral if widths is None else {**spectral, "fwhm": widths}
