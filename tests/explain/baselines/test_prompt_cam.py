"""Prompt-CAM: on paper, against timm's own block, and trained on a planted dent."""

from __future__ import annotations

import math

import pytest
import torch
from baseline_questions import any_images, ask, make_see_through, one_bright_patch
from planted import GROUPS, make_batch
from torch.nn import functional

from focus_viewer.core.errors import Cancelled, ModelError
from focus_viewer.explain.baselines.prompt_cam import (
    ClassPrompts,
    PromptCam,
    tokens_ahead_of_last,
)
from focus_viewer.explain.baselines.prompt_training import (
    LabelledWindows,
    PromptPlan,
    train_prompt_cam,
)
from focus_viewer.explain.model.backbone import BandPureBackbone
from focus_viewer.explain.model.preprocessing import GroupStatistics
from focus_viewer.explain.training.statistics import measure_statistics


def untrained(classes: int, dim: int, seed: int = 0) -> ClassPrompts:
    prompts = ClassPrompts(classes, dim, torch.Generator().manual_seed(seed))
    return prompts.requires_grad_(False)


def planted_windows() -> list[LabelledWindows]:
    samples = [make_batch(seed) for seed in range(4)]
    measured = measure_statistics(samples, GROUPS)
    statistics = GroupStatistics(measured.mean, measured.residual_std, measured.log_std**-2)
    return [
        LabelledWindows(
            batch.tensor(statistics),
            torch.from_numpy(batch.groups),
            torch.from_numpy(batch.labels),
        )
        for batch in samples
    ]


def test_attention_on_paper() -> None:
    backbone = make_see_through(depth=2, tap=0, class_token=False)
    prompts = untrained(classes=2, dim=4)
    prompts.prompts.zero_()
    prompts.prompts[0, 0] = 2.0
    found = PromptCam(prompts).attribute(backbone, ask(one_bright_patch(3 * math.log(2))))
    # The mean of the bright patch's groups is ln 2. Scores: ln 2 with it, 0 with three dark patches
    # and the other prompt, 2 with itself.
    total = 2 + 3 + 1 + math.exp(2)
    own = math.exp((3 * math.log(2)) ** 2 / 2)  # weight of the bright group for itself
    bright = (1 / 3 + own / (own + 2) + 1 / 3) / 3
    expected = torch.full((4, 3), 1 / total / 3)
    expected[0] = 2 / total * torch.tensor([(1 - bright) / 2, bright, (1 - bright) / 2])
    torch.testing.assert_close(found.values, expected)
    assert found.off_patches == pytest.approx((1 + math.exp(2)) / total)


def test_prompts_are_read_as_the_block_itself_would(lively: BandPureBackbone) -> None:
    vit, prompts = lively.vit, untrained(classes=3, dim=16)
    tokens = tokens_ahead_of_last(lively, lively.tokens(any_images(), torch.arange(10)))
    sequence = torch.cat([tokens, prompts.prompts[None]], dim=1)
    expected = vit.fc_norm(vit.norm(vit.blocks[-1](sequence)))[:, -3:] @ prompts.scorer
    torch.testing.assert_close(prompts.read(vit, tokens).logits, expected)


def test_sharpness_makes_prompts_attend_to_single_patches(lively: BandPureBackbone) -> None:
    vit, prompts = lively.vit, untrained(classes=3, dim=16)
    tokens = tokens_ahead_of_last(lively, lively.tokens(any_images(), torch.arange(10)))
    usual = prompts.read(vit, tokens).attention.amax(dim=-1)
    prompts.log_sharpness.fill_(math.log(100))
    sharp = prompts.read(vit, tokens).attention.amax(dim=-1)
    assert (sharp > usual).all()


def test_a_tap_at_the_last_block_is_refused() -> None:
    backbone = make_see_through(depth=1, tap=0, class_token=False)
    with pytest.raises(ModelError, match="block 0 is the last"):
        tokens_ahead_of_last(backbone, torch.zeros(1, 3, 4, 4))


def test_training_finds_the_classes_and_leaves_the_backbone(lively: BandPureBackbone) -> None:
    before = {name: value.clone() for name, value in lively.state_dict().items()}
    windows = planted_windows()
    trained = train_prompt_cam(lively, windows, 3, PromptPlan(epochs=200, batch=16))
    hits = [(trained.decide(lively, w.images, w.groups).argmax(1) == w.labels) for w in windows]
    assert torch.cat(hits).float().mean() > 0.8
    for name, value in lively.state_dict().items():
        assert torch.equal(value, before[name])
    assert all(parameter.grad is None for parameter in lively.parameters())
    assert not any(parameter.requires_grad for parameter in trained.prompts.parameters())


def test_the_seed_decides(lively: BandPureBackbone) -> None:
    windows = planted_windows()[:2]

    def train(seed: int) -> torch.Tensor:
        plan = PromptPlan(epochs=1, seed=seed)
        return train_prompt_cam(lively, windows, 3, plan).prompts.prompts

    assert torch.equal(train(1), train(1))
    assert not torch.equal(train(1), train(2))


def test_the_best_of_several_starts_is_kept(lively: BandPureBackbone) -> None:
    windows = planted_windows()

    def loss(prompts: ClassPrompts) -> float:
        each = [
            functional.cross_entropy(
                prompts(lively, lively.tokens(w.images, w.groups)).logits, w.labels
            )
            for w in windows
        ]
        return float(torch.stack(each).mean())

    def train(starts: int, seed: int) -> float:
        plan = PromptPlan(epochs=8, batch=16, starts=starts, seed=seed)
        return loss(train_prompt_cam(lively, windows, 3, plan).prompts)

    alone = [train(1, seed) for seed in range(3)]
    assert max(alone) > min(alone) + 0.01
    assert train(3, 0) == pytest.approx(min(alone), abs=1e-4)


@pytest.mark.parametrize("epochs", [1, 2, 5, 10, 11])
def test_training_may_be_short(lively: BandPureBackbone, epochs: int) -> None:
    plan = PromptPlan(epochs=epochs, batch=1000, starts=1)
    trained = train_prompt_cam(lively, planted_windows(), 3, plan)
    assert all(torch.isfinite(weight).all() for weight in trained.prompts.parameters())


def test_training_can_be_cancelled(lively: BandPureBackbone) -> None:
    def stop(fraction: float, text: str) -> None:
        if fraction > 0:
            raise Cancelled

    with pytest.raises(Cancelled):
        train_prompt_cam(lively, planted_windows(), 3, PromptPlan(epochs=2), step=stop)


def test_training_wants_a_frozen_backbone(lively: BandPureBackbone) -> None:
    lively.requires_grad_(True)
    with pytest.raises(ValueError, match="frozen"):
        train_prompt_cam(lively, planted_windows(), 3, PromptPlan(epochs=1))


def test_what_it_adds_is_counted() -> None:
    assert PromptCam(untrained(classes=3, dim=16)).extra_parameters == 3 * 16 + 16 + 1
