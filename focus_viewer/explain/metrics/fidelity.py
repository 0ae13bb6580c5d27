"""Fidelity: agreement of an explanation with the frozen model's own Shapley values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from focus_viewer.core.saliency.volume import SaliencyVolume, importance_curve
from focus_viewer.core.typing import BoolArray, DoubleArray
from focus_viewer.explain.metrics.agreement import top_iou
from focus_viewer.explain.metrics.coalitions import (
    COARSE,
    FrozenModel,
    coalition_errors,
    coarse_map,
    cosine,
    draw_coalitions,
)
from focus_viewer.explain.metrics.shapley import Game, ShapleyEstimate, shapley_values
from focus_viewer.explain.metrics.truth import Truth


class OwnPlayers(NamedTuple):
    """Own values of one kind of players, and other coalitions to try sums of parts on.

    Attributes
    ----------
    shapley : ShapleyEstimate
        Of shape (players, classes).
    joined : BoolArray, shape (n, players)
        Coalitions that the estimate has not seen.
    values : DoubleArray, shape (n, classes)
    """

    shapley: ShapleyEstimate
    joined: BoolArray
    values: DoubleArray

    def errors(self, parts: DoubleArray, target: int, nothing: DoubleArray) -> tuple[float, float]:
        """Return how badly sums of parts, shape (players,), predict the values for a class."""
        return coalition_errors(parts, self.joined, self.values[:, target], float(nothing[target]))


class OwnValues(NamedTuple):
    """Shapley values of the frozen model on a scene: its own, whatever explains it.

    Attributes
    ----------
    groups, cells : OwnPlayers
    nothing : DoubleArray, shape (classes,)
        Value of a scene that is all as the leaf usually is.
    """

    groups: OwnPlayers
    cells: OwnPlayers
    nothing: DoubleArray

    def curve(self, target: int) -> DoubleArray:
        """Return a class's values by group, shape (groups,)."""
        return np.asarray(self.groups.shapley.values[:, target])

    def map(self, target: int) -> DoubleArray:
        """Return a class's values by coarse cell, shape (COARSE**2,)."""
        return np.asarray(self.cells.shapley.values[:, target])


def own_values(
    model: FrozenModel, evaluations: int, trials: int, rng: np.random.Generator
) -> OwnValues:
    """Estimate the frozen model's own values on a window.

    Parameters
    ----------
    evaluations : int
        For groups, and as many for cells.
    trials : int
        Coalitions to try sums of parts on, of groups and of cells each.
    """
    nothing = model.values(np.zeros((1, 1, 1, 1), dtype=np.bool_))[0]
    groups = _play(model.by_groups, len(model.groups), evaluations, trials, rng)
    return OwnValues(groups, _play(model.by_cells, COARSE**2, evaluations, trials, rng), nothing)


def _play(
    game: Game, players: int, evaluations: int, trials: int, rng: np.random.Generator
) -> OwnPlayers:
    found = shapley_values(game, players, evaluations, rng)
    joined = draw_coalitions(players, trials, rng)
    return OwnPlayers(found, joined, game(joined))


def fidelity(
    volume: SaliencyVolume, own: OwnValues, target: int, others: Sequence[DoubleArray]
) -> dict[str, float]:
    """Compare a volume of a class with the frozen model's own values.

    Parameters
    ----------
    others : sequence of DoubleArray, shape (groups,)
        Own curves of other scenes of the class.

    Returns
    -------
    dict of str to float
        `shapley_curve` and `shapley_map` (cosines), and `scene_specificity`.
    """
    curve = importance_curve(volume)
    return {
        "shapley_curve": cosine(curve, own.curve(target)),
        "shapley_map": cosine(coarse_map(volume), own.map(target)),
        "scene_specificity": scene_specificity(curve, own.curve(target), others),
    }


def predicted(volume: SaliencyVolume, own: OwnValues, target: int) -> dict[str, float]:
    """Return how well sums over a coalition's tokens predict what the frozen model makes of it.

    `coalition_missed` and `coalition_added`, of groups and of cells; a benchmark makes one share of
    them, `coalition_r2`. For values in the logits' units.
    """
    return _errors(importance_curve(volume), coarse_map(volume), own, target)


def own_fidelity(
    own: OwnValues, truth: Truth, target: int, others: Sequence[DoubleArray]
) -> dict[str, float]:
    """Return the same figures of the own values themselves, whose halves stand for two estimates.

    How far these are from 1 is their noise. The band IoUs compare the model with physics.
    """
    curve, cells = own.curve(target), own.map(target)
    halves = [half[:, target] for half in own.groups.shapley[:2]]
    in_space = [half[:, target] for half in own.cells.shapley[:2]]
    return {
        "shapley_curve": cosine(*halves),
        "shapley_map": cosine(*in_space),
        "scene_specificity": scene_specificity(halves[0], halves[1], others),
        "band_iou_top_n": top_iou(curve, truth.true_groups),
        "scene_band_iou_top_n": top_iou(curve, truth.scene_groups),
        "evaluations": float(own.groups.shapley.evaluations),
        **_errors(curve, cells, own, target),
    }


def _errors(
    curve: DoubleArray, cells: DoubleArray, own: OwnValues, target: int
) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, players, parts in (("groups", own.groups, curve), ("cells", own.cells, cells)):
        missed, added = players.errors(parts, target, own.nothing)
        found |= {f"coalition_missed_{name}": missed, f"coalition_added_{name}": added}
    return found


def scene_specificity(curve: DoubleArray, own: DoubleArray, others: Sequence[DoubleArray]) -> float:
    """Return how much nearer a curve is to its own scene's values than to those of other scenes.

    The cosine with the former less the mean cosine with the latter; NaN without other scenes.
    """
    if not others:
        return float("nan")
    return cosine(curve, own) - float(np.mean([cosine(curve, other) for other in others]))
