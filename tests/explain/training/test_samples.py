"""Training examples: normalised like a cube, turned, thinned out, made noisy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from planted import make_batch

from focus_viewer.explain.model.preprocessing import GroupStatistics
from focus_viewer.explain.training.samples import (
    NoisePlan,
    add_noise,
    random_groups,
    turned,
)


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


def touched(noised: torch.Tensor) -> torch.Tensor:
    """Tokens of 4 px that are not 0, shape (batch, patches, groups)."""
    patches = noised.unfold(2, 4, 4).unfold(3, 4, 4).flatten(2, 3)
    return (patches != 0).flatten(3).any(3).transpose(1, 2)


def test_noise_lands_where_it_says() -> None:
    noised, noisy = add_noise(torch.zeros(64, 10, 16, 16), 4, np.random.default_rng(0))
    assert torch.equal(touched(noised), noisy)
    bands = noisy.all(dim=1).any(dim=1)
    spots = noisy.all(dim=2).any(dim=1)
    assert 0 < bands.sum() < 20
    assert 0 < spots.sum() < 20


def test_noise_is_in_bands_or_in_patches_as_planned() -> None:
    images, rng = torch.zeros(60, 10, 16, 16), np.random.default_rng(0)
    _, banded = add_noise(images, 4, rng, NoisePlan(banded=1, spotted=0, bands=0.3))
    assert torch.equal(banded, banded[:, :1].expand_as(banded))
    assert 0.2 < banded.float().mean() < 0.4
    _, spotted = add_noise(images, 4, rng, NoisePlan(banded=0, spotted=1, patches=0.2))
    assert torch.equal(spotted, spotted[..., :1].expand_as(spotted))
    assert 0.1 < spotted.float().mean() < 0.3
    noised, none = add_noise(images, 4, rng, NoisePlan(banded=0, spotted=0))
    assert not none.any()
    assert not noised.any()


def test_groups_taken_are_taken_from_every_curve() -> None:
    batch = replace(
        make_batch(seed=1, scenes=1),
        scene_importance=np.linspace(0, 0.9, 10, dtype=np.float32)[None],
        second=np.array([3]),
        causes=("water",),
    )
    taken = batch.take(np.array([1]))
    assert taken.images.shape == (1, 16, 16, 1)
    assert taken.groups.tolist() == [1]
    np.testing.assert_allclose(taken.scene_importance, [[0.1]])
    assert taken.traits is batch.traits
    assert (taken.second.tolist(), taken.causes) == ([3], ("water",))


def test_what_is_not_shown_is_blank() -> None:
    batch = make_batch(seed=1, scenes=2)
    statistics = GroupStatistics(np.linspace(0.2, 0.5, 10), np.full(10, 0.1), np.ones(10))
    whole, shown = batch.tensor(statistics), batch.tensor(statistics, batch.lesion)
    assert torch.equal(shown, whole * torch.from_numpy(batch.lesion)[:, None])
    assert shown.any()
