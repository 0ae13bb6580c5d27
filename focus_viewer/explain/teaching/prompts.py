"""Prompts and sink for new classes, trained on coalitions in the user's own windows."""

from __future__ import annotations

from dataclasses import replace

import torch

from focus_viewer.core.datasets.data_set import DataSet
from focus_viewer.core.progress import Step, part
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.teaching.features import FeatureReader
from focus_viewer.explain.teaching.games import play_own_games
from focus_viewer.explain.teaching.plan import TeachingPlan
from focus_viewer.explain.training.config import TrainingPlan
from focus_viewer.explain.training.trainer import Trainer

_PLAYING = 0.8


def train_prompts(
    model: FocusModel, reader: FeatureReader, data_set: DataSet, plan: TeachingPlan, step: Step
) -> None:
    """Train the prompts and sink of a model whose head is taught and frozen."""
    torch.manual_seed(plan.seed)
    model.requires_grad_(False).eval()
    games = play_own_games(model, reader, data_set, plan, part(step, 0.0, _PLAYING))
    usual = TrainingPlan(seed=plan.seed)
    stages = replace(usual, prompts=replace(usual.prompts, epochs=plan.epochs))
    trainer = Trainer(model, [], stages, step=part(step, _PLAYING, 1.0))
    trainer.train_prompts_on(games)
    model.requires_grad_(False).eval()
