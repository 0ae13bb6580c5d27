"""Layouts that everybody knows, and those that tell their axes themselves, are opened unasked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import zarr
from array_files import write_array, write_emit, write_matlab_73, write_neon, write_prisma
from numpy.testing import assert_allclose, assert_array_equal
from scipy.io import savemat

from focus_viewer.core.cubes.array_choice import ArrayChoice, Axis, NeedsChoice
from focus_viewer.core.errors import CubeError
from focus_viewer.core.typing import Point2
from focus_viewer.io import read_cube
from focus_viewer.io.metadata.projections import parse_crs

ALL = slice(None)
RANDOM = np.random.default_rng(3)
STORED = RANDOM.integers(0, 10000, (5, 6, 20), dtype="i2")
CENTERS = np.linspace(400, 2400, 20)

AXES: tuple[Axis, Axis, Axis] = ("rows", "cols", "bands")


def test_neon(tmp_path: Path) -> None:
    stored = STORED.copy()
    stored[2, 3] = -9999
    write_neon(tmp_path / "tile.h5", stored, CENTERS)
    cube = read_cube(tmp_path / "tile.h5")
    expected = np.where(stored == -9999, np.nan, stored / 10000)
    assert_allclose(cube.block(ALL, ALL), expected, rtol=1e-6)
    assert cube.units == "reflectance"
    assert cube.name == "tile"
    assert cube.wavelengths_nm is not None and cube.fwhm_nm is not None
    assert_allclose(cube.wavelengths_nm, CENTERS, rtol=1e-6)
    assert_allclose(cube.fwhm_nm, 5.5)
    water = ((CENTERS > 1340) & (CENTERS < 1445)) | ((CENTERS > 1790) & (CENTERS < 1955))
    assert water.any()
    assert_array_equal(cube.good_bands, ~water)
    assert cube.georeference.projection == "UTM zone 11 North"
    assert cube.array_name == "SITE/Reflectance/Reflectance_Data"


def test_neon_without_its_scale_is_not_guessed(tmp_path: Path) -> None:
    write_neon(tmp_path / "tile.h5", STORED, CENTERS)
    with h5py.File(tmp_path / "tile.h5", "r+") as file:
        del file["SITE/Reflectance/Reflectance_Data"].attrs["Scale_Factor"]
    with pytest.raises(CubeError, match=r"tile\.h5: expected a positive Scale_Factor.*found none"):
        read_cube(tmp_path / "tile.h5")


def test_prisma_joins_both_cubes_in_the_order_of_wavelengths(tmp_path: Path) -> None:
    """VNIR and SWIR run from long to short and overlap; one slot of SWIR is empty."""
    vnir = RANDOM.integers(1, 65535, (5, 4, 6), dtype="u2")
    swir = RANDOM.integers(1, 65535, (5, 3, 6), dtype="u2")
    vnir[0, :, 0] = swir[0, :, 0] = 0
    centers = np.array([950.0, 800, 600, 450]), np.array([1600.0, 920, 0])
    write_prisma(tmp_path / "PRS.he5", vnir, swir, centers)
    cube = read_cube(tmp_path / "PRS.he5")
    assert cube.wavelengths_nm is not None
    assert_allclose(cube.wavelengths_nm, [450, 600, 800, 920, 950, 1600])
    of_vnir, of_swir = vnir / 65535 * 0.8, -0.1 + swir / 65535 * 0.7
    expected = np.stack(
        [of_vnir[:, 3], of_vnir[:, 2], of_vnir[:, 1], of_swir[:, 1], of_vnir[:, 0], of_swir[:, 0]],
        axis=2,
    )
    expected[0, 0] = np.nan
    assert_allclose(cube.block(ALL, ALL), expected, rtol=1e-5, atol=1e-7)
    assert_allclose(cube.pixel(3, 4), expected[3, 4], rtol=1e-5, atol=1e-7)
    assert_allclose(cube.band(3), expected[:, :, 3], rtol=1e-5, atol=1e-7)
    assert cube.units == "reflectance"
    assert any("no data" in note for note in cube.notes)


@pytest.mark.parametrize("how", ["corners", "fields", "neither"])
def test_prisma_says_that_its_place_on_the_map_was_left_out(tmp_path: Path, how: str) -> None:
    ones = np.ones((2, 2, 2), "u2")
    write_prisma(tmp_path / "PRS.he5", ones, ones, (np.array([5e2, 4e2]), np.array([2e3, 1e3])))
    with h5py.File(tmp_path / "PRS.he5", "r+") as file:
        if how == "corners":
            file.attrs["Epsg_Code"] = np.int64(32632)
            file.attrs["Product_ULcorner_easting"] = 500000.0
        elif how == "fields":
            file["HDFEOS/SWATHS/PRS_L2D_HCO/Geolocation Fields/Latitude"] = np.zeros((2, 2))
    cube = read_cube(tmp_path / "PRS.he5")
    named = {"corners": "Epsg_Code, Product_ULcorner_easting", "fields": "Fields/Latitude"}
    told = [note for note in cube.ignored if "map position" in note]
    assert len(told) == (how != "neither")
    assert all(named[how] in note and "not used" in note for note in told)
    assert cube.georeference.grid is None


@pytest.mark.parametrize("place", ["centres", "edges"])
@pytest.mark.parametrize("epsg", [32632, 3035])
def test_prisma_on_the_map(tmp_path: Path, place: str, epsg: int) -> None:
    """Corners of either meaning, at 3 rows and 4 columns of 30 m."""
    ones = np.ones((3, 2, 4), "u2")
    write_prisma(tmp_path / "PRS.he5", ones, ones, (np.array([5e2, 4e2]), np.array([2e3, 1e3])))
    inwards = 15.0 if place == "centres" else 0.0
    with h5py.File(tmp_path / "PRS.he5", "r+") as file:
        file.attrs["Epsg_Code"] = np.uint32(epsg)
        for end, x, y in (("UL", 0.0, 0.0), ("LR", 120.0, -90.0)):
            towards = inwards if end == "UL" else -inwards
            file.attrs[f"Product_{end}corner_easting"] = np.float64(500_000.0 + x + towards)
            file.attrs[f"Product_{end}corner_northing"] = np.float64(4_000_000.0 + y - towards)
    cube = read_cube(tmp_path / "PRS.he5")
    assert cube.georeference.grid is not None
    assert_allclose(cube.georeference.grid.to_map((0, 0)), (500_000.0, 4_000_000.0))
    assert_allclose(cube.georeference.grid.to_map((4, 3)), (500_120.0, 3_999_910.0))
    crs = parse_crs(cube.georeference.crs)
    assert crs is not None and crs.to_epsg() == epsg
    assert ["taken as " + place in note for note in cube.notes if "corners" in note] == [True]


@pytest.mark.parametrize("name", ["L2ScaleVnirMax", "List_Cw_Swir", "List_Fwhm_Vnir"])
def test_prisma_without_an_attribute(tmp_path: Path, name: str) -> None:
    ones = np.ones((2, 2, 2), "u2")
    write_prisma(tmp_path / "PRS.he5", ones, ones, (np.array([5e2, 4e2]), np.array([2e3, 1e3])))
    with h5py.File(tmp_path / "PRS.he5", "r+") as file:
        del file.attrs[name]
    with pytest.raises(CubeError, match=name):
        read_cube(tmp_path / "PRS.he5")


@pytest.mark.parametrize(
    ("projection", "corners", "epsg"),
    [
        (
            "HE5_GCTP_UTM\n\t\tZoneCode=33\n\t\tSphereCode=12",
            ((4e5, 5.8e6), (400_240.0, 5_799_820.0)),
            32633,
        ),
        ("HE5_GCTP_UTM\n\t\tZoneCode=-18", ((4e5, 5.8e6), (400_240.0, 5_799_820.0)), 32718),
        ("HE5_GCTP_GEO", ((-70_030_000.0, 12_015_036.0), (-70_000_000.0, 12_000_000.0)), 4326),
        ("HE5_GCTP_SNSOID", ((0.0, 5.8e6), (240.0, 5_799_820.0)), None),
    ],
)
def test_hdf_eos_grid(
    tmp_path: Path, projection: str, corners: tuple[Point2, Point2], epsg: int | None
) -> None:
    """As Tanager's orthorectified reflectance has it: outer corners in a text of the file."""
    (left, top), (right, bottom) = corners
    text = (
        'GROUP=GridStructure\n\tGROUP=GRID_1\n\t\tGridName="HYP"\n\t\tXDim=8\n\t\tYDim=6\n'
        f"\t\tUpperLeftPointMtrs=({left:.6f},{top:.6f})\n"
        f"\t\tLowerRightMtrs=({right:.6f},{bottom:.6f})\n\t\tProjection={projection}\n"
        "\tEND_GROUP=GRID_1\nEND_GROUP=GridStructure\n"
    )
    with h5py.File(tmp_path / "a.h5", "w") as file:
        fields = file.create_group("HDFEOS/GRIDS/HYP/Data Fields")
        fields["surface_reflectance"] = RANDOM.random((20, 6, 8)).astype("f4")
        fields["surface_reflectance"].attrs["wavelengths"] = CENTERS
        file["HDFEOS INFORMATION/StructMetadata.0"] = np.bytes_(text)
    found = read_cube(tmp_path / "a.h5").georeference
    assert found.grid is not None
    crs = parse_crs(found.crs)
    assert (None if crs is None else crs.to_epsg()) == epsg
    if epsg == 4326:
        assert_allclose(found.grid.to_map((0, 0)), (-70.5, 12.26))
        assert_allclose(found.grid.to_map((8, 6)), (-70.0, 12.0))
    else:
        assert_allclose(found.grid.to_map((0, 0)), corners[0])
        assert_allclose(found.grid.to_map((8, 6)), corners[1])


