"""Attention and evidence against values worked out on paper, and what must always add up."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from explain_models import LN2
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from focus_viewer.explain.model.focus_model import FocusModel, contrast
from focus_viewer.explain.model.prompts import soft_limit, without_brightness


def toy_images() -> Tensor:
    """Dark everywhere, but for ln 2 in the upper left patch at 525 nm."""
    images = torch.zeros(1, 3, 4, 4)
    images[0, 1, :2, :2] = LN2
    return images


def test_toy_reading_on_paper(toy: FocusModel) -> None:
    reading = toy.read(toy_images(), torch.arange(3))
    # Each token has the sink alone beside it: in the bright patch exp(ln 2) to the sink's exp(0),
    # 1 to 1 elsewhere. Three groups share the attention.
    expected = torch.full((4, 3), 1 / 2)
    expected[0, 1] = 2 / 3
    torch.testing.assert_close(reading.attention[0, 0], expected / 3)
    torch.testing.assert_close(reading.attention[0, 1], torch.full((4, 3), 1 / 6))
    # The score reader sees the patch's brightness: ln 2 in the bright one, nothing elsewhere.
    torch.testing.assert_close(reading.score[0, 0], torch.tensor([LN2, 0, 0, 0]))
    # It departs by ln 2 where 2/3 of the token are attended to, with a gain of 1.
    bright = torch.zeros(4, 3)
    bright[0, 1] = 2 / 3 * LN2
    torch.testing.assert_close(reading.contribution[0, 0], bright)
    assert reading.contribution[0, 1].abs().max() == 0


def test_toy_decision_on_paper(toy: FocusModel) -> None:
    output = toy(toy_images(), torch.arange(3))
    # Patches exp(ln 2), 1, 1, 1 and the sink as much as four: weights 2/9, 1/9, 1/9, 1/9 and 4/9.
    assert output.weight[0, 0].tolist() == pytest.approx([2 / 9, 1 / 9, 1 / 9, 1 / 9])
    assert output.evidence[0, 0, 0, 1].item() == pytest.approx(4 / 27 * LN2)
    assert output.evidence[0, 0].sum().item() == pytest.approx(4 / 27 * LN2)
    assert output.logits[0].tolist() == pytest.approx([0.5 + 4 / 27 * LN2, 0])
    assert output.attention[0, 0, 0].tolist() == pytest.approx([1 / 27, 4 / 81, 1 / 27])
    assert output.attention[0, 0, 3].tolist() == pytest.approx([1 / 54, 1 / 54, 1 / 54])
    # Sink: 4/9 of the patches' weight, 4/9 of the bright patch's and half of the others'.
    assert output.sink[0, 0].item() == pytest.approx(4 / 9 + 4 / 9 * 2 / 9 + 3 / 2 / 9)


def test_toy_without_the_green_groups_says_nothing(toy: FocusModel) -> None:
    output = toy(toy_images()[:, :1], torch.tensor([0]))
    assert output.evidence.abs().max() == 0
    assert output.logits[0].tolist() == pytest.approx([0.5, 0])


def test_toy_sink_is_the_baseline_of_each_token(toy: FocusModel) -> None:
    toy.prompts.sink[0] = LN2  # to the green prompt of class 0 the same as the bright patch
    reading = toy.read(toy_images(), torch.arange(3))
    # 2 to 2 in the bright patch, 1 to 2 at other green tokens, 1 to 1 where no prompt asks.
    expected = torch.tensor([[1 / 2, 1 / 2, 1 / 3], [1 / 2, 1 / 3, 1 / 3]]) / 3
    torch.testing.assert_close(reading.attention[0, 0, :2], expected)


def test_attention_is_the_mean_over_heads(small: FocusModel) -> None:
    qkv = small.backbone.attention.qkv
    qkv.weight.mul_(30)
    qkv.weight[8:16] = 0  # the second head's queries: half to each token, half to the sink
    attention = 10 * small.read(torch.randn(2, 10, 16, 16), torch.arange(10)).attention
    assert 1 / 4 < attention.min() < 0.4
    assert 0.6 < attention.max() < 3 / 4


def test_toy_sink_grows_with_the_image(toy: FocusModel) -> None:
    reading = toy.read(toy_images(), torch.arange(3))
    doubled = type(reading)(*(torch.cat([part, part], dim=2) for part in reading))
    one, two = toy.decide(reading), toy.decide(doubled)
    torch.testing.assert_close(one.logits, two.logits)
    torch.testing.assert_close(one.sink, two.sink)


def test_toy_expectation_is_the_origin_of_scores(toy: FocusModel) -> None:
    before = toy.read(toy_images(), torch.arange(3))
    toy.expectation[0] = LN2 / 3  # patches are expected to be as bright as the bright one
    reading = toy.read(toy_images(), torch.arange(3))
    assert reading.score[0, 0].tolist() == pytest.approx([0, -LN2, -LN2, -LN2])
    assert torch.equal(reading.contribution, before.contribution)


def test_log_ratios_are_the_means_of_patches(toy: FocusModel) -> None:
    images = torch.arange(48.0).reshape(1, 3, 4, 4)
    # Rows of four: the first patch holds 0, 1, 4 and 5.
    expected = torch.tensor([[2.5, 18.5, 34.5], [4.5, 20.5, 36.5]])
    torch.testing.assert_close(toy.log_ratios(images)[0, :2], expected)


@pytest.mark.parametrize("chosen", [list(range(10)), [0, 3, 4], [9], [2, 7]])
def test_parts_add_up_whichever_groups_are_there(small: FocusModel, chosen: list[int]) -> None:
    images = torch.randn(4, len(chosen), 16, 16)
    output = small(images, torch.tensor(chosen))
    total = small.prompts.bias + output.evidence.sum((2, 3))
    torch.testing.assert_close(total, output.logits)
    torch.testing.assert_close(output.attention.sum((2, 3)) + output.sink, torch.ones(4, 3))
    assert output.attention.min() >= 0
    assert 0 < output.sink.min() <= output.sink.max() < 1


def test_unknown_patches_get_no_weight(small: FocusModel) -> None:
    reading = small.read(torch.randn(1, 10, 16, 16), torch.arange(10))
    known = torch.ones(16, dtype=torch.bool)
    known[[2, 5]] = False
    output = small.decide(reading, known)
    assert output.evidence[:, :, ~known].abs().max() == 0
    assert output.attention[:, :, ~known].abs().max() == 0
    torch.testing.assert_close(output.attention.sum((2, 3)) + output.sink, torch.ones(1, 3))
    torch.testing.assert_close(small.prompts.bias + output.evidence.sum((2, 3)), output.logits)


def with_brightness(toy: FocusModel) -> FocusModel:
    """The toy where the groups make up a quarter, a quarter and half of the brightness."""
    toy.backbone.log_std.copy_(torch.tensor([1.0, 2, 4]))
    toy.backbone.brightness_weights.copy_(torch.tensor([1.0, 1, 2]))
    return toy


def test_log_ratios_without_brightness_by_hand(toy: FocusModel) -> None:
    backbone = with_brightness(toy).backbone
    log_ratios = torch.tensor([[4.0, 0, 0], [1, 1 / 2, 1 / 4]])
    # Logarithms 4, 0, 0 with a level of 1, which is 1, 1/2 and 1/4 in units of the groups; the
    # other patch is brighter by 1 at every group.
    expected = torch.tensor([[3, -1 / 2, -1 / 4], [0, 0, 0]])
    torch.testing.assert_close(without_brightness(log_ratios, backbone, torch.arange(3)), expected)
    # The first and the last group alone: shares of 1/3 and 2/3, a level of 4/3.
    found = without_brightness(log_ratios[0, [0, 2]], backbone, torch.tensor([0, 2]))
    assert found.tolist() == pytest.approx([4 - 4 / 3, -1 / 3])


def test_light_says_nothing(small: FocusModel) -> None:
    groups = torch.arange(10)
    light = 0.3 / small.backbone.log_std[:, None, None]  # all bands brighter by exp(0.3)
    images = torch.randn(2, 10, 16, 16)
    dark, lit = small(images, groups), small(images + light, groups)
    for one, other in zip(lit, dark, strict=True):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=0)


def test_a_band_answers_for_another_by_the_brightness_alone(small: FocusModel) -> None:
    small.backbone.brightness_weights[7] = 0  # it is no part of the brightness
    before = torch.randn(2, 10, 16, 16)
    after = before.clone()
    after[:, 7] += 2
    read = [small.read(images, torch.arange(10)).contribution for images in (before, after)]
    changed = (read[0] != read[1]).any(dim=0).any(dim=0).any(dim=0)
    assert changed.tolist() == [group == 7 for group in range(10)]


def test_gains_have_the_sign_and_the_root_of_the_anchor(toy: FocusModel) -> None:
    toy.prompts.anchor[0, 1] = -1 / 4
    reading = toy.read(toy_images(), torch.arange(3))
    # Twice -1/2 + 1/4, times what is attended to of the log ratio.
    assert reading.contribution[0, 0, 0, 1].item() == pytest.approx(-1 / 2 * 2 / 3 * LN2)


def test_limits_bend_softly() -> None:
    scores = torch.tensor([-100.0, -0.01, 0.0, 0.01, 2.0, 100.0])
    found = soft_limit(scores, 4.0)
    assert found[[0, -1]].tolist() == pytest.approx([-4, 4])
    assert found[1:4].tolist() == pytest.approx([-0.01, 0, 0.01], rel=1e-4)
    assert (found.diff() > 0).all()


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
    tokens = 10 * 17
    widest = 4 * 16  # of the MLP
    assert len(sizes) > 20
    assert max(sizes) <= tokens * widest < tokens**2 * small.backbone.heads
