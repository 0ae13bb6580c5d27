"""Compressed data files are unpacked once, whole or not at all."""

from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from envi_bytes import write_envi

from focus_viewer.core.errors import CubeError
from focus_viewer.io import read_cube
from focus_viewer.io.cache import cache_folder, clear_cache, used_bytes
from focus_viewer.io.cache import gzip_cache as unpacking

VALUES = np.random.default_rng(4).integers(0, 9000, (11, 6, 9)).astype("<i2")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOCUS_VIEWER_CACHE", str(tmp_path / "kept"))


@pytest.fixture(params=["bsq", "bil", "bip"])
def header(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A compressed cube."""
    entries = {"file compression": "1", "reflectance scale factor": "9000"}
    found = write_envi(tmp_path, VALUES, entries, interleave=request.param, offset=5)
    data = found.with_suffix(".img")
    data.write_bytes(gzip.compress(data.read_bytes()))
    return found


def test_it_is_read_as_if_it_were_not_compressed(header: Path) -> None:
    cube = read_cube(header)
    expected = VALUES.astype("f4") / np.float32(9000)
    np.testing.assert_array_equal(cube.block(slice(None), slice(None)), expected)
    np.testing.assert_array_equal(cube.pixel(3, 4), expected[3, 4])
    np.testing.assert_array_equal(cube.band(7), expected[:, :, 7])
    assert cube.stored.endswith("compressed by gzip")
    assert cube.notes == read_cube(header).notes


def test_it_is_unpacked_once(header: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_cube(header).band(0)
    monkeypatch.setattr(unpacking.GzipArray, "_copy", None)
    read_cube(header).band(1)
    assert used_bytes() == VALUES.nbytes + 5


def test_it_is_unpacked_again_where_it_was_removed_meanwhile(header: Path) -> None:
    cube = read_cube(header)
    first = cube.band(3)
    clear_cache()
    np.testing.assert_array_equal(cube.band(3), first)


@pytest.mark.parametrize("length", [2**power for power in range(1, 10)])
def test_truncated(header: Path, length: int) -> None:
    data = header.with_suffix(".img")
    content = data.read_bytes()
    assert length < len(content)
    data.write_bytes(content[:length])
    with pytest.raises(CubeError, match=r"cube\.img is compressed by gzip and damaged.*again"):
        read_cube(header).band(0)
    assert not list(cache_folder().glob("*/unpacked*"))


def test_bits_flipped(header: Path) -> None:
    data = header.with_suffix(".img")
    content = bytearray(data.read_bytes())
    content[len(content) // 2] ^= 0x10
    data.write_bytes(content)
    with pytest.raises(CubeError, match="damaged"):
        read_cube(header).band(0)


def test_less_than_the_header_asks_for(header: Path) -> None:
    data = header.with_suffix(".img")
    data.write_bytes(gzip.compress(gzip.decompress(data.read_bytes())[:-7]))
    with pytest.raises(CubeError, match=r"asks for 1,193 bytes, found 1,186 once unpacked"):
        read_cube(header).band(0)


def test_far_more_than_the_header_asks_for_is_not_unpacked(header: Path) -> None:
    data = header.with_suffix(".img")
    data.write_bytes(gzip.compress(gzip.decompress(data.read_bytes()) + bytes(50_000_000)))
    tracemalloc.start()
    read_cube(header).band(0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert used_bytes() == VALUES.nbytes + 5
    assert peak < 10_000_000


def test_said_to_be_compressed_but_is_not(tmp_path: Path) -> None:
    header = write_envi(tmp_path, VALUES, {"file compression": "1"})
    np.testing.assert_array_equal(read_cube(header).band(2), VALUES[:, :, 2])


def test_no_room(header: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOCUS_VIEWER_CACHE_GB", "0")
    with pytest.raises(CubeError, match="FOCUS_VIEWER_CACHE_GB to allow more"):
        read_cube(header).band(0)
