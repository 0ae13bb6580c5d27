"""Which array of a file is the cube: what the file tells, else what the user says."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

import numpy as np

from focus_viewer.core.cubes.array_choice import ArrayChoice, Axes, Candidate, NeedsChoice
from focus_viewer.core.cubes.cube import Cube, Units
from focus_viewer.core.cubes.notes import Ignored
from focus_viewer.core.errors import CubeError
from focus_viewer.io.formats.arrays.axes import lie_of
from focus_viewer.io.formats.arrays.cube import Description, built, in_type, overridden
from focus_viewer.io.formats.arrays.spectral import good_bands, short_name, spectral_of, text_of
from focus_viewer.io.formats.arrays.stored_array import (
    Contents,
    StoredArray,
    check_sides,
    squeezed,
    unfolded,
)
from focus_viewer.io.metadata.scaling import Calibration

_MOST_LISTED = 200
_MOST_LETTERS = 400
_MISSING = re.compile(
    r"_?fill_?value|missing_?value|no_?data(_?value)?|(data_?)?ignore_?value", re.IGNORECASE
)
_TELLING = ("units", "standard_name", "long_name", "description", "quantity", "title")


def read_chosen(
    contents: Contents, choice: ArrayChoice | None, known: Description | None = None
) -> Cube:
    """The cube of a file of arrays.

    Parameters
    ----------
    contents : Contents
    choice : ArrayChoice or None
    known : Description or None
        What a layout that everybody knows tells; a choice of another array or of axes wins.

    Raises
    ------
    NeedsChoice
        If neither the file nor the user tells which array it is, or what its axes are.
    CubeError
    """
    if known is not None and _agrees(known, choice):
        return built(overridden(known, choice))
    stored = _chosen(contents, choice)
    check_sides(contents.path, stored)
    return built(overridden(_described(contents, stored, choice), choice))


def candidates_of(contents: Contents, known: Description | None = None) -> tuple[Candidate, ...]:
    """Arrays that may be the cube, the likeliest first.

    Raises
    ------
    CubeError
        If there is none.
    """
    listed = [_candidate(contents, one) for one in _cubes(contents)]
    if known is None:
        return tuple(listed)
    wavelengths = known.spectral.told if known.spectral else ""
    stored = known.stored
    first = Candidate(stored.name, stored.shape, str(stored.dtype), known.axes, wavelengths)
    return (first, *(one for one in listed if one.name != first.name))


def _agrees(known: Description, choice: ArrayChoice | None) -> bool:
    if choice is None:
        return True
    return choice.array in (None, known.stored.name) and choice.axes in (None, known.axes)


def _cubes(contents: Contents) -> list[StoredArray]:
    """Arrays that may be the cube, the likeliest first."""
    arrays = [squeezed(one) for one in contents.arrays if one.dtype.kind in "iufc"]
    images = [one for one in arrays if len(one.shape) == 3 and math.prod(one.shape) > 1]
    spectra = [one for one in arrays if len(one.shape) == 2 and min(one.shape) > 1]
    told = [one for one in spectra if lie_of(one, contents).told]
    found = images + told if images else spectra
    if not found:
        listed = ", ".join(one.told for one in contents.arrays[:8]) or "none at all"
        raise CubeError(
            f"{contents.path} holds no cube: expected an array of numbers with three axes (rows, "
            f"columns, bands) or two (bands, pixels), found {listed}. Open another file."
        )
    found.sort(key=lambda one: (not lie_of(one, contents).told, -math.prod(one.shape)))
    return found[:_MOST_LISTED]


def _candidate(contents: Contents, stored: StoredArray) -> Candidate:
    lie = lie_of(stored, contents)
    spectral = spectral_of(stored, contents, _band_place(stored, lie.axes))
    told = spectral.told if spectral else ""
    return Candidate(stored.name, stored.shape, str(stored.dtype), lie.axes, told, lie.image_shape)


def _band_place(stored: StoredArray, axes: Axes) -> int:
    """The axis of the bands in the array as it is stored."""
    place = axes.index("bands")
    return place if len(stored.shape) == 3 else min(place, 1)


def _chosen(contents: Contents, choice: ArrayChoice | None) -> StoredArray:
    cubes = _cubes(contents)
    if choice is not None and choice.array is not None:
        every = [squeezed(one) for one in contents.arrays]
        by_name = {one.name: one for one in [*every, *cubes] if len(one.shape) in (2, 3)}
        if choice.array not in by_name:
            names = ", ".join(one.told for one in cubes[:8])
            raise CubeError(
                f"{contents.path} has no array {choice.array!r} that may be a cube. Choose one of "
                f"{names}."
            )
        return by_name[choice.array]
    if len(cubes) > 1 and not _stands_out(cubes, contents):
        raise _needed(contents, "several arrays may be the cube.")
    return cubes[0]


def _stands_out(cubes: list[StoredArray], contents: Contents) -> bool:
    """Whether one is an image and all others are spectra, or only one of the spectra is told."""
    images = [one for one in cubes if len(one.shape) == 3]
    if images:
        return len(images) == 1 and cubes[0] is images[0]
    return sum(lie_of(one, contents).told for one in cubes) == 1


def _needed(contents: Contents, reason: str) -> NeedsChoice:
    return NeedsChoice(contents.path, candidates_of(contents), reason)


def _described(contents: Contents, stored: StoredArray, choice: ArrayChoice | None) -> Description:
    lie = lie_of(stored, contents)
    axes, size = lie.axes, lie.image_shape
    if choice is not None and choice.axes is not None:
        axes, size = choice.axes, choice.image_shape or size
    elif not lie.told:
        raise _needed(contents, f"nothing tells which axis of {stored.told} the bands lie along.")
    _check_axes(contents, stored, axes)
    place = _band_place(stored, axes)
    spectral = spectral_of(stored, contents, place)
    good = good_bands(contents, stored.shape[place])
    if len(stored.shape) == 2:
        stored = _image_of(contents, stored, axes, size)
    notes: list[str] = []
    known = Description(contents.path, stored, axes, spectral, good)
    return replace(
        known,
        calibration=_calibration(stored, known.bands, notes),
        missing=_missing(stored),
        told=_told_units(stored),
        header=_header(contents, stored),
        notes=tuple(notes),
    )


def _check_axes(contents: Contents, stored: StoredArray, axes: Axes) -> None:
    sides = axes[:2] if axes[2] == "bands" else axes[1:]
    apart = len(stored.shape) == 2 and "bands" in sides
    if sorted(axes) != ["bands", "cols", "rows"] or apart:
        raise CubeError(
            f"{contents.path}: expected rows, cols and bands, each once, for the axes of "
            f"{stored.told}, found {', '.join(axes)}. In an array of spectra (two axes) rows and "
            "cols stand side by side, for the axis that holds the pixels."
        )


def _image_of(
    contents: Contents, stored: StoredArray, axes: Axes, size: tuple[int, int] | None
) -> StoredArray:
    pixels = 0 if axes[2] == "bands" else 1
    count = stored.shape[pixels]
    if size is None or min(size) < 1 or size[0] * size[1] != count:
        found = "none" if size is None else f"{size[0]} x {size[1]}"
        raise CubeError(
            f"{contents.path}: {stored.told} holds {count:,} spectra: expected the image's rows "
            f"and columns, whose product that is, found {found}. Say them with --image-shape."
        )
    lines = size[0] if axes[pixels] == "rows" else size[1]
    return unfolded(stored, pixels, lines)


def _calibration(stored: StoredArray, bands: int, notes: list[str]) -> Calibration:
    """Scale and offset as the conventions for climate and forecast data (CF 8.1) tell them."""
    lower = {name.lower(): value for name, value in stored.attributes.items()}
    scale = _number(lower, "scale_factor", notes)
    offset = _number(lower, "add_offset", notes)
    if scale == 0:
        notes.append(Ignored("The array's scale_factor is 0: ignored."))
        scale = None
    gain = None if scale is None or scale == 1.0 else np.full(bands, scale)
    shift = None if not offset else np.full(bands, offset)
    return Calibration(1.0, gain, shift)


def _number(attributes: dict[str, Any], name: str, notes: list[str]) -> float | None:
    if name not in attributes:
        return None
    flat = np.asarray(attributes[name]).reshape(-1)
    if flat.size == 1 and flat.dtype.kind in "iuf" and abs(float(flat[0])) <= 1e30:
        return float(flat[0])
    notes.append(Ignored(f"The array's {name} is not one finite number: ignored."))
    return None


def _missing(stored: StoredArray) -> tuple[np.generic, ...]:
    values = [value for name, value in stored.attributes.items() if _MISSING.fullmatch(name)]
    numbers = (in_type(one, stored.dtype) for value in values for one in np.asarray(value).flat)
    return tuple(number for number in numbers if number is not None)


def _told_units(stored: StoredArray) -> Units | None:
    lower = {name.lower(): text_of(value) for name, value in stored.attributes.items()}
    for text in (*(lower.get(name, "").lower() for name in _TELLING), short_name(stored)):
        if ("reflectance" in text) != ("radiance" in text):
            return "reflectance" if "reflectance" in text else "radiance"
    return None


def _header(contents: Contents, stored: StoredArray) -> dict[str, str]:
    """Texts and single numbers that the file tells of itself and of the array."""
    entries: dict[str, str] = {}
    for name, value in [*contents.attributes.items(), *stored.attributes.items()]:
        flat = np.asarray(value)
        text = text_of(value) or (str(flat.reshape(-1)[0]) if flat.size == 1 else "")
        if text:
            entries[str(name).lower()] = text[:_MOST_LETTERS]
    return entries
