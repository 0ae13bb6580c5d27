#!/usr/bin/env bash
# xarray 2026.9.0 with rioxarray 0.19.0, and GDAL 3.10.3 (in rasterio 1.4.4): a netCDF file cut by
# xarray is put in the wrong place on the map by GDAL.
#
# rioxarray keeps the map twice: in the coordinates x and y, and as the attribute GeoTransform of
# the variable spatial_ref. Slicing by isel or sel cuts x and y and leaves the attribute, and
# to_netcdf writes both. rioxarray takes x and y and is right. GDAL's netCDF driver takes the
# attribute: the cut image then begins at the corner of the whole one, without a warning.
# What helps: array.rio.write_transform() after a cut. focus_viewer/io/formats/arrays/cf_grid.py
# takes the coordinates where the two disagree, and says so.
#
# Seen: left edge 500300.0 by rioxarray, 500000.0 by GDAL, for an image cut by 10 columns of 30 m.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet xarray==2026.9.0 rioxarray==0.19.0 rasterio==1.4.4 \
    netCDF4==1.7.5.1 affine==2.4.0
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import numpy as np
import rasterio
import rioxarray  # noqa: F401 - the accessor rio
import xarray
from affine import Affine

whole = xarray.DataArray(
    np.arange(1200.0).reshape(30, 40),
    dims=("y", "x"),
    coords={"y": 6000000 - 30 * (np.arange(30) + 0.5), "x": 500000 + 30 * (np.arange(40) + 0.5)},
    name="band",
)
whole = whole.rio.write_crs(32633).rio.write_transform(Affine(30, 0, 500000, 0, -30, 6000000))
whole.isel(x=slice(10, None)).to_netcdf("cut.nc")
with xarray.open_dataset("cut.nc", decode_coords="all") as cut:
    right = cut["band"].rio.transform().c
with rasterio.open("cut.nc") as dataset:
    seen = dataset.transform.c
version = rasterio.__gdal_version__
print(f"GDAL {version}: left edge {seen}, by rioxarray {right}")
assert right == 500300.0 and seen == 500000.0, "the behaviour has changed"
PY
