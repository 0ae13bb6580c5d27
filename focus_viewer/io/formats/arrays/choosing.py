"""Choice of the array that is the cube: by the file, else by the user."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from focus_viewer.core.cubes.array_choice import ArrayChoice, Axes, Candidate, NeedsChoice
from focus_viewer.core.cubes.cube import Cube, Units
from focus_viewer.core.cubes.notes import Ignored
from focus_viewer.core.errors import CubeError
from focus_viewer.io.formats.arrays.axes import axis_layout
from focus_viewer.io.formats.arrays.band_stack import with_stacks
from focus_viewer.io.formats.arrays.cf_grid import map_entries
from focus_viewer.io.formats.arrays.cube import Description, build_cube, in_type, with_choice
from focus_viewer.io.formats.arrays.factors import read_factors
from focus_viewer.io.formats.arrays.spectral import (
    good_bands,
    left_out,
    short_name,
    spectral_of,
    text_of,
)
from focus_viewer.io.formats.arrays.stored_array import (
    Contents,
    StoredArray,
    check_sides,
    squeezed,
    unfolded,
)
from focus_viewer.io.formats.arrays.valid_range import read_valid_range, with_range_checked
from focus_viewer.io.metadata.statements import units_in

_MOST_LISTED = 200
_MOST_LETTERS = 400
_MOST_COLOURS = 4
_MISSING = re.compile(
    r"_?fill_?value|missing_?value|no_?data(_?value)?|(data_?)?ignore_?value", re.IGNORECASE
)
_TELLING = ("units", "standard_name", "long_name", "description", "quantity", "title")


@dataclass(frozen=True)
class ArrayFiles:
    """Format whose files are containers of arrays; see `recognise.Format`.

    Attributes
    ----------
    name : str
        For people.
    contents : callable
        Reads names, sizes and attributes of the arrays in a file, or raises a `CubeError` if it is
        damaged or cannot be read.
    """

    name: str
    recognises: Callable[[Path, bytes], bool]
    contents: Callable[[Path], Contents]

    def read(self, path: Path, choice: ArrayChoice | None) -> Cube:
        """Open a cube; names, sizes and vectors are read, and a few pixels where needed."""
        return read_chosen(self.contents(path), choice)

    def candidates(self, path: Path) -> tuple[Candidate, ...]:
        """Return arrays that may be the cube, the likeliest first."""
        return candidates_of(self.contents(path))


def read_chosen(
    contents: Contents, choice: ArrayChoice | None, known: Description | None = None
) -> Cube:
    """Read the cube of a file of arrays.

    Parameters
    ----------
    known : Description or None
        Description of a known product layout; a user's choice of array or axes wins.

    Raises
    ------
    NeedsChoice
        If neither the file nor the user determines the array, or its axes.
    CubeError
    """
    contents = with_stacks(contents)
    if known is not None and _agrees(known, choice):
        return build_cube(with_choice(known, choice))
    stored = _chosen(contents, choice)
    check_sides(contents.path, stored)
    described = with_choice(_described(contents, stored, choice), choice)
    return build_cube(with_range_checked(described))


def candidates_of(contents: Contents, known: Description | None = None) -> tuple[Candidate, ...]:
    """Return arrays that may be the cube, the likeliest first.

    Raises
    ------
    CubeError
        If there is none.
    """
    contents = with_stacks(contents)
    listed = [_candidate(contents, cube) for cube in _cubes(contents)]
    if known is None:
        return tuple(listed)
    wavelengths = known.spectral.origin if known.spectral else ""
    stored = known.stored
    first = Candidate(stored.name, stored.shape, str(stored.dtype), known.axes, wavelengths)
    return (first, *(candidate for candidate in listed if candidate.name != first.name))


def _agrees(known: Description, choice: ArrayChoice | None) -> bool:
    if choice is None:
        return True
    return choice.array in (None, known.stored.name) and choice.axes in (None, known.axes)


def _cubes(contents: Contents) -> list[StoredArray]:
    """Return arrays that may be the cube, the likeliest first."""
    arrays = [squeezed(array) for array in contents.arrays if array.dtype.kind in "iufc"]
    images = [stored for stored in arrays if len(stored.shape) == 3 and math.prod(stored.shape) > 1]
    spectra = [stored for stored in arrays if len(stored.shape) == 2 and min(stored.shape) > 1]
    known = [spectrum for spectrum in spectra if axis_layout(spectrum, contents).known]
    certain = any(not stored.secondary for stored in images)
    cubes = images + known if certain else images + spectra
    if not cubes:
        listed = ", ".join(stored.text for stored in contents.arrays[:8]) or "none at all"
        raise CubeError(
            f"{contents.path} holds no cube: expected an array of numbers with three axes (rows, "
            f"columns, bands) or two (bands, pixels), found {listed}. {contents.advice}"
        )
    cubes.sort(
        key=lambda stored: (
            stored.secondary,
            not axis_layout(stored, contents).known,
            -math.prod(stored.shape),
        )
    )
    return cubes[:_MOST_LISTED]


def _candidate(contents: Contents, stored: StoredArray) -> Candidate:
    layout = axis_layout(stored, contents)
    spectral = spectral_of(stored, contents, _band_place(stored, layout.axes))
    origin = spectral.origin if spectral else ""
    return Candidate(
        stored.name, stored.shape, str(stored.dtype), layout.axes, origin, layout.image_shape
    )


def _band_place(stored: StoredArray, axes: Axes) -> int:
    """Return the position of the band axis in the stored array."""
    place = axes.index("bands")
    return place if len(stored.shape) == 3 else min(place, 1)


def _chosen(contents: Contents, choice: ArrayChoice | None) -> StoredArray:
    cubes = _cubes(contents)
    if choice is not None and choice.array is not None:
        every = [squeezed(array) for array in contents.arrays]
        by_name = {array.name: array for array in [*every, *cubes] if len(array.shape) in (2, 3)}
        if choice.array not in by_name:
            names = ", ".join(cube.text for cube in cubes[:8])
            raise CubeError(
                f"{contents.path} has no array {choice.array!r} that may be a cube. Choose one of "
                f"{names}."
            )
        return by_name[choice.array]
    if len(cubes) > 1 and not _stands_out(cubes, contents):
        raise _needed(contents, "several arrays may be the cube.")
    return cubes[0]


def _stands_out(cubes: list[StoredArray], contents: Contents) -> bool:
    """Return whether the first is the only image, or the only spectra of known layout.

    Pictures of up to four colours beside a cube, and parts and smaller copies of it, do not count.
    """
    images = [cube for cube in cubes if len(cube.shape) == 3 and not cube.secondary]
    if images:
        bands = [cube.shape[axis_layout(cube, contents).axes.index("bands")] for cube in images]
        fewest = next((n for n in (_MOST_COLOURS, 1) if max(bands) > n), 0)
        cubes_of_many = [cube for cube, n in zip(images, bands, strict=True) if n > fewest]
        return len(cubes_of_many) == 1 and cubes[0] is cubes_of_many[0]
    return sum(axis_layout(array, contents).known for array in cubes) == 1


def _needed(contents: Contents, reason: str) -> NeedsChoice:
    return NeedsChoice(contents.path, candidates_of(contents), reason)


def _described(contents: Contents, stored: StoredArray, choice: ArrayChoice | None) -> Description:
    layout = axis_layout(stored, contents)
    axes, size = layout.axes, layout.image_shape
    if choice is not None and choice.axes is not None:
        axes = choice.axes
    elif not layout.known:
        raise _needed(contents, f"the file does not declare the band axis of {stored.text}.")
    if choice is not None:
        size = choice.image_shape or size
    _check_axes(contents, stored, axes)
    place = _band_place(stored, axes)
    spectral = spectral_of(stored, contents, place)
    good = good_bands(stored, contents, place)
    notes = [*stored.notes, *_masks_beside(contents, stored)]
    if spectral is None and (name := left_out(stored, contents, place)):
        notes.append(Ignored(f"The wavelengths in {name} were not taken: another array has them."))
    if len(stored.shape) == 2:
        stored = _image_of(contents, stored, axes, size)
    known = Description(contents.path, stored, axes, spectral, good)
    missing = _missing(stored)
    factors = read_factors(stored, known.bands, missing, notes)
    return replace(
        known,
        calibration=factors,
        missing=missing,
        valid=read_valid_range(stored, factors),
        declared_units=_declared_units(stored),
        header=_header(contents, stored) | map_entries(contents, stored, axes, notes),
        notes=tuple(notes),
    )


def _masks_beside(contents: Contents, stored: StoredArray) -> list[str]:
    """Return a note for each mask of the cube's size: what True stands for is not declared."""
    return [
        Ignored(f"The mask {array.name} was not applied: what it marks is not declared.")
        for array in contents.arrays
        if array.dtype.kind == "b" and squeezed(array).shape == stored.shape
    ]


