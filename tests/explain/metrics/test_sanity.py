"""Randomised weights: what changes and what does not."""

from __future__ import annotations

import pytest
import torch
from explain_models import make_small
from saliency_cases import volume_of

from focus_viewer.explain.metrics.sanity import randomised, randomised_similarity


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
