"""What the frozen backbone makes of batchs is kept, and tells the same as reading them anew."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from explain_models import ANY_SIZE, make_small
from focus_viewer.explain.training.feature_cache import (
    CachedFeatures,
    FeatureCache,
    copies_within,
    copy_bytes,
    read_features,
)
from focus_viewer.explain.training.localisation import localise
from planted import make_batch
from torch.nn import functional

from focus_viewer.core.errors import Cancelled
from focus_viewer.core.progress import silent
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.training.samples import SampleBatch, add_noise, turned

CPU = torch.device("cpu")
BATCHES = [make_batch(seed=0), make_batch(seed=1, size=32)]
ALL = np.arange(10)
CORNERS = [(rows, cols) for rows in (slice(2), slice(2, 4)) for cols in (slice(2), slice(2, 4))]


@pytest.fixture
def small() -> FocusModel:
    """One that takes windows of any size."""
    return make_small(recipe=ANY_SIZE)


def filled(model: FocusModel, copies: int) -> FeatureCache:
    cache = FeatureCache(model, BATCHES, seed=7)
    cache.fill(copies, silent)
    return cache


def shown(batch: SampleBatch, model: FocusModel, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng(seed)
    return add_noise(turned(batch.tensor(model.statistics(batch.groups)), rng), 4, rng)


@pytest.mark.parametrize("batch", BATCHES, ids=["16 px", "32 px"])
def test_half_precision_leaves_the_decision(small: FocusModel, batch: SampleBatch) -> None:
    found, log_ratios, groups, _ = read_features(small, batch, np.random.default_rng(3)).take(
        ALL, CPU
    )
    assert found.keys.dtype == found.patches.dtype == log_ratios.dtype == torch.float32
    output = small.decide(small.weigh(found, log_ratios, groups))
    exact = small(shown(batch, small, 3)[0], groups)
    assert torch.equal(output.logits.argmax(1), exact.logits.argmax(1))
    torch.testing.assert_close(output.logits, exact.logits, rtol=0, atol=0.01)
    torch.testing.assert_close(output.sink, exact.sink, rtol=0, atol=1e-3)


def test_some_groups_are_those_groups_of_the_whole(small: FocusModel) -> None:
    read = read_features(small, BATCHES[0], np.random.default_rng(3))
    kept = np.array([2, 3, 8])
    found, log_ratios, groups, target = read.take(kept, CPU)
    assert groups.tolist() == [2, 3, 8]
    assert torch.equal(found.keys, read.found.keys[:, kept].float())
    assert torch.equal(found.patches, read.found.patches.float())
    assert torch.equal(log_ratios, read.log_ratios[..., kept].float())
    assert torch.equal(target.noisy, read.target.noisy[..., kept])
    assert torch.equal(target.teacher, read.target.teacher)
    assert torch.equal(target.patch_weights, read.target.patch_weights)
    assert target.labels.tolist() == BATCHES[0].labels.tolist()


def test_the_teacher_is_the_backbones_own_decision(small: FocusModel) -> None:
    read = read_features(small, BATCHES[0], np.random.default_rng(3))
    own = small.backbone.logits(shown(BATCHES[0], small, 3)[0], torch.arange(10))
    torch.testing.assert_close(read.target.teacher, own)


def test_the_patches_seen_are_those_of_the_turned_and_noised_images(small: FocusModel) -> None:
    batch, groups = BATCHES[0], torch.arange(10)
    read = read_features(small, batch, np.random.default_rng(3))
    images = shown(batch, small, 3)[0]
    log_ratios, labels = small.log_ratios(images), torch.from_numpy(batch.labels)
    tokens = small.backbone.tokens(images, groups)
    mask = turned(torch.from_numpy(batch.leaf)[:, None].float(), np.random.default_rng(3))
    leaf = functional.avg_pool2d(mask, 4).flatten(1) > 0.5
    expected = localise(
        small.backbone, tokens, log_ratios, groups, labels, leaf, small.prompts.anchor
    )
    torch.testing.assert_close(read.target.patch_weights, expected)
    torch.testing.assert_close(read.log_ratios, log_ratios.half())


def test_what_is_off_the_leaf_is_noise_and_not_looked_at(small: FocusModel) -> None:
    batch = make_batch(0)
    batch.leaf[:] = False
    batch.leaf[:, :8, :8] = True  # a quarter, in whichever corner it is turned to
    target = read_features(small, batch, np.random.default_rng(3)).target
    off = target.noisy.all(dim=-1)
    assert off.sum(1).tolist() == [12] * len(batch.labels)
    corners = [off.reshape(-1, 4, 4)[:, rows, cols] for rows, cols in CORNERS]
    assert sorted(corner.any().item() for corner in corners) == [False, True, True, True]
    assert target.patch_weights[off].abs().max() == 0
    torch.testing.assert_close(target.patch_weights.sum(1), torch.ones(len(batch.labels)))


def test_copies_differ_and_are_the_same_the_next_time(small: FocusModel) -> None:
    first, again = filled(small, 2), filled(small, 2)
    rng = np.random.default_rng(0)
    drawn = [first.draw(0, rng) for _ in range(20)]
    assert len({id(read) for read in drawn}) == 2
    assert same(drawn[0], again.draw(0, np.random.default_rng(0)))
    assert len({float(read.found.keys.float().sum()) for read in drawn}) == 2


def test_without_room_batches_are_read_at_every_step(small: FocusModel) -> None:
    cache = filled(small, 0)
    drawn = [cache.draw(1, np.random.default_rng(seed)) for seed in (0, 0, 1)]
    assert drawn[0] is not drawn[1]
    assert same(drawn[0], drawn[1])
    assert not same(drawn[0], drawn[2])


def test_the_size_is_told_beforehand(small: FocusModel) -> None:
    reads = [read_features(small, batch, np.random.default_rng(0)) for batch in BATCHES]
    kept = [each for read in reads for each in (*read.found, read.log_ratios, read.target.noisy)]
    assert copy_bytes(BATCHES, small.backbone) == sum(each.nbytes for each in kept)


@pytest.mark.parametrize(("limit", "copies"), [(99, 0), (100, 1), (250, 2), (10**9, 3)])
def test_copies_keep_within_the_limit(limit: int, copies: int) -> None:
    assert copies_within(limit, most=3, copy=100) == copies


def test_filling_can_be_cancelled(small: FocusModel) -> None:
    def step(fraction: float, text: str) -> None:
        if fraction > 0.6:
            raise Cancelled

    with pytest.raises(Cancelled):
        FeatureCache(small, BATCHES, 0).fill(2, step)


def same(one: CachedFeatures, other: CachedFeatures) -> bool:
    parts = [(*each.found, each.log_ratios, *each.target) for each in (one, other)]
    pairs = zip(*parts, strict=True)
    return all(torch.equal(a, b) for a, b in pairs)
