"""NetCDF conventions for arrays: named dimensions, and unsigned numbers in signed types.

The conventions: "NetCDF-4 Format" and "NetCDF Users Guide", appendix A (Unidata), and "HDF5
Dimension Scale Specification" (The HDF Group). EMIT's level 2A reflectance (LP DAAC, EMITL2ARFL
version 1: reflectance (downtrack, crosstrack, bands) with wavelengths, fwhm and good_wavelengths in
the group sensor_band_parameters) follows them, and so do the files that xarray writes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.io.formats.arrays.spectral import text_of
from focus_viewer.io.formats.arrays.stored_array import Key, StoredArray

if TYPE_CHECKING:
    import h5py

_PLACEHOLDER = b"This is a netCDF dimension but not a netCDF variable"


def dimension_names(dataset: h5py.Dataset) -> tuple[str, ...]:
    """Return the names of an array's axes; empty unless each has one.

    A name of a dimension is its path, from "/" on: other groups may have dimensions of that name.
    """
    if dataset.attrs.get("CLASS") == b"DIMENSION_SCALE" and len(dataset.shape) == 1:
        return (_path(str(dataset.name)),)  # a coordinate is its own dimension
    scales = _per_axis(dataset, "DIMENSION_LIST")
    labels = _per_axis(dataset, "DIMENSION_LABELS")
    names = [
        _path(_scale_name(dataset, scale)) or text_of(label)
        for scale, label in zip(scales, labels, strict=True)
    ]
    return tuple(names) if all(names) else ()


def _per_axis(dataset: h5py.Dataset, name: str) -> list[Any]:
    """Return the values of an attribute for each axis; "" for each where it has none."""
    declared = dataset.attrs.get(name)
    values = [] if declared is None else list(np.atleast_1d(np.asarray(declared, dtype=object)))
    return values if len(values) == len(dataset.shape) else [""] * len(dataset.shape)


def _scale_name(dataset: h5py.Dataset, scales: Any) -> str:
    """Return the name of the first scale of an axis, or "".

    Not by h5py's `dims`: HDF5's library of scales ends the process for some damaged files (2.0,
    seen by tests/bench/fuzz_readers.py).
    """
    first = scales[0] if isinstance(scales, np.ndarray) and scales.size else None
    return str(dataset.file[first].name or "") if first else ""


def is_only_a_dimension(dataset: h5py.Dataset) -> bool:
    """Return whether an array has no values and only gives a dimension's name and length."""
    declared = dataset.attrs.get("NAME", b"")
    if isinstance(declared, str):
        declared = declared.encode()
    return isinstance(declared, bytes) and declared.startswith(_PLACEHOLDER)


def unsigned(stored: StoredArray) -> StoredArray:
    """Return an array as unsigned numbers if its attribute `_Unsigned` says so.

    The classic format has no unsigned types, so that its programs write them as signed ones, fill
    values among them.
    """
    declared = text_of(stored.attributes.get("_Unsigned", "")).lower() == "true"
    if not declared or stored.dtype.kind != "i":
        return stored
    signed, read = stored.dtype, stored.read
    dtype = np.dtype(signed.str.replace("i", "u"))

    def read_unsigned(key: Key) -> NDArray[Any]:
        return read(key).view(dtype)

    def as_stored(value: Any) -> Any:
        numbers = np.asarray(value)
        same_type = numbers.dtype.kind == "i" and numbers.dtype.itemsize == signed.itemsize
        return numbers.astype(dtype) if same_type else value

    attributes = {name: as_stored(value) for name, value in stored.attributes.items()}
    return replace(stored, dtype=dtype, read=read_unsigned, attributes=attributes)


def _path(name: str) -> str:
    return name and "/" + name.lstrip("/")
