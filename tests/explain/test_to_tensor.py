"""Normalisation: brightness out, bands apart, axes flipped once."""

from __future__ import annotations

import numpy as np
import pytest

from focus_viewer.explain.to_tensor import (
    GroupStatistics,
    brightness,
    known_pixels,
    reference_brightness,
    standardise,
    to_tensor,
)

MEAN = np.array([0.1, 0.3, 0.5])
STATISTICS = GroupStatistics(MEAN, np.array([0.1, 0.2, 0.5]))


def test_brightness_is_relative_to_the_mean_spectrum() -> None:
    spectra = np.array([MEAN, 2 * MEAN, 0 * MEAN], np.float32)
    np.testing.assert_allclose(brightness(spectra, MEAN)[:, 0], [1, 2, 0], rtol=1e-6)


def test_brightness_does_not_mind_missing_groups() -> None:
    spectrum = (3 * MEAN).astype(np.float32)
    spectrum[2] = np.nan
    assert brightness(spectrum, MEAN)[0] == pytest.approx(3)
    assert np.isnan(brightness(np.full(3, np.nan, np.float32), MEAN)[0])


def test_values_by_hand() -> None:
    # Times the mean spectrum it gives 0.02 + 0.09 + 0.24 = 0.35, as the mean spectrum does with
    # itself: the brightness is 1.
    spectrum = np.array([[0.2, 0.3, 0.48]], np.float32)
    np.testing.assert_allclose(standardise(spectrum, STATISTICS, 1.0), [[1, 0, -0.04]], atol=1e-6)


def test_light_and_unit_do_not_matter() -> None:
    images = np.random.default_rng(1).uniform(0.1, 0.6, (5, 5, 3)).astype(np.float32)
    for factor in (0.3, 255.0, 10_000.0):
        lit = images * np.float32(factor)
        np.testing.assert_allclose(
            standardise(lit, STATISTICS, reference_brightness(brightness(lit, MEAN))),
            standardise(images, STATISTICS, reference_brightness(brightness(images, MEAN))),
            atol=1e-4,
        )


def test_dark_pixels_are_not_blown_up() -> None:
    dark = np.float32(1e-4) * np.array([[1, -1, 1]], np.float32)
    found = standardise(dark, STATISTICS, 1.0)
    np.testing.assert_allclose(found, -MEAN[None] / STATISTICS.deviation, atol=0.02)


def test_missing_and_wild_values_stay_harmless() -> None:
    spectrum = np.array([[np.nan, 0.3, 1e30], [np.nan] * 3], np.float32)
    found = standardise(spectrum, STATISTICS, 1.0)
    assert np.isfinite(found).all()
    assert np.abs(found).max() <= 5
    assert found[1].tolist() == [0, 0, 0]


def test_bands_do_not_mix_beyond_brightness() -> None:
    # Two spectra of one brightness that differ in groups 0 and 1: group 2 must not notice.
    one = np.array([0.2, 0.2, 0.5], np.float32)
    other = np.array([0.5, 0.1, 0.5], np.float32)
    found = [standardise(spectrum, STATISTICS, 1.0)[2] for spectrum in (one, other)]
    assert found[0] == pytest.approx(found[1], abs=1e-6)


def test_a_pixel_is_known_if_half_of_its_groups_are() -> None:
    images = np.array([[[1, 1, np.nan], [1, np.nan, np.nan]]], np.float32)
    assert known_pixels(images).tolist() == [[True, False]]


def test_reference_ignores_glints() -> None:
    image = np.ones((10, 10), np.float32)
    image[0, :5] = 1000
    assert reference_brightness(image) == 1
    assert np.isnan(reference_brightness(np.full((2, 2), np.nan, np.float32)))


def test_axes_are_flipped() -> None:
    images = np.arange(2 * 3 * 4 * 5, dtype=np.float32).reshape(2, 3, 4, 5)
    tensor = to_tensor(images)
    assert tuple(tensor.shape) == (2, 5, 3, 4)
    assert tensor[1, 4, 2, 3] == images[1, 2, 3, 4]
