"""Faithfulness: explanations beside brute-force Shapley values of the frozen model."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.progress import Step
from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.attaching.windows import WindowGame, fold
from focus_viewer.explain.foreign.model import AttachedModel
from focus_viewer.explain.metrics.coalitions import cosine
from focus_viewer.explain.metrics.shapley import Game, shapley_values

EACH = 100
"""Evaluations of the frozen model for each group, and for each cell, by default."""


class Faithfulness(NamedTuple):
    """Means over windows of cosines with brute-force Shapley values, for the decided class.

    Attributes
    ----------
    curve, cells : float
        Of evidence by group, and by coarse cell. NaN where there is one only.
    curve_noise, cells_noise : float
        The same between two halves of the brute force.
    remainder : float
        Median share of the logit's difference that is left to the sink.
    """

    curve: float
    cells: float
    curve_noise: float
    cells_noise: float
    remainder: float


def measure_faithfulness(
    model: AttachedModel, images: Tensor, evaluations: int | None, seed: int, step: Step
) -> Faithfulness:
    """Compare explanations of windows, (windows, bands, height, width), with brute force.

    Parameters
    ----------
    evaluations : int or None
        Of the frozen model in each window; see `AttachPlan`.
    """
    found = []
    for index, image in enumerate(images):
        step(index / len(images), "brute-force Shapley values")
        rng = np.random.default_rng([seed, index])
        found.append(_of_window(model, image[None], evaluations, rng))
    curve, cells, curve_noise, cells_noise, remainder = np.array(found).T
    means = [float(np.mean(each)) for each in (curve, cells, curve_noise, cells_noise)]
    return Faithfulness(means[0], means[1], means[2], means[3], float(np.median(remainder)))


@torch.inference_mode()
def _of_window(
    model: AttachedModel, image: Tensor, evaluations: int | None, rng: np.random.Generator
) -> tuple[float, ...]:
    parts = model.adapter.parts(image.to(model.device))
    taken = model.take_apart(parts, model.adapter.decide(parts), model.usual(parts))
    decided = int(taken.logits[0].argmax())
    game = WindowGame(model, parts)
    folded = fold(taken.evidence, model.adapter)
    own = model.compared(folded)[0, decided].cpu().double().numpy()
    curve = _agreement(own.sum(0), game.by_groups, decided, evaluations, rng)
    cells = _agreement(own.sum(1), game.by_cells, decided, evaluations, rng)
    whole = model.compared(taken.whole)
    left = (whole * taken.absorbed[:, None]).sum((2, 3))[0, decided]
    all_of_it = whole.sum((2, 3))[0, decided]
    return curve[0], cells[0], curve[1], cells[1], abs(float(left / all_of_it))


def _agreement(
    own: DoubleArray, game: Game, decided: int, evaluations: int | None, rng: np.random.Generator
) -> tuple[float, float]:
    """Return the cosine of own values with brute force, and that between its halves."""
    if own.size < 2:
        return float("nan"), float("nan")
    truth = shapley_values(game, own.size, evaluations or EACH * own.size, rng)
    halves = truth.first[:, decided], truth.second[:, decided]
    return cosine(own, truth.values[:, decided]), cosine(*halves)
