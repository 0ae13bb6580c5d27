"""Images relative to the leaf in them: its unit and light out, bands apart, axes flipped once."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from focus_viewer.core.typing import FloatArray
from focus_viewer.explain.model import preprocessing as module
from focus_viewer.explain.model.preprocessing import (
    GroupStatistics,
    contrasts,
    known_pixels,
    log_ratios,
    standardise,
    to_tensor,
    typical_leaf,
)

MEAN = np.array([0.1, 0.3, 0.5])
STATISTICS = GroupStatistics(MEAN, np.array([0.1, 0.2, 0.5]), np.array([1.0, 1.0, 2.0]))
UNLIT = GroupStatistics(MEAN, np.array([0.1, 0.2, 0.5]), np.zeros(3))
"""No group counts as brightness: none is taken off."""
LEAF = [0.12, 0.3, 0.5]
PAPER = [0.9, 0.9, 0.9]  # 0.5 rad from the mean spectrum
LESION = [0.12, 0.15, 0.5]  # 0.24 rad
MILD = [0.12, 0.28, 0.5]  # 0.05 rad


def image_of(*spectra: tuple[list[float], int]) -> FloatArray:
    """An image of 10 x 10 px with so many pixels of each spectrum."""
    pixels = [spectrum for spectrum, count in spectra for _ in range(count)]
    return np.array(pixels, np.float32).reshape(10, 10, 3)


def lit_image(seed: int = 1) -> FloatArray:
    """Leaf pixels of all brightnesses that differ a little in colour."""
    rng = np.random.default_rng(seed)
    light = rng.uniform(0.5, 1.5, (8, 8, 1))
    return (light * MEAN * rng.uniform(0.98, 1.02, (8, 8, 3))).astype(np.float32)


def test_the_typical_leaf_is_the_median() -> None:
    image = np.outer([1, 2, 3, 10, 50], MEAN).astype(np.float32)[:, None]
    np.testing.assert_allclose(typical_leaf(image, MEAN), 3 * MEAN, rtol=1e-6)


def test_an_image_inside_another_is_sampled_without_a_copy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_MOST_PIXELS", 1000)
    around = np.ones((402, 310, 3), dtype=np.float32)
    image = around[1:401, 5:305]
    image[...] = np.random.default_rng(2).uniform(0.9, 1.1, image.shape) * MEAN
    tracemalloc.start()
    found = typical_leaf(image, MEAN)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < image.nbytes / 2
    every = image.reshape(-1, 3)[::120]  # 1,000 of 120,000 pixels
    np.testing.assert_array_equal(found, typical_leaf(every[None], MEAN))


@pytest.mark.parametrize(
    "image",
    [
        image_of((LEAF, 100)),
        image_of((LEAF, 20), (PAPER, 80)),
        image_of((LEAF, 50), (LESION, 50)),
        image_of((LEAF, 60), (MILD, 40)),
        image_of((LEAF, 40), ([0.0, 0.0, 0.0], 30), ([-0.01, 0.0, 0.01], 30)),
        image_of((LEAF, 70), ([np.nan] * 3, 30)),
        image_of((LEAF, 70), ([0.12, np.nan, 0.5], 30)),
    ],
    ids=["leaf", "paper", "lesion", "mild lesion", "dark", "no data", "no data at one group"],
)
def test_what_is_not_leaf_does_not_count(image: FloatArray) -> None:
    np.testing.assert_allclose(typical_leaf(image, MEAN), LEAF, rtol=1e-6)


def test_a_leaf_unlike_the_mean_is_taken_as_it_is() -> None:
    odd = [0.3, 0.3, 0.5]
    image = image_of((odd, 40), (PAPER, 60))
    np.testing.assert_allclose(typical_leaf(image, MEAN), odd, rtol=1e-6)


def test_a_dark_group_is_held_above_noise() -> None:
    # Times the mean spectrum it gives 0.09 + 0.25, the mean spectrum with itself 0.35.
    expected = 0.02 * 0.34 / 0.35 * 0.1
    assert typical_leaf(image_of(([0.0, 0.3, 0.5], 100)), MEAN)[0] == pytest.approx(expected)


def test_a_group_without_data_is_as_in_the_mean_spectrum() -> None:
    found = typical_leaf(image_of(([0.2, 0.6, np.nan], 100)), MEAN)
    # Without its third group the spectrum gives 0.02 + 0.18.
    assert found.tolist() == pytest.approx([0.2, 0.6, 0.2 / 0.35 * 0.5])


@pytest.mark.parametrize("fill", [0.0, -0.005, np.nan])
def test_without_light_there_is_no_typical_leaf(fill: float) -> None:
    assert np.isnan(typical_leaf(np.full((4, 4, 3), fill, np.float32), MEAN)).all()


def test_log_ratios_by_hand() -> None:
    typical = np.array([0.2, 0.5])
    ratios = np.array([[1, 1], [2, 0.5], [100, 0.01], [1e30, 0], [1, -1], [np.nan, 2]], np.float32)
    ln2, ln10 = np.log(2), np.log(10)
    dark = -3 * ln10  # no less than a thousandth
    expected = [[0, 0], [ln2, -ln2], [2 * ln10, -2 * ln10], [30 * ln10, dark], [0, dark]]
    found = log_ratios(ratios * typical.astype(np.float32), typical)
    np.testing.assert_allclose(found, [*expected, [np.nan, ln2]], atol=1e-5)
    assert found.dtype == np.float32


def test_contrasts_by_hand() -> None:
    typical = 3 * MEAN
    logs = np.array([[0.4, 0, 0], [0.4, 0.4, 0.4], [0, 0, -1.2]])
    # Levels (0.4 + 0 + 2 * 0) / 4, 0.4 and -0.6.
    expected = [[0.3, -0.1, -0.1], [0, 0, 0], [0.6, 0.6, -0.6]]
    spectra = (typical * np.exp(logs)).astype(np.float32)
    np.testing.assert_allclose(contrasts(spectra, STATISTICS, typical), expected, atol=1e-6)
    units = np.array(expected) / STATISTICS.residual_std
    units[2, 0] = 5  # 6, and limited
    np.testing.assert_allclose(standardise(spectra, STATISTICS, typical), units, atol=1e-5)


def test_without_steady_groups_no_brightness_is_taken_off() -> None:
    typical = 3 * MEAN
    spectrum = (typical * np.exp([0.1, 0, -1])).astype(np.float32)
    found = standardise(spectrum, UNLIT, typical)
    np.testing.assert_allclose(found, [1, 0, -2], atol=1e-6)


@pytest.mark.parametrize("light", [2.0, 0.5, 0.1, 0.01])
def test_light_changes_nothing_however_far_it_is_from_the_leaf_s(light: float) -> None:
    """A pixel in the shade, or off the leaf: ratios to the leaf are far beyond any limit then."""
    rng = np.random.default_rng(0)
    image = (MEAN * rng.uniform(0.5, 2, (6, 6, 3))).astype(np.float32)
    shaded = image.copy()
    shaded[2:4] *= np.float32(light)
    before, after = (standardise(each, STATISTICS, MEAN) for each in (image, shaded))
    np.testing.assert_allclose(after, before, atol=2e-5)
    assert np.abs(before).max() > 1


def test_a_dead_group_hardly_moves_the_others() -> None:
    groups = 20
    statistics = GroupStatistics(np.full(groups, 0.3), np.full(groups, 0.1), np.ones(groups))
    image = (0.3 * np.random.default_rng(0).uniform(0.9, 1.1, (50, groups))).astype(np.float32)
    dead = image.copy()
    dead[:, 7] = 0
    before, after = (contrasts(each, statistics, statistics.mean) for each in (image, dead))
    moved = np.delete(after - before, 7, axis=1)
    # Of a logarithm of -6.9 for the dead group 1.5 beyond the first level counts, a twentieth of
    # it: without the limit others would move by 0.35.
    assert np.abs(moved).max() < 0.1
    assert after[:, 7].max() == -1.5


def test_no_data_is_as_the_leaf_is_and_moves_no_other_group() -> None:
    spectra = np.array([[0.2, 0.3, 0.5], [0.2, np.nan, 0.5], [np.nan] * 3], np.float32)
    found = standardise(spectra, STATISTICS, MEAN)
    assert found[1, 1] == 0
    assert not found[2].any()
    # Without the second group the level is a third of the first group's departure.
    expected = np.log(2) * np.array([2 / 3, 0, -1 / 3])
    np.testing.assert_allclose(contrasts(spectra[1], STATISTICS, MEAN), expected, atol=1e-6)


@pytest.mark.parametrize("factor", [0.3, 255.0, 1000.0])
def test_the_unit_does_not_matter(factor: float) -> None:
    image = lit_image()
    scaled = image * np.float32(factor)
    np.testing.assert_allclose(
        standardise(scaled, STATISTICS, typical_leaf(scaled, MEAN)),
        standardise(image, STATISTICS, typical_leaf(image, MEAN)),
        atol=1e-4,
    )


def test_bands_mix_by_the_brightness_alone() -> None:
    before = lit_image()
    after = before.copy()
    after[2, 3, 0] *= 1.05  # as leaf-like as before
    found = [standardise(each, UNLIT, typical_leaf(each, MEAN)) for each in (before, after)]
    np.testing.assert_array_equal(found[0][..., 1:], found[1][..., 1:])
    assert found[0][2, 3, 0] != found[1][2, 3, 0]
    found = [contrasts(each, STATISTICS, typical_leaf(each, MEAN)) for each in (before, after)]
    moved = (found[1] - found[0])[2, 3]
    np.testing.assert_allclose(moved, np.log(1.05) * np.array([3, -1, -1]) / 4, atol=1e-6)


def test_a_pixel_is_known_if_half_of_its_groups_are() -> None:
    images = np.array([[[1, 1, np.nan], [1, np.nan, np.nan]]], np.float32)
    assert known_pixels(images).tolist() == [[True, False]]


def test_axes_are_flipped() -> None:
    images = np.arange(2 * 3 * 4 * 5, dtype=np.float32).reshape(2, 3, 4, 5)
    tensor = to_tensor(images)
    assert tuple(tensor.shape) == (2, 5, 3, 4)
    assert tensor[1, 4, 2, 3] == images[1, 2, 3, 4]
