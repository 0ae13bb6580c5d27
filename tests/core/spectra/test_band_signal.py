"""Bands without signal, which no header names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.cubes.georeference import Georeference, PixelArea
from focus_viewer.core.spectra.band_signal import bands_in_water_vapour, bands_without_signal
from focus_viewer.core.typing import FloatArray

AXIS = np.linspace(400, 2500, 43)  # every 50 nm


def pixels() -> FloatArray:
    values = np.random.default_rng(0).uniform(0.1, 0.5, (40, 30, AXIS.size))
    return values.astype(np.float32)


def cube_of(values: FloatArray, side_m: float | None = None) -> Cube:
    area = PixelArea() if side_m is None else PixelArea(side_m**2)
    good = np.ones(values.shape[2], dtype=np.bool_)
    place = Georeference(pixel_area=area)
    return Cube(ArraySource(values), "made", good, wavelengths_nm=AXIS, georeference=place)


@pytest.mark.parametrize("fill", [0.0, -0.01, 7.5, -9999.0])
def test_zeroed_negative_and_constant_bands_are_found(fill: float) -> None:
    values = pixels()
    values[..., [3, 20, 21]] = fill
    assert np.flatnonzero(bands_without_signal(cube_of(values))).tolist() == [3, 20, 21]


def test_a_band_of_noise_about_zero_has_pixels_with_light() -> None:
    values = pixels()
    values[..., 5] = np.random.default_rng(1).normal(0, 0.01, values.shape[:2])
    assert not bands_without_signal(cube_of(values)).any()


def test_bad_bands_of_the_header_are_not_named_again() -> None:
    values = pixels()
    values[..., 3] = 0
    cube = cube_of(values)
    good = cube.good_bands.copy()
    good[3] = False
    assert not bands_without_signal(replace(cube, good_bands=good)).any()


def test_a_background_of_zeros_says_nothing_of_a_band() -> None:
    values = np.zeros((40, 30, AXIS.size), dtype=np.float32)
    values[10:13] = pixels()[10:13]
    assert not bands_without_signal(cube_of(values)).any()


@pytest.mark.parametrize("values", [np.zeros((40, 30, 43)), np.full((40, 30, 43), 0.4)])
def test_an_image_without_any_signal_is_another_fault(values: FloatArray) -> None:
    assert not bands_without_signal(cube_of(values.astype(np.float32))).any()


def test_a_picture_of_one_spectrum_is_not_dead() -> None:
    spectrum = pixels()[0, 0]
    assert not bands_without_signal(cube_of(np.tile(spectrum, (40, 30, 1)))).any()


def test_water_vapour_is_between_a_field_and_a_sensor_above_it() -> None:
    found = AXIS[bands_in_water_vapour(cube_of(pixels(), side_m=3.4))].tolist()
    assert found == [1350, 1400, 1450, 1800, 1850, 1900, 1950]
    for side_m in (None, 0.0005):
        assert not bands_in_water_vapour(cube_of(pixels(), side_m)).any()


def test_a_detector_that_is_dead_throughout_is_found() -> None:
    values = pixels()
    values[..., 8:] = 0
    assert np.flatnonzero(bands_without_signal(cube_of(values))).tolist() == list(range(8, 43))
