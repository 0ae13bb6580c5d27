"""Statistics of leaves by hand, and spectra of tissue of sensors that lack groups."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from planted import make_batch

from focus_viewer.core.typing import FloatArray
from focus_viewer.explain.model.preprocessing import GroupStatistics
from focus_viewer.explain.model.tissue import SPECTRA, TissueTest, tissue_logs
from focus_viewer.explain.training.samples import SampleBatch
from focus_viewer.explain.training.statistics import (
    measure_statistics,
    sample_background,
    sample_tissue,
)


def batch_of(*scenes: FloatArray) -> SampleBatch:
    """Scenes of nothing but leaf."""
    images = np.stack(scenes)
    leaf = np.ones(images.shape[:3], dtype=np.bool_)
    groups = images.shape[-1]
    return SampleBatch(
        images,
        np.arange(groups, dtype=np.intp),
        np.zeros(len(images), dtype=np.intp),
        leaf,
        ~leaf,
        np.zeros((len(images), groups), np.float32),
    )


def uneven_leaf() -> FloatArray:
    """Two groups about 0.5, off by the factors exp(+-0.1) and exp(+-0.2) in every combination."""
    steps = np.array([(one, two) for one in (-0.1, 0, 0.1) for two in (-0.2, 0, 0.2)])
    return (0.5 * np.exp(np.tile(steps, (25, 1)))).reshape(15, 15, 2).astype(np.float32)


def test_what_is_unknown_of_a_batch_stays_unknown() -> None:
    taken = batch_of(uneven_leaf()).take(np.array([1]))
    assert taken.scene_importance.size == taken.traits.size == taken.tissue.size == 0
    assert taken.importance.shape == (1, 1)


def test_statistics_by_hand() -> None:
    leaves = measure_statistics([batch_of(uneven_leaf())], 2)
    # Three steps of a are spread by a times the root of 2/3.
    np.testing.assert_allclose(leaves.log_std, np.array([0.1, 0.2]) * (2 / 3) ** 0.5, rtol=1e-4)
    # The first group is four times as steady: of what the two differ by, a fifth is left in it and
    # four fifths in the other. To it comes the mismatch of 0.04.
    apart = (2 / 3 * (0.1**2 + 0.2**2)) ** 0.5
    expected = np.hypot([apart / 5, apart * 4 / 5], 0.04)
    np.testing.assert_allclose(leaves.residual_std, expected, rtol=1e-4)


def test_how_bright_a_scene_is_does_not_count() -> None:
    leaf = uneven_leaf()
    expected = measure_statistics([batch_of(leaf)], 2)
    found = measure_statistics([batch_of(leaf, 3 * leaf)], 2)
    np.testing.assert_allclose(found.log_std, expected.log_std, rtol=1e-4)
    np.testing.assert_allclose(found.residual_std, expected.residual_std, rtol=1e-4)
    np.testing.assert_allclose(found.mean, 2 * expected.mean, rtol=1e-4)


def test_leaves_that_differ_deviate() -> None:
    leaf = uneven_leaf()
    other = leaf * np.float32([1, 1.5])
    one, two = (measure_statistics([batch_of(leaf, second)], 2) for second in (leaf, other))
    assert two.log_std[1] > one.log_std[1] + 0.02


def test_statistics_are_those_of_the_leaf_alone() -> None:
    batch = make_batch(seed=1)
    before = measure_statistics([batch], 10)
    pixels = batch.images[batch.leaf].astype(np.float64)
    shape = (pixels / pixels.mean(axis=1, keepdims=True)).mean(axis=0)
    np.testing.assert_allclose(before.mean / before.mean.mean(), shape / shape.mean(), rtol=1e-6)
    batch.images[~batch.leaf] = 0
    batch.images[~batch.leaf, 0] = 7  # bright, and nothing like a leaf
    after = measure_statistics([batch], 10)
    np.testing.assert_array_equal(after.mean, before.mean)
    np.testing.assert_allclose(after.log_std, before.log_std, rtol=0.05)


def test_statistics_need_a_sensor_with_all_groups() -> None:
    with pytest.raises(ValueError, match="all 10 groups"):
        measure_statistics([make_batch(seed=1).take(np.arange(5))], 10)


def test_each_scene_is_told_relative_to_its_own_leaf() -> None:
    batch = batch_of(uneven_leaf(), 3 * uneven_leaf())
    statistics = GroupStatistics(np.array([0.5, 0.5]), np.array([0.1, 0.2]), np.zeros(2))
    images = batch.tensor(statistics)
    assert images.shape == (2, 2, 15, 15)
    torch.testing.assert_close(images[0], images[1], atol=1e-5, rtol=0)
    steps = images[0].flatten(1)[:, :9].T
    expected = torch.tensor([[-1.0, -1], [-1, 0], [-1, 1], [0, -1], [0, 0]])
    torch.testing.assert_close(steps[:5], expected, atol=1e-5, rtol=0)


def statistics_of(*batches: SampleBatch) -> GroupStatistics:
    found = measure_statistics(list(batches), 10)
    return GroupStatistics(found.mean, found.residual_std, found.log_std**-2)


def test_tissue_is_sampled_from_what_is_tissue() -> None:
    batches = [make_batch(0), make_batch(1)]
    statistics = statistics_of(*batches)
    for batch in batches:
        batch.images[~batch.tissue] = np.linspace(1, 0.01, 10)
    spectra = sample_tissue(batches, statistics, np.random.default_rng(0))
    assert spectra.shape == (SPECTRA, 10)
    assert spectra.dtype == np.float32
    test = TissueTest.fit(spectra, statistics)
    passed = np.stack([test.pixels(scene) for scene in batches[0].images])
    assert passed[batches[0].tissue].mean() > 0.9
    assert not passed[:, 0].any()
    repeated = sample_tissue(batches, statistics, np.random.default_rng(0))
    np.testing.assert_array_equal(repeated, spectra)


def test_background_is_sampled_from_what_is_no_tissue() -> None:
    batches = [make_batch(0), make_batch(1)]
    statistics = statistics_of(*batches)
    rng = np.random.default_rng(0)
    for batch in batches:
        batch.images[~batch.tissue] = np.linspace(1, 0.01, 10)
    spectra = sample_background(batches, statistics, rng)
    assert spectra is not None
    assert spectra.shape == (SPECTRA, 10)
    # Neighbours are averaged: at the border of the tissue there is some of both.
    known = tissue_logs(np.linspace(1, 0.01, 10, dtype=np.float32)[None], statistics)
    assert np.isclose(spectra, known, atol=1e-5).all(axis=1).mean() > 0.3
    assert sample_background([make_batch(2).take(np.arange(5))], statistics, rng) is None


def test_ill_tissue_is_tissue() -> None:
    batches = [make_batch(seed) for seed in range(3)]
    statistics = statistics_of(*batches)
    test = TissueTest.fit(sample_tissue(batches, statistics, np.random.default_rng(0)), statistics)
    batch = make_batch(9)
    passed = np.stack([test.pixels(scene) for scene in batch.images])
    assert passed[batch.lesion & batch.tissue].mean() > 0.9


def test_groups_that_a_sensor_lacks_are_filled_in_by_what_goes_with_the_others() -> None:
    """The last group is as much brighter as the first is: known of whole sensors, filled in."""
    rng = np.random.default_rng(0)
    logs = rng.normal(0, 0.2, (4, 16, 16, 1)) * np.eye(10)[0]
    logs[..., -1] = logs[..., 0]
    whole = replaced(np.exp(logs))
    part = replaced(np.exp(logs)).take(np.arange(9))
    statistics = GroupStatistics(np.full(10, 0.5), np.ones(10), np.ones(10))
    spectra = sample_tissue([whole, part], statistics, rng)
    own = spectra - spectra[:, 4:5]
    filled, known = own[SPECTRA // 2 :], own[: SPECTRA // 2]
    np.testing.assert_allclose(known[:, -1], known[:, 0], atol=1e-4)
    assert np.corrcoef(filled[:, -1], filled[:, 0])[0, 1] > 0.98
    assert filled[:, -1].std() > 0.8 * filled[:, 0].std() > 0.02


def test_sensors_that_lack_much_are_no_examples() -> None:
    whole = make_batch(0)
    odd = make_batch(1).take(np.arange(6))
    odd.images[:] = np.linspace(1, 0.01, 6)
    statistics = statistics_of(whole)
    spectra = sample_tissue([whole, odd], statistics, np.random.default_rng(0))
    expected = sample_tissue([whole], statistics, np.random.default_rng(0))
    np.testing.assert_allclose(spectra.mean(0), expected.mean(0), atol=0.05)


def replaced(images: FloatArray) -> SampleBatch:
    """Scenes of nothing but tissue, with these images."""
    batch = make_batch(0, scenes=len(images))
    batch.images[:] = 0.5 * images
    batch.leaf[:] = True
    batch.tissue[:] = True
    return batch
