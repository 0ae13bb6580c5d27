"""Prompts and sink for new classes, trained on coalitions in the user's own windows.

A few windows leave open much of what prompts may be: trained long, fast or from large numbers, they
explain these windows and not the next leaf. They start small, learn slowly and stop early; of
several starts that is kept which explains windows best that it did not learn from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from focus_viewer.core.datasets.data_set import DataSet
from focus_viewer.core.progress import Step, part
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.teaching.features import FeatureReader
from focus_viewer.explain.teaching.games import play_own_games
from focus_viewer.explain.teaching.plan import TeachingPlan
from focus_viewer.explain.training.config import TrainingPlan
from focus_viewer.explain.training.games import PlayedGame
from focus_viewer.explain.training.losses import shapley_loss
from focus_viewer.explain.training.trainer import Trainer

START, SPLIT = 0.3, 0.02
"""Size of prompts at the start, as a share of the source's, and of what sets their parts apart."""
_RATE = 2e-2
_STARTS, _HELD_OUT, _FEWEST = 3, 4, 8
_PLAYING = 0.8


def train_prompts(
    model: FocusModel, reader: FeatureReader, data_set: DataSet, plan: TeachingPlan, step: Step
) -> None:
    """Train the prompts and sink of a model whose head is taught and frozen."""
    torch.manual_seed(plan.seed)
    model.requires_grad_(False).eval()
    games = play_own_games(model, reader, data_set, plan, part(step, 0.0, _PLAYING))
    train_on(model, games, plan, part(step, _PLAYING, 1.0))


def train_on(
    model: FocusModel, games: Sequence[PlayedGame], plan: TeachingPlan, step: Step
) -> None:
    """Train prompts and sink on games from several starts, and keep what is best on others.

    Of a few games all are learned from, from one start.
    """
    several = len(games) >= _FEWEST
    held_out = games[::_HELD_OUT] if several else ()
    learned = [game for n, game in enumerate(games) if not several or n % _HELD_OUT]
    starts = _STARTS if several else 1
    first = {name: values.clone() for name, values in model.prompts.state_dict().items()}
    found = []
    for number in range(starts):
        _start(model, first, number)
        own_step = part(step, number / starts, (number + 1) / starts)
        _train(model, learned, plan, own_step)
        kept = {name: values.clone() for name, values in model.prompts.state_dict().items()}
        found.append((_missed(model, held_out), number, kept))
    model.prompts.load_state_dict(min(found, key=lambda each: each[:2])[2])


def _start(model: FocusModel, first: dict[str, torch.Tensor], number: int) -> None:
    """Set prompts to the first start, or to another of the same size."""
    model.prompts.load_state_dict(first)
    if number:
        with torch.no_grad():
            model.prompts.prompts.normal_(std=float(first["prompts"].std()))
            model.prompts.split.normal_(std=SPLIT)


def _train(model: FocusModel, games: Sequence[PlayedGame], plan: TeachingPlan, step: Step) -> None:
    usual = TrainingPlan(seed=plan.seed)
    stage = replace(usual.prompts, epochs=plan.epochs, rate=_RATE)
    trainer = Trainer(model, [], replace(usual, prompts=stage), step=step)
    trainer.train_prompts_on(list(games))
    model.requires_grad_(False).eval()


@torch.inference_mode()
def _missed(model: FocusModel, games: Sequence[PlayedGame]) -> float:
    """Return how far evidence is from the Shapley values of games, 0 without any."""
    losses = []
    for played in games:
        game = played.to(model.mean.device)
        reading = model.attend(game.found, game.usual, game.groups)
        evidence = model.decide(reading, game.usual, game.shown).evidence
        own = (evidence - evidence.mean(1, keepdim=True)) * ~game.noisy[:, None]
        losses.append(float(shapley_loss(own, game.game)))
    return float(np.mean(losses)) if losses else 0.0
