"""Differences of two cubes over a band window, against sums done by numpy at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.progress import silent
from focus_viewer.core.saliency.cube_difference import band_difference, window_bands
from focus_viewer.core.spectra.band_window import BandWindow

AXIS = np.linspace(400, 490, 10)


def _cube(seed: int, rows: int = 4) -> Cube:
    values = np.random.default_rng(seed).random((rows, 3, 10), dtype=np.float32)
    good = np.ones(10, dtype=np.bool_)
    return Cube(ArraySource(values), "cube", good, AXIS, units="reflectance")


def _values(cube: Cube) -> np.ndarray:
    return cube.block(slice(None), slice(None))


def test_it_is_the_mean_of_the_windows_bands_second_less_first() -> None:
    first, second = _cube(1), _cube(2)
    found = band_difference(first, second, BandWindow(420, 20), silent)
    assert found is not None
    expected = (_values(second) - _values(first))[:, :, 1:4].mean(axis=2)
    np.testing.assert_allclose(found.values[..., 0], expected, atol=1e-6)
    assert found.image_shape == (4, 3)


def test_blocks_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, window = _cube(1), _cube(2), BandWindow(420, 20)
    whole = band_difference(first, second, window, silent)
    monkeypatch.setattr("focus_viewer.core.saliency.cube_difference._VALUES", 1)
    parts = band_difference(first, second, window, silent)
    assert whole is not None
    assert parts is not None
    np.testing.assert_array_equal(parts.values, whole.values)


def test_bad_bands_are_left_out_and_a_narrow_window_takes_the_nearest() -> None:
    cube = _cube(1)
    good = np.ones(10, dtype=np.bool_)
    good[2] = False
    cube = replace(cube, good_bands=good)
    assert window_bands(cube, BandWindow(420, 20)).tolist() == [1, 3]
    assert window_bands(cube, BandWindow(421, 1)).tolist() == [3]
    assert window_bands(replace(cube, good_bands=~good & False), BandWindow(420, 20)).size == 0


def test_images_of_different_sizes_are_not_compared() -> None:
    assert band_difference(_cube(1), _cube(2, rows=5), BandWindow(420, 20), silent) is None


def test_no_data_in_either_is_no_difference() -> None:
    first, second = _cube(1), _cube(2)
    holes = _values(first).copy()
    holes[1, 2] = np.nan
    found = band_difference(
        replace(first, source=ArraySource(holes)), second, BandWindow(420, 20), silent
    )
    assert found is not None
    assert np.isnan(found.values[1, 2, 0])
    assert np.isfinite(found.values).sum() == 11
