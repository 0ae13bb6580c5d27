"""Scale factor, gains, ignore value, fill and the units they lead to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from envi_bytes import write_envi
from numpy.typing import NDArray

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.io import read_cube

Opened = Callable[..., Cube]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """Open a cube of these stored numbers with these header entries."""

    def open_with(stored: NDArray[Any], **entries: str) -> Cube:
        told = {name.replace("_", " "): value for name, value in entries.items()}
        return read_cube(write_envi(tmp_path, stored, told))

    return open_with


def one_pixel(*numbers: float | complex, dtype: str) -> NDArray[Any]:
    return np.array(numbers, dtype=dtype).reshape(1, 1, -1)


def noted(cube: Cube, *words: str) -> bool:
    return any(all(word in note for word in words) for note in cube.notes)


def test_scale_factor_divides_and_means_reflectance(opened: Opened) -> None:
    cube = opened(one_pixel(0, 5000, 10000, dtype="i2"), reflectance_scale_factor="10000.000")

    assert cube.pixel(0, 0).tolist() == [0, 0.5, 1]
    assert cube.units == "reflectance"


@pytest.mark.parametrize("factor", ["0", "-10000", "nan", "ten", "{1, 2}", "", "1e-300"])
def test_useless_scale_factor_is_said(opened: Opened, factor: str) -> None:
    cube = opened(one_pixel(5000, dtype="i2"), reflectance_scale_factor=factor)

    assert cube.pixel(0, 0)[0] == 5000
    assert cube.units == "counts"
    assert noted(cube, "reflectance scale factor", "ignored")


def test_gain_and_offset_of_each_band_mean_radiance(opened: Opened) -> None:
    cube = opened(
        one_pixel(10, 20, dtype="u2"), data_gain_values="{0.5, 2}", data_offset_values="{1, -40}"
    )

    assert cube.pixel(0, 0).tolist() == [6, 0]
    assert cube.band(1)[0, 0] == 0
    assert cube.units == "radiance"


def test_reflectance_gain_means_reflectance(opened: Opened) -> None:
    cube = opened(one_pixel(10, 20, dtype="u2"), data_reflectance_gain_values="{0.05, 0.01}")

    assert cube.pixel(0, 0) == pytest.approx([0.5, 0.2])
    assert cube.units == "reflectance"


def test_one_gain_counts_for_all_bands(opened: Opened) -> None:
    assert opened(one_pixel(1, 2, dtype="u2"), data_gain_values="3").pixel(0, 0).tolist() == [3, 6]


def test_gains_follow_bands_that_were_sorted(opened: Opened) -> None:
    cube = opened(
        one_pixel(1, 1, 1, dtype="u2"),
        data_gain_values="{10, 20, 30}",
        wavelength="{700, 500, 600}",
        wavelength_units="nm",
    )

    assert cube.pixel(0, 0).tolist() == [20, 30, 10]
    assert cube.band(2)[0, 0] == 10


def test_scale_factor_goes_before_radiance_gains(opened: Opened) -> None:
    cube = opened(
        one_pixel(5000, dtype="i2"), reflectance_scale_factor="10000", data_gain_values="{7}"
    )

    assert cube.pixel(0, 0)[0] == 0.5
    assert noted(cube, "radiance gains were left out")


@pytest.mark.parametrize("gains", ["{1, 2, 3}", "{1, x}", "{1, nan}", "{inf, 1}"])
def test_useless_gains_are_said(opened: Opened, gains: str) -> None:
    cube = opened(one_pixel(5, 6, dtype="u2"), data_gain_values=gains)

    assert cube.pixel(0, 0).tolist() == [5, 6]
    assert noted(cube, "data gain values", "ignored")


IGNORED = [
    ("i2", -9999, "-9999"),
    ("i2", -9999, "-9999.0"),
    ("u1", 0, "0"),
    ("u2", 65535, "65535"),
    ("f4", -9999, "-9999"),
    ("f4", 0.1, "0.1"),
    ("f8", -1e34, "-1e34"),
    ("f4", -1.23e34, "-1.23000e+034"),
    ("i8", -(2**63), str(-(2**63))),
    ("i8", 2**63 - 1, str(2**63 - 1)),
    ("u8", 2**64 - 1, str(2**64 - 1)),
    ("c8", 0, "0"),
]


@pytest.mark.parametrize(("dtype", "number", "text"), IGNORED)
@pytest.mark.parametrize("big_endian", [False, True])
def test_ignore_value_becomes_nan(
    tmp_path: Path, dtype: str, number: float, text: str, big_endian: bool
) -> None:
    stored = np.array([3, number, 4], dtype=dtype).reshape(1, 1, 3)
    entries = {"data ignore value": text}
    cube = read_cube(write_envi(tmp_path, stored, entries, big_endian=big_endian))

    assert np.isnan(cube.pixel(0, 0)).tolist() == [False, True, False]
    assert np.isnan(cube.band(1)).all()


def test_ignore_value_is_compared_before_scaling(opened: Opened) -> None:
    cube = opened(
        one_pixel(-1, 1, 10000, dtype="i2"),
        data_ignore_value="1",
        reflectance_scale_factor="10000",
    )

    assert np.isnan(cube.pixel(0, 0)).tolist() == [False, True, False]


def test_neighbours_of_a_wide_ignore_value_are_kept(opened: Opened) -> None:
    cube = opened(one_pixel(2**63 - 2, 2**63 - 1, dtype="i8"), data_ignore_value=str(2**63 - 1))

    assert np.isnan(cube.pixel(0, 0)).tolist() == [False, True]


@pytest.mark.parametrize("text", ["300", "-1", "0.5", "nan", "inf", "1e400", "9" * 5000])
def test_ignore_value_that_cannot_occur_is_said(opened: Opened, text: str) -> None:
    cube = opened(one_pixel(0, 255, dtype="u1"), data_ignore_value=text)

    assert cube.pixel(0, 0).tolist() == [0, 255]
    assert noted(cube, "data ignore value", "cannot occur in uint8")


@pytest.mark.parametrize("text", ["NaN", "nan", "inf", "1e400"])
def test_ignore_value_of_floats_that_is_not_finite(opened: Opened, text: str) -> None:
    assert opened(one_pixel(1, 2, dtype="f4"), data_ignore_value=text).pixel(0, 0).tolist() == [
        1,
        2,
    ]


def test_ignore_value_that_is_no_number_is_said(opened: Opened) -> None:
    assert noted(opened(one_pixel(1, dtype="u1"), data_ignore_value="-"), "is not a number")


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_wild_numbers_are_no_data(opened: Opened, dtype: str) -> None:
    wild = (np.nan, np.inf, -np.inf, -1.23e34, 1e30, 3e38)
    cube = opened(one_pixel(0.5, *wild, dtype=dtype))

    assert np.isnan(cube.pixel(0, 0)).tolist() == [False] + [True] * 6


def test_numbers_beyond_float32_are_no_data(opened: Opened) -> None:
    cube = opened(one_pixel(1e29, 1, 1e300, dtype="f8"), data_gain_values="{1e20, 1, 1}")

    assert np.isnan(cube.pixel(0, 0)).tolist() == [True, False, True]


def test_complex_numbers_are_shown_as_magnitudes_and_said(opened: Opened) -> None:
    cube = opened(one_pixel(3 + 4j, -2, dtype="c8"))

    assert cube.pixel(0, 0).tolist() == [5, 2]
    assert noted(cube, "magnitude")


def test_wide_integers_lose_no_more_than_float32_must(opened: Opened) -> None:
    cube = opened(one_pixel(2**30 + 1, 2**30, dtype="i4"), data_offset_values="{-1073741824}")

    assert cube.pixel(0, 0).tolist() == [1, 0]


def spread(low: float, high: float, dtype: str = "f4") -> NDArray[Any]:
    return np.linspace(low, high, 240).reshape(4, 6, 10).astype(dtype)


UNITS = [
    ("whole numbers", spread(0, 4000, "u2"), {}, "counts", None),
    ("floats like reflectance", spread(0.0, 0.9), {}, "reflectance", "taken as reflectance"),
    ("floats told as reflectance", spread(0.0, 0.9), {"description": "{Reflectance}"},
     "reflectance", None),
    ("per cent told as reflectance", spread(0, 90), {"description": "{reflectance}"}, "unknown",
     "are not between 0 and 1.5"),
    ("large floats", spread(0, 4000), {}, "unknown", None),
    ("nothing but zeros", spread(0, 0), {}, "unknown", None),
    ("nothing but fill", spread(-0.005, -0.005), {}, "unknown", None),
    ("no data at all", spread(1, 1) * np.nan, {}, "unknown", None),
    ("told as radiance", spread(0.0, 0.9), {"data units": "Radiance"}, "radiance", None),
    ("whole numbers told as radiance", spread(0, 900, "i2"),
     {"description": "{At-sensor radiance}"},
     "radiance", None),
    ("reflectance x 10000 without a scale", spread(0, 9000, "i2"),
     {"z plot titles": "{wavelength, reflectance [*10000]}"}, "counts",
     "Or add 'reflectance scale factor = 10000'"),
    ("told both", spread(0, 4000), {"description": "{radiance to reflectance}"}, "unknown", None),
]  # fmt: skip


@pytest.mark.parametrize(("stored", "entries", "units", "told"), [u[1:] for u in UNITS],
                         ids=[u[0] for u in UNITS])  # fmt: skip
def test_units(
    tmp_path: Path,
    stored: NDArray[Any],
    entries: dict[str, str],
    units: str,
    told: str | None,
) -> None:
    cube = read_cube(write_envi(tmp_path, stored, entries))

    assert cube.units == units
    assert told is None or noted(cube, told)
    np.testing.assert_array_equal(cube.block(slice(None), slice(None)), stored)


def test_bad_bands_have_no_say_in_the_guess(opened: Opened) -> None:
    stored = spread(0, 0.9)
    stored[:, :, 5:] = 1e6

    cube = opened(stored, bbl="{1, 1, 1, 1, 1, 0, 0, 0, 0, 0}")

    assert cube.units == "reflectance"
