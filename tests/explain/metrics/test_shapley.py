"""Shapley values of games that can be worked out on paper."""

from __future__ import annotations

import numpy as np
import pytest

from focus_viewer.core.typing import BoolArray, DoubleArray
from focus_viewer.explain.metrics.shapley import shapley_values

ALONE = np.array([1.0, -2.0, 0.5, 0.0, 3.0])
TOGETHER = np.array([[0.5, 0.5, 0, 0, 0], [0, 0, 2, 2, 2]])
EXPECTED = (ALONE + TOGETHER).T


def game(joined: BoolArray) -> DoubleArray:
    """Each player adds its own; two of them 1 together, in the other outcome three of them 6."""
    pair = joined[:, [0, 1]].all(axis=1) * 1.0
    three = joined[:, [2, 3, 4]].all(axis=1) * 6.0
    return 7 + np.stack([joined @ ALONE + pair, joined @ ALONE + three], axis=1)


def test_what_players_add_together_is_shared_equally() -> None:
    found = shapley_values(game, 5, 8000, np.random.default_rng(0))
    np.testing.assert_allclose(found.values, EXPECTED, atol=0.15)
    # Of two, one always comes second: a pair of orders is exact for them.
    np.testing.assert_allclose(found.values[:, 0], EXPECTED[:, 0], atol=1e-9)


def test_values_sum_to_what_all_add() -> None:
    found = shapley_values(game, 5, 40, np.random.default_rng(1))
    whole = game(np.ones((1, 5), dtype=np.bool_)) - game(np.zeros((1, 5), dtype=np.bool_))
    for half in (found.first, found.second, found.values):
        np.testing.assert_allclose(half.sum(axis=0), whole[0])


def test_halves_are_independent_and_agree_the_more_the_more_is_evaluated() -> None:
    def gap(evaluations: int) -> float:
        found = shapley_values(game, 5, evaluations, np.random.default_rng(2))
        return float(np.abs(found.first - found.second).max())

    assert 0 < gap(8000) < gap(32)


def test_as_many_coalitions_are_evaluated_as_it_says() -> None:
    seen = []

    def counted(joined: BoolArray) -> DoubleArray:
        inside = joined.any(axis=1) & ~joined.all(axis=1)
        seen.append(int(inside.sum()))
        return game(joined)

    found = shapley_values(counted, 5, 1000, np.random.default_rng(0))
    assert sum(seen) == found.evaluations == pytest.approx(1000, rel=0.02)


def test_one_player_is_no_game() -> None:
    with pytest.raises(ValueError, match="two players"):
        shapley_values(game, 1, 100, np.random.default_rng(0))
