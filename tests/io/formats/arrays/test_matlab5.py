"""MATLAB's files up to version 7: numbers as scipy reads them, and files that scipy dies of."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.io import loadmat, savemat

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.errors import CubeError
from focus_viewer.io import read_cube
from focus_viewer.io.formats.arrays.matlab_format import numbers, variables

DTYPES = ("f8", "f4", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8")
CHOICE = ArrayChoice(axes=("rows", "cols", "bands"))
DOUBLE, MATRIX, PACKED = 6, 14, 15


def element(kind: int, content: bytes, order: str = "<", size: int | None = None) -> bytes:
    """A tag, what it is of, and zeros up to a multiple of eight bytes."""
    told = len(content) if size is None else size
    return struct.pack(order + "II", kind, told) + content + bytes(-len(content) % 8)


def matrix(
    shape: tuple[int, ...],
    data: bytes,
    name: str = "cube",
    order: str = "<",
    flags: int = DOUBLE,
) -> bytes:
    """A matrix whose numbers are an element that is given."""
    sides = struct.pack(f"{order}{len(shape)}i", *shape)
    head = element(6, struct.pack(order + "II", flags, 0), order) + element(5, sides, order)
    return element(MATRIX, head + element(1, name.encode(), order) + data, order)


def write(path: Path, *elements: bytes, order: str = "<") -> Path:
    mark = b"\x00\x01IM" if order == "<" else b"\x01\x00MI"
    path.write_bytes(b"MATLAB 5.0 MAT-file".ljust(124) + mark + b"".join(elements))
    return path


def only(path: Path) -> NDArray[Any]:
    (one,) = variables(path)
    return numbers(path, one)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (5, 4), (3, 4, 5), (2, 1, 3, 4)])
def test_numbers_are_those_of_scipy(
    tmp_path: Path, dtype: str, packed: bool, shape: tuple[int, ...]
) -> None:
    array = (np.arange(np.prod(shape)).reshape(shape) % 120).astype(dtype)
    path = tmp_path / "a.mat"
    savemat(path, {"first": np.eye(3), "cube": array}, do_compression=packed)
    assert [one.name for one in variables(path)] == ["first", "cube"]
    found = numbers(path, variables(path)[1])
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, loadmat(path)["cube"])


def test_what_holds_no_real_numbers_is_left_out(tmp_path: Path) -> None:
    savemat(
        tmp_path / "a.mat",
        {"text": "leaf", "cell": np.array([1, "a"], object), "complex": np.ones((2, 3)) * 1j,
         "struct": {"x": 1}, "yes": np.array([[True]]), "none": np.empty((0, 3)), "cube": 7.0},
    )  # fmt: skip
    found = [one.name for one in variables(tmp_path / "a.mat")]
    assert found == ["cell{1}", "struct/x", "cube"]


@pytest.mark.parametrize("order", ["<", ">"])
def test_doubles_that_are_stored_as_bytes(tmp_path: Path, order: str) -> None:
    """As MATLAB itself writes what fits."""
    data = element(2, bytes(range(24)), order)
    path = write(tmp_path / "a.mat", matrix((2, 3, 4), data, order=order), order=order)
    wanted = np.arange(24, dtype="f8").reshape((2, 3, 4), order="F")
    np.testing.assert_array_equal(only(path), wanted)
    np.testing.assert_array_equal(loadmat(path)["cube"], wanted)
    assert read_cube(path, CHOICE).pixel(1, 2).tolist() == wanted[1, 2].tolist()


@pytest.mark.parametrize("order", ["<", ">"])
def test_numbers_that_stand_in_their_tag(tmp_path: Path, order: str) -> None:
    data = struct.pack(order + "I", 3 << 16 | 2) + b"\x07\x08\x09\x00"
    path = write(tmp_path / "a.mat", matrix((1, 3), data, order=order), order=order)
    assert only(path).tolist() == [[7.0, 8.0, 9.0]]


def test_a_name_that_is_there_twice_is_the_last(tmp_path: Path) -> None:
    one, two = (matrix((1, 2, 3), element(2, bytes([k] * 6))) for k in (1, 2))
    path = write(tmp_path / "a.mat", one, two)
    assert read_cube(path, CHOICE).pixel(0, 0).tolist() == [2.0] * 3


FLAT = element(9, bytes(8 * 24))
BROKEN = {
    "an unknown type of numbers": matrix((2, 3, 4), element(255, bytes(8 * 24))),
    "a type behind the last": matrix((2, 3, 4), element(2**15, bytes(8 * 24))),
    "too few bytes": matrix((2, 3, 4), element(9, bytes(64))),
    "bytes that are not there": matrix((2, 3, 4), element(9, b"", size=8 * 24)),
    "a size of 4 GB": matrix((2, 3, 4), element(9, b"", size=2**32 - 8)),
    "no numbers": matrix((2, 3, 4), b""),
    "a text as numbers": matrix((2, 3, 4), element(16, bytes(8 * 24))),
    "a tag that is too full": matrix((2, 3, 4), struct.pack("<II", 9 << 16 | 2, 0)),
    "a hundred axes": matrix((1,) * 100 + (2, 3, 4), FLAT),
    "sides below nothing": matrix((-2, -3, 4), FLAT),
    "sides of which the product is beyond 64 bits": matrix((2**31 - 1,) * 4, FLAT),
    "an endless name": element(MATRIX, element(6, bytes([6, *[0] * 7])) + element(5, bytes(8))
                               + element(1, b"", size=2**32 - 1)),
    "an element of another kind": element(3, bytes(64)),
    "nothing but zeros": bytes(4096),
    "packed nonsense": struct.pack("<II", PACKED, 64) + b"\xff" * 64,
    "packed, and no matrix": struct.pack("<II", PACKED, 30) + zlib.compress(bytes(64)).ljust(30),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_damage_is_refused(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "a.mat", BROKEN[name])
    with pytest.raises(CubeError, match=r"a\.mat"):
        read_cube(path, CHOICE).pixel(0, 0)


def test_a_packed_element_is_unpacked_no_further_than_its_header_tells(tmp_path: Path) -> None:
    """A thousand times larger than the file."""
    content = matrix((2, 3, 4), FLAT) + bytes(50_000_000)
    packed = zlib.compress(content)
    path = write(tmp_path / "a.mat", struct.pack("<II", PACKED, len(packed)) + packed)
    assert path.stat().st_size < 100_000
    assert not only(path).any()
