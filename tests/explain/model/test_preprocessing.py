"""Images relative to the leaf in them: its unit and light out, bands apart, axes flipped once."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from focus_viewer.core.typing import FloatArray
from focus_viewer.explain.model import preprocessing as module
from focus_viewer.explain.model.preprocessing import (
    GroupStatistics,
    known_pixels,
    log_ratios,
    standardise,
    to_tensor,
    typical_leaf,
)

MEAN = np.array([0.1, 0.3, 0.5])
STATISTICS = GroupStatistics(MEAN, np.array([0.1, 0.2, 0.5]))
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
    ln2 = np.log(2)
    expected = [[0, 0], [ln2, -ln2], [1.5, -1.5], [1.5, -1.5], [0, -1.5], [0, ln2]]
    found = log_ratios(ratios * typical.astype(np.float32), typical)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert found.dtype == np.float32


def test_standardised_values_by_hand() -> None:
    typical = 3 * MEAN
    spectrum = (typical * np.exp([0.1, 0, -1])).astype(np.float32)
    found = standardise(spectrum, STATISTICS, typical)
    np.testing.assert_allclose(found, [1, 0, -2], atol=1e-6)


@pytest.mark.parametrize("factor", [0.3, 255.0, 1000.0])
def test_the_unit_does_not_matter(factor: float) -> None:
    image = lit_image()
    scaled = image * np.float32(factor)
    np.testing.assert_allclose(
        standardise(scaled, STATISTICS, typical_leaf(scaled, MEAN)),
        standardise(image, STATISTICS, typical_leaf(image, MEAN)),
        atol=1e-4,
    )


def test_bands_do_not_mix() -> None:
    before = lit_image()
    after = before.copy()
    after[2, 3, 0] *= 1.05  # as leaf-like as before
    found = [standardise(each, STATISTICS, typical_leaf(each, MEAN)) for each in (before, after)]
    np.testing.assert_array_equal(found[0][..., 1:], found[1][..., 1:])
    assert found[0][2, 3, 0] != found[1][2, 3, 0]


def test_a_pixel_is_known_if_half_of_its_groups_are() -> None:
    images = np.array([[[1, 1, np.nan], [1, np.nan, np.nan]]], np.float32)
    assert known_pixels(images).tolist() == [[True, False]]


def test_axes_are_flipped() -> None:
    images = np.arange(2 * 3 * 4 * 5, dtype=np.float32).reshape(2, 3, 4, 5)
    tensor = to_tensor(images)
    assert tuple(tensor.shape) == (2, 5, 3, 4)
    assert tensor[1, 4, 2, 3] == images[1, 2, 3, 4]
