"""Readers of file formats beside ENVI, one a file; content decides, not the name."""

from __future__ import annotations

from focus_viewer.io.formats.hdf5 import Hdf5Format
from focus_viewer.io.formats.matlab import MatlabFormat
from focus_viewer.io.formats.netcdf3 import Netcdf3Format
from focus_viewer.io.formats.numpy_files import NumpyFormat
from focus_viewer.io.formats.protocol import ArrayFormat, Format
from focus_viewer.io.formats.tiff import TiffFormat
from focus_viewer.io.formats.zarr_store import ZarrFormat

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