def test_emit(tmp_path: Path) -> None:
    values = RANDOM.random((5, 6, 20)).astype("f4")
    values[1, 1] = -9999
    write_emit(tmp_path / "EMIT.nc", values, CENTERS)
    cube = read_cube(tmp_path / "EMIT.nc")
    expected = np.where(values == -9999, np.nan, values)
    assert_array_equal(cube.block(ALL, ALL), expected)
    assert cube.wavelengths_nm is not None and cube.fwhm_nm is not None
    assert_allclose(cube.wavelengths_nm, CENTERS, rtol=1e-6)
    assert_allclose(cube.fwhm_nm, 8.5)
    assert_array_equal(cube.good_bands, (CENTERS < 1300) | (CENTERS > 1500))
    assert cube.units == "reflectance"


def test_emit_with_as_many_bands_as_rows_is_told_by_its_dimensions(tmp_path: Path) -> None:
    values = RANDOM.random((20, 20, 20)).astype("f4")
    write_emit(tmp_path / "EMIT.nc", values, CENTERS)
    assert_array_equal(read_cube(tmp_path / "EMIT.nc").block(ALL, ALL), values)


@pytest.mark.parametrize("dims", [("y", "x", "wavelength"), ("wavelength", "y", "x")])
def test_netcdf_with_a_coordinate_of_wavelengths_in_micrometres(
    tmp_path: Path, dims: tuple[str, ...]
) -> None:
    """As xarray writes it by h5netcdf: coordinates are the scales of their dimensions."""
    sizes = {"y": 5, "x": 6, "wavelength": 20}
    stored = RANDOM.integers(0, 10000, [sizes[dim] for dim in dims], dtype="i2")
    with h5py.File(tmp_path / "cf.nc", "w") as file:
        file["wavelength"] = CENTERS[::-1] / 1000
        file["wavelength"].attrs["units"] = "um"
        file["y"], file["x"] = np.arange(5.0), np.arange(6.0)
        cube = file.create_dataset("reflectance", data=stored)
        cube.attrs["scale_factor"], cube.attrs["_FillValue"] = 1e-4, np.array([7], "i2")
        for axis, dim in enumerate(dims):
            file[dim].make_scale(dim)
            cube.dims[axis].attach_scale(file[dim])
    found = read_cube(tmp_path / "cf.nc")
    image = stored if dims[0] == "y" else stored.transpose(1, 2, 0)
    expected = np.where(image == 7, np.nan, image * 1e-4)[:, :, ::-1]
    assert_allclose(found.block(ALL, ALL), expected, rtol=1e-6)
    assert found.wavelengths_nm is not None
    assert_allclose(found.wavelengths_nm, CENTERS)
    assert found.units == "reflectance"


