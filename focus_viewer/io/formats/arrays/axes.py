"""Layout of array axes by their names in the file; sizes alone only give a guess."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

import numpy as np

from focus_viewer.core.cubes.array_choice import Axes, Axis
from focus_viewer.io.formats.arrays.spectral import band_axis, short_name
from focus_viewer.io.formats.arrays.stored_array import Contents, StoredArray

_NAMES: dict[Axis, re.Pattern[str]] = {
    "bands": re.compile(
        r"(n_?|num_?|number_of_)?(bands?|channels?|wave.*|wvls?|wls?|lambda|spectral.*)|z|c"
    ),
    "rows": re.compile(
        r"(n_?|num_?|number_of_)?(rows?|lines?|y|lat(itude)?s?|northing|down_?track|along_?track"
        r"|scans?|y_?dim)"
    ),
    "cols": re.compile(
        r"(n_?|num_?|number_of_)?(cols?|columns?|samples?|x|lon(gitude)?s?|easting|cross_?track"
        r"|across_?track|pixels?(_per_line)?|x_?dim)"
    ),
}
_ROW_COUNT = re.compile(r"n_?rows?|num_?rows?|lines")
_COL_COUNT = re.compile(r"n_?cols?|num_?cols?|n_?columns?|samples")


@dataclass(frozen=True)
class AxisLayout:
    """Layout of the axes of an array.

    Attributes
    ----------
    image_shape : tuple of int or None
        (rows, cols), for an array of spectra.
    known : bool
        Whether the file declares it; a guess from sizes must be confirmed.
    """

    axes: Axes
    image_shape: tuple[int, int] | None
    known: bool


def axis_layout(stored: StoredArray, contents: Contents) -> AxisLayout:
    """Return the layout of an array of two or three axes."""
    return _image(stored, contents) if len(stored.shape) == 3 else _spectra(stored, contents)


def _image(stored: StoredArray, contents: Contents) -> AxisLayout:
    named = _named(stored)
    bands = band_axis(stored, contents, named.get("bands"))
    if bands is None and {"rows", "cols"} <= named.keys():
        bands = ({0, 1, 2} - {named["rows"], named["cols"]}).pop()
    known = bands is not None
    if bands is None:
        bands = _likely_bands(stored.shape)
    rest = [axis for axis in range(3) if axis != bands]
    rows_last = named.get("rows") == rest[1] or named.get("cols") == rest[0]
    names = ("cols", "rows") if rows_last else ("rows", "cols")
    axes = list(names)
    axes.insert(bands, "bands")
    return AxisLayout(cast("Axes", tuple(axes)), None, known)


def _named(stored: StoredArray) -> dict[Axis, int]:
    """Return axes by the names of the array's dimensions, where just one has a name of the kind."""
    axes: dict[Axis, int] = {}
    for axis, pattern in _NAMES.items():
        named = [
            position
            for position, name in enumerate(stored.dims)
            if pattern.fullmatch(name.rpartition("/")[2].lower())
        ]
        if len(named) == 1:
            axes[axis] = named[0]
    return axes


def _likely_bands(shape: tuple[int, ...]) -> int:
    """Return the last axis if it is the smallest, else the one beside the two most similar."""
    if shape[2] <= min(shape):
        return 2
    logs = np.log(np.maximum(shape, 1))
    unlike = [abs(logs[1] - logs[2]), abs(logs[0] - logs[2]), abs(logs[0] - logs[1])]
    return min((2, 0, 1), key=lambda axis: unlike[axis])


def _spectra(stored: StoredArray, contents: Contents) -> AxisLayout:
    """Return the layout of spectra, (bands, pixels) or (pixels, bands), with the image's size."""
    size = _image_size(contents)
    pixels = [axis for axis in (0, 1) if size and stored.shape[axis] == size[0] * size[1]]
    bands = band_axis(stored, contents, None)
    position = pixels[0] if len(pixels) == 1 else None if bands is None else 1 - bands
    known = len(pixels) == 1
    if position is None:
        position = 0 if stored.shape[0] > stored.shape[1] else 1
    inner = ("cols", "rows") if contents.columns_first else ("rows", "cols")
    axes = (*inner, "bands") if position == 0 else ("bands", *inner)
    return AxisLayout(cast("Axes", axes), size if known else None, known)


def _image_size(contents: Contents) -> tuple[int, int] | None:
    """Return rows and columns that the file contains as single numbers."""
    rows, cols = (_number(contents, pattern) for pattern in (_ROW_COUNT, _COL_COUNT))
    return None if rows is None or cols is None else (rows, cols)


def _number(contents: Contents, pattern: re.Pattern[str]) -> int | None:
    for stored in contents.vectors.get(1, ()):
        if pattern.fullmatch(short_name(stored)):
            value = float(stored.vector[0])
            if value.is_integer() and value >= 1:
                return int(value)
    return None
