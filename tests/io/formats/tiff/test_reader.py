"""Pixels of TIFF files in all layouts, written by rasterio and by tifffile."""

from __future__ import annotations

import itertools
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.io.formats.tiff import planes
from focus_viewer.io.formats.tiff.planes import CompressedPlanes, MappedPlanes
from focus_viewer.io.formats.tiff.reader import TiffFormat, describes_cube

# What the tests themselves write lies on no map.
OFF_THE_MAP = "ignore::rasterio.errors.NotGeoreferencedWarning"
pytestmark = pytest.mark.filterwarnings(OFF_THE_MAP)
ALL = slice(None)
SHAPE = (37, 29, 6)
DTYPES = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64", "int64")


def numbers(dtype: str, shape: tuple[int, int, int] = SHAPE) -> NDArray[Any]:
    """Different small numbers, exact in any type and in float32: (rows, cols, bands)."""
    count = np.arange(np.prod(shape)).reshape(shape)
    return (count % 127).astype(dtype)


def by_rasterio(path: Path, cube: NDArray[Any], **options: Any) -> Path:
    rows, cols, bands = cube.shape
    with rasterio.open(path, "w", driver="GTiff", height=rows, width=cols, count=bands,
                       dtype=cube.dtype.name, **options) as dataset:  # fmt: skip
        dataset.write(np.moveaxis(cube, -1, 0))
    return path


def read(path: Path) -> Cube:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return TiffFormat().read(path)


def assert_same(cube: Cube, wanted: NDArray[Any]) -> None:
    """Whole, band, pixel and block, by different ways of asking."""
    wanted = wanted.astype(np.float32)
    assert cube.shape == wanted.shape
    np.testing.assert_array_equal(cube.block(ALL, ALL), wanted)
    last = cube.bands - 1
    np.testing.assert_array_equal(cube.band(last), wanted[:, :, last])
    np.testing.assert_array_equal(cube.pixel(3, 5), wanted[3, 5])
    picked = np.array([last, 0, 2])
    some = cube.block(slice(2, 30, 5), slice(1, 20, 3), picked)
    np.testing.assert_array_equal(some, wanted[2:30:5, 1:20:3][:, :, picked])
    assert some.dtype == np.float32
    assert cube.block(slice(4, 4), ALL).shape == (0, wanted.shape[1], wanted.shape[2])


LAYOUTS = [
    {"interleave": interleave, "BIGTIFF": big, "ENDIANNESS": order} | tiles
    for interleave, big, order, tiles in itertools.product(
        ("band", "pixel"),
        ("NO", "YES"),
        ("LITTLE", "BIG"),
        ({}, {"tiled": True, "blockxsize": 16, "blockysize": 16}, {"blockysize": 5}),
    )
]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: "-".join(map(str, layout.values())))
def test_layouts_of_gdal(tmp_path: Path, layout: dict[str, Any]) -> None:
    cube = numbers("int16")

    opened = read(by_rasterio(tmp_path / "a.tif", cube, **layout))

    assert_same(opened, cube)
    tiled = layout.get("tiled", False)
    assert isinstance(opened.source.planes, CompressedPlanes if tiled else MappedPlanes)  # type: ignore[attr-defined]
    assert ("big-endian" in opened.stored) == (layout["ENDIANNESS"] == "BIG")
    assert opened.stored.startswith("BIP" if layout["interleave"] == "pixel" else "BSQ")


@pytest.mark.parametrize("compress", ["lzw", "deflate", "packbits", "zstd", "lerc", "lzma"])
@pytest.mark.parametrize("interleave", ["band", "pixel"])
def test_compressions_of_gdal(tmp_path: Path, compress: str, interleave: str) -> None:
    cube = numbers("uint16")
    options = {"compress": compress, "interleave": interleave, "blockysize": 8}

    opened = read(by_rasterio(tmp_path / "a.tif", cube, **options))

    assert_same(opened, cube)
    assert "packed as" in opened.stored


@pytest.mark.parametrize("predictor", [2, 3])
def test_predictors(tmp_path: Path, predictor: int) -> None:
    cube = numbers("uint16" if predictor == 2 else "float32")

    opened = read(by_rasterio(tmp_path / "a.tif", cube, compress="deflate", predictor=predictor))

    assert_same(opened, cube)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("compress", ["none", "deflate"])
def test_types(tmp_path: Path, dtype: str, compress: str) -> None:
    cube = numbers(dtype)

    assert_same(read(by_rasterio(tmp_path / "a.tif", cube, compress=compress)), cube)


