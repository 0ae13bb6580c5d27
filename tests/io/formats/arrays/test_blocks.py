"""Whichever way an array lies in its file, and is read, its numbers are those that were stored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from array_files import KINDS, write_array
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from focus_viewer.core.cubes.array_choice import ArrayChoice, Axes
from focus_viewer.io import read_cube

ALL = slice(None)
ORDERS: tuple[Axes, ...] = (
    ("rows", "cols", "bands"), ("rows", "bands", "cols"), ("bands", "rows", "cols"),
    ("cols", "rows", "bands"), ("cols", "bands", "rows"), ("bands", "cols", "rows"),
)  # fmt: skip
IMAGE: Axes = ("rows", "cols", "bands")
DTYPES = ("u1", "<i2", ">i2", "<u2", ">u4", "<i8", "<f4", ">f4", "<f8", ">f8")


@dataclass(frozen=True)
class Case:
    kind: str
    shape: tuple[int, int, int]
    dtype: str
    axes: Axes
    chunks: tuple[int, int, int]
    scale: float | None
    flat: bool
    descending: bool
    seed: int

    def image(self) -> NDArray[Any]:
        """Stored numbers, shape (rows, cols, bands)."""
        random = np.random.default_rng(self.seed)
        kind = np.dtype(self.dtype)
        if kind.kind in "iu":
            limits = np.iinfo(kind)
            numbers = random.integers(
                limits.min, limits.max, self.shape, kind.newbyteorder("="), endpoint=True
            )
        else:
            numbers = random.normal(0, 1, self.shape)
            numbers[random.random(self.shape) < 0.1] = np.nan
        return numbers.astype(kind)

    @property
    def folded(self) -> bool:
        return self.flat and self.axes[1] != "bands"

    def stored(self) -> NDArray[Any]:
        transposed = self.image().transpose([IMAGE.index(axis) for axis in self.axes])
        if not self.folded:
            return np.ascontiguousarray(transposed)
        bands = self.shape[2]
        return transposed.reshape((bands, -1) if self.axes[0] == "bands" else (-1, bands))

    def choice(self) -> ArrayChoice:
        centers = np.linspace(400, 1000, self.shape[2])[:: -1 if self.descending else 1]
        return ArrayChoice(
            None, self.axes, self.shape[:2], tuple(map(float, centers)), "counts", self.scale
        )

    def expected(self) -> NDArray[np.float64]:
        values = self.image().astype(np.float64) / (self.scale or 1.0)
        return values[:, :, ::-1] if self.descending else values


@st.composite
def cases(draw: st.DrawFn) -> Case:
    shape = draw(st.tuples(st.integers(2, 6), st.integers(2, 6), st.integers(2, 8)))
    axes = draw(st.sampled_from(ORDERS))
    sides = [shape[IMAGE.index(axis)] for axis in axes]
    flat = draw(st.booleans())
    chunks = [draw(st.integers(1, side)) for side in sides]
    if flat and axes[1] != "bands":
        whole = [shape[2], shape[0] * shape[1]]
        chunks = [draw(st.integers(1, n)) for n in (whole if axes[0] == "bands" else whole[::-1])]
    return Case(
        draw(st.sampled_from(KINDS)),
        shape,
        draw(st.sampled_from(DTYPES)),
        axes,
        tuple(chunks),
        draw(st.sampled_from((None, 10000.0, 0.5))),
        flat,
        draw(st.booleans()),
        draw(st.integers(0, 2**31)),
    )


def places(side: int) -> st.SearchStrategy[slice]:
    return st.slices(side)


@given(case=cases(), data=st.data())
@settings(max_examples=300)
def test_pixel_band_block_and_whole_are_what_was_stored(case: Case, data: st.DataObject) -> None:
    rows, cols = (data.draw(st.slices(side)) for side in case.shape[:2])
    count = case.shape[2]
    bands = data.draw(
        st.one_of(
            st.slices(count),
            st.lists(st.integers(0, count - 1), min_size=1, max_size=6).map(np.array),
        )
    )
    row, col, band = (data.draw(st.integers(0, side - 1)) for side in case.shape)
    with TemporaryDirectory() as folder:
        path = write_array(Path(folder), case.kind, case.stored(), case.chunks)
        cube = read_cube(path, case.choice())
        expected = case.expected()
        assert cube.shape == case.shape
        assert cube.block(ALL, ALL).dtype == np.float32
        same(cube.block(ALL, ALL), expected)
        same(cube.block(rows, cols, bands), expected[rows, cols][:, :, bands])
        same(cube.band(band), expected[:, :, band])
        same(cube.pixel(row, col), expected[row, col])


def same(found: NDArray[Any], expected: NDArray[Any]) -> None:
    assert_allclose(found, expected, rtol=3e-7)


@pytest.mark.parametrize("kind", ["h5", "h5 chunks", "zarr2", "zarr3", "zip"])
@pytest.mark.parametrize("fill", [0, 5, -9999])
def test_scale_offset_and_fill_value_of_the_array(tmp_path: Path, kind: str, fill: int) -> None:
    stored = np.arange(-12, 48, dtype="i2").reshape(3, 4, 5)
    stored[1, 2, 3] = fill
    path = write_array(
        tmp_path, kind, stored, (2, 2, 2), scale_factor=0.01, add_offset=1.5, missing_value=fill,
        long_name="surface reflectance",
    )  # fmt: skip
    cube = read_cube(path, ArrayChoice(axes=("rows", "cols", "bands")))
    expected = stored * 0.01 + 1.5
    expected[stored == fill] = np.nan
    assert_allclose(cube.block(ALL, ALL), expected, rtol=1e-6)
    assert cube.units == "reflectance"


def test_a_fill_value_of_64_bits_is_exact(tmp_path: Path) -> None:
    stored = np.full((2, 2, 3), 2**62, "i8")
    stored[0, 0, 0] += 1
    path = write_array(tmp_path, "h5", stored, missing_value=np.int64(2**62 + 1))
    cube = read_cube(path, ArrayChoice(axes=("rows", "cols", "bands")))
    assert np.isnan(cube.block(ALL, ALL)).sum() == 1
