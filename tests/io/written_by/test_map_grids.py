"""Map grids of netCDF and Zarr files, of xarray, rioxarray and netCDF4, held against rioxarray."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import netCDF4
import numpy as np
import pyproj
import pytest
import rasterio
import rasterio.shutil
import rioxarray  # noqa: F401 - gives xarray's objects their `rio`
import xarray
from affine import Affine
from numpy.testing import assert_allclose
from rasterio.crs import CRS
from rasterio.warp import transform

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.io.metadata.projections import parse_crs
from focus_viewer.io.reader import read_cube

BANDS, ROWS, COLS = 5, 6, 7
VALUES = np.random.default_rng(0).random((BANDS, ROWS, COLS)).astype("f4")
X = 364_095.0 + 30.0 * (np.arange(COLS) + 0.5)
Y = 5_810_265.0 - 30.0 * (np.arange(ROWS) + 0.5)
# rioxarray multiplies affine transforms by *, which affine 3.1 announces to give up.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Consolidated metadata is currently not part"),
]
KINDS = ("netcdf4", "netcdf3", "zarr2", "zarr3")


def image(x: Any = X, y: Any = Y, names: tuple[str, str] = ("x", "y"), **of_axis: str) -> Any:
    across, down = names
    centers_nm = np.linspace(450.0, 900.0, BANDS)
    coords = {
        "wavelength": ("wavelength", centers_nm, {"units": "nm"}),
        across: (across, x, of_axis),
        down: (down, y, of_axis),
    }
    return xarray.DataArray(VALUES, coords, ("wavelength", down, across), "reflectance")


def written(folder: Path, array: Any, kind: str = "netcdf4") -> Path:
    path = folder / f"cube.{'zarr' if kind.startswith('zarr') else 'nc'}"
    if kind.startswith("zarr"):
        array.to_dataset(name="reflectance").to_zarr(path, zarr_format=int(kind[-1]))
    elif kind == "netcdf3":
        array.to_netcdf(path, engine="scipy", format="NETCDF3_64BIT")
    else:
        array.to_netcdf(path, engine="netcdf4")
    return path


def placed(cube: Cube) -> list[tuple[float, float]]:
    assert cube.georeference.grid is not None
    return [cube.georeference.grid.to_map(at) for at in ((0, 0), (COLS, 0), (0, ROWS))]


def by_rioxarray(path: Path) -> tuple[list[tuple[float, float]], Any]:
    """Return the same corners, and the reference system."""
    engine = "zarr" if path.suffix == ".zarr" else None
    with xarray.open_dataset(path, engine=engine, decode_coords="all") as dataset:
        transform = dataset["reflectance"].rio.transform()
        return [transform * at for at in ((0, 0), (COLS, 0), (0, ROWS))], dataset.rio.crs


def on_map(cube: Cube) -> list[str]:
    return [note for note in cube.notes if "map" in note or "position" in note or "datum" in note]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("upwards", [False, True])
@pytest.mark.parametrize("epsg", [32633, 32718, 3035, 4326])
def test_a_grid_of_rioxarray(tmp_path: Path, kind: str, upwards: bool, epsg: int) -> None:
    x, y = (X, Y) if epsg != 4326 else (-70.0 + X / 1e7, -12.0 + Y / 1e7)
    array = image(x, y[::-1] if upwards else y).rio.write_crs(epsg)
    path = written(tmp_path, array, kind)
    cube = read_cube(path)
    corners, crs = by_rioxarray(path)
    assert_allclose(placed(cube), corners, rtol=1e-12)
    assert parse_crs(cube.georeference.crs) == crs == CRS.from_epsg(epsg)
    assert cube.georeference.unit == ("°" if epsg == 4326 else "m")
    assert_allclose(cube.band(0), VALUES[0])
    assert on_map(cube) == []


def test_words_of_a_projection(tmp_path: Path) -> None:
    cube = read_cube(written(tmp_path, image().rio.write_crs(32633)))
    assert cube.georeference.projection == "UTM zone 33 North"
    assert cube.georeference.pixel_area.m2 == pytest.approx(900.0)
    assert cube.georeference.pixel_size == (30.0, "m")


@pytest.mark.parametrize("kind", KINDS)
def test_a_part_that_kept_the_transform_of_the_whole(tmp_path: Path, kind: str) -> None:
    array = image().rio.write_crs(32633).rio.write_transform()
    part = array.isel(x=slice(2, None), y=slice(1, None))
    path = written(tmp_path, part, kind)
    cube = read_cube(path)
    assert cube.georeference.grid is not None
    assert_allclose(cube.georeference.grid.to_map((0, 0)), (X[2] - 15, Y[1] + 15))
    assert ["GeoTransform is that of another part" in note for note in on_map(cube)] == [True]


def test_longitudes_and_latitudes_that_name_no_datum(tmp_path: Path) -> None:
    array = image(350.0 + X / 1e7, 50.0 - np.arange(ROWS) / 1e3, ("lon", "lat"), units="degrees")
    cube = read_cube(written(tmp_path, array))
    assert cube.georeference.crs == "EPSG:4326"
    corner = placed(cube)[0]
    assert_allclose(corner, (-10 + X[0] / 1e7 - 1.5e-6, 50.0005))
    assert ["WGS 84 was assumed" in note for note in on_map(cube)] == [True]


def test_uneven_positions_give_no_grid(tmp_path: Path) -> None:
    x = X.copy()
    x[3] += 4.0
    cube = read_cube(written(tmp_path, image(x).rio.write_crs(32633)))
    assert cube.georeference.grid is None
    assert ["not evenly spaced" in note for note in on_map(cube)] == [True]


@pytest.mark.parametrize(("first", "step"), [(0, 1), (37, 1), (0.5, 1), (0.5, 2), (0, 0.1)])
def test_numbers_of_pixels_are_no_map(tmp_path: Path, first: float, step: float) -> None:
    cube = read_cube(written(tmp_path, image(first + step * np.arange(COLS), np.arange(ROWS))))
    assert cube.georeference.grid is None
    assert on_map(cube) == []


def copied_by_gdal(folder: Path, name: str, driver: str) -> Path:
    cube_tif = folder / "a.tif"
    profile = {"height": ROWS, "width": COLS, "count": BANDS, "dtype": "float32"}
    to_map = Affine(30.0, 0.0, 364_095.0, 0.0, -30.0, 5_810_265.0)
    with rasterio.open(
        cube_tif, "w", driver="GTiff", crs=32633, transform=to_map, **profile
    ) as tif:
        tif.write(VALUES)
    rasterio.shutil.copy(cube_tif, folder / name, driver=driver)
    return folder / name


def test_gdals_netcdf_of_a_cube(tmp_path: Path) -> None:
    """Its copy (GDAL 3.10) has a variable for each band, with rows from south to north."""
    cube = read_cube(copied_by_gdal(tmp_path, "a.nc", "netCDF"))
    assert_allclose(placed(cube)[0], (364_095.0, 5_810_265.0 - 30 * ROWS))
    assert_allclose(placed(cube)[2], (364_095.0, 5_810_265.0))
    assert_allclose(cube.band(1), VALUES[1, ::-1])
    assert cube.georeference.projection == "UTM zone 33 North"
    assert any("from south to north" in note for note in cube.notes)


def test_gdals_zarr_of_a_cube(tmp_path: Path) -> None:
    """Its copy (GDAL 3.10) has positions and no reference system."""
    copied_by_gdal(tmp_path, "a.zarr", "Zarr")
    cube = read_cube(tmp_path / "a.zarr")
    assert_allclose(placed(cube)[0], (364_095.0, 5_810_265.0))
    assert_allclose(placed(cube)[2], (364_095.0, 5_810_265.0 - 30 * ROWS))
    assert ["name no reference system" in note for note in on_map(cube)] == [True]


def test_names_of_geozarr(tmp_path: Path) -> None:
    transform = [30.0, 0.0, 364_095.0, 0.0, -30.0, 5_810_265.0]
    array = image().drop_vars(["x", "y"])
    array = array.assign_attrs({"proj:code": "EPSG:32633", "spatial:transform": transform})
    cube = read_cube(written(tmp_path, array, "zarr3"))
    assert_allclose(placed(cube)[0], (364_095.0, 5_810_265.0))
    assert cube.georeference.projection == "UTM zone 33 North"


@pytest.mark.parametrize("kind", ["netcdf4", "netcdf3", "zarr2"])
@pytest.mark.parametrize("epsg", [32633, 3035, 5070, 2154, 3413, 3031, 3395, 4326])
def test_parameters_alone_are_a_projection(tmp_path: Path, kind: str, epsg: int) -> None:
    """The CF parameters that pyproj writes for a system, without its text."""
    array = image().rio.write_crs(epsg)
    attributes = pyproj.CRS.from_epsg(epsg).to_cf()
    del attributes["crs_wkt"]
    array["spatial_ref"].attrs = attributes
    cube = read_cube(written(tmp_path, array, kind))
    degrees = cube.georeference.unit == "°"
    assert degrees == (epsg == 4326)
    place = (13.0, 48.0) if epsg != 5070 else (-100.0, 40.0)
    there = transform("EPSG:4326", epsg, *([value] for value in place))
    ours = transform("EPSG:4326", parse_crs(cube.georeference.crs), *([value] for value in place))
    assert_allclose(ours, there, atol=1e-3)
    assert ["by parameters alone" in note for note in on_map(cube)] == [True] * (not degrees)


def test_parameters_of_no_known_projection_are_said(tmp_path: Path) -> None:
    array = image().rio.write_crs(32633)
    array["spatial_ref"].attrs = {"grid_mapping_name": "geostationary"}
    cube = read_cube(written(tmp_path, array))
    assert cube.georeference.grid is not None
    assert cube.georeference.crs == ""
    assert ["(geostationary): it is taken as unknown" in note for note in on_map(cube)] == [True]


def test_single_precision_is_precise_enough(tmp_path: Path) -> None:
    """Northings of 5,810,000 m are rounded to half a metre."""
    y = (5_810_265.0 - 1.7 * np.arange(ROWS)).astype("f4")
    x = (364_095.0 + 1.7 * np.arange(COLS)).astype("f4")
    cube = read_cube(written(tmp_path, image(x, y).rio.write_crs(32633)))
    assert_allclose(placed(cube)[0], (x[0] - 0.85, y[0] + 0.85), atol=0.2)


def write_aviris(path: Path, *, edges: bool, nested: bool = True) -> None:
    """Write the layout of AVIRIS-3 and AVIRIS-5: reflectance(wavelength, northing, easting)."""
    with netCDF4.Dataset(path, "w") as file:
        for name, size in (("northing", ROWS), ("easting", COLS)):
            file.createDimension(name, size)
        shift = 15.0 if edges else 0.0
        for name, values, standard in (
            ("easting", X - shift, "projection_x_coordinate"),
            ("northing", Y + shift, "projection_y_coordinate"),
        ):
            vector = file.createVariable(name, "f8", (name,))
            vector[:] = values
            vector.setncatts({"units": "m", "standard_name": standard})
        mapping = file.createVariable("transverse_mercator", str if nested else "S1")
        mapping.grid_mapping_name = "transverse_mercator"
        mapping.crs_wkt = CRS.from_epsg(32633).to_wkt(version="WKT2_2019")
        mapping.GeoTransform = "364095 30 0 5810265 0 -30"
        group = file.createGroup("reflectance")
        group.createDimension("wavelength", BANDS)
        for name, values in (("wavelength", np.linspace(450, 900, BANDS)), ("fwhm", [8.0] * BANDS)):
            vector = group.createVariable(name, "f4", ("wavelength",))
            vector[:] = values
            vector.units = "nm"
        cube = group.createVariable(
            "reflectance", "f4", ("wavelength", "northing", "easting"), fill_value=-9999
        )
        cube[:] = VALUES
        cube.grid_mapping = "transverse_mercator"


@pytest.mark.parametrize("edges", [False, True])
@pytest.mark.parametrize("nested", [False, True])
def test_aviris_3(tmp_path: Path, edges: bool, nested: bool) -> None:
    write_aviris(tmp_path / "AV3.nc", edges=edges, nested=nested)
    cube = read_cube(tmp_path / "AV3.nc")
    assert_allclose(placed(cube)[0], (364_095.0, 5_810_265.0))
    assert_allclose(placed(cube)[2], (364_095.0, 5_810_265.0 - 30 * ROWS))
    assert parse_crs(cube.georeference.crs) == CRS.from_epsg(32633)
    assert cube.georeference.projection == "UTM zone 33 North"
    assert ["taken as edges" in note for note in on_map(cube)] == [True] * edges


@pytest.mark.parametrize("vectors", [False, True])
def test_a_turned_geotransform(tmp_path: Path, vectors: bool) -> None:
    with netCDF4.Dataset(tmp_path / "a.nc", "w") as file:
        for name, size in (("band", BANDS), ("y", ROWS), ("x", COLS)):
            file.createDimension(name, size)
        if vectors:
            file.createVariable("x", "f8", ("x",))[:] = np.arange(COLS)
            file.createVariable("y", "f8", ("y",))[:] = np.arange(ROWS)
        file.createVariable("crs", "i4").setncatts(
            {"spatial_ref": CRS.from_epsg(32633).to_wkt(), "GeoTransform": "100 3 4 900 4 -3"}
        )
        file.createVariable("radiance", "f4", ("band", "y", "x"))[:] = VALUES
        file["radiance"].grid_mapping = "crs"
    cube = read_cube(tmp_path / "a.nc")
    assert_allclose(placed(cube)[1], (100 + 3 * COLS, 900 + 4 * COLS))
    assert_allclose(placed(cube)[2], (100 + 4 * ROWS, 900 - 3 * ROWS))


def test_a_projection_without_positions_is_told(tmp_path: Path) -> None:
    array = image().rio.write_crs(32633).drop_vars(["x", "y"])
    cube = read_cube(written(tmp_path, array))
    assert cube.georeference.grid is None
    assert ["no positions of columns and rows" in note for note in on_map(cube)] == [True]


def test_one_column_without_a_size_is_told(tmp_path: Path) -> None:
    array = image().rio.write_crs(32633).isel(x=slice(0, 1))
    cube = read_cube(written(tmp_path, array))
    assert cube.georeference.grid is None
    assert ["no positions of columns and rows" in note for note in on_map(cube)] == [True]


@pytest.mark.parametrize("unit", ["mm", "um", "pixel"])
def test_positions_under_a_microscope_are_no_map(tmp_path: Path, unit: str) -> None:
    cube = read_cube(written(tmp_path, image(10 + 0.1 * np.arange(COLS), Y, units=unit)))
    assert cube.georeference.grid is None


def test_a_code_of_no_system_is_told(tmp_path: Path) -> None:
    array = image().rio.write_crs(32633)
    array["spatial_ref"].attrs = {"epsg_code": "EPSG:99999"}
    cube = read_cube(written(tmp_path, array))
    assert cube.georeference.grid is not None
    assert ["EPSG:99999 is not known" in note for note in cube.notes if "EPSG" in note] == [True]


def test_a_longitude_of_each_pixel_is_told(tmp_path: Path) -> None:
    array = image().drop_vars(["x", "y"])
    for name in ("lat", "lon"):
        array = array.assign_coords({name: (("y", "x"), VALUES[0])})
    cube = read_cube(written(tmp_path, array))
    assert cube.georeference.grid is None
    assert ["latitude for each pixel" in note for note in on_map(cube)] == [True]