@pytest.mark.parametrize("version", [2, 3])
def test_zarr_as_xarray_writes_it(tmp_path: Path, version: int) -> None:
    values = RANDOM.random((20, 5, 6)).astype("f4")
    values[:, 0, 0] = -1
    dims = ("band", "y", "x")
    group = zarr.open_group(tmp_path / "x.zarr", mode="w", zarr_format=version)
    for name, array, names in (("radiance", values, dims), ("wavelength", CENTERS, dims[:1])):
        v3: dict[str, Any] = {"dimension_names": names} if version == 3 else {}
        fill = -1 if version == 2 and name == "radiance" else None
        made = group.create_array(name, data=array, chunks=array.shape, fill_value=fill, **v3)
        if version == 2:
            made.attrs["_ARRAY_DIMENSIONS"] = list(names)
        elif name == "radiance":
            made.attrs["_FillValue"] = "AAAAAAAA8L8="  # -1.0 of 64 bits in base 64
    group["wavelength"].attrs["units"] = "nm"
    cube = read_cube(tmp_path / "x.zarr")
    image = values.transpose(1, 2, 0)
    assert_array_equal(cube.block(ALL, ALL), np.where(image == -1, np.nan, image))
    assert cube.name == "x"
    assert cube.units == "radiance"
    assert cube.wavelengths_nm is not None
    assert_allclose(cube.wavelengths_nm, CENTERS)


