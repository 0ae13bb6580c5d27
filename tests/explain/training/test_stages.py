"""What a step of each stage shows, and what it is to find."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from explain_models import make_small, make_toy, toy_scenes
from planted import make_batch
from torch import Tensor

from focus_viewer.core.progress import silent
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.model.traits import TRAIT_SCALES
from focus_viewer.explain.training.config import Stage, TrainingPlan
from focus_viewer.explain.training.games import play_games
from focus_viewer.explain.training.losses import LossWeights
from focus_viewer.explain.training.samples import NoisePlan
from focus_viewer.explain.training.stages import (
    BackboneSteps,
    PromptSteps,
    patch_means,
    standardised,
)
from focus_viewer.explain.training.targets import trait_targets

NAN = float("nan")
PLAN = TrainingPlan(Stage("backbone", 1, rate=1e-3, least_groups=3, most_groups=4))


def seen(steps: BackboneSteps, monkeypatch: pytest.MonkeyPatch, count: int = 60) -> list[Tensor]:
    """Images that so many steps show to the backbone."""
    shown: list[Tensor] = []
    tokens = steps._model.backbone.tokens

    def watched(images: Tensor, groups: Tensor) -> Tensor:
        shown.append(images)
        return tokens(images, groups)

    monkeypatch.setattr(steps._model.backbone, "tokens", watched)
    rng = np.random.default_rng(0)
    for _ in range(count):
        steps.outcome(0, rng)
    return shown


def test_a_step_of_the_backbone_sees_some_groups_of_which_parts_are_blank(
    small: FocusModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = make_batch(0, scenes=6)
    steps = BackboneSteps(small, [batch], [batch.leaf], PLAN)
    shown = seen(steps, monkeypatch)
    assert {images.shape[1] for images in shown} == {3, 4}
    blank = torch.stack([(images == 0).all((2, 3)).any() for images in shown])
    assert 0.5 < blank.float().mean() <= 1


def test_without_blanks_only_what_is_no_tissue_is_blank_and_not_always(
    small: FocusModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = make_batch(0, scenes=6)
    tissue = batch.leaf.copy()
    tissue[:, :, 8:] = False
    steps = BackboneSteps(small, [batch], [tissue], replace(PLAN, blanks=False))
    shown = seen(steps, monkeypatch)
    assert not any((images == 0).all((2, 3)).any() for images in shown)
    halved = [bool(((images == 0).float().mean((1, 2, 3)) > 0.4).any()) for images in shown]
    assert 0.6 < np.mean(halved) < 0.9  # three of four


def test_the_loss_of_the_backbone_has_classes_and_traits(small: FocusModel) -> None:
    batch = make_batch(0, scenes=6)
    steps = BackboneSteps(small, [batch], [batch.leaf], PLAN)
    outcome = steps.outcome(0, np.random.default_rng(0))
    assert list(outcome.parts) == ["cross_entropy", "traits"]
    assert 0 <= outcome.figures["accuracy"] <= 1
    half = replace(PLAN, loss=LossWeights(traits=0.25))
    again = BackboneSteps(small, [batch], [batch.leaf], half).outcome(0, np.random.default_rng(0))
    torch.testing.assert_close(again.parts["traits"], outcome.parts["traits"] / 2)
    torch.testing.assert_close(again.parts["cross_entropy"], outcome.parts["cross_entropy"])


def test_a_held_out_batch_is_decided_as_the_backbone_does(small: FocusModel) -> None:
    batch = make_batch(0, scenes=6)
    steps = BackboneSteps(small, [batch], [batch.leaf], PLAN)
    own = small.backbone.logits(*standardised(small, batch, batch.leaf))
    torch.testing.assert_close(steps.decide(batch, batch.leaf), own)


def test_traits_are_wanted_in_their_own_spread_and_limited() -> None:
    batch = make_batch(0, scenes=2)
    middle, spread = np.array(TRAIT_SCALES).T
    batch.traits[0] = middle + 2 * spread
    batch.traits[1] = middle - 50 * spread
    found = trait_targets(batch, batch.leaf, alone=False)
    assert found.shape == (2, 8, 16, 16)
    torch.testing.assert_close(found[0, :7], torch.full((7, 16, 16), 2.0))
    assert (found[1, :7] == -3).all()
    np.testing.assert_array_equal(found[:, 7].numpy() > 0.5, batch.tissue)


def test_blank_pixels_are_no_example_of_any_trait() -> None:
    batch = make_batch(0, scenes=2)
    shown = batch.leaf.copy()
    shown[:, :, :4] = False
    alone, whole = (trait_targets(batch, shown, alone) for alone in (True, False))
    assert torch.isnan(alone[:, :, :, :4]).all()
    torch.testing.assert_close(alone[..., 4:, 4:], whole[..., 4:, 4:])
    # Background that passes for tissue is still wanted as none.
    everywhere = np.ones_like(shown)
    assert (trait_targets(batch, everywhere, alone=True)[:, 7, :2] == 0).all()


def test_patch_means_are_of_what_is_known() -> None:
    image = torch.tensor([[1.0, 3, NAN, NAN], [NAN, NAN, 8, NAN]])
    found = patch_means(image[None, None], 2)
    assert found.shape == (1, 2, 1)
    assert found[0, 0, 0] == 2
    assert torch.isnan(found[0, 1, 0])  # less than half


def prompt_steps(model: FocusModel, shown: np.ndarray, weights: LossWeights) -> PromptSteps:
    batch = toy_scenes(shown)
    games = play_games(model, [batch], [batch.leaf], 1, 4, 0, silent)
    return PromptSteps(model, games, PLAN.prompts, weights)


def test_the_toy_s_prompts_have_nothing_left_to_learn_and_swapped_ones_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("focus_viewer.explain.training.games._PLANTED", NoisePlan(0, 0))
    shown = (np.random.default_rng(0).random((8, 3, 4, 4)) < 0.1).astype(np.float64)
    toy = make_toy("avg", size=8)
    steps, rng = prompt_steps(toy, shown, LossWeights()), np.random.default_rng(0)
    assert (steps.steps, steps.trained) == (1, toy.prompts)
    parts, figures = steps.outcome(0, rng)
    assert list(parts) == ["coalitions", "shapley", "efficiency", "attraction"]
    assert parts["coalitions"] + parts["efficiency"] < 1e-3
    assert parts["attraction"].item() == pytest.approx(np.log(1 + np.exp(-6)), rel=0.01)
    assert figures["coalition_r2"] > 0.999
    assert figures["sink_noise"] == 0  # there is none
    toy.prompts.prompts.copy_(toy.prompts.prompts.flip(0))
    assert steps.outcome(0, rng).figures["coalition_r2"] < 0.9


def test_figures_of_a_step_are_of_noise_and_of_clean_tokens() -> None:
    toy = make_toy("avg", size=8)
    steps = prompt_steps(toy, np.zeros((12, 3, 4, 4)), LossWeights())
    toy.prompts.sink[:, 3] = 1e4  # whatever is chequered at all
    toy.prompts.sink_bias.fill_(-10)
    figures = steps.outcome(0, np.random.default_rng(0)).figures
    assert figures["sink_clean"] < 0.01
    assert figures["sink_noise"] > 0.4  # what is chequered the other way passes


def test_a_step_of_the_prompts_reaches_all_of_them_and_nothing_else() -> None:
    model = make_small()
    batch = make_batch(0, scenes=4)
    games = play_games(model, [batch], [batch.leaf], 1, 2, 0, silent)
    steps = PromptSteps(model, games, PLAN.prompts, LossWeights())
    steps.trained.requires_grad_(True)
    sum(steps.outcome(0, np.random.default_rng(0)).parts.values()).backward()
    for name, parameter in model.named_parameters():
        reached = parameter.grad is not None and bool(parameter.grad.any())
        assert reached == name.startswith("prompts."), name
