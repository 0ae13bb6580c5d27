"""What netCDF-4 adds to HDF5: named dimensions.

The conventions: "NetCDF-4 Format" (Unidata) and "HDF5 Dimension Scale Specification" (The HDF
Group). EMIT's level 2A reflectance (LP DAAC, EMITL2ARFL version 1: reflectance (downtrack,
crosstrack, bands) with wavelengths, fwhm and good_wavelengths in the group sensor_band_parameters)
follows them, and so do the files that xarray writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import h5py

_PLACEHOLDER = b"This is a netCDF dimension but not a netCDF variable"


def dimension_names(found: h5py.Dataset) -> tuple[str, ...]:
    """Names of an array's axes, one each; empty where not all have one."""
    if found.attrs.get("CLASS") == b"DIMENSION_SCALE" and len(found.shape) == 1:
        return (_last(str(found.name)),)  # a coordinate is its own dimension
    if "DIMENSION_LIST" not in found.attrs and "DIMENSION_LABELS" not in found.attrs:
        return ()
    names = []
    for axis in found.dims:
        scale = str(axis[0].name or "") if len(axis) else ""
        names.append(_last(scale) or str(axis.label))
    return tuple(names) if all(names) else ()


def is_only_a_dimension(found: h5py.Dataset) -> bool:
    """Whether an array holds no numbers, and stands for a dimension's name and length."""
    told = found.attrs.get("NAME", b"")
    if isinstance(told, str):
        told = told.encode()
    return isinstance(told, bytes) and told.startswith(_PLACEHOLDER)


def _last(path: str) -> str:
    return path.rpartition("/")[2]