@pytest.mark.parametrize("bits", [1, 4, 12])
def test_odd_bits(tmp_path: Path, bits: int) -> None:
    cube = numbers("uint16" if bits > 8 else "uint8") % (2**bits)

    assert_same(read(by_rasterio(tmp_path / "a.tif", cube, nbits=bits)), cube)


def test_half_floats(tmp_path: Path) -> None:
    cube = numbers("float16")
    tifffile.imwrite(tmp_path / "a.tif", np.moveaxis(cube, -1, 0), photometric="minisblack")

    assert_same(read(tmp_path / "a.tif"), cube)


def test_complex_numbers_are_shown_by_magnitude(tmp_path: Path) -> None:
    cube = numbers("complex64") * np.complex64(0.6 + 0.8j)
    by_rasterio(tmp_path / "a.tif", cube)

    opened = read(tmp_path / "a.tif")

    np.testing.assert_allclose(opened.block(ALL, ALL), np.abs(cube), rtol=1e-6)
    assert any("magnitude" in note for note in opened.notes)


TIFFFILE = [
    {"byteorder": order, "bigtiff": big, "compression": compression, "planarconfig": planar}
    | tile
    for order, big, compression, planar, tile in itertools.product(
        "<>", (False, True), (None, "zlib"), ("contig", "separate"),
        ({}, {"tile": (16, 32)}, {"rowsperstrip": 7}),
    )
]  # fmt: skip


@pytest.mark.parametrize("options", TIFFFILE, ids=lambda o: "-".join(map(str, o.values())))
def test_layouts_of_tifffile(tmp_path: Path, options: dict[str, Any]) -> None:
    cube = numbers("uint16")
    stored = cube if options["planarconfig"] == "contig" else np.moveaxis(cube, -1, 0)
    tifffile.imwrite(tmp_path / "a.tif", stored, photometric="minisblack", **options)

    assert_same(read(tmp_path / "a.tif"), cube)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("compression", [None, "zlib", "lzma"])
@pytest.mark.parametrize("extra", [{}, {"tile": (16, 16)}, {"rowsperstrip": 4}], ids=str)
def test_a_page_for_each_band(
    tmp_path: Path, order: str, compression: str | None, extra: dict[str, Any]
) -> None:
    cube = numbers("float32", (37, 45, 6))
    with tifffile.TiffWriter(tmp_path / "a.tif", byteorder=order) as writer:
        for band in range(6):
            page = np.ascontiguousarray(cube[:, :, band])
            writer.write(page, contiguous=False, metadata=None, compression=compression, **extra)

    opened = read(tmp_path / "a.tif")

    assert_same(opened, cube)
    assert opened.stored.startswith("a page for each band")


def test_pages_with_gaps_between_are_mapped(tmp_path: Path) -> None:
    cube = numbers("uint16")
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        for band in range(6):
            page = np.ascontiguousarray(cube[:, :, band])
            writer.write(page, contiguous=False, metadata=None, description="x" * band * 7)

    opened = read(tmp_path / "a.tif")

    assert isinstance(opened.source.planes, MappedPlanes)  # type: ignore[attr-defined]
    assert_same(opened, cube)


def test_previews_are_no_bands(tmp_path: Path) -> None:
    cube = numbers("uint16", (64, 64, 5))
    path = by_rasterio(tmp_path / "a.tif", cube, tiled=True, blockxsize=16, blockysize=16)
    with rasterio.open(path, "r+") as dataset:
        dataset.build_overviews([2, 4])

    assert_same(read(path), cube)


def test_a_file_with_holes_reads_as_zeros(tmp_path: Path) -> None:
    options = {"driver": "GTiff", "dtype": "uint16", "SPARSE_OK": True}
    with rasterio.open(tmp_path / "a.tif", "w", height=37, width=29, count=6, **options):
        pass

    assert_same(read(tmp_path / "a.tif"), np.zeros(SHAPE))


def test_nothing_but_magic_bytes_tells_the_format() -> None:
    form = TiffFormat()

    for head in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        assert form.recognises(Path("a.dat"), head + bytes(508))
    for head in (b"", b"II*", b"ENVI", b"\x89HDF", b"II*\1"):
        assert not form.recognises(Path("a.tif"), head)


