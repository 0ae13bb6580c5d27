"""Blocks of a file, whatever its interleave: few reads, nothing but what is asked for kept."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from envi_bytes import FILE_ORDER, write_envi
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from focus_viewer.core.errors import CubeError
from focus_viewer.core.typing import IntArray
from focus_viewer.io import read_cube
from focus_viewer.io.storage import read_plan as plans
from focus_viewer.io.storage.raw_array import FileArray
from focus_viewer.io.storage.read_plan import ReadPlan, select_positions

SHAPE = (5, 7, 11)
VALUES = np.arange(np.prod(SHAPE), dtype="<i2").reshape(SHAPE)
OFFSET = 3


def stored_as(folder: Path, interleave: str, values: NDArray[Any] = VALUES) -> FileArray:
    """A file that holds these numbers."""
    order = FILE_ORDER[interleave]
    path = folder / f"{interleave}.img"
    path.write_bytes(b"\xa5" * OFFSET + np.ascontiguousarray(values.transpose(order)).tobytes())
    return FileArray(path, values.shape, values.dtype, order, OFFSET)  # type: ignore[arg-type]


def parts(size: int) -> st.SearchStrategy[slice]:
    ends = st.integers(-size - 1, size + 1) | st.none()
    steps = st.sampled_from([None, 1, 2, 3, -1, -2])
    return st.builds(slice, ends, ends, steps)


def lists(size: int) -> st.SearchStrategy[IntArray]:
    return st.lists(st.integers(-size, size - 1), max_size=6).map(
        lambda chosen: np.array(chosen, dtype=np.intp)
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FileArray]:
    folder = tmp_path_factory.mktemp("numbers")
    return {interleave: stored_as(folder, interleave) for interleave in FILE_ORDER}


@pytest.mark.parametrize("near", [0, 30, 2**14])
@pytest.mark.parametrize("piece", [1, 40, 2**23])
@pytest.mark.parametrize("interleave", sorted(FILE_ORDER))
def test_a_block_is_what_numpy_takes_whichever_way_it_is_read(
    interleave: str,
    piece: int,
    near: int,
    files: dict[str, FileArray],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plans, "_NEAR_BYTES", near)
    monkeypatch.setattr(plans, "PIECE_BYTES", piece)
    monkeypatch.setattr("focus_viewer.io.storage.raw_array.PIECE_BYTES", piece)

    @given(parts(SHAPE[0]), parts(SHAPE[1]), parts(SHAPE[2]) | lists(SHAPE[2]), st.booleans())
    def read(rows: slice, cols: slice, bands: slice | IntArray, mapped: bool) -> None:
        with pytest.MonkeyPatch.context() as patch:
            little = 10**9 if mapped else 0
            patch.setattr("focus_viewer.io.storage.raw_array.LITTLE_BYTES", little)
            found = files[interleave].read(rows, cols, bands)
        np.testing.assert_array_equal(found, VALUES[rows, cols][:, :, bands])

    read()


@pytest.mark.parametrize(
    ("interleave", "rows", "cols", "bands", "reads"),
    [
        ("bsq", slice(None), slice(None), slice(9, 10), 1),  # a band: one run
        ("bsq", slice(5, 6), slice(5, 6), slice(None), 200),  # a spectrum: a number a band
        ("bsq", slice(0, 900, 9), slice(None), slice(9, 10), 100),  # a picture: every ninth line
        ("bil", slice(None), slice(None), slice(9, 10), 1000),  # a band: a run a line
        ("bip", slice(5, 6), slice(5, 6), slice(None), 1),  # a spectrum: one run
        ("bip", slice(0, 39), slice(None), slice(9, 10), 3),  # a band: all lines whole
        ("bip", slice(None), slice(None), slice(None), 77),  # all: pieces of 13 lines
        ("bsq", slice(None), slice(0, 800), slice(None), 100),  # half of each plane, two read whole
    ],
)
def test_few_reads(interleave: str, rows: slice, cols: slice, bands: slice, reads: int) -> None:
    shape = (1000, 1600, 200)
    asked = [
        select_positions(one, side) for one, side in zip((rows, cols, bands), shape, strict=True)
    ]
    slow, middle, fast = (asked[axis] for axis in FILE_ORDER[interleave])
    plan = ReadPlan(slow, middle, fast, itemsize=2)
    found = len(list(plan.pieces())) if plan.by_lines else plan.runs[0].size
    assert found == reads


def test_a_band_of_a_huge_file_takes_no_memory_but_its_own(tmp_path: Path) -> None:
    sides = (400, 500, 200)
    path = tmp_path / "huge.img"
    with path.open("wb") as file:
        file.truncate(2 * 400 * 500 * 200)
    numbers = FileArray(path, sides, np.dtype("<u2"), FILE_ORDER["bip"])  # type: ignore[arg-type]

    tracemalloc.start()
    numbers.read(slice(None), slice(None), slice(100, 101))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 2 * 400 * 500 + plans.PIECE_BYTES + 2_000_000 < 2 * 400 * 500 * 200 / 3


def test_a_file_that_is_cut_short_meanwhile_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("focus_viewer.io.storage.raw_array.LITTLE_BYTES", 0)
    numbers = stored_as(tmp_path, "bip")
    with numbers.path.open("r+b") as file:
        file.truncate(100)

    with pytest.raises(CubeError, match=r"bip\.img was cut short .* missing\. Copy it again"):
        numbers.read(slice(None), slice(None), slice(None))


def test_a_band_that_is_not_there_is_an_error_of_the_program(
    files: dict[str, FileArray],
) -> None:
    with pytest.raises(IndexError, match="from 0 to 10"):
        files["bsq"].read(slice(None), slice(None), np.array([11]))


def test_a_file_that_cannot_be_mapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header = write_envi(tmp_path, np.ones((3, 4, 20), "f4"))

    def refuse(*_: object, **__: object) -> None:
        raise OSError(19, "No such device")

    monkeypatch.setattr("numpy.memmap", refuse)

    with pytest.raises(CubeError, match=r"cube\.img cannot be mapped"):
        read_cube(header).pixel(0, 0)
