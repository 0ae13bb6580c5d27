"""Faithfulness: explanations beside brute-force Shapley values of the frozen model."""

from __future__ import annotations

from collections.abc import Sequence
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

    Windows count by the size of these values: one that is as usual has next to nothing to explain,
    and the cosine of next to nothing is noise.

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
    found: list[_Window] = []
    for index, image in enumerate(images):
        step(index / len(images), "brute-force Shapley values")
        rng = np.random.default_rng([seed, index])
        found.append(_of_window(model, image[None], evaluations, rng))
    curve, cells = _mean([each.curve for each in found]), _mean([each.cells for each in found])
    remainder = float(np.median([window.remainder for window in found]))
    return Faithfulness(curve.cosine, cells.cosine, curve.noise, cells.noise, remainder)


class _Agreement(NamedTuple):
    cosine: float
    noise: float
    size: float


class _Window(NamedTuple):
    curve: _Agreement
    cells: _Agreement
    remainder: float


def _mean(found: Sequence[_Agreement]) -> _Agreement:
    """Return the mean, each by its size; NaN where there is one player only, or no value at all."""
    cosines, noises, sizes = np.array(found).T
    total = float(sizes.sum())
    if not total > 0:
        return _Agreement(float("nan"), float("nan"), 0.0)
    return _Agreement(float(cosines @ sizes) / total, float(noises @ sizes) / total, total)


@torch.inference_mode()
def _of_window(
    model: AttachedModel, image: Tensor, evaluations: int | None, rng: np.random.Generator
) -> _Window:
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
    return _Window(curve, cells, abs(float(left / all_of_it)))


def _agreement(
    own: DoubleArray, game: Game, decided: int, evaluations: int | None, rng: np.random.Generator
) -> _Agreement:
    """Compare own values with brute force, and its halves with one another."""
    if own.size < 2:
        return _Agreement(float("nan"), float("nan"), float("nan"))
    truth = shapley_values(game, own.size, evaluations or EACH * own.size, rng)
    values = truth.values[:, decided]
    itself = cosine(truth.first[:, decided], truth.second[:, decided])
    return _Agreement(cosine(own, values), itself, float(np.linalg.norm(values)))