def test_matlab_with_wavelengths(tmp_path: Path) -> None:
    savemat(tmp_path / "m.mat", {"img": STORED, "wavelengths": CENTERS[:, None], "label": "leaf"})
    cube = read_cube(tmp_path / "m.mat")
    assert_array_equal(cube.block(ALL, ALL), STORED)
    assert cube.units == "counts"
    assert cube.wavelengths_nm is not None


def test_matlab_array_of_pixels_with_the_size_of_its_image(tmp_path: Path) -> None:
    """As the Jasper Ridge, Samson and Urban scenes come: MATLAB counts pixels down the columns."""
    y = STORED.transpose(2, 1, 0).reshape(20, 30)
    savemat(tmp_path / "m.mat", {"Y": y, "nRow": 5, "nCol": 6, "nBand": 20, "maxValue": 1.0})
    cube = read_cube(tmp_path / "m.mat")
    assert_array_equal(cube.block(ALL, ALL), STORED)
    assert cube.wavelengths_nm is None


def test_matlab_73_axes_are_turned_back(tmp_path: Path) -> None:
    values = STORED.astype("f8") / 20000
    write_matlab_73(tmp_path / "m.mat", "img", values, wl=CENTERS[:, None])
    cube = read_cube(tmp_path / "m.mat")
    assert_allclose(cube.block(ALL, ALL), values, rtol=1e-6)
    assert cube.wavelengths_nm is not None
    assert cube.units == "reflectance"
    assert cube.array_name == "img"


def test_npz_with_wavelengths(tmp_path: Path) -> None:
    np.savez(tmp_path / "n.npz", data=STORED.transpose(2, 0, 1), wavelength=CENTERS, rows=5)
    cube = read_cube(tmp_path / "n.npz")
    assert_array_equal(cube.block(ALL, ALL), STORED)
    assert cube.header["axes"] == "bands, rows, cols"


def test_a_mask_beside_the_cube_is_said(tmp_path: Path) -> None:
    mask = np.zeros(STORED.shape, bool)
    np.savez(tmp_path / "n.npz", data=STORED, mask=mask, wavelength=CENTERS)
    assert any(
        "The mask mask was not applied" in note for note in read_cube(tmp_path / "n.npz").notes
    )


def test_npy_in_fortran_order(tmp_path: Path) -> None:
    np.save(tmp_path / "f.npy", np.asfortranarray(STORED))
    cube = read_cube(tmp_path / "f.npy", ArrayChoice(axes=("rows", "cols", "bands")))
    assert_array_equal(cube.block(ALL, ALL), STORED)


def test_wavelengths_of_another_length_are_not_used(tmp_path: Path) -> None:
    np.savez(tmp_path / "n.npz", data=STORED, wavelength=CENTERS[:-1])
    with pytest.raises(NeedsChoice, match="the band axis of data") as error:
        read_cube(tmp_path / "n.npz")
    assert error.value.candidates[0].axes == ("rows", "cols", "bands")


