"""What can be leaf tissue passes, what cannot does not, whatever the light."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.explain.model.preprocessing import GroupStatistics
from focus_viewer.explain.model.tissue import SPECTRA, TissueTest, smoothed, tissue_logs

CENTERS = np.arange(425.0, 1700, 50)


def band(center: float, width: float) -> DoubleArray:
    return np.asarray(np.exp(-(((CENTERS - center) / width) ** 2)))


def leaves(count: int, seed: int = 0) -> FloatArray:
    """Made-up leaves, (count, groups): pigment below the red edge, water beyond 1400 nm."""
    rng = np.random.default_rng(seed)
    pigment, red, water, light = (
        rng.uniform(low, high, (count, 1))
        for low, high in ((0.5, 2.0), (0.5, 2.0), (0.3, 1.5), (0.5, 1.5))
    )
    ground = 0.5 / (1 + np.exp((690 - CENTERS) / 15)) + 0.12
    absorbed = pigment * band(450, 80) + red * band(660, 50) + water * band(1450, 120)
    noise = rng.normal(0, 0.005, (count, CENTERS.size))
    return (light * ground * np.exp(-absorbed) * (1 + noise)).astype(np.float32)


STATISTICS = GroupStatistics(
    leaves(500).mean(axis=0, dtype=np.float64), np.full(CENTERS.size, 0.1), np.ones(CENTERS.size)
)
LEAVES = leaves(400, seed=1).reshape(20, 20, -1)
OTHERS = {
    "grey card": np.full(CENTERS.size, 0.4),
    "black": np.full(CENTERS.size, 0.03),
    "soil": 0.1 + 0.3 * (CENTERS - 400) / 1300,
    "water": 0.06 * np.exp(-(CENTERS - 400) / 150) + 0.002,
    "red paint": 0.05 + 0.6 / (1 + np.exp((600 - CENTERS) / 10)),
}


@pytest.fixture(scope="module")
def fitted() -> TissueTest:
    """The test, of examples that no test shows it again."""
    return TissueTest.fit(tissue_logs(leaves(SPECTRA, seed=2), STATISTICS), STATISTICS)


def image_of(spectrum: DoubleArray, noise: float = 0.005) -> FloatArray:
    rng = np.random.default_rng(3)
    return (spectrum * (1 + rng.normal(0, noise, (6, 6, CENTERS.size)))).astype(np.float32)


def test_leaves_pass(fitted: TissueTest) -> None:
    passed = [fitted.pixels(np.tile(leaf, (3, 3, 1))) for leaf in leaves(200, seed=5)]
    assert np.mean(passed) > 0.98


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("light", [0.3, 1.0])
def test_what_is_no_leaf_does_not_pass(fitted: TissueTest, name: str, light: float) -> None:
    assert not fitted.pixels(image_of(light * OTHERS[name])).any()


def test_noise_is_no_tissue(fitted: TissueTest) -> None:
    noise = np.random.default_rng(0).uniform(0, 1, (10, 10, CENTERS.size)).astype(np.float32)
    assert fitted.pixels(noise).mean() < 0.05


@pytest.mark.parametrize("light", [1e-30, 1e-7, 0.1, 0.5, 2.0, 255.0])
def test_light_and_unit_change_nothing(fitted: TissueTest, light: float) -> None:
    image = np.concatenate([LEAVES, *(np.tile(other, (4, 20, 1)) for other in OTHERS.values())])
    image = image.astype(np.float32)
    before = fitted.pixels(image)
    assert 0.2 < before.mean() < 0.8
    np.testing.assert_array_equal(fitted.pixels(image * np.float32(light)), before)


def test_a_mixed_image_is_told_apart(fitted: TissueTest) -> None:
    leaf = np.tile(leaves(1, seed=5)[0], (10, 5, 1))
    card = np.tile(OTHERS["grey card"], (10, 5, 1))
    found = fitted.pixels(np.concatenate([leaf, card], axis=1).astype(np.float32))
    # Averages of neighbours mix both at their border.
    assert found[:, :4].all()
    assert not found[:, 6:].any()


def test_what_was_blanked_with_zeros_is_no_tissue(fitted: TissueTest) -> None:
    image = np.tile(leaves(1, seed=5)[0], (8, 8, 1)).astype(np.float32)
    image[:, 4:] = 0
    found = fitted.pixels(image)
    assert found[:, :4].all()
    assert not found[:, 5:].any()


def test_what_has_no_data_is_no_tissue_and_harms_no_neighbour(fitted: TissueTest) -> None:
    image = np.tile(leaves(1, seed=5)[0], (9, 9, 1))
    image[4, 4] = np.nan
    image[2, 2, :3] = np.nan  # some groups
    image[6, 6, : CENTERS.size - 8] = np.nan  # more than half
    expected = np.ones((9, 9), dtype=np.bool_)
    expected[4, 4] = expected[6, 6] = False
    np.testing.assert_array_equal(fitted.pixels(image), expected)


def test_fewer_groups_have_a_test_of_their_own() -> None:
    kept = np.flatnonzero(CENTERS < 1000)
    part = STATISTICS.take(kept)
    spectra = tissue_logs(leaves(SPECTRA, seed=2), STATISTICS)[:, kept]
    test = TissueTest.fit(spectra, part)
    shown = [np.tile(leaf[kept], (3, 3, 1)) for leaf in leaves(100, seed=5)]
    assert np.mean([test.pixels(each) for each in shown]) > 0.95
    assert not test.pixels(image_of(OTHERS["grey card"])[..., kept]).any()


def brown(count: int, seed: int) -> FloatArray:
    """Tissue without pigments: little but its water separates it from soil."""
    rng = np.random.default_rng(seed)
    dip = 1 - 0.3 * np.exp(-(((CENTERS - 1450) / 80) ** 2))
    return np.asarray(soils(count, rng) * dip, dtype=np.float32)


def soils(count: int, rng: np.random.Generator) -> FloatArray:
    slopes = rng.uniform(0.2, 0.4, (count, 1)) * (CENTERS - 400) / 1300
    noise = 1 + rng.normal(0, 0.02, (count, CENTERS.size))
    return np.asarray((0.1 + slopes) * noise, dtype=np.float32)


def test_what_is_more_like_other_materials_is_foreign() -> None:
    examples = np.concatenate([leaves(SPECTRA // 2, seed=2), brown(SPECTRA // 2, seed=3)])
    spectra = tissue_logs(examples, STATISTICS)
    others = tissue_logs(soils(SPECTRA, np.random.default_rng(4)), STATISTICS)
    test = TissueTest.fit(spectra, STATISTICS)
    strict = TissueTest.fit(spectra, STATISTICS, others)

    def passed(test: TissueTest, seen: FloatArray) -> float:
        return float(np.mean([test.pixels(np.tile(each, (3, 3, 1))) for each in seen]))

    soil = soils(100, np.random.default_rng(5))
    assert passed(test, soil) > 0.5
    assert passed(strict, soil) < 0.05
    assert passed(strict, brown(100, seed=6)) > 0.95
    assert passed(strict, leaves(100, seed=5)) > 0.95


def test_many_pixels_are_tested_in_parts(
    fitted: TissueTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = fitted.pixels(LEAVES)
    monkeypatch.setattr("focus_viewer.explain.model.tissue._MOST_PIXELS", 7)
    np.testing.assert_array_equal(fitted.pixels(LEAVES), whole)


def test_tissue_is_near_its_third_nearest_example(fitted: TissueTest) -> None:
    """Counting examples within the limit finds the same as the distance to the third."""
    spectra = np.random.default_rng(3).normal(scale=0.3, size=(300, fitted.center.size))
    near, rest = fitted._distances(spectra)
    limited = replace(fitted, near=float(np.median(near)), rest=float(np.quantile(rest, 0.7)))
    expected = (near <= limited.near) & (rest <= limited.rest)
    assert 0 < expected.sum() < 300
    np.testing.assert_array_equal(limited._likeness(spectra).passed, expected)


def test_neighbours_are_counted_alike_in_all_bands_where_nothing_is_missing() -> None:
    image = np.random.default_rng(0).random((5, 6, 3), dtype=np.float32)
    lacking = np.append(image, np.full((5, 6, 1), np.nan, np.float32), axis=2)
    np.testing.assert_array_equal(smoothed(image), smoothed(lacking)[..., :3])


def test_neighbours_are_averaged_without_what_has_no_data() -> None:
    image = np.arange(9, dtype=np.float32).reshape(3, 3, 1)
    image[0, 0] = np.nan
    found = smoothed(image)[..., 0]
    assert np.isnan(found[0, 0])
    assert found[1, 1] == pytest.approx(36 / 8)
    assert found[0, 1] == pytest.approx((1 + 2 + 3 + 4 + 5) / 5)
    assert found[2, 2] == pytest.approx((4 + 5 + 7 + 8) / 4)


def test_logs_are_relative_to_the_mean_leaf_at_the_pixel_s_level() -> None:
    statistics = GroupStatistics(np.array([0.2, 0.4]), np.ones(2), np.ones(2))
    images = np.array([[0.2, 0.4], [2, 4], [0.4, 0.2], [0.4, 0.0]], np.float32)
    ln2 = np.log(2)
    expected = [[0, 0], [0, 0], [ln2, -ln2], [np.log(3), -2.5]]
    np.testing.assert_allclose(tissue_logs(images, statistics), expected, atol=1e-6)


def test_taught_pixels_that_hardly_differ_leave_room_for_noise() -> None:
    leaf = leaves(1, seed=4)[0].astype(np.float64)
    spectra = np.concatenate([image_of(leaf, 0.0005).reshape(36, -1) for _ in range(2)])
    taught = replace(STATISTICS, taught=True)
    strict, free = (
        TissueTest.fit(tissue_logs(spectra, each), each) for each in (STATISTICS, taught)
    )
    noisy = image_of(leaf, 0.01)
    assert free.pixels(noisy).mean() > 0.9
    assert strict.pixels(noisy).mean() < 0.5
    assert not free.pixels(image_of(leaf * (1 - 0.15 * band(650, 80)))).any()
