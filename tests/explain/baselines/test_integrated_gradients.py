"""Integrated gradients on paper, and their completeness."""

from __future__ import annotations

import pytest
import torch
from baseline_questions import any_images, ask, make_see_through, one_bright_patch

from focus_viewer.explain.baselines.integrated_gradients import IntegratedGradients
from focus_viewer.explain.model.backbone import BandPureBackbone
from focus_viewer.explain.model.focus_model import contrast


def test_a_linear_decision_on_paper() -> None:
    backbone = make_see_through(depth=1, tap=0, class_token=False)
    backbone.vit.head.weight[0, 0] = 6.0
    found = IntegratedGradients(steps=4).attribute(backbone, ask(one_bright_patch(2.0))).values
    expected = torch.zeros(4, 3)
    expected[0, 1] = 6.0 * 2.0 / 12  # the mean over 12 tokens
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("target", [0, 1, 2])
def test_they_sum_to_what_the_image_adds(lively: BandPureBackbone, target: int) -> None:
    question = ask(any_images(), target)
    found = IntegratedGradients(steps=256).attribute(lively, question).values
    both = torch.cat([question.images, torch.zeros_like(question.images)])
    logits = contrast(lively.logits(both, question.groups))[:, target]
    assert found.sum().item() == pytest.approx((logits[0] - logits[1]).item(), abs=5e-3)
    assert found.abs().max() > 1e-4
