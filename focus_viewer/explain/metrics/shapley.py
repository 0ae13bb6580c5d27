"""Shapley values of a game, by sampling permutations of its players in antithetic pairs.

A player's value is the mean of what it adds over all orders in which players can join (Shapley
1953). Each drawn order is also taken backwards, which cancels much of the noise (Mitchell et al.,
Sampling Permutations for Shapley Value Estimation, JMLR 23 (2022)).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from focus_viewer.core.typing import BoolArray, DoubleArray, IntArray

Game = Callable[[BoolArray], DoubleArray]
"""Values (n, outcomes) of coalitions (n, players): True for players that take part."""


class ShapleyEstimate(NamedTuple):
    """Estimate in two independent halves, whose difference shows its noise.

    Attributes
    ----------
    first, second : DoubleArray, shape (players, outcomes)
    evaluations : int
        Coalitions that were evaluated, beside nobody and all.
    """

    first: DoubleArray
    second: DoubleArray
    evaluations: int

    @property
    def values(self) -> DoubleArray:
        """Mean of both halves, shape (players, outcomes); sums to the value of all."""
        return (self.first + self.second) / 2


def shapley_values(
    game: Game, players: int, evaluations: int, rng: np.random.Generator
) -> ShapleyEstimate:
    """Estimate Shapley values from about so many evaluations.

    Raises
    ------
    ValueError
        If there are fewer than two players.
    """
    if players < 2:
        raise ValueError(f"expected two players or more, got {players}")
    pairs = max(1, round(evaluations / (4 * (players - 1))))  # in each half
    ends = game(np.array([[False], [True]]).repeat(players, axis=1))
    halves = [_half(game, ends, pairs, players, rng) for _ in range(2)]
    return ShapleyEstimate(halves[0], halves[1], 4 * pairs * (players - 1))


def _half(
    game: Game, ends: DoubleArray, pairs: int, players: int, rng: np.random.Generator
) -> DoubleArray:
    total = np.zeros((players, ends.shape[1]))
    for _ in range(pairs):
        order = rng.permutation(players)
        for each in (order, order[::-1]):
            total[each] += _gains(game, ends, each)
    return total / (2 * pairs)


def _gains(game: Game, ends: DoubleArray, order: IntArray) -> DoubleArray:
    """Return what each player adds on joining in this order, shape (players, outcomes)."""
    place = np.argsort(order)
    joined = place[None] < np.arange(1, order.size)[:, None]
    values = np.concatenate([ends[:1], game(joined), ends[1:]])
    return np.asarray(np.diff(values, axis=0))
