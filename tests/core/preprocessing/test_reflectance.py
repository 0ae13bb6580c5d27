"""Counts to reflectance, against numbers worked out by hand and against numpy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.errors import Cancelled
from focus_viewer.core.preprocessing import reflectance as calibrate
from focus_viewer.core.preprocessing.reflectance import (
    CalibratedSource,
    Illumination,
    averaged,
    by_references,
    by_spectrum,
    dead_pixels,
    peak,
)

EVERY = slice(None)


def cube_of(values: Any) -> Cube:
    array = np.asarray(values, dtype=np.float32)
    return Cube(ArraySource(array), "made", np.ones(array.shape[2], dtype=np.bool_))


def lamp_of(white: Any, dark: Any, **values: Any) -> Illumination:
    white, dark = (np.asarray(one, dtype=np.float32) for one in (white, dark))
    bands = white.shape[1]
    illumination = Illumination(white, dark, dark, np.ones(bands), np.ones(bands))
    return replace(illumination, **values)


def read(source: CalibratedSource) -> Any:
    return source.read(EVERY, EVERY, EVERY)


def test_a_pixel_worked_out_by_hand() -> None:
    raw = ArraySource(np.array([[[110.0, 60.0], [30.0, 20.0]]], dtype=np.float32))
    illumination = lamp_of([[210.0, 110.0], [50.0, 120.0]], [[10.0, 10.0], [10.0, 20.0]])
    source, dead = by_references(raw, illumination)
    np.testing.assert_allclose(read(source), [[[0.5, 0.5], [0.5, 0.0]]], rtol=1e-6)
    assert not dead.any()


def test_panel_and_integration_times_scale_each_band() -> None:
    raw = ArraySource(np.full((1, 1, 2), 60.0, dtype=np.float32))
    illumination = lamp_of(
        [[110.0, 110.0]],
        [[10.0, 10.0]],
        panel=np.array([0.99, 0.5]),
        time_ratio=np.array([0.5, 2.0]),
    )
    source, _ = by_references(raw, illumination)
    np.testing.assert_allclose(read(source), [[[0.2475, 0.5]]], rtol=1e-6)


def test_the_white_reference_may_have_a_dark_of_its_own() -> None:
    raw = ArraySource(np.full((1, 1, 1), 60.0, dtype=np.float32))
    illumination = lamp_of([[130.0]], [[10.0]], white_dark=np.array([[30.0]], dtype=np.float32))
    np.testing.assert_allclose(read(by_references(raw, illumination)[0]), [[[0.5]]], rtol=1e-6)


def test_dead_and_saturated_places_have_no_data() -> None:
    raw = ArraySource(np.array([[[50.0, 50.0, 255.0, 254.0]]], dtype=np.float32))
    illumination = lamp_of([[10.0, 255.0, 200.0, 200.0]], [[10.0] * 4], saturated_from=255.0)
    source, dead = by_references(raw, illumination)
    np.testing.assert_array_equal(dead, [[True, True, False, False]])
    np.testing.assert_array_equal(np.isnan(read(source)[0, 0]), [True, True, True, False])


def test_no_data_stays_none() -> None:
    raw = ArraySource(np.array([[[np.nan, 50.0]]], dtype=np.float32))
    found = read(by_references(raw, lamp_of([[90.0, 90.0]], [[10.0, 10.0]]))[0])
    np.testing.assert_allclose(found, [[[np.nan, 0.5]]], rtol=1e-6)


@given(st.data())
def test_any_block_is_that_part_of_the_whole(data: st.DataObject) -> None:
    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    shape = data.draw(st.tuples(*[st.integers(1, 6)] * 3))
    wide = data.draw(st.booleans())
    raw = random.uniform(0, 300, shape).astype(np.float32)
    lines = (shape[1] if wide else 1, shape[2])
    white = random.uniform(1, 200, lines).astype(np.float32)
    dark = random.uniform(0, 9, lines).astype(np.float32)
    source, _ = by_references(ArraySource(raw), lamp_of(white, dark, saturated_from=280.0))
    rows, cols = (data.draw(st.slices(side)) for side in shape[:2])
    bands = np.array(data.draw(st.lists(st.integers(0, shape[2] - 1), max_size=4)), dtype=np.intp)
    whole = read(source)
    np.testing.assert_array_equal(source.read(rows, cols, bands), whole[rows, cols][:, :, bands])
    with np.errstate(divide="ignore", invalid="ignore"):
        wanted = (raw.astype(float) - dark) / (white.astype(float) - dark)
    wanted[(raw >= 280) | ~np.broadcast_to(white > dark, shape) | (white >= 0.99 * 280)] = np.nan
    np.testing.assert_allclose(whole, wanted, rtol=2e-4, atol=2e-4)


def test_a_single_column_far_from_its_neighbours_is_dead() -> None:
    smooth = np.linspace(100, 40, 40)[:, None] * np.ones((1, 3))
    smooth[7, 1], smooth[20, 2] = 300.0, 15.0
    dead = dead_pixels(smooth.astype(np.float32))
    assert sorted(map(tuple, np.argwhere(dead).tolist())) == [(7, 1), (20, 2)]


def test_the_dead_are_the_same_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    signal = np.random.default_rng(1).lognormal(3, 0.7, (30, 9)).astype(np.float32)
    whole = dead_pixels(signal)
    monkeypatch.setattr(calibrate, "_BLOCK_VALUES", 30 * 15 * 2)
    np.testing.assert_array_equal(dead_pixels(signal), whole)
    assert whole.any()


@pytest.mark.parametrize("most", [1, 7, 40, 10**6])
def test_averages_are_numpy_s_whatever_the_parts(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = np.random.default_rng(0).normal(50, 9, (7, 5, 4)).astype(np.float32)
    values[2, 1, 1] = np.nan
    monkeypatch.setattr(calibrate, "_BLOCK_VALUES", most)
    cube = cube_of(values)
    np.testing.assert_allclose(averaged(cube), np.nanmean(values, axis=0), rtol=1e-6)
    np.testing.assert_allclose(averaged(cube, "median"), np.nanmedian(values, axis=0), rtol=1e-6)


@pytest.mark.parametrize("average", ["mean", "median"])
def test_a_column_without_data_has_no_average(average: Any) -> None:
    values = np.ones((3, 2, 1), dtype=np.float32)
    values[:, 1] = np.nan
    np.testing.assert_array_equal(averaged(cube_of(values), average), [[1.0], [np.nan]])


@pytest.mark.parametrize("average", ["mean", "median"])
def test_averaging_can_be_cancelled(average: Any) -> None:
    def stop(fraction: float, text: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        averaged(cube_of(np.ones((3, 2, 1))), average, stop)


def test_one_spectrum_divides_all_pixels() -> None:
    raw = ArraySource(np.array([[[4.0, 9.0, 5.0]], [[2.0, 0.0, 5.0]]], dtype=np.float32))
    source = by_spectrum(raw, np.array([2.0, 3.0, 0.0]))
    np.testing.assert_allclose(read(source), [[[2, 3, np.nan]], [[1, 0, np.nan]]])
    masked = by_spectrum(raw, np.array([2.0, 3.0, 1.0]), saturated_from=9.0)
    np.testing.assert_allclose(read(masked), [[[2, np.nan, 5]], [[1, 0, 5]]])


def test_the_highest_number_is_found_and_those_at_a_limit_counted() -> None:
    values = np.zeros((4, 3, 2))
    values[1, 1, 1], values[3, 0, 0], values[0, 0, 0] = 90, 100, np.nan
    found = peak(cube_of(values), 90)
    assert (found.value, found.count, found.lines) == (100, 2, 4)


def test_of_a_tall_cube_only_some_lines_are_looked_at() -> None:
    values = np.zeros((1000, 1, 1))
    values[[0, 999]] = 5
    found = peak(cube_of(values), 5)
    assert (found.value, found.count, found.lines) == (5, 2, 256)


def test_without_data_there_is_no_highest_number() -> None:
    assert np.isnan(peak(cube_of(np.full((1, 1, 1), np.nan))).value)