def test_opening_reads_no_pixels_that_are_not_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    whole = MappedPlanes.read

    def counted(self: MappedPlanes, rows: slice, cols: slice, planes: Any) -> Any:
        values = whole(self, rows, cols, planes)
        asked.append(values.size)
        return values

    monkeypatch.setattr(MappedPlanes, "read", counted)
    cube = numbers("float32", (300, 200, 40))
    opened = read(by_rasterio(tmp_path / "a.tif", cube))
    assert sum(asked) <= 5 * 70 * 16
    asked.clear()

    opened.pixel(2, 3)

    assert asked == [40]


def test_blocks_of_pages_are_kept_within_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked: list[int] = []
    whole = CompressedPlanes._unpack

    def counted(self: CompressedPlanes, plane: Any, i: int, j: int) -> Any:
        unpacked.append(plane.directory)
        return whole(self, plane, i, j)

    monkeypatch.setattr(CompressedPlanes, "_unpack", counted)
    cube = numbers("uint16", (64, 29, 6))
    options = {"compression": "zlib", "rowsperstrip": 16, "photometric": "minisblack"}
    tifffile.imwrite(tmp_path / "a.tif", np.moveaxis(cube, -1, 0), **options)
    opened = read(tmp_path / "a.tif")

    unpacked.clear()  # opening has looked at other strips
    for row in range(16, 32):
        np.testing.assert_array_equal(opened.pixel(row, 3), cube[row, 3])
    assert len(unpacked) == 6  # one strip a page, however many of its lines are read

    most_bytes = 4 * 16 * 29 * 2
    monkeypatch.setattr(planes, "_CACHE_BYTES", most_bytes)
    opened = read(tmp_path / "a.tif")
    source: Any = opened.source
    opened.block(ALL, ALL)

    assert source.planes._blocks._bytes <= most_bytes
    assert_same(opened, cube)


@settings(max_examples=60)
@given(data=st.data())
def test_any_file_reads_as_its_array(data: st.DataObject) -> None:
    draw = data.draw
    shape = (draw(st.integers(1, 40)), draw(st.integers(1, 40)), draw(st.integers(2, 9)))
    dtype = np.dtype(draw(st.sampled_from(["u2", "i2", "f4", "f8", "u4"])))
    stored = np.random.default_rng(draw(st.integers(0, 99))).integers(0, 3000, shape).astype(dtype)
    ignore = draw(st.none() | st.integers(0, 3000))
    scale = draw(st.sampled_from([1.0, 0.5, 1e-4]))
    offset = draw(st.sampled_from([0.0, -2.0]))
    options: dict[str, Any] = {
        "interleave": draw(st.sampled_from(["band", "pixel"])),
        "compress": draw(st.sampled_from(["none", "deflate", "lzw"])),
        "ENDIANNESS": draw(st.sampled_from(["LITTLE", "BIG"])),
        "BIGTIFF": draw(st.sampled_from(["NO", "YES"])),
        "blockysize": draw(st.integers(1, 16)),
    }
    with tempfile.TemporaryDirectory() as folder:
        path = by_rasterio(Path(folder) / "a.tif", stored, nodata=ignore, **options)
        if scale != 1 or offset != 0:
            with rasterio.open(path, "r+") as dataset:
                dataset.scales = (scale,) * shape[2]
                dataset.offsets = (offset,) * shape[2]
        cube = read(path)
        rows = draw(st.slices(shape[0]).filter(lambda part: (part.step or 1) > 0))
        cols = draw(st.slices(shape[1]).filter(lambda part: (part.step or 1) > 0))
        bands = np.array(draw(st.lists(st.integers(0, shape[2] - 1), max_size=5)), dtype=np.intp)
        found = cube.block(rows, cols, bands)

    wide = np.float64 if dtype.itemsize > 2 and dtype != np.float32 else np.float32
    wanted = stored.astype(wide) * wide(scale) + wide(offset)
    if ignore is not None:
        wanted[stored == ignore] = np.nan
    np.testing.assert_array_equal(found, wanted.astype(np.float32)[rows, cols][:, :, bands])


@pytest.mark.parametrize("compress", ["none", "deflate"])
def test_cubes_are_told_from_other_files(tmp_path: Path, compress: str) -> None:
    assert describes_cube(by_rasterio(tmp_path / "a.tif", numbers("uint16"), compress=compress))
    assert not describes_cube(by_rasterio(tmp_path / "b.tif", numbers("uint8")[:, :, :3]))
    assert not describes_cube(by_rasterio(tmp_path / "c.tif", numbers("uint8")[:, :, :1]))
    (tmp_path / "d.tif").write_bytes(b"II*\0" + bytes(30))
    assert not describes_cube(tmp_path / "d.tif")
