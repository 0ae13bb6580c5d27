"""Readers of file formats beside ENVI, one a file; content decides, not the name."""

from __future__ import annotations

from focus_viewer.io.formats.arrays import matlab_format as matlab
from focus_viewer.io.formats.arrays import netcdf3_format as netcdf3
from focus_viewer.io.formats.arrays import numpy_format as numpy
from focus_viewer.io.formats.arrays import zarr_format as zarr
from focus_viewer.io.formats.arrays.choosing import ArrayFiles
from focus_viewer.io.formats.common.protocol import ArrayFormat, Format
from focus_viewer.io.formats.hdf5.reader import Hdf5Format
from focus_viewer.io.formats.tiff.reader import TiffFormat

FORMATS: tuple[Format, ...] = (
    Hdf5Format(),
    ArrayFiles("netCDF-3 (.nc)", netcdf3.recognises, netcdf3.read_contents),
    ArrayFiles("MATLAB (.mat)", matlab.recognises, matlab.read_contents),
    ArrayFiles("NumPy (.npy, .npz)", numpy.recognises, numpy.read_contents),
    ArrayFiles("Zarr (folder or .zip)", zarr.recognises, zarr.read_contents),
    TiffFormat(),
)
"""In the order in which they are tried."""

__all__ = ["FORMATS", "ArrayFormat", "Format"]
