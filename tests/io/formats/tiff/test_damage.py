"""TIFF files that are cut, changed, gone or made to harm; and many threads."""

from __future__ import annotations

import os
import struct
import tempfile
from concurrent.futures import ThreadPoolExecutor
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
from focus_viewer.core.errors import CubeError
from focus_viewer.io.formats.tiff.reader import TiffFormat, describes_cube

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
ALL = slice(None)
CUBE = np.random.default_rng(5).integers(0, 4000, (23, 31, 7)).astype(np.uint16)


def bands_in_one_page(path: Path, **options: Any) -> Path:
    rows, cols, bands = CUBE.shape
    with rasterio.open(path, "w", driver="GTiff", height=rows, width=cols, count=bands,
                       dtype="uint16", **options) as dataset:  # fmt: skip
        dataset.write(np.moveaxis(CUBE, -1, 0))
        for band in range(1, bands + 1):
            dataset.update_tags(band, wavelength=str(400 + 10 * band), wavelength_units="nm")
    return path


def pages(path: Path, compression: str | None) -> Path:
    stack = np.moveaxis(CUBE, -1, 0)
    options = {"photometric": "minisblack", "rowsperstrip": 8, "metadata": {"axes": "CYX"}}
    tifffile.imwrite(path, stack, compression=compression, **options)
    return path


def written(folder: Path) -> list[Path]:
    return [
        bands_in_one_page(folder / "plain.tif"),
        bands_in_one_page(folder / "packed.tif", compress="deflate", interleave="pixel"),
        bands_in_one_page(folder / "big.tif", BIGTIFF="YES", ENDIANNESS="BIG", compress="lzw"),
        pages(folder / "pages.tif", None),
        pages(folder / "packed_pages.tif", "zlib"),
    ]


NAMES = ["plain.tif", "packed.tif", "big.tif", "pages.tif", "packed_pages.tif"]


@pytest.fixture(scope="module")
def files() -> Any:
    with tempfile.TemporaryDirectory() as folder:
        written(Path(folder))
        yield Path(folder)


def read(path: Path) -> Cube:
    return TiffFormat().read(path)


def read_all(path: Path) -> NDArray[np.float32] | None:
    """The whole cube, or None if it is refused in a way that helps."""
    try:
        cube = read(path)
        return cube.block(ALL, ALL)
    except CubeError as error:
        told = str(error)
        assert str(path) in told
        assert len(told) < 1000
        return None


@pytest.mark.parametrize("name", NAMES)
def test_cut_at_any_byte(files: Path, tmp_path: Path, name: str) -> None:
    whole = (files / name).read_bytes()
    cut = tmp_path / name
    ends = sorted({*range(600), *range(0, len(whole), 37), len(whole) - 1})
    for end in ends:
        cut.write_bytes(whole[:end])
        found = read_all(cut)
        if found is not None:  # nothing but the padding or a trailing directory's end was lost
            np.testing.assert_array_equal(found, CUBE.astype(np.float32))
    cut.write_bytes(whole)
    assert read_all(cut) is not None


# rasterio cannot decode what GDAL quotes of broken text, and says so where nobody can catch it.
@pytest.mark.qt_no_exception_capture
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@settings(max_examples=250)
@given(
    name=st.sampled_from(NAMES),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 7)), min_size=1),
    near_start=st.booleans(),
)
def test_any_flipped_bits(
    files: Path, name: str, flips: list[tuple[float, int]], near_start: bool
) -> None:
    content = bytearray((files / name).read_bytes())
    size = min(len(content), 1500) if near_start else len(content)
    for position, bit in flips:
        content[int(position * size)] ^= 1 << bit
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        read_all(path)
        describes_cube(path)


