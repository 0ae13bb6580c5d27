"""Sizes that no image has, wherever a format can state them: refused before memory is taken."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest
from envi_bytes import write_envi
from memory_peak import ROOM_BYTES, memory_peak

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.errors import CubeError
from focus_viewer.io import read_cube

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
CHOICE = ArrayChoice(axes=("rows", "cols", "bands"))
Shape = tuple[int, int, int]
SHAPES: list[Shape] = [
    (4, 4, 10**12), (2**40, 4, 4), (4, 2**40, 4), (2**40, 2**40, 2**40), (2**21, 2**21, 2**22),
    (2**32, 2**32, 1), (2**62, 2, 2), (2**63 - 1, 1, 1), (1, 1, 2**63),
]  # fmt: skip
"""Of the last five the product is 2**62, 2**64 or 2**63, beyond what counts of bytes can hold."""


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    """Libraries are loaded before memory is counted."""
    import rasterio  # noqa: F401
    import tifffile  # noqa: F401


def assert_refused(path: Path) -> None:
    with memory_peak() as grown_bytes:
        with pytest.raises(CubeError, match=path.name):
            read_cube(path, CHOICE).pixel(0, 0)
        assert grown_bytes() < ROOM_BYTES


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("interleave", ["bsq", "bil", "bip"])
def test_envi(tmp_path: Path, shape: Shape, interleave: str) -> None:
    names = ("lines", "samples", "bands")
    sizes = {name: str(side) for name, side in zip(names, shape, strict=True)}
    assert_refused(write_envi(tmp_path, None, sizes, interleave=interleave))


@pytest.mark.parametrize("offset", ["-1", str(10**12), str(2**63), str(2**64), "9" * 100])
def test_envi_offsets(tmp_path: Path, offset: str) -> None:
    write_envi(tmp_path, None, {"header offset": offset})
    with pytest.raises(CubeError, match=r"cube\.(hdr|img)"):
        read_cube(tmp_path / "cube.hdr").pixel(0, 0)


def npy(shape: Shape) -> bytes:
    text = f"{{'descr': '<i2', 'fortran_order': False, 'shape': {shape}, }}"
    body = text.ljust(117).encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(body).to_bytes(2, "little") + body + bytes(1000)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_npy(tmp_path: Path, shape: Shape) -> None:
    (tmp_path / "cube.npy").write_bytes(npy(shape))
    assert_refused(tmp_path / "cube.npy")


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_npz(tmp_path: Path, shape: Shape, packing: int) -> None:
    with zipfile.ZipFile(tmp_path / "cube.npz", "w", packing) as archive:
        archive.writestr("cube.npy", npy(shape))
    assert_refused(tmp_path / "cube.npz")


def test_npz_that_tells_of_more_than_it_holds(tmp_path: Path) -> None:
    """Sizes of the zip file itself, of which a reader may take memory."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cube.npy", npy((4, 4, 4)))
    content = bytearray(packed.getvalue())
    directory = content.index(b"PK\x01\x02")
    for place in (18, 22, directory + 20, directory + 24):
        struct.pack_into("<I", content, place, 2**32 - 2)
    (tmp_path / "cube.npz").write_bytes(content)
    assert_refused(tmp_path / "cube.npz")


HDF5_SHAPES = [shape for shape in SHAPES if max(shape) < 2**63]


@pytest.mark.parametrize("shape", HDF5_SHAPES, ids=str)
@pytest.mark.parametrize("kind", ["h5", "nc", "mat"])
def test_hdf5(tmp_path: Path, shape: Shape, kind: str) -> None:
    path = tmp_path / f"cube.{kind}"
    with h5py.File(path, "w", userblock_size=512 if kind == "mat" else 0) as file:
        try:
            made = file.create_dataset("cube", shape, "i2", chunks=(1, 1, 1))
        except (ValueError, OSError, OverflowError) as error:
            pytest.skip(f"the format cannot state it: {error}")
        if kind == "mat":
            made.attrs["MATLAB_class"] = np.bytes_("int16")
        if kind == "nc":
            made.attrs["_Netcdf4Dimid"] = 0
            made.attrs["units"] = "1"
    assert_refused(path)


def test_an_hdf5_text_that_is_longer_than_its_file(tmp_path: Path) -> None:
    """HDF5 itself takes the memory that the count asks for before it looks: here 16 MB."""
    path = tmp_path / "cube.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("cube", data=np.ones((4, 4, 5), "i2")).attrs["units"] = "u" * 77
    content = path.read_bytes()
    place = content.index(struct.pack("<I", 77))
    path.write_bytes(content[:place] + struct.pack("<I", 2**24) + content[place + 4 :])
    assert_refused(path)


def big_tiff(*tags: tuple[int, int, int, int]) -> bytes:
    """A little-endian BigTIFF file that is one directory and nothing else."""
    entries = b"".join(struct.pack("<HHQQ", *tag) for tag in sorted(tags))
    return b"II+\0" + struct.pack("<HHQQ", 8, 0, 16, len(tags)) + entries + bytes(8)


@pytest.mark.parametrize("packing", [1, 8])
@pytest.mark.parametrize(
    ("cols", "rows", "bands"),
    [(2**40, 4, 5), (4, 2**40, 5), (2**40, 2**40, 5), (2**32, 2**32, 5), (2**62, 4, 5),
     (2**31 - 1, 2**31 - 1, 65535), (4, 4, 100_001), (4, 4, 2**32)],
)  # fmt: skip
def test_tiff(tmp_path: Path, cols: int, rows: int, bands: int, packing: int) -> None:
    assert_refused(write_tiff(tmp_path / "cube.tif", cols, rows, bands, packing))


@pytest.mark.parametrize("packing", [1, 8])
def test_tiff_of_as_many_bands_as_its_tag_can_hold(tmp_path: Path, packing: int) -> None:
    """Memory is not counted: that takes ten times as long, and some hundred bytes a band may be."""
    path = write_tiff(tmp_path / "cube.tif", 4, 4, 65_535, packing)
    with pytest.raises(CubeError, match=path.name):
        read_cube(path, CHOICE).pixel(0, 0)


def write_tiff(path: Path, cols: int, rows: int, bands: int, packing: int) -> Path:
    path.write_bytes(
        big_tiff(
            (256, 16, 1, cols), (257, 16, 1, rows), (258, 3, 1, 16), (259, 3, 1, packing),
            (277, 16 if bands > 65535 else 3, 1, bands), (284, 3, 1, 1), (273, 16, 1, 16),
            (278, 16, 1, rows), (279, 16, 1, 64),
        )
    )  # fmt: skip
    return path
