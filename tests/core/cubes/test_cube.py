"""The cube: its shape, its axis and its nearest bands."""

from __future__ import annotations

import numpy as np
import pytest

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.spectra.ranges import SPECTRAL_REGIONS, region_of


def cube() -> Cube:
    values = np.arange(2 * 3 * 4, dtype=np.float32).reshape(2, 3, 4)
    good = np.array([True, True, False, True])
    return Cube(ArraySource(values), "c", good, np.array([400.0, 500.0, 600.0, 700.0]))


def test_reads_are_rows_cols_bands() -> None:
    one = cube()
    assert one.shape == (2, 3, 4)
    assert one.band(1).tolist() == [[1, 5, 9], [13, 17, 21]]
    assert one.pixel(1, 2).tolist() == [20, 21, 22, 23]
    assert one.block(slice(0, 1), slice(1, 3), np.array([3, 0])).tolist() == [[[7, 4], [11, 8]]]


def test_a_value_a_band_is_asked_for() -> None:
    with pytest.raises(ValueError, match=r"wavelengths_nm has shape \(3,\), expected \(4,\)"):
        Cube(cube().source, "c", np.ones(4, dtype=np.bool_), np.arange(3.0))


def test_nearest_band_is_a_good_one() -> None:
    assert cube().nearest_band(610) == 3
    assert cube().nearest_band(540) == 1
    assert cube().nearest_band(610, within=20) is None
    assert cube().nearest_band(690, within=20) == 3


def test_no_good_band_is_near_anything() -> None:
    none = Cube(cube().source, "c", np.zeros(4, dtype=np.bool_))
    assert none.nearest_band(1) is None


def test_axis_without_wavelengths_counts_bands() -> None:
    bare = Cube(cube().source, "c", np.ones(4, dtype=np.bool_))
    assert bare.axis.tolist() == [0, 1, 2, 3]


def test_contains() -> None:
    assert cube().contains(1, 2)
    assert not cube().contains(2, 0)
    assert not cube().contains(0, -1)


def test_regions_meet_at_their_edges() -> None:
    wavelengths = np.array([350.0, 400, 499.9, 500, 680, 749, 750, 1300, 1900, 2600])
    names = [SPECTRAL_REGIONS[i].name for i in region_of(wavelengths)]
    assert names == [
        *["blue"] * 3,
        "green",
        *["red edge"] * 2,
        "NIR",
        "SWIR-1",
        *["SWIR-2"] * 2,
    ]