@pytest.mark.parametrize("name", NAMES)
def test_gone_after_opening(files: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes((files / name).read_bytes())
    cube = read(path)
    path.unlink()

    with pytest.raises(CubeError, match=f"{name} cannot be read"):
        cube.pixel(0, 0)


@pytest.mark.parametrize("name", NAMES)
def test_cut_after_opening(files: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes((files / name).read_bytes())
    cube = read(path)
    os.truncate(path, 3000)

    with pytest.raises(CubeError, match=r"has changed since it was opened.*Open it again"):
        cube.block(ALL, ALL)


@pytest.mark.parametrize("name", ["packed.tif", "big.tif", "packed_pages.tif"])
def test_packed_numbers_that_are_damaged(files: Path, tmp_path: Path, name: str) -> None:
    content = bytearray((files / name).read_bytes())
    with tifffile.TiffFile(files / name) as tiff:
        page = tiff.pages.first
        start, size = page.dataoffsets[0], page.databytecounts[0]
    content[start : start + size] = b"\xff" * size
    path = tmp_path / name
    path.write_bytes(content)
    cube = read(path)

    with pytest.raises(CubeError, match=f"{name} is damaged .*GDAL can decompress.*Copy it"):
        cube.block(ALL, ALL)


def directory(*tags: tuple[int, int, int, int]) -> bytes:
    """A little-endian TIFF file that is one directory and nothing else."""
    entries = b"".join(struct.pack("<HHII", *tag) for tag in sorted(tags))
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)


HOSTILE = {
    "endless sides": [(256, 4, 1, 2**32 - 1), (257, 4, 1, 2**32 - 1), (258, 3, 1, 16)],
    "65535 samples": [(256, 4, 1, 900_000), (257, 4, 1, 900_000), (258, 3, 1, 16),
                      (277, 3, 1, 65535), (273, 4, 1, 8), (279, 4, 1, 16)],
    "endless tag": [(256, 4, 1, 10), (257, 4, 1, 10), (258, 3, 2**31, 8), (273, 4, 2**31, 8)],
    "a packed giant": [(256, 4, 1, 900_000), (257, 4, 1, 900_000), (258, 3, 1, 8),
                       (259, 3, 1, 8), (277, 3, 1, 5), (284, 3, 1, 1), (273, 4, 1, 8),
                       (278, 4, 1, 900_000), (279, 4, 1, 16)],
    "no sides": [(256, 4, 1, 0), (257, 4, 1, 0), (277, 3, 1, 9)],
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_directories(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(directory(*HOSTILE[name]))

    with pytest.raises(CubeError, match=r"a\.tif"):
        read(path).pixel(0, 0)


def test_directories_in_a_circle(tmp_path: Path) -> None:
    path = pages(tmp_path / "a.tif", None)
    with tifffile.TiffFile(path) as tiff:
        places = [page.offset for page in tiff.pages]
    content = bytearray(path.read_bytes())
    (count,) = struct.unpack_from("<H", content, places[-1])
    struct.pack_into("<I", content, places[-1] + 2 + 12 * count, places[0])
    path.write_bytes(content)

    read_all(path)  # an end, whichever


def test_a_million_pages(tmp_path: Path) -> None:
    count = 110_000
    position = [8 + 18 * k for k in range(count)] + [0]
    chain = (struct.pack("<HHHIII", 1, 256, 4, 1, 1, position[k + 1]) for k in range(count))
    (tmp_path / "a.tif").write_bytes(b"II*\0" + struct.pack("<I", 8) + b"".join(chain))

    with pytest.raises(CubeError, match="has 110,000 pages"):
        read(tmp_path / "a.tif")


def test_an_unknown_compression(tmp_path: Path) -> None:
    path = bands_in_one_page(tmp_path / "a.tif", compress="deflate")
    with tifffile.TiffFile(path, mode="r+") as tiff:
        tiff.pages.first.tags["Compression"].overwrite(60000)

    with pytest.raises(CubeError, match=r"a\.tif"):
        read(path).pixel(0, 0)


@pytest.mark.parametrize("name", NAMES)
def test_many_threads_read_the_same_cube(files: Path, name: str) -> None:
    cube = read(files / name)
    wanted = CUBE.astype(np.float32)

    def some(seed: int) -> None:
        draw = np.random.default_rng(seed)
        for _ in range(25):
            row, col, band = (int(draw.integers(0, side)) for side in CUBE.shape)
            np.testing.assert_array_equal(cube.pixel(row, col), wanted[row, col])
            np.testing.assert_array_equal(cube.band(band), wanted[:, :, band])

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(some, seed) for seed in range(16)]:
            done.result()


def test_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone.tif"):
        with pytest.raises(CubeError, match="cannot be read"):
            read(path)
