"""Each part of the loss by hand."""

from __future__ import annotations

import math

import pytest
import torch

from focus_viewer.explain.model.focus_model import FocusOutput
from focus_viewer.explain.training.losses import (
    LossWeights,
    Target,
    attraction,
    backbone_losses,
    distillation,
    focus_losses,
    localisation,
    noise_attention,
    sink_presence,
    total,
)

SINK = torch.tensor([[0.25, 0.5, 1.0], [0.5, 0.75, 0.5]])
LABELS = torch.tensor([0, 1])


def test_absent_classes_belong_in_the_sink() -> None:
    expected = -(math.log(0.5) + math.log(1.0) + math.log(0.5) + math.log(0.5)) / 4
    assert attraction(SINK, LABELS).item() == pytest.approx(expected)


def test_the_true_class_does_not() -> None:
    assert sink_presence(SINK, LABELS).item() == pytest.approx(
        -(math.log(0.75) + math.log(0.25)) / 2
    )


def test_full_and_empty_sinks_give_finite_losses() -> None:
    for mass in (0.0, 1.0):
        sink = torch.full((2, 3), mass)
        assert torch.isfinite(attraction(sink, LABELS))
        assert torch.isfinite(sink_presence(sink, LABELS))


def test_distillation_vanishes_for_the_same_decision() -> None:
    logits = torch.randn(4, 3)
    assert distillation(logits + 5, logits).item() == pytest.approx(0, abs=1e-6)
    uniform, sure = torch.zeros(1, 2), torch.tensor([[0.0, math.log(3)]])
    expected = 0.25 * math.log(0.25 / 0.5) + 0.75 * math.log(0.75 / 0.5)
    assert distillation(uniform, sure).item() == pytest.approx(expected)


def test_the_valve_counts_attention_on_noise() -> None:
    attention = torch.full((1, 2, 2, 2), 0.1)
    attention[0, 1] = 0.2
    noisy = torch.tensor([[[True, False], [False, True]]])
    assert noise_attention(attention, noisy).item() == pytest.approx((0.2 + 0.4) / 2)


def test_patches_are_weighed_where_the_backbone_sees_the_class() -> None:
    weight = torch.full((2, 3, 2), 0.1)
    weight[0, 0] = torch.tensor([0.5, 0.25])
    weight[1, 1] = torch.tensor([0.0, 0.5])
    patch_weights = torch.tensor([[0.75, 0.25], [0.0, 1.0]])
    first = -0.75 * math.log(0.5) - 0.25 * math.log(0.25)
    expected = (first - math.log(0.5)) / 2
    assert localisation(weight, LABELS, patch_weights).item() == pytest.approx(expected)
    assert torch.isfinite(localisation(torch.zeros(2, 3, 2), LABELS, patch_weights))


def test_the_loss_is_the_sum_of_named_and_weighted_parts() -> None:
    logits, teacher = torch.randn(2, 3), torch.randn(2, 3)
    attention = torch.rand(2, 3, 2, 2) / 8
    noisy = torch.rand(2, 2, 2) > 0.5
    weight, patch_weights = torch.rand(2, 3, 2) / 2, torch.rand(2, 2)
    off_anchor = torch.tensor([[1.0, -2.0], [0.0, 0.5]])
    output = FocusOutput(logits, attention, torch.zeros_like(attention), SINK, weight)
    weights = LossWeights(
        attraction=0.3,
        sink_presence=0.2,
        distillation=0.7,
        noise=2.0,
        localisation=0.4,
        gain_l2=0.1,
    )
    expected = {
        "cross_entropy": torch.nn.functional.cross_entropy(logits, LABELS),
        "attraction": 0.3 * attraction(SINK, LABELS),
        "sink_presence": 0.2 * sink_presence(SINK, LABELS),
        "distillation": 0.7 * distillation(logits, teacher),
        "noise": 2.0 * noise_attention(attention, noisy),
        "localisation": 0.4 * localisation(weight, LABELS, patch_weights),
        "gain_l2": torch.tensor(0.1 * (1 + 4 + 0.25)),
    }
    target = Target(LABELS, teacher, noisy, patch_weights)
    parts = focus_losses(output, target, off_anchor, weights)
    assert list(parts) == list(expected)
    torch.testing.assert_close(parts, expected)
    torch.testing.assert_close(total(parts), sum(expected.values()))


def test_the_backbone_learns_decisions_that_are_not_too_sure() -> None:
    sure, surer = (torch.tensor([[scale, 0.0, 0.0]]) for scale in (4.0, 40.0))
    label = torch.tensor([0])
    assert total(backbone_losses(sure, label)) < total(backbone_losses(surer, label))
