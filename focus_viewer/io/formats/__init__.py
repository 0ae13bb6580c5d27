"""Readers of file formats beside ENVI, one a file; content decides, not the name."""

from __future__ import annotations

from focus_viewer.io.formats.arrays.matlab_format import MatlabFormat
from focus_viewer.io.formats.arrays.netcdf3_format import Netcdf3Format
from focus_viewer.io.formats.arrays.numpy_format import NumpyFormat
from focus_viewer.io.formats.arrays.zarr_format import ZarrFormat
from focus_viewer.io.formats.common.protocol import ArrayFormat, Format
from focus_viewer.io.formats.hdf5.reader import Hdf5Format
from focus_viewer.io.formats.tiff.reader import TiffFormat

FORMATS: tuple[Format, ...] = (
    Hdf5Format(),
    Netcdf3Format(),
    MatlabFormat(),
    NumpyFormat(),
    ZarrFormat(),
    TiffFormat(),
)
"""In the order in which they are asked."""

__all__ = ["FORMATS", "ArrayFormat", "Format"]
