"""Variants of the method, trained by a short recipe and measured on the same scenes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch

from focus_viewer.core.progress import Step, part
from focus_viewer.core.saliency.volume import importance_curve
from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.benchmark.focus_trial import FocusTrial
from focus_viewer.explain.benchmark.measure import BenchmarkScene, BenchmarkSetup
from focus_viewer.explain.benchmark.methods import Focus
from focus_viewer.explain.experiments.ablation import PARTS, Part, Recipe
from focus_viewer.explain.metrics.coalitions import FrozenModel, cosine
from focus_viewer.explain.metrics.localisation import localisation
from focus_viewer.explain.metrics.shapley import shapley_values
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.training.config import TrainingPlan
from focus_viewer.explain.training.games import PlayedGame
from focus_viewer.explain.training.losses import LossWeights
from focus_viewer.explain.training.samples import SampleBatch
from focus_viewer.explain.training.trainer import Trainer

_LOCATED = ("band_iou_top_n", "volume_ap", "spatial_iou")
METRICS = ("accuracy", "shapley_curve", *_LOCATED, "sink_remainder", "sink_out_drop")
"""What is measured of each variant."""

Build = Callable[[], FocusModel]


@dataclass(eq=False)
class VariantTrainer:
    """Trainer of variants, with what all of them share.

    Attributes
    ----------
    setup : BenchmarkSetup
        Its model gives the architecture; no weights are taken from it.
    build : callable
        Builds a model with random weights.
    samples : mapping of Recipe to list of SampleBatch
        To train on, by recipe.
    plan : TrainingPlan
        Of the whole method.
    evaluations : int
        Of each scene's own values.
    """

    setup: BenchmarkSetup
    build: Build
    samples: Mapping[Recipe, list[SampleBatch]]
    plan: TrainingPlan
    evaluations: int
    _frozen: dict[tuple[Recipe, int], FocusModel] = field(default_factory=dict)
    _games: dict[tuple[Recipe, int], list[PlayedGame]] = field(default_factory=dict)
    _own: dict[tuple[Recipe, int, int], DoubleArray] = field(default_factory=dict)

    def train(self, name: str, seed: int, step: Step) -> FocusModel:
        """Train a variant: its prompts anew, its backbone once for all variants of its recipe.

        So are the games that prompts learn from: they are the backbone's own.
        """
        wanted = PARTS[name]
        key = (wanted.recipe, seed)
        if key not in self._frozen:
            self._frozen[key] = self._backbone(wanted, seed, part(step, 0.0, 0.6))
        model = self._variant(wanted, self._frozen[key], seed)
        plan = replace(self.plan, seed=seed, loss=wanted.loss)
        trainer = Trainer(model, self.samples[wanted.recipe], plan, step=part(step, 0.6, 1.0))
        if key not in self._games:
            trainer.test_tissue()
            self._games[key] = trainer.play_games()
        trainer.train_prompts_on(self._games[key])
        return model.requires_grad_(False).eval()

    def _backbone(self, wanted: Part, seed: int, step: Step) -> FocusModel:
        torch.manual_seed(seed)
        recipe, model = wanted.recipe, self.build()
        plan = replace(
            self.plan,
            seed=seed,
            blanks=recipe.blanks,
            informed=recipe.informed,
            loss=LossWeights(traits=recipe.traits),
        )
        trainer = Trainer(model, self.samples[recipe], plan, step=step)
        trainer.measure_statistics()
        trainer.test_tissue()
        trainer.train_backbone()
        trainer.measure_anchors()
        return model

    def _variant(self, wanted: Part, frozen: FocusModel, seed: int) -> FocusModel:
        """Return a model on frozen weights with new prompts of the variant's kind."""
        model = self.build()
        model.load_state_dict(frozen.state_dict())
        torch.manual_seed(seed)
        prompts = model.prompts.prompts
        model.prompts = wanted.prompts(
            *(prompts.shape[0], prompts.shape[2], prompts.shape[3]),
            model.prompts.value_map.shape[1],
        )
        return model

    def measure(
        self, name: str, seed: int, model: FocusModel, scenes: Sequence[BenchmarkScene], step: Step
    ) -> dict[str, float]:
        """Return the mean of each of `METRICS` over the scenes that have it."""
        setup, focus = replace(self.setup, model=model), Focus(model, "evidence")
        found = []
        for done, scene in enumerate(scenes):
            step(done / len(scenes), "measuring")
            own = self._own_curve(setup, scene, (PARTS[name].recipe, seed, id(scene)))
            found.append(_measure(setup, focus, scene, own))
        return {name: float(np.nanmean([metrics[name] for metrics in found])) for name in METRICS}

    def _own_curve(
        self, setup: BenchmarkSetup, scene: BenchmarkScene, key: tuple[Recipe, int, int]
    ) -> DoubleArray:
        """Return the frozen backbone's own curve for the true class, shape (groups,)."""
        if key not in self._own:
            window = setup.window(scene)
            game = FrozenModel(setup.model.backbone, window.images, window.groups).by_groups
            rng = np.random.default_rng(0)
            found = shapley_values(game, len(window.groups), self.evaluations, rng)
            self._own[key] = np.asarray(found.values[:, scene.label])
        return self._own[key]


def _measure(
    setup: BenchmarkSetup, focus: Focus, scene: BenchmarkScene, own: DoubleArray
) -> dict[str, float]:
    window = setup.window(scene)
    volume = focus.answers(window, [scene.label])[0].volume
    trial = FocusTrial(focus, window, scene.label, scene.truth, seed=0)
    located = localisation(volume, scene.truth)
    return {
        "accuracy": float(focus.logits(window).argmax() == scene.label),
        "shapley_curve": cosine(importance_curve(volume), own),
        **{name: located[name] for name in _LOCATED},
        "sink_remainder": trial.accounts()["sink_remainder"],
        "sink_out_drop": trial.without_sink(own)["sink_out_drop"],
    }