def test_wavelengths_that_fit_two_axes_do_not_tell_which(tmp_path: Path) -> None:
    np.savez(tmp_path / "n.npz", data=np.zeros((20, 6, 20)), wavelength=CENTERS)
    with pytest.raises(NeedsChoice):
        read_cube(tmp_path / "n.npz")


def test_several_arrays_are_never_chosen_from(tmp_path: Path) -> None:
    values = np.zeros((5, 6, 20))
    np.savez(tmp_path / "n.npz", reflectance=values, uncertainty=values, wavelength=CENTERS)
    with pytest.raises(NeedsChoice, match="several arrays may be the cube") as error:
        read_cube(tmp_path / "n.npz")
    names = [one.name for one in error.value.candidates]
    assert names == ["reflectance", "uncertainty"]
    assert error.value.candidates[0].wavelengths == "wavelength"
    cube = read_cube(tmp_path / "n.npz", ArrayChoice("uncertainty"))
    assert cube.array_name == "uncertainty"
    assert cube.wavelengths_nm is not None


@pytest.mark.parametrize(
    ("choice", "text"),
    [
        (ArrayChoice("nothing"), "has no array 'nothing'.*data"),
        (ArrayChoice("data", AXES, wavelengths_nm=(1.0, 2.0)), "2 wavelengths"),
        (ArrayChoice("data", AXES, scale=-1.0), "positive number"),
        (ArrayChoice("flat", ("bands", "rows", "cols")), "whose product that is, found none"),
        (ArrayChoice("flat", ("bands", "rows", "cols"), (5, 7)), "found 5 x 7"),
        (ArrayChoice("flat", ("rows", "bands", "cols"), (5, 6)), "side by side"),
    ],
)
def test_a_choice_that_does_not_fit(tmp_path: Path, choice: ArrayChoice, text: str) -> None:
    np.savez(tmp_path / "n.npz", data=STORED, flat=np.zeros((20, 30)))
    with pytest.raises(CubeError, match=f"n.npz.*{text}"):
        read_cube(tmp_path / "n.npz", choice)


def test_what_the_user_says_wins_over_the_file(tmp_path: Path) -> None:
    np.savez(tmp_path / "n.npz", data=STORED, wavelength=CENTERS)
    told = tuple(float(nm) for nm in np.linspace(500, 900, 20))
    cube = read_cube(tmp_path / "n.npz", ArrayChoice(None, None, None, told, "reflectance", 10000))
    assert cube.wavelengths_nm is not None
    assert tuple(cube.wavelengths_nm) == told
    assert cube.units == "reflectance"
    assert_allclose(cube.band(3), STORED[:, :, 3] / 10000, rtol=1e-6)
    none = read_cube(tmp_path / "n.npz", ArrayChoice(wavelengths_nm=()))
    assert none.wavelengths_nm is None


@pytest.mark.parametrize("kind", ["npz", "h5", "zarr3", "mat"])
def test_a_file_without_a_cube_lists_what_it_holds(tmp_path: Path, kind: str) -> None:
    path = write_array(tmp_path, kind, np.arange(5.0))
    with pytest.raises(CubeError, match=r"holds no cube.*three axes.*cube \("):
        read_cube(path)


@pytest.mark.real
def test_real_matlab_scenes(real_data: Path) -> None:
    """Values picked by scipy alone."""
    from scipy.io import loadmat

    jasper = read_cube(real_data / "scenes/JasperRidge2_R198.mat")
    y = loadmat(real_data / "scenes/JasperRidge2_R198.mat")["Y"]
    assert jasper.shape == (100, 100, 198)
    assert_array_equal(jasper.pixel(10, 20), y[:, 20 * 100 + 10])
    lawn = read_cube(real_data / "scenes/a_hsi_img_for_VI_demo.mat")
    told = loadmat(real_data / "scenes/a_hsi_img_for_VI_demo.mat")
    assert lawn.shape == (90, 90, 224) and lawn.wavelengths_nm is not None
    order = np.argsort(told["wavelengths"].ravel(), kind="stable")
    assert_allclose(lawn.wavelengths_nm, told["wavelengths"].ravel()[order])
    assert_array_equal(lawn.pixel(30, 40), told["hsi_img"][30, 40][order])
    with pytest.raises(NeedsChoice):
        read_cube(real_data / "scenes/_EndJasperRidge2_R198.mat")
