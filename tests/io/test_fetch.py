"""Blocks of a mapped file, whatever its interleave, and when the system is to read ahead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from focus_viewer.io.fetch import _FAR_BYTES, _runs, fetch

# Axes of a file, slowest first, as numbers of (rows, cols, bands).
ORDERS = {"bsq": (2, 0, 1), "bil": (0, 2, 1), "bip": (0, 1, 2)}
SHAPE = (5, 7, 11)
VALUES = np.arange(np.prod(SHAPE), dtype=np.int16).reshape(SHAPE)


def stored_as(interleave: str, values: NDArray[Any] = VALUES) -> NDArray[Any]:
    """The same numbers, lying in memory as in a file."""
    order = ORDERS[interleave]
    return np.ascontiguousarray(values.transpose(order)).transpose(np.argsort(order))


def parts(size: int) -> st.SearchStrategy[slice]:
    return st.tuples(st.integers(0, size), st.integers(0, size)).map(
        lambda ends: slice(min(ends), max(ends))
    )


bands = parts(SHAPE[2]) | st.lists(st.integers(0, SHAPE[2] - 1), max_size=6).map(
    lambda chosen: np.array(chosen, dtype=np.intp)
)


@given(st.sampled_from(sorted(ORDERS)), parts(SHAPE[0]), parts(SHAPE[1]), bands)
def test_a_block_is_what_numpy_takes(
    interleave: str, rows: slice, cols: slice, chosen: slice | NDArray[np.intp]
) -> None:
    found = fetch(stored_as(interleave), rows, cols, chosen)
    np.testing.assert_array_equal(found, VALUES[rows, cols][:, :, chosen])


@pytest.mark.parametrize("interleave", sorted(ORDERS))
def test_a_mapped_file_gives_the_same_read_scattered_or_whole(
    interleave: str, tmp_path: Path
) -> None:
    shape = (40, 30, 300)
    values = np.random.default_rng(1).integers(0, 999, shape, dtype=np.int16)
    path = tmp_path / "cube.img"
    path.write_bytes(np.ascontiguousarray(values.transpose(ORDERS[interleave])).tobytes())
    order = ORDERS[interleave]
    mapped = np.memmap(path, np.int16, "r", shape=tuple(shape[axis] for axis in order))
    stored = np.asarray(mapped.transpose(np.argsort(order)))
    for rows, cols, chosen in (
        (slice(7, 8), slice(9, 10), slice(None)),
        (slice(None), slice(None), slice(100, 101)),
        (slice(None), slice(None), np.array([200, 10, 11])),
        (slice(None), slice(None), slice(None)),
    ):
        expected = values[rows, cols][:, :, chosen]
        np.testing.assert_array_equal(fetch(stored, rows, cols, chosen), expected)


def test_neighbouring_bands_need_no_copy() -> None:
    stored = stored_as("bsq")
    assert np.shares_memory(fetch(stored, slice(0, 2), slice(0, 2), np.array([3, 4, 5])), stored)
    assert not np.shares_memory(fetch(stored, slice(0, 2), slice(0, 2), np.array([5, 3])), stored)


@pytest.mark.parametrize(
    ("interleave", "counts", "step", "run", "gap"),
    [
        ("bsq", (1000, 800, 1), 1, 1_600_000, 0),  # a band: one run
        ("bsq", (1, 1, 200), 1, 2, 1_600_000),  # a spectrum: a number a band
        ("bsq", (1000, 800, 3), 40, 1_600_000, 64_000_000),  # three bands, far apart
        ("bil", (1000, 800, 1), 1, 1600, 320_000),  # a band: a run a row
        ("bip", (1, 1, 200), 1, 400, 0),  # a spectrum: one run
        ("bip", (1000, 800, 1), 1, 2, 400),  # a band: a number a pixel
    ],
)
def test_runs_are_told_in_bytes(
    interleave: str, counts: tuple[int, int, int], step: int, run: int, gap: int
) -> None:
    shape = (1000, 800, 200)
    order = ORDERS[interleave]
    sizes = [shape[axis] for axis in order]
    file = np.lib.stride_tricks.as_strided(  # a shape and strides, without the memory
        np.zeros(1, np.int16), sizes, (2 * sizes[1] * sizes[2], 2 * sizes[2], 2)
    )
    assert _runs(file.transpose(np.argsort(order)), counts, step) == (run, gap)
    assert _FAR_BYTES == 131_072
