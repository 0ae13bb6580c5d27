"""What netCDF adds to arrays: dimensions with names, and unsigned numbers in signed types.

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


def dimension_names(found: h5py.Dataset) -> tuple[str, ...]:
    """Names of an array's axes, one each; empty where not all have one."""
    if found.attrs.get("CLASS") == b"DIMENSION_SCALE" and len(found.shape) == 1:
        return (_last(str(found.name)),)  # a coordinate is its own dimension
    scales = _per_axis(found, "DIMENSION_LIST")
    labels = _per_axis(found, "DIMENSION_LABELS")
    names = [
        _last(_scale_name(found, scale)) or text_of(label)
        for scale, label in zip(scales, labels, strict=True)
    ]
    return tuple(names) if all(names) else ()


def _per_axis(found: h5py.Dataset, name: str) -> list[Any]:
    """What an attribute tells of each axis; "" for each where it does not."""
    told = found.attrs.get(name)
    values = [] if told is None else list(np.atleast_1d(np.asarray(told, dtype=object)))
    return values if len(values) == len(found.shape) else [""] * len(found.shape)


def _scale_name(found: h5py.Dataset, scales: Any) -> str:
    """Name of the first scale of an axis, or "".

    Not by h5py's `dims`: HDF5's library of scales ends the process for some damaged files (2.0,
    seen by tests/bench/fuzz_readers.py).
    """
    first = scales[0] if isinstance(scales, np.ndarray) and scales.size else None
    return str(found.file[first].name or "") if first else ""


def is_only_a_dimension(found: h5py.Dataset) -> bool:
    """Whether an array holds no numbers, and stands for a dimension's name and length."""
    told = found.attrs.get("NAME", b"")
    if isinstance(told, str):
        told = told.encode()
    return isinstance(told, bytes) and told.startswith(_PLACEHOLDER)


def unsigned(stored: StoredArray) -> StoredArray:
    """An array whose attribute `_Unsigned` says so, as the unsigned numbers that it holds.

    The classic format has no unsigned types, so that its programs write them as signed ones, fill
    values among them.
    """
    told = text_of(stored.attributes.get("_Unsigned", "")).lower() == "true"
    if not told or stored.dtype.kind != "i":
        return stored
    signed, read = stored.dtype, stored.read
    dtype = np.dtype(signed.str.replace("i", "u"))

    def read_unsigned(key: Key) -> NDArray[Any]:
        return read(key).view(dtype)

    def as_stored(value: Any) -> Any:
        numbers = np.asarray(value)
        alike = numbers.dtype.kind == "i" and numbers.dtype.itemsize == signed.itemsize
        return numbers.astype(dtype) if alike else value

    attributes = {name: as_stored(value) for name, value in stored.attributes.items()}
    return replace(stored, dtype=dtype, read=read_unsigned, attributes=attributes)


def _last(path: str) -> str:
    return path.rpartition("/")[2]
