"""Training: the loss falls, stages touch only what they may, seeds repeat."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import torch
from explain_models import make_small
from planted import make_lesson

from focus_viewer.core.errors import Cancelled
from focus_viewer.explain.focus_model import FocusModel
from focus_viewer.explain.lessons import Lesson
from focus_viewer.explain.training import Stage, Trainer, TrainingPlan


def plan(backbone: int = 1, prompts: int = 1, seed: int = 0) -> TrainingPlan:
    return TrainingPlan(
        Stage("backbone", backbone, rate=2e-3, least_groups=10, most_groups=10),
        Stage("prompts", prompts, rate=5e-3, least_groups=10, most_groups=10),
        seed,
    )


def lessons(count: int = 4) -> list[Lesson]:
    return [make_lesson(seed) for seed in range(count)]


def losses(log: Path, stage: str) -> list[float]:
    with log.open(encoding="utf-8", newline="") as file:
        return [float(row["loss"]) for row in csv.DictReader(file) if row["stage"] == stage]


def test_both_stages_lower_their_loss(small: FocusModel, tmp_path: Path) -> None:
    small.requires_grad_(True)
    log = tmp_path / "log.csv"
    Trainer(small, lessons(), plan(backbone=12, prompts=8), log=log).train()
    backbone, prompts = losses(log, "backbone"), losses(log, "prompts")
    assert len(backbone) == 12
    assert len(prompts) == 8
    assert backbone[-1] < 0.9 * backbone[0]
    assert prompts[-1] < 0.95 * prompts[0]


def test_prompt_training_leaves_the_backbone_bit_for_bit(small: FocusModel) -> None:
    small.requires_grad_(True)
    before = {name: value.clone() for name, value in small.backbone.state_dict().items()}
    prompts = {name: value.clone() for name, value in small.prompts.state_dict().items()}
    Trainer(small, lessons(2), plan()).train_prompts()
    for name, value in small.backbone.state_dict().items():
        assert torch.equal(value, before[name]), name
    for name, parameter in small.backbone.named_parameters():
        assert not parameter.requires_grad, name
        assert parameter.grad is None, name
    for name, value in small.prompts.state_dict().items():
        assert not torch.equal(value, prompts[name]), name


def test_backbone_training_leaves_the_prompts(small: FocusModel) -> None:
    small.requires_grad_(True)
    before = {name: value.clone() for name, value in small.prompts.state_dict().items()}
    Trainer(small, lessons(1), plan()).train_backbone()
    assert all(
        torch.equal(value, before[name]) for name, value in small.prompts.state_dict().items()
    )


def test_a_seed_repeats() -> None:
    weights = []
    for _ in range(2):
        model = make_small().requires_grad_(True)
        Trainer(model, lessons(1), plan(seed=5)).train()
        weights.append(model.prompts.prompts.detach().clone())
    assert torch.equal(*weights)


def test_the_expectation_is_the_mean_over_leaf_patches(small: FocusModel) -> None:
    lesson = make_lesson(0)
    lesson.leaf[:] = False
    lesson.leaf[:, 4:8, 8:12] = True  # the patch in row 1, column 2
    Trainer(small, [lesson], plan()).measure_expectation()
    groups = torch.arange(10)
    values = small.backbone(lesson.tensor(small.statistics(np.arange(10))), groups).values
    torch.testing.assert_close(small.expectation, values[:, :, 1 * 4 + 2].mean(0))


def test_training_can_be_cancelled(small: FocusModel) -> None:
    def step(fraction: float, text: str) -> None:
        if fraction > 0.3:
            raise Cancelled

    small.requires_grad_(True)
    with pytest.raises(Cancelled):
        Trainer(small, lessons(2), plan(3, 3), step).train()