def _check_axes(contents: Contents, stored: StoredArray, axes: Axes) -> None:
    sides = axes[:2] if axes[-1] == "bands" else axes[1:]
    apart = len(stored.shape) == 2 and "bands" in sides
    if sorted(axes) != ["bands", "cols", "rows"] or apart:
        raise CubeError(
            f"{contents.path}: expected rows, cols and bands, each once, for the axes of "
            f"{stored.text}, found {', '.join(axes)}. In an array of spectra (two axes) rows and "
            "cols stand side by side, for the axis that holds the pixels."
        )


def _image_of(
    contents: Contents, stored: StoredArray, axes: Axes, size: tuple[int, int] | None
) -> StoredArray:
    pixels = 0 if axes[2] == "bands" else 1
    count = stored.shape[pixels]
    if size is None or min(size) < 1 or size[0] * size[1] != count:
        size_text = "none" if size is None else f"{size[0]} x {size[1]}"
        raise CubeError(
            f"{contents.path}: {stored.text} holds {count:,} spectra: expected the image's rows "
            f"and columns, whose product that is, found {size_text}. Say them with --image-shape."
        )
    lines = size[0] if axes[pixels] == "rows" else size[1]
    return unfolded(stored, pixels, lines)


def _missing(stored: StoredArray) -> tuple[np.generic, ...]:
    values = [value for name, value in stored.attributes.items() if _MISSING.fullmatch(name)]
    numbers = (
        in_type(number, stored.dtype) for value in values for number in np.asarray(value).flat
    )
    return tuple(number for number in numbers if number is not None)


def _declared_units(stored: StoredArray) -> Units | None:
    lower = {name.lower(): text_of(value) for name, value in stored.attributes.items()}
    return units_in((*(lower.get(name, "") for name in _TELLING), short_name(stored)))


def _header(contents: Contents, stored: StoredArray) -> dict[str, str]:
    """Return texts and single numbers that describe the file and the array."""
    entries: dict[str, str] = {}
    for name, value in [*contents.attributes.items(), *stored.attributes.items()]:
        flat = np.asarray(value)
        text = text_of(value) or (str(flat.reshape(-1)[0]) if flat.size == 1 else "")
        if text:
            entries[str(name).lower()] = text[:_MOST_LETTERS]
    return entries
