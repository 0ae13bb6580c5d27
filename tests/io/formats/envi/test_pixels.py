"""Whichever way pixels are read, they are the same, and they are what was stored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from envi_bytes import write_envi
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from numpy.typing import NDArray

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.io import read_cube

ALL = slice(None)
DTYPES = ("u1", "i2", "i4", "f4", "f8", "c8", "c16", "u2", "u4", "i8", "u8")


@dataclass(frozen=True)
class Case:
    shape: tuple[int, int, int]
    dtype: str
    interleave: str
    big_endian: bool
    offset: int
    scale: float | None
    ignore: int | None
    unit: str | None
    descending: bool
    bad: tuple[int, ...]
    seed: int

    def stored(self) -> NDArray[Any]:
        random = np.random.default_rng(self.seed)
        kind = np.dtype(self.dtype)
        if kind.kind in "iu":
            limits = np.iinfo(kind)
            numbers = random.integers(limits.min, limits.max, self.shape, kind, endpoint=True)
        else:
            # Below zero: what looks like reflectance would not be scaled again.
            numbers = random.normal(-9, 1, self.shape).astype(kind)
            numbers[random.random(self.shape) < 0.1] = np.nan
            numbers[random.random(self.shape) < 0.1] = -1.23e34
        if self.ignore is not None:
            numbers[random.random(self.shape) < 0.2] = self.ignore
        return numbers

    def entries(self) -> dict[str, str | None]:
        bands = self.shape[2]
        centers = np.linspace(400, 1000, bands)[:: -1 if self.descending else 1]
        if self.unit == "Micrometers":
            centers = centers / 1000
        return {
            "reflectance scale factor": None if self.scale is None else str(self.scale),
            "data ignore value": None if self.ignore is None else str(self.ignore),
            "wavelength units": self.unit,
            "wavelength": "{" + ", ".join(f"{nm:.9f}" for nm in centers) + "}",
            "bbl": "{" + ", ".join(str(int(b not in self.bad)) for b in range(bands)) + "}",
        }

    def expected(self) -> NDArray[np.float64]:
        """Worked out in float64 from the stored numbers, with none of the reader's code."""
        stored = self.stored()
        with np.errstate(over="ignore"):
            values = (np.abs(stored) if stored.dtype.kind == "c" else stored).astype(np.float64)
        values[~(np.abs(values) < 1e30)] = np.nan
        if self.ignore is not None:
            values[stored == self.ignore] = np.nan
        values = values / (self.scale or 1)
        return values[:, :, ::-1] if self.descending else values


@st.composite
def cases(draw: st.DrawFn) -> Case:
    shape = draw(st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(2, 7)))
    return Case(
        shape=shape,
        dtype=draw(st.sampled_from(DTYPES)),
        interleave=draw(st.sampled_from(("bsq", "bil", "bip"))),
        big_endian=draw(st.booleans()),
        offset=draw(st.sampled_from((0, 1, 128, 5000))),
        scale=draw(st.sampled_from((None, 1.0, 10000.0, 65535.0, 0.5))),
        ignore=draw(st.sampled_from((None, 0, 1, 127))),
        unit=draw(st.sampled_from((None, "Nanometers", "Micrometers", "Unknown"))),
        descending=draw(st.booleans()),
        # At least one band stays good: a list that calls all of them bad is another matter.
        bad=tuple(draw(st.sets(st.integers(1, shape[2] - 1), max_size=3))),
        seed=draw(st.integers(0, 2**32 - 1)),
    )


@given(case=cases())
@settings(max_examples=400)
def test_every_layout_reads_back_the_same_whichever_way(case: Case) -> None:
    with TemporaryDirectory() as folder:
        header = write_envi(
            Path(folder),
            case.stored(),
            case.entries(),
            interleave=case.interleave,
            big_endian=case.big_endian,
            offset=case.offset,
        )
        cube = read_cube(header)
        whole = cube.block(ALL, ALL)
        assert_same_whichever_way(cube, whole)

    assert whole.dtype == np.float32 and whole.dtype.isnative
    assert_allclose(whole, case.expected(), rtol=1e-6)
    assert_allclose(cube.wavelengths_nm, np.linspace(400, 1000, case.shape[2]), rtol=1e-6)
    good = [band not in case.bad for band in range(case.shape[2])]
    assert cube.good_bands.tolist() == (good[::-1] if case.descending else good)
    assert (cube.units == "reflectance") >= (case.scale not in (None, 1.0))


def assert_same_whichever_way(cube: Cube, whole: NDArray[np.float32]) -> None:
    rows, cols, bands = cube.shape
    assert whole.shape == (rows, cols, bands)
    for band in range(bands):
        assert_array_equal(cube.band(band), whole[:, :, band])
    for row, col in np.ndindex(rows, cols):
        assert_array_equal(cube.pixel(row, col), whole[row, col])
    some = np.array([bands - 1, 0])
    assert_array_equal(cube.block(slice(1, 3), ALL, some), whole[1:3][:, :, some])
    assert_array_equal(cube.block(ALL, slice(1, 4), slice(1, 2)), whole[:, 1:4, 1:2])
    every_other = slice(None, None, 2)
    assert_array_equal(cube.block(every_other, every_other), whole[::2, ::2])


@pytest.mark.parametrize("interleave", ["bsq", "bil", "bip", "BSQ", "Bil"])
def test_axes_are_rows_cols_bands(tmp_path: Path, interleave: str) -> None:
    stored = np.arange(24, dtype="f4").reshape(2, 3, 4)
    header = write_envi(tmp_path, stored, {"interleave": interleave}, interleave=interleave.lower())

    cube = read_cube(header)

    assert (cube.rows, cube.cols, cube.bands) == (2, 3, 4)
    assert cube.pixel(1, 2).tolist() == [20, 21, 22, 23]
    assert cube.band(0).tolist() == [[0, 4, 8], [12, 16, 20]]


def test_what_is_read_can_be_changed_without_touching_the_file(tmp_path: Path) -> None:
    header = write_envi(tmp_path)
    cube = read_cube(header)

    cube.pixel(0, 0)[:] = -1

    assert cube.pixel(0, 0).tolist() == [0, 1, 2, 3, 4]
