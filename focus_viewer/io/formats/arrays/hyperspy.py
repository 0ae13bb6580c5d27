"""Axes of HyperSpy's signals (.hspy, .zspy), which are groups beside the numbers.

The format: rosettasciio, "HSpy - HyperSpy's HDF5 Specification" 3.3: `Experiments/NAME/data` with
a group `axis-K` for each axis, which has name, units, navigate, and offset and scale, or all values
as an array `axis`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from focus_viewer.core.typing import DoubleArray
from focus_viewer.io.formats.arrays.spectral import text_of
from focus_viewer.io.formats.arrays.stored_array import MAX_SIDE, Contents, StoredArray

_WAVELENGTH = re.compile(r"wave.*|lambda|λ")
_UNITS = re.compile(r"nm|[uµμ]m|microns?|nanomet(er|re)s?|micromet(er|re)s?|å|angstroms?")
_UNKNOWN = ("<undefined>", "_none_", "none")
_ROWS, _COLS = ("y", "rows"), ("x", "cols")


def with_axes_of_hyperspy(contents: Contents) -> Contents:
    """Return the contents with names of axes and wavelengths for the signals in it."""
    if not any(path.endswith("/axis-0") for path in contents.groups):
        return contents
    vectors = {array.name: array for array in contents.arrays if len(array.shape) == 1}
    return replace(
        contents, arrays=tuple(_named(array, contents, vectors) for array in contents.arrays)
    )


def _named(
    stored: StoredArray, contents: Contents, vectors: Mapping[str, StoredArray]
) -> StoredArray:
    group, _, name = stored.name.rpartition("/")
    paths = [f"{group}/axis-{k}" for k in range(len(stored.shape))]
    axes = [contents.groups.get(path, {}) for path in paths]
    if name != "data" or not all(axes):
        return stored
    band = _band_axis(axes)
    if band is None:
        return stored
    dims = _dims(axes, band)
    centers = _values(axes[band], stored.shape[band], vectors.get(f"{paths[band]}/axis"))
    unit = _text(axes[band], "units")
    lights = _WAVELENGTH.fullmatch(_text(axes[band], "name")) or _UNITS.fullmatch(unit)
    if centers is None or not lights:
        return replace(stored, dims=dims)
    spectral = {"wavelength": centers, "wavelength_units": "" if unit in _UNKNOWN else unit}
    return replace(stored, dims=dims, attributes={**stored.attributes, **spectral})


def _band_axis(axes: list[Mapping[str, Any]]) -> int | None:
    """Return the axis of wavelengths, else the only one without places of the scene."""
    waves = [k for k, axis in enumerate(axes) if _WAVELENGTH.fullmatch(_text(axis, "name"))]
    signal = [k for k, axis in enumerate(axes) if not bool(axis.get("navigate", True))]
    fitting = waves if len(waves) == 1 else signal
    return fitting[0] if len(fitting) == 1 else None


def _dims(axes: list[Mapping[str, Any]], band: int) -> tuple[str, ...]:
    """Return names of axes: rows come before columns, unless they are called otherwise."""
    others = [k for k in range(len(axes)) if k != band]
    names = [_text(axes[k], "name") for k in others]
    turned = len(names) == 2 and names[0] in _COLS and names[1] in _ROWS
    plain = ["cols", "rows"] if turned else ["rows", "cols"]
    dims = plain if len(others) == 2 else [f"axis-{k}" for k in others]
    dims.insert(band, "bands")
    return tuple(dims)


def _values(axis: Mapping[str, Any], size: int, listed: StoredArray | None) -> DoubleArray | None:
    """Return the values along an axis; None where they are not declared."""
    if listed is not None and listed.shape == (size,) and listed.dtype.kind in "iuf":
        return listed.vector
    ends = [np.asarray(axis.get(name, np.nan)).reshape(-1) for name in ("offset", "scale")]
    if any(end.size != 1 or end.dtype.kind not in "iuf" for end in ends) or size > MAX_SIDE:
        return None
    values = float(ends[0][0]) + float(ends[1][0]) * np.arange(size, dtype=np.float64)
    return np.asarray(values) if np.isfinite(values).all() else None


def _text(axis: Mapping[str, Any], name: str) -> str:
    return text_of(axis.get(name, "")).lower()
