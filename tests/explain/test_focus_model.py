"""Attention and evidence against values worked out on paper, and what must always add up."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from explain_models import LN2
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from focus_viewer.explain.focus_model import FocusModel, contrast
from focus_viewer.explain.prompts import region_softmax, soft_limit


def toy_images() -> Tensor:
    """Dark everywhere, but for ln 2 in the upper left patch at 525 nm."""
    images = torch.zeros(1, 3, 4, 4)
    images[0, 1, :2, :2] = LN2
    return images


def test_toy_reading_on_paper(toy: FocusModel) -> None:
    reading = toy.read(toy_images(), torch.arange(3))
    # Green of class 0 in the bright patch: exp(ln 2), exp(0) and the sink's exp(0) over their sum,
    # halved because two regions share the attention. Everywhere else all compete with weight 1.
    expected = torch.tensor([[1 / 2, 1 / 2, 1 / 4], [1 / 2, 1 / 3, 1 / 3]]) / 2
    torch.testing.assert_close(reading.attention[0, 0, :2], expected)
    torch.testing.assert_close(reading.attention[0, 1, 0], expected[1])
    # The score reader sees brightness alone: ln 2 in the bright patch, nothing elsewhere.
    torch.testing.assert_close(reading.score[0, 0], torch.tensor([LN2, 0, 0, 0]))
    # The evidence reader reads ln 2 where half of the attention lies.
    bright = torch.zeros(4, 3)
    bright[0, 1] = LN2 / 2
    torch.testing.assert_close(reading.contribution[0, 0], bright)


def test_toy_decision_on_paper(toy: FocusModel) -> None:
    output = toy(toy_images(), torch.arange(3))
    # Patches exp(ln 2), 1, 1, 1 and the sink 1: weights 2/6, 1/6, 1/6, 1/6 and 1/6.
    assert output.evidence[0, 0, 0, 1].item() == pytest.approx(LN2 / 6)
    assert output.evidence[0, 0].sum().item() == pytest.approx(LN2 / 6)
    assert output.logits[0].tolist() == pytest.approx([0.5 + LN2 / 6, 0])
    assert output.attention[0, 0, 0].tolist() == pytest.approx([1 / 12, 1 / 12, 1 / 24])
    assert output.attention[0, 0, 3].tolist() == pytest.approx([1 / 24, 1 / 36, 1 / 36])
    # Sink: 1/6 of the patches' weight, 3/8 of the bright patch's and 5/12 of the others'.
    assert output.sink[0, 0].item() == pytest.approx(1 / 6 + 3 / 8 / 3 + 3 * 5 / 12 / 6)


def test_toy_without_the_green_groups_says_nothing(toy: FocusModel) -> None:
    output = toy(toy_images()[:, :1], torch.tensor([0]))
    assert output.evidence.abs().max() == 0
    assert output.logits[0].tolist() == pytest.approx([0.5, 0])


def test_toy_sink_grows_with_the_image(toy: FocusModel) -> None:
    reading = toy.read(toy_images(), torch.arange(3))
    doubled = type(reading)(*(torch.cat([part, part], dim=2) for part in reading))
    one, two = toy.decide(reading), toy.decide(doubled)
    torch.testing.assert_close(one.logits, two.logits)
    torch.testing.assert_close(one.sink, two.sink)


def test_toy_expectation_is_the_origin_of_evidence(toy: FocusModel) -> None:
    toy.expectation[1, 0, 0] = LN2  # 525 nm is expected to be bright
    reading = toy.read(toy_images(), torch.arange(3))
    assert reading.contribution[0, 0, 0, 1].item() == pytest.approx(0, abs=1e-7)
    assert reading.contribution[0, 0, 1, 1].item() == pytest.approx(-LN2 / 3)


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


def test_region_softmax_by_hand() -> None:
    match = torch.tensor([0.0, LN2, LN2]).reshape(1, 1, 3, 1, 1)
    sink = torch.tensor([[[0.0], [9.0], [LN2]]])  # regions 0 and 2 are present
    shares = region_softmax(match, sink, torch.tensor([0, 0, 2])).flatten()
    assert shares.tolist() == pytest.approx([1 / 4, 2 / 4, 1 / 2])


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
