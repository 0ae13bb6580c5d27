"""Whatever a format can say of a cube, and however it lies, it reads as what was written.

One property for each format: order of axes or interleave, type and byte order, scale, offset, fill
value, units, wavelengths in any order, bad bands, and the layouts that only this format has. Files
are written by numpy or by the format's own library; numbers are worked out in float64.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import h5py
import numpy as np
import pytest
import rasterio
import tifffile
import zarr
from array_files import write_matlab_5, write_matlab_73, write_netcdf3
from envi_bytes import write_envi
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from numpy.typing import NDArray
from scipy.io import savemat

from focus_viewer.core.cubes.array_choice import ArrayChoice, Axes
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.io import read_cube

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
ALL = slice(None)
IMAGE: Axes = ("rows", "cols", "bands")
ORDERS: tuple[Axes, ...] = (
    IMAGE, ("rows", "bands", "cols"), ("bands", "rows", "cols"),
    ("cols", "rows", "bands"), ("cols", "bands", "rows"), ("bands", "cols", "rows"),
)  # fmt: skip
WHOLE = ("i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8")
TYPES = (*WHOLE, "f4", "f8")
MORE_TYPES = (*TYPES, "f2", "c8", "c16")
Options = Mapping[str, Any]


def both_orders(*types: str) -> tuple[str, ...]:
    return tuple(order + one for order, one in product("<>", types))


@dataclass(frozen=True)
class Case:
    """A cube, and how it is to be written."""

    shape: tuple[int, int, int]
    dtype: str
    axes: Axes
    options: Options
    gain: float
    offset: float
    ignore: int | None
    quantity: str
    unit: str
    bad: frozenset[int]
    seed: int

    @property
    def image(self) -> NDArray[Any]:
        """Stored numbers, shape (rows, cols, bands)."""
        random = np.random.default_rng(self.seed)
        kind = np.dtype(self.dtype).newbyteorder("=")
        if kind.kind in "iu":
            limits = np.iinfo(kind)
            numbers = random.integers(limits.min, limits.max, self.shape, kind, endpoint=True)
        else:
            # Below zero: what looks like reflectance would not be scaled again.
            numbers = random.normal(-9, 1, self.shape).astype(kind)
            numbers[random.random(self.shape) < 0.1] = np.nan
            if kind.itemsize > 2:
                numbers[random.random(self.shape) < 0.1] = -1.23e34
            if kind.kind == "c":
                numbers *= kind.type(0.6 + 0.8j)
        if self.ignore is not None:
            numbers[random.random(self.shape) < 0.2] = self.ignore
        return numbers.astype(self.dtype)

    @property
    def stored(self) -> NDArray[Any]:
        """The same with its axes as they lie in the file."""
        return np.ascontiguousarray(self.image.transpose([IMAGE.index(one) for one in self.axes]))

    @property
    def centers_nm(self) -> NDArray[np.float64]:
        """In the file's order: rising, falling or mixed."""
        rising = np.linspace(400, 1000, self.shape[2])
        how = self.seed % 3
        return np.random.default_rng(self.seed).permutation(rising) if how == 2 else (
            rising[:: -1 if how else 1]
        )  # fmt: skip

    @property
    def centers(self) -> NDArray[np.float64]:
        """In the file's unit."""
        return self.centers_nm / (1000 if self.unit.lower()[0] in "uµm" else 1)

    @property
    def good(self) -> NDArray[np.uint8]:
        return np.array([band not in self.bad for band in range(self.shape[2])], dtype="u1")

    @property
    def vectors(self) -> dict[str, NDArray[Any]]:
        """What formats with names for their arrays tell of the bands."""
        return {f"wavelength_{self.unit}": self.centers, "good_bands": self.good}

    @property
    def attributes(self) -> dict[str, Any]:
        """As the conventions for climate and forecast data have them."""
        told: dict[str, Any] = {"long_name": self.quantity} if self.quantity else {}
        if self.gain != 1:
            told["scale_factor"] = self.gain
        if self.offset:
            told["add_offset"] = self.offset
        if self.ignore is not None:
            name = "missing_value" if self.seed % 2 else "_FillValue"
            told[name] = np.dtype(self.dtype).newbyteorder("=").type(self.ignore)
        return told

    def expected(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Values and how far off float32 may be, bands by wavelength, by none of our code."""
        values = (np.abs if self.dtype[1] == "c" else np.array)(self.image).astype(np.float64)
        values[~(np.abs(values) < 1e30)] = np.nan
        if self.ignore is not None:
            values[self.image == self.ignore] = np.nan
        order = np.argsort(self.centers_nm)
        values = values[:, :, order] * self.gain
        return values + self.offset, 1e-6 * (np.abs(values) + abs(self.offset))


Write = Callable[[Path, Case], tuple[Path, ArrayChoice | None]]


@dataclass(frozen=True)
class Form:
    """What a format can say, and how it is written."""

    write: Write
    dtypes: tuple[str, ...]
    options: tuple[Options, ...] = field(default=({},))
    orders: tuple[Axes, ...] = ORDERS
    gains: tuple[float, ...] = (1.0, 0.0001, 2.0)
    offsets: tuple[float, ...] = (0.0, -0.5)
    ignores: tuple[int | None, ...] = (None, 0, 100)
    quantities: tuple[str, ...] = ("", "surface reflectance", "radiance at the sensor")
    units: tuple[str, ...] = ("nm", "um")
    bad: bool = True
    least_cols: int = 1
    # Whether what it says of reflectance is believed once numbers are scaled, unlooked at.
    believed: bool = True


def every(**choices: tuple[Any, ...]) -> tuple[Options, ...]:
    return tuple(dict(zip(choices, one, strict=True)) for one in product(*choices.values()))


# ENVI, its bytes by numpy


def braced(values: Any) -> str:
    return "{" + ", ".join(map(repr, np.asarray(values).tolist())) + "}"


def envi(folder: Path, case: Case) -> tuple[Path, None]:
    gains = "data reflectance" if "reflectance" in case.quantity else "data"
    bands = case.shape[2]
    entries = {
        f"{gains} gain values": None if case.gain == 1 else braced([case.gain] * bands),
        f"{gains} offset values": braced([case.offset] * bands) if case.offset else None,
        "data ignore value": None if case.ignore is None else str(case.ignore),
        "description": f"{{{case.quantity}}}",
        "wavelength units": case.unit,
        "wavelength": braced(case.centers),
        "bbl": braced(case.good),
    }
    return write_envi(
        folder, case.image.astype(case.dtype[1:]), entries, big_endian=case.dtype[0] == ">",
        **case.options,
    ), None  # fmt: skip


# TIFF, by GDAL and by tifffile


def geotiff(folder: Path, case: Case) -> tuple[Path, None]:
    rows, cols, bands = case.shape
    path = folder / "cube.tif"
    order = "LITTLE" if case.dtype[0] == "<" else "BIG"
    with rasterio.open(
        path, "w", driver="GTiff", height=rows, width=cols, count=bands, ENDIANNESS=order,
        dtype=np.dtype(case.dtype[1:]).name, nodata=case.ignore, photometric="MINISBLACK",
        **case.options,
    ) as made:  # fmt: skip
        made.write(np.moveaxis(case.image, -1, 0).astype(case.dtype[1:]))
        made.scales, made.offsets = (case.gain,) * bands, (case.offset,) * bands
        made.update_tags(description=case.quantity)
        for band, center in enumerate(case.centers.tolist()):
            told = {"wavelength": repr(center), "wavelength_units": case.unit}
            made.update_tags(band + 1, **told, bbl=int(case.good[band]))
    return path, None


def pages(folder: Path, case: Case) -> tuple[Path, None]:
    lists = {"wavelengths": case.centers.tolist(), "bbl": case.good.tolist()}
    told = {**lists, "wavelength_units": case.unit, "description": case.quantity}
    text = "" if case.ignore is None else str(case.ignore)
    tifffile.imwrite(
        folder / "cube.tif", np.moveaxis(case.image, -1, 0).astype(case.dtype[1:]),
        byteorder=case.dtype[0], photometric="minisblack", metadata={"axes": "CYX", **told},
        extratags=[(42113, 2, len(text) + 1, text, True)] if text else [], **case.options,
    )  # fmt: skip
    return folder / "cube.tif", None


# Containers of arrays, by their own libraries


def by_axes(case: Case) -> ArrayChoice:
    return ArrayChoice(axes=case.axes)


def with_scale(case: Case) -> ArrayChoice:
    """What the file itself has no place for."""
    return ArrayChoice(axes=case.axes, scale=None if case.gain == 1 else 1 / case.gain)


def hdf5(folder: Path, case: Case) -> tuple[Path, ArrayChoice]:
    options = dict(case.options)
    if options.pop("chunked", False):
        options["chunks"] = tuple(-(-side // 2) for side in case.stored.shape)
    with h5py.File(folder / "cube.h5", "w") as file:
        made = file.create_dataset("deep/cube", data=case.stored, **options)
        made.attrs.update(case.attributes)
        for name, vector in case.vectors.items():
            file[name] = vector
    return folder / "cube.h5", by_axes(case)


def named_axes(case: Case) -> tuple[str, ...]:
    named = dict(zip(IMAGE, case.options["dims"], strict=True))
    return tuple(named[axis] for axis in case.axes)


def netcdf4(folder: Path, case: Case) -> tuple[Path, None]:
    """By the library of HDF5, with the dimension scales that netCDF-4 is made of."""
    band = case.options["dims"][2]
    chunks = tuple(-(-side // 2) for side in case.stored.shape) if case.options["packed"] else None
    packed = "gzip" if case.options["packed"] else None
    with h5py.File(folder / "cube.nc", "w") as file:
        for name, size in zip(case.options["dims"], case.shape, strict=True):
            file[name] = case.centers if name == "wavelength" else np.arange(size)
            file[name].make_scale(name)
        made = file.create_dataset("cube", data=case.stored, chunks=chunks, compression=packed)
        made.attrs.update(case.attributes)
        for axis, name in enumerate(named_axes(case)):
            made.dims[axis].attach_scale(file[name])
        for name, vector in (("wavelength", case.centers), ("good_bands", case.good)):
            if name not in file:
                file[name] = vector
                file[name].dims[0].attach_scale(file[band])
        file["wavelength"].attrs["units"] = case.unit
    return folder / "cube.nc", None


def netcdf3(folder: Path, case: Case) -> tuple[Path, None]:
    dims, band = named_axes(case), case.options["dims"][2]
    stored, attributes = case.stored, case.attributes
    if stored.dtype.kind == "u":  # as the Users Guide has it
        signed = stored.dtype.str[1:].replace("u", "i")
        kept = {name: attributes[name].astype(signed) for name in attributes if "alue" in name}
        attributes = {**attributes, **kept, "_Unsigned": "true"}
        stored = stored.view(stored.dtype.str[0] + signed)
    arrays = {
        "cube": (dims, stored, attributes),
        "wavelength": ((band,), case.centers, {"units": case.unit}),
        "good_bands": ((band,), case.good.astype("i1"), {}),
    }
    records = dims[0] if case.options["records"] else ""
    path = folder / "cube.nc"
    return write_netcdf3(path, arrays, version=case.options["version"], records=records), None


def matlab5(folder: Path, case: Case) -> tuple[Path, ArrayChoice]:
    arrays = {"cube": case.stored.astype(case.dtype[1:]), **case.vectors}
    path = folder / "cube.mat"
    if case.options["by"] == "scipy":
        savemat(path, arrays, do_compression=case.options["packed"])
    else:
        columns = {name: one if one.ndim > 1 else one[:, None] for name, one in arrays.items()}
        write_matlab_5(path, case.dtype[0], columns, packed=case.options["packed"])
    return path, with_scale(case)


def matlab73(folder: Path, case: Case) -> tuple[Path, ArrayChoice]:
    vectors = {name: vector[:, None] for name, vector in case.vectors.items()}
    write_matlab_73(folder / "cube.mat", "cube", case.stored.astype(case.dtype[1:]), **vectors)
    return folder / "cube.mat", with_scale(case)


def npy(folder: Path, case: Case) -> tuple[Path, ArrayChoice]:
    np.save(folder / "cube.npy", np.asarray(case.stored, order=case.options["order"]))
    centers = tuple(case.centers_nm.tolist())
    scale = None if case.gain == 1 else 1 / case.gain
    return folder / "cube.npy", ArrayChoice(None, case.axes, None, centers, scale=scale)


def npz(folder: Path, case: Case) -> tuple[Path, ArrayChoice]:
    stored = np.asarray(case.stored, order=case.options["order"])
    save = np.savez_compressed if case.options["packed"] else np.savez
    save(folder / "cube.npz", cube=stored, **case.vectors)
    return folder / "cube.npz", with_scale(case)


def zarr_store(folder: Path, case: Case) -> tuple[Path, ArrayChoice]:
    options = dict(case.options)
    version = options.pop("version")
    chunks = tuple(-(-side // 2) for side in case.stored.shape)
    group = zarr.open_group(folder / "cube.zarr", mode="w", zarr_format=version)
    made = group.create_array("deep/cube", data=case.stored, chunks=chunks, **options)
    made.attrs.update({name: np.asarray(one).item() for name, one in case.attributes.items()})
    for name, vector in case.vectors.items():
        group.create_array(name, data=vector, chunks=vector.shape)
    return folder / "cube.zarr", by_axes(case)


INTERLEAVES = every(interleave=("bsq", "bil", "bip"), offset=(0, 1, 128, 5000))
GDAL = every(interleave=("band", "pixel"), compress=("none", "deflate"), BIGTIFF=("NO", "YES"))
TILES: Options = {"tiled": True, "blockxsize": 16, "blockysize": 16}
TIFFFILE = tuple(
    {"compression": packed, "bigtiff": big, **tile}
    for packed, big, tile in product(
        (None, "zlib"), (False, True), ({}, {"tile": (16, 16)}, {"rowsperstrip": 2})
    )
)
DIMS = (("y", "x", "wavelength"), ("lat", "lon", "band"), ("lines", "samples", "wavelength"))
SCALED: dict[str, Any] = {"offsets": (0.0,), "ignores": (None,), "quantities": ("",)}
ENVI_TYPES = tuple(one for one in MORE_TYPES if one not in ("i1", "f2"))

FORMS = {
    "envi": Form(envi, both_orders(*ENVI_TYPES), INTERLEAVES, (IMAGE,),
                 units=("Nanometers", "Micrometers", "nm", "um")),
    "tiff": Form(geotiff, both_orders(*TYPES, "c8", "c16"), tuple(
        {**one, **more} for one in GDAL for more in ({}, TILES, {"blockysize": 3})), (IMAGE,),
        believed=False),
    "tiff pages": Form(pages, both_orders(*TYPES, "f2"), TIFFFILE, (IMAGE,),
                       # A stack of one column is a page of bands and rows to tifffile.
                       gains=(1.0,), offsets=(0.0,), least_cols=2),
    "hdf5": Form(hdf5, both_orders(*MORE_TYPES), (
        {}, {"chunked": True}, {"chunked": True, "compression": "gzip", "shuffle": True})),
    "netcdf-4": Form(netcdf4, both_orders(*TYPES), every(dims=DIMS, packed=(False, True))),
    "netcdf-3": Form(netcdf3, (">i1", ">u1", ">i2", ">u2", ">i4", ">u4", ">f4", ">f8"), every(
        dims=DIMS, version=(1, 2), records=(False, True))),
    "matlab 5": Form(matlab5, both_orders(*TYPES), every(
        by=("scipy", "numpy"), packed=(False, True)), **SCALED),
    "matlab 7.3": Form(matlab73, tuple("<" + one for one in TYPES), **SCALED),
    "npy": Form(npy, both_orders(*MORE_TYPES), every(order=("C", "F")),
                units=("nm",), bad=False, **SCALED),
    "npz": Form(npz, both_orders(*MORE_TYPES), every(order=("C", "F"), packed=(False, True)),
                **SCALED),
    "zarr 2": Form(zarr_store, both_orders(*MORE_TYPES), (
        {"version": 2}, {"version": 2, "order": "F"}, {"version": 2, "compressors": None})),
    "zarr 3": Form(zarr_store, both_orders(*MORE_TYPES), (
        {"version": 3}, {"version": 3, "compressors": None})),
}  # fmt: skip


@st.composite
def cases(draw: st.DrawFn, form: Form) -> Case:
    shape = draw(st.tuples(st.integers(1, 20), st.integers(form.least_cols, 6), st.integers(2, 7)))
    dtype = draw(st.sampled_from(form.dtypes))
    ignores = (None,) if dtype[1] == "c" else form.ignores  # JSON has no complex numbers
    return Case(
        shape=shape,
        dtype=dtype,
        axes=draw(st.sampled_from(form.orders)),
        options=draw(st.sampled_from(form.options)),
        gain=draw(st.sampled_from(form.gains)),
        offset=draw(st.sampled_from(form.offsets)),
        ignore=draw(st.sampled_from(ignores)),
        quantity=draw(st.sampled_from(form.quantities)),
        unit=draw(st.sampled_from(form.units)),
        # At least one band stays good: a list that calls all of them bad is another matter.
        bad=draw(st.frozensets(st.integers(1, shape[2] - 1))) if form.bad else frozenset(),
        seed=draw(st.integers(0, 2**31)),
    )


@pytest.mark.parametrize("name", FORMS)
@given(data=st.data())
@settings(max_examples=60)
def test_a_cube_reads_as_it_was_written(name: str, data: st.DataObject) -> None:
    case = data.draw(cases(FORMS[name]))
    with TemporaryDirectory() as folder:
        path, choice = FORMS[name].write(Path(folder), case)
        cube = read_cube(path, choice)
        assert_described(cube, case, FORMS[name].believed)
        values, off = case.expected()
        for _ in range(2):
            assert_pixels(cube, values, off, data.draw)
        del cube


def assert_described(cube: Cube, case: Case, believed: bool) -> None:
    order = np.argsort(case.centers_nm)
    assert cube.shape == case.shape
    assert cube.wavelengths_nm is not None
    assert_allclose(cube.wavelengths_nm, case.centers_nm[order])
    assert cube.good_bands.tolist() == case.good[order].astype(bool).tolist()
    scaled = case.gain != 1 or case.offset != 0
    whole = np.dtype(case.dtype).kind in "iu"
    if "radiance" in case.quantity:
        assert cube.units == "radiance"
    elif "reflectance" in case.quantity and scaled:
        assert cube.units == "reflectance" or not believed
    elif whole and not scaled:
        assert cube.units == "counts"


def assert_pixels(
    cube: Cube,
    values: NDArray[np.float64],
    off: NDArray[np.float64],
    draw: Callable[[st.SearchStrategy[Any]], Any],
) -> None:
    """Whole, by band, by pixel, and by a block of any steps and any bands."""
    count = cube.bands
    rows, cols = (draw(st.slices(side)) for side in cube.shape[:2])
    listed = st.lists(st.integers(-count, count - 1), max_size=6)
    bands = draw(st.slices(count) | listed.map(lambda one: np.array(one, dtype=np.intp)))
    row, col, band = (draw(st.integers(0, side - 1)) for side in cube.shape)
    same(cube.block(ALL, ALL), values, off)
    same(cube.band(band), values[:, :, band], off[:, :, band])
    same(cube.pixel(row, col), values[row, col], off[row, col])
    same(cube.block(rows, cols, bands), values[rows, cols][:, :, bands],
         off[rows, cols][:, :, bands])  # fmt: skip


def same(found: NDArray[np.float32], wanted: NDArray[np.float64], off: NDArray[np.float64]) -> None:
    assert found.dtype == np.float32 and found.dtype.isnative
    assert found.shape == wanted.shape
    assert (np.isnan(found) == np.isnan(wanted)).all()
    with np.errstate(invalid="ignore"):
        assert not (np.abs(found - wanted) > off).any()
