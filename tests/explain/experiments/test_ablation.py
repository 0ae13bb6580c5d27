"""Each variant of the method lacks what it says, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from explain_models import EDGES_NM, RECIPE
from planted import GROUPS, make_batch

from focus_viewer.core.progress import silent
from focus_viewer.explain.benchmark.measure import BenchmarkScene, BenchmarkSetup
from focus_viewer.explain.experiments.ablation import PARTS, Recipe
from focus_viewer.explain.experiments.ablation_run import METRICS, VariantTrainer
from focus_viewer.explain.metrics.truth import Truth
from focus_viewer.explain.model.checkpoint import build_model
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.training.config import Stage, TrainingPlan
from focus_viewer.explain.training.games import PlayedGame
from focus_viewer.explain.training.trainer import Trainer

EDGES = np.stack([EDGES_NM[:-1], EDGES_NM[1:]], axis=1)
CLASSES = ("left", "right", "none")
PLAN = TrainingPlan(
    backbone=Stage("backbone", 1, 1e-3, 4, 10),
    prompts=Stage("prompts", 1, 1e-3, 10, 10),
    games=1,
    pairs=1,
)


def build() -> FocusModel:
    return build_model(RECIPE, EDGES, len(CLASSES))


@pytest.fixture(scope="module")
def trainer() -> VariantTrainer:
    samples = [make_batch(0)]
    recipes = dict.fromkeys(part.recipe for part in PARTS.values())
    setup = BenchmarkSetup(build().requires_grad_(False).eval(), EDGES, CLASSES)
    return VariantTrainer(setup, build, dict.fromkeys(recipes, samples), PLAN, 8)


def trained(trainer: VariantTrainer, name: str) -> FocusModel:
    return trainer.train(name, 0, silent)


def weights(model: FocusModel) -> dict[str, torch.Tensor]:
    return dict(model.backbone.named_parameters())


@pytest.mark.parametrize(
    "name", ["prompts", "sink", "attraction", "coalitions", "shapley", "values"]
)
def test_variants_of_the_prompts_share_the_backbone(trainer: VariantTrainer, name: str) -> None:
    whole, variant = trained(trainer, "whole"), trained(trainer, name)
    assert PARTS[name].recipe == Recipe()
    for key, weight in weights(whole).items():
        assert torch.equal(weight, weights(variant)[key])
    ours = variant.prompts.state_dict()
    assert any(
        not torch.equal(weight, ours[key]) for key, weight in whole.prompts.named_parameters()
    )


def test_variants_of_the_prompts_share_their_games(
    trainer: VariantTrainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    played: list[int] = []
    play = Trainer.play_games

    def noted(self: Trainer) -> list[PlayedGame]:
        played.append(1)
        return play(self)

    monkeypatch.setattr(Trainer, "play_games", noted)
    for name in ("whole", "sink", "values"):
        trainer.train(name, 7, silent)
    assert played == [1]


@pytest.mark.parametrize("name", ["blanking", "information", "traits"])
def test_variants_of_the_recipe_have_another_backbone(trainer: VariantTrainer, name: str) -> None:
    whole, variant = (weights(trained(trainer, each)) for each in ("whole", name))
    assert any(not torch.equal(weight, variant[key]) for key, weight in whole.items())


def output_of(model: FocusModel) -> tuple[torch.Tensor, torch.Tensor]:
    images = torch.randn(1, GROUPS, 16, 16, generator=torch.Generator().manual_seed(0))
    groups = torch.arange(GROUPS)
    reading = model.read(images, groups, model.usual(groups, 16))
    return reading.attention.shares, reading.attention.absorbed


def test_without_prompts_all_groups_have_the_same_share(trainer: VariantTrainer) -> None:
    shares, _ = output_of(trained(trainer, "prompts"))
    torch.testing.assert_close(shares, torch.full_like(shares, 1 / GROUPS))
    shares, _ = output_of(trained(trainer, "whole"))
    assert shares.std() > 1e-5


def test_without_a_sink_nothing_is_absorbed(trainer: VariantTrainer) -> None:
    assert output_of(trained(trainer, "sink"))[1].abs().max() == 0
    assert output_of(trained(trainer, "whole"))[1].min() > 0


def test_without_values_prompts_do_not_see_them(trainer: VariantTrainer) -> None:
    for name, blind in (("values", True), ("whole", False)):
        model = trained(trainer, name)
        before, _ = output_of(model)
        model.prompts.value_map.add_(1.0)
        after, _ = output_of(model)
        assert torch.equal(before, after) == blind


def test_every_metric_is_measured(trainer: VariantTrainer) -> None:
    batch = make_batch(1, scenes=3)
    cells = batch.lesion[0].reshape(4, 4, 4, 4).any(axis=(1, 3))
    truth = Truth(cells, batch.importance[0].astype(np.float64))
    scenes = [BenchmarkScene(batch.images[0], batch.groups, int(batch.labels[0]), truth)]
    found = trainer.measure("whole", 0, trained(trainer, "whole"), scenes, silent)
    assert set(found) == set(METRICS)
    assert all(np.isfinite(value) for value in found.values())
