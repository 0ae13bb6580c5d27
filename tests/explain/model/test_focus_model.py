"""Evidence against Shapley values worked out on paper, and what must always add up."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from explain_models import ANY_SIZE, AVERAGED, RECIPE, TOY_EDGES_NM, make_small, make_toy
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from focus_viewer.core.errors import ModelError
from focus_viewer.explain.model.checkpoint import build_model
from focus_viewer.explain.model.focus_model import FocusModel, contrast

GROUPS = torch.arange(3)
RECIPES = pytest.mark.parametrize("recipe", [RECIPE, AVERAGED, ANY_SIZE], ids=["max", "avg", "any"])
POOLS = pytest.mark.parametrize("pool", ["avg", "max"])
# A limit of 6 leaves the other two groups of a patch this much each, and the sink the last.
LEAK, ABSORBED = math.exp(-12) / (1 + 2 * math.exp(-12)), 1 / (1 + math.exp(6))

Tokens = dict[tuple[int, int], float]
"""By patch and group: the upper left patch is 0, the one beside it 1."""


def toy_images(tokens: Tokens) -> Tensor:
    """An image that is as usual but for some tokens."""
    images = torch.zeros(1, 3, 4, 4)
    for (patch, group), level in tokens.items():
        row, col = divmod(patch, 2)
        images[0, group, 2 * row : 2 * row + 2, 2 * col : 2 * col + 2] = level
    return images


def volume(tokens: Tokens) -> Tensor:
    """Values of tokens, shape (patches, groups)."""
    values = torch.zeros(4, 3)
    for place, level in tokens.items():
        values[place] = level
    return values


def shapley_values(model: FocusModel, images: Tensor) -> Tensor:
    """Shapley values of all tokens by all coalitions, shape (classes, patches, groups)."""
    players = 12
    kept = torch.tensor(list(itertools.product([0.0, 1.0], repeat=players)))
    masks = kept.reshape(-1, 3, 2, 2).repeat_interleave(2, 2).repeat_interleave(2, 3)
    values = model.backbone.logits(images * masks, GROUPS).double()
    sizes = kept.sum(1).int().tolist()
    weight = torch.tensor(
        [1 / (players * math.comb(players - 1, min(size, players - 1))) for size in sizes]
    )
    found = torch.zeros(players, 2, dtype=torch.float64)
    for player in range(players):
        without = torch.nonzero(kept[:, player] == 0)[:, 0]
        gained = values[without + 2 ** (players - 1 - player)] - values[without]
        found[player] = weight[without].double() @ gained
    return found.reshape(3, 4, 2).permute(2, 1, 0).float()


# By a mean each token that departs adds what it is. By a maximum patches that reach it share it,
# and a token is worth what it adds to its patch.
ON_PAPER: list[tuple[str, Tokens, Tokens, Tokens]] = [
    ("avg", {(0, 1): 1}, {(0, 1): 1}, {}),
    ("avg", {(0, 1): 1, (3, 2): 1, (2, 0): 1}, {(0, 1): 1, (3, 2): 1}, {(2, 0): 1}),
    ("avg", {(1, 0): 1, (1, 1): 1, (1, 2): 1}, {(1, 1): 1, (1, 2): 1}, {(1, 0): 1}),
    ("max", {(0, 1): 1}, {(0, 1): 1}, {}),
    ("max", {(0, 1): 1, (3, 2): 1, (2, 0): 1}, {(0, 1): 1 / 2, (3, 2): 1 / 2}, {(2, 0): 1}),
    ("max", {(1, 0): 1, (1, 1): 1, (1, 2): 1}, {(1, 1): 1, (1, 2): 1}, {(1, 0): 1}),
    ("max", {(n, 0): 1 for n in range(4)}, {}, {(n, 0): 1 / 4 for n in range(4)}),
]


@pytest.mark.parametrize(("pool", "shown", "green", "blue"), ON_PAPER)
def test_toy_evidence_is_the_shapley_value_of_each_token(
    pool: str, shown: Tokens, green: Tokens, blue: Tokens
) -> None:
    toy, images = make_toy(pool), toy_images(shown)
    on_paper = torch.stack([volume(green), volume(blue)])
    torch.testing.assert_close(shapley_values(toy, images), on_paper, atol=1e-5, rtol=0)
    output = toy(images, GROUPS, sink=False)
    torch.testing.assert_close(output.evidence[0], on_paper, atol=3e-5, rtol=0)
    # The sink takes the little that its limit leaves it, of each token the same.
    output = toy(images, GROUPS)
    torch.testing.assert_close(output.evidence[0], (1 - ABSORBED) * on_paper, atol=3e-5, rtol=0)
    torch.testing.assert_close(output.unattributed[0], ABSORBED * on_paper, atol=1e-5, rtol=0)
    torch.testing.assert_close(output.logits[0], output.baseline[0] + on_paper.sum((1, 2)))
    assert output.baseline[0].tolist() == [0.5, 0.25]


def test_toy_attention_on_paper(toy: FocusModel) -> None:
    output = toy(toy_images({(0, 1): 1, (2, 2): 1}), GROUPS)
    for found, group in zip(output.attention[0, 0, [0, 2]], (1, 2), strict=True):
        # Two patches have all, half each; a group takes all of its patch but twice the leak.
        expected = torch.full((3,), LEAK)
        expected[group] = 1 - 2 * LEAK
        torch.testing.assert_close(found, expected * (1 - ABSORBED) / 2, rtol=1e-4, atol=1e-9)
    assert output.attention[0, 0, [1, 3]].abs().max() < 1e-6
    assert output.sink[0, 0].item() == pytest.approx(ABSORBED, abs=1e-5)


def test_toy_sink_takes_what_is_chequered(toy: FocusModel) -> None:
    images = toy_images({(0, 1): 1, (3, 1): 1})
    images[0, 1, 2:, 2:] += torch.tensor([[1.0, -1], [-1, 1]])
    output = toy(images, GROUPS)
    # The head sees the mean of the patch; the sink takes it, but for what its limit leaves.
    clean, noisy = volume({(0, 1): 1}), volume({(3, 1): 1})
    expected = (1 - ABSORBED) * clean + ABSORBED * noisy
    left = clean + noisy - expected
    torch.testing.assert_close(output.evidence[0, 0], expected, atol=3e-5, rtol=0)
    torch.testing.assert_close(output.unattributed[0, 0], left, atol=3e-5, rtol=0)
    assert output.sink[0, 0].item() == pytest.approx(1 / 2, abs=1e-4)
    assert output.logits[0, 0].item() == pytest.approx(2.5)


@POOLS
def test_toy_evidence_goes_elsewhere_with_another_class_s_prompts(pool: str) -> None:
    toy, images = make_toy(pool), toy_images({(0, 1): 1, (2, 0): 1, (3, 1): 1})
    before = toy(images, GROUPS)
    toy.prompts.prompts.copy_(toy.prompts.prompts.flip(0))
    after = toy(images, GROUPS)
    assert torch.equal(after.logits, before.logits)
    # Nothing departs that these prompts look at: a patch's part goes to its groups evenly.
    even = before.evidence.sum(3, keepdim=True).expand(-1, -1, -1, 3) / 3
    torch.testing.assert_close(after.evidence, even, atol=1e-4, rtol=0)
    assert (after.evidence - before.evidence).abs().max() > 0.3


@RECIPES
@pytest.mark.parametrize("chosen", [list(range(10)), [0, 3, 4], [9]])
def test_parts_add_up_to_the_frozen_model_s_logit(recipe: Any, chosen: list[int]) -> None:
    model, groups = make_small(recipe=recipe), torch.tensor(chosen)
    images = torch.randn(4, len(chosen), 16, 16, generator=torch.Generator().manual_seed(1))
    output = model(images, groups)
    own = model.backbone.logits(images, groups)
    assert torch.equal(output.logits, own)
    torch.testing.assert_close(
        output.baseline, model.backbone.logits(torch.zeros_like(images[:1]), groups)
    )
    parts = output.evidence.sum((2, 3)) + output.unattributed.sum((2, 3))
    torch.testing.assert_close(output.baseline + parts, own, atol=1e-4, rtol=0)
    torch.testing.assert_close(output.attention.sum((2, 3)) + output.sink, torch.ones(4, 3))
    assert output.attention.min() >= 0
    assert 0 < output.sink.min() <= output.sink.max() < 1
    assert output.unattributed.abs().max() > 0


@RECIPES
def test_without_the_sink_nothing_is_left_unattributed(recipe: Any) -> None:
    model, groups, images = make_small(recipe=recipe), torch.arange(10), torch.randn(2, 10, 16, 16)
    output, usual = model(images, groups, sink=False), model(images, groups)
    assert not output.unattributed.any()
    torch.testing.assert_close(output.sink, torch.zeros(2, 3), atol=1e-5, rtol=0)
    assert torch.equal(output.logits, usual.logits)
    torch.testing.assert_close(output.evidence, usual.evidence + usual.unattributed)


def test_what_the_prompts_split_sums_to_the_head_s_rows(small: FocusModel) -> None:
    rows = small.prompts.rows(small.backbone.vit.head.weight)
    assert rows.shape == (3, 3, 16)
    torch.testing.assert_close(rows.sum(1), small.backbone.vit.head.weight)
    assert (rows[:, 0] - rows[:, 1]).abs().max() > 0.1


@RECIPES
def test_swapping_a_class_s_prompts_changes_its_evidence_alone(recipe: Any) -> None:
    model, groups, images = make_small(recipe=recipe), torch.arange(10), torch.randn(2, 10, 16, 16)
    before = model(images, groups)
    model.prompts.prompts[0] = model.prompts.prompts[1].clone()
    after = model(images, groups)
    assert torch.equal(after.logits, before.logits)
    assert torch.equal(after.evidence[:, 1:], before.evidence[:, 1:])
    curves = [each.evidence[:, 0].sum(1).flatten() for each in (before, after)]
    assert torch.corrcoef(torch.stack(curves))[0, 1] < 0.9


@RECIPES
def test_patches_that_are_not_shown_have_no_part(recipe: Any) -> None:
    model, groups, images = make_small(recipe=recipe), torch.arange(10), torch.randn(2, 10, 16, 16)
    shown = torch.ones(2, 16, dtype=torch.bool)
    shown[0, [2, 5]] = shown[1, 9] = False
    output = model(images, groups, shown)
    for part in (output.evidence, output.unattributed, output.attention):
        assert not part.movedim(2, 1)[~shown].any()
        assert part.movedim(2, 1)[shown].abs().sum((1, 2)).min() > 0
    parts = output.evidence.sum((2, 3)) + output.unattributed.sum((2, 3))
    torch.testing.assert_close(output.baseline + parts, output.logits, atol=1e-4, rtol=0)
    torch.testing.assert_close(output.attention.sum((2, 3)) + output.sink, torch.ones(2, 3))


def test_own_contrasts_are_the_means_of_patches_in_the_leaves_units(toy: FocusModel) -> None:
    images = torch.arange(48.0).reshape(1, 3, 4, 4)
    toy.residual_std.copy_(torch.tensor([1.0, 1.0, 0.3]))
    toy.log_std.copy_(torch.tensor([1.0, 2.0, 0.6]))
    # Rows of four: the first patch holds 0, 1, 4 and 5.
    expected = torch.tensor([[2.5, 18.5, 34.5], [4.5, 20.5, 36.5]]) * torch.tensor([1, 0.5, 0.5])
    torch.testing.assert_close(toy.own_contrasts(images, GROUPS)[0, :2], expected)
    found = toy.own_contrasts(images[:, 2:], torch.tensor([2]))[0, :2]
    torch.testing.assert_close(found, expected[:, 2:])


def test_a_backbone_with_a_class_token_is_refused() -> None:
    options = {**RECIPE.options, "class_token": True, "global_pool": "token"}
    with pytest.raises(ModelError, match="class token has mixed the patches"):
        build_model(replace(RECIPE, options=options), TOY_EDGES_NM, 3)


def test_contrast_is_against_the_mean_of_the_others() -> None:
    evidence = torch.tensor([[[5.0], [1.0], [3.0]]])
    assert contrast(evidence).flatten().tolist() == [3, -3, 0]


def test_no_attention_over_all_tokens_at_once(small: FocusModel) -> None:
    """No operation of the explaining pass holds a (patches x groups) squared matrix."""
    sizes: list[int] = []

    class Sizes(TorchDispatchMode):
        def __torch_dispatch__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            out = func(*args, **(kwargs or {}))
            sizes.extend(part.numel() for part in tree_leaves(out) if torch.is_tensor(part))
            return out

    with torch.inference_mode(), Sizes():
        small(torch.randn(1, 10, 16, 16), torch.arange(10))
    tokens = 10 * 16
    widest = 4 * 16  # of the MLP
    assert len(sizes) > 20
    assert max(sizes) <= tokens * widest < tokens**2 * small.backbone.heads
