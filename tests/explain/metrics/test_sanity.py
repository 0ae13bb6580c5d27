"""Randomised weights: what changes and what does not."""

from __future__ import annotations

import pytest
import torch
from explain_models import make_small
from saliency_cases import volume_of

from focus_viewer.explain.metrics.sanity import (
    prompts_shuffled,
    prompts_swapped,
    randomised,
    randomised_similarity,
)
from focus_viewer.explain.model.focus_model import FocusModel


def test_weights_keep_their_values_in_another_order() -> None:
    model = make_small()
    shuffled = randomised(model, seed=1)
    for before, after in zip(model.parameters(), shuffled.parameters(), strict=True):
        assert before.shape == after.shape
        assert torch.equal(before.flatten().sort().values, after.flatten().sort().values)
    assert not torch.equal(
        shuffled.backbone.attention.qkv.weight, model.backbone.attention.qkv.weight
    )


def test_the_model_itself_is_left_alone() -> None:
    model = make_small()
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    randomised(model, seed=1)
    assert all(torch.equal(before[name], weight) for name, weight in model.state_dict().items())


def test_the_seed_decides() -> None:
    model = make_small()
    one, again, other = (randomised(model, seed).prompts.prompts for seed in (1, 1, 2))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


@pytest.mark.parametrize(
    ("random", "expected"), [([1, 4, 9, 16], 1), ([4, 3, 2, 1], -1), ([2, 1, 4, 3], 0.6)]
)
def test_similarity_by_hand(random: list[float], expected: float) -> None:
    found = randomised_similarity(volume_of([[[1, 2, 3, 4]]]), volume_of([[random]]))
    assert found == pytest.approx(expected)


def test_classes_change_prompts_and_anchors_and_nothing_else(small: FocusModel) -> None:
    swapped = prompts_swapped(small)
    assert torch.equal(swapped.prompts.prompts[1], small.prompts.prompts[0])
    assert torch.equal(swapped.prompts.prompts[0], small.prompts.prompts[-1])
    assert torch.equal(swapped.anchor[1], small.anchor[0])
    assert torch.equal(swapped.mean, small.mean)
    for mine, theirs in zip(
        swapped.backbone.parameters(), small.backbone.parameters(), strict=True
    ):
        assert torch.equal(mine, theirs)


def test_shuffled_prompts_keep_their_entries_and_the_backbone(small: FocusModel) -> None:
    shuffled = prompts_shuffled(small, 0)
    mine, theirs = shuffled.prompts.prompts.flatten(), small.prompts.prompts.flatten()
    assert not torch.equal(mine, theirs)
    assert torch.equal(mine.sort().values, theirs.sort().values)
    assert not torch.equal(shuffled.anchor, small.anchor)
    images = torch.randn(1, 10, 16, 16, generator=torch.Generator().manual_seed(0))
    groups = torch.arange(10)
    assert torch.equal(
        shuffled.backbone.logits(images, groups), small.backbone.logits(images, groups)
    )
