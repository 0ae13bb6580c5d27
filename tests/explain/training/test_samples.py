"""Training examples: normalised like a cube, turned, thinned out, made noisy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from planted import make_batch

from focus_viewer.core.typing import FloatArray
from focus_viewer.explain.model.preprocessing import GroupStatistics
from focus_viewer.explain.training.samples import (
    SampleBatch,
    add_noise,
    measure_statistics,
    random_groups,
    turned,
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


def test_groups_taken_are_taken_from_every_curve() -> None:
    batch = replace(
        batch_of(uneven_leaf()),
        traits=np.ones((1, 15, 15, 7), np.float32),
        scene_importance=np.array([[0.1, 0.2]], np.float32),
        second=np.array([3]),
        causes=("water",),
    )
    taken = batch.take(np.array([1]))
    assert taken.images.shape == (1, 15, 15, 1)
    assert taken.groups.tolist() == [1]
    np.testing.assert_allclose(taken.scene_importance, [[0.2]])
    assert taken.traits is batch.traits
    assert (taken.second.tolist(), taken.causes) == ([3], ("water",))


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


def test_each_scene_is_told_relative_to_its_own_leaf() -> None:
    batch = batch_of(uneven_leaf(), 3 * uneven_leaf())
    statistics = GroupStatistics(np.array([0.5, 0.5]), np.array([0.1, 0.2]))
    images = batch.tensor(statistics)
    assert images.shape == (2, 2, 15, 15)
    torch.testing.assert_close(images[0], images[1], atol=1e-5, rtol=0)
    steps = images[0].flatten(1)[:, :9].T
    expected = torch.tensor([[-1.0, -1], [-1, 0], [-1, 1], [0, -1], [0, 0]])
    torch.testing.assert_close(steps[:5], expected, atol=1e-5, rtol=0)


def test_statistics_need_a_sensor_with_all_groups() -> None:
    with pytest.raises(ValueError, match="all 10 groups"):
        measure_statistics([make_batch(seed=1).take(np.arange(5))], 10)


def test_a_batch_keeps_the_groups_asked_for() -> None:
    batch = make_batch(seed=1)
    part = batch.take(np.array([2, 7]))
    assert part.groups.tolist() == [2, 7]
    np.testing.assert_array_equal(part.images, batch.images[..., [2, 7]])
    np.testing.assert_array_equal(part.importance, batch.importance[:, [2, 7]])


@pytest.mark.parametrize(("present", "least", "most"), [(42, 6, 12), (9, 6, 12), (3, 6, 12)])
def test_drawn_groups_stay_in_bounds(present: int, least: int, most: int) -> None:
    rng = np.random.default_rng(0)
    lengths = set()
    for _ in range(200):
        kept = random_groups(rng, present, least, most)
        assert kept.min() >= 0
        assert kept.max() < present
        assert (np.diff(kept) > 0).all()
        lengths.add(kept.size)
    assert min(lengths) == min(least, present)
    assert max(lengths) == min(most, present)


def test_turning_keeps_every_value() -> None:
    images = torch.randn(2, 3, 4, 4)
    patch_weights = set()
    for seed in range(40):
        found = turned(images, np.random.default_rng(seed))
        torch.testing.assert_close(found.flatten(2).sort().values, images.flatten(2).sort().values)
        patch_weights.add(tuple(found[0, 0].flatten().tolist()))
    assert len(patch_weights) == 8


def test_noise_lands_where_it_says() -> None:
    images = torch.zeros(64, 10, 16, 16)
    noised, noisy = add_noise(images, 4, np.random.default_rng(0))
    patches = noised.unfold(2, 4, 4).unfold(3, 4, 4).flatten(2, 3)  # (64, 10, 16, 4, 4)
    touched = (patches != 0).flatten(3).any(3).transpose(1, 2)
    assert torch.equal(touched, noisy)
    bands = noisy.all(dim=1).any(dim=1)
    spots = noisy.all(dim=2).any(dim=1)
    assert 0 < bands.sum() < 20
    assert 0 < spots.sum() < 20
    assert not (bands & spots).any()
