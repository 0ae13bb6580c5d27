"""Each part of the losses by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from focus_viewer.explain.training.losses import (
    Game,
    LossWeights,
    attraction,
    coalition_losses,
    coalition_r2,
    coalition_sums,
    total,
    trait_loss,
)

NAN = float("nan")


def test_traits_count_where_they_are_known() -> None:
    found = torch.tensor([[[0.5, 3.0, 0.0], [1.0, 7.0, 0.0], [2.0, 1.0, math.log(3)]]])
    wanted = torch.tensor([[[0.0, 1.0, 1.0], [1.0, NAN, NAN], [NAN, NAN, 0.0]]])
    # Smooth L1: 0.5²/2 and 0; 2 - 0.5; of tissue ln 2 and ln 4.
    first, second = (0.125 + 0) / 2, 1.5
    tissue = (math.log(2) + math.log(4)) / 2
    assert trait_loss(found, wanted).item() == pytest.approx((first + second + tissue) / 3)


def test_unknown_traits_cost_nothing_and_have_no_gradient() -> None:
    found = torch.randn(1, 2, 3, requires_grad=True)
    loss = trait_loss(found, torch.full((1, 2, 3), NAN))
    loss.backward()
    assert loss.item() == 0
    assert found.grad is not None
    assert not found.grad.any()


def test_sums_of_coalitions_are_over_cells_of_patches() -> None:
    evidence = torch.randn(2, 3, 64, 5)  # 8 x 8 patches in 4 x 4 cells
    kept = torch.rand(2, 6, 5, 4, 4) > 0.5
    found = coalition_sums(evidence, kept)
    assert found.shape == (2, 6, 3)
    fine = kept.repeat_interleave(2, 3).repeat_interleave(2, 4)  # a mask of patches
    masks = fine.flatten(3).transpose(2, 3)  # (scenes, coalitions, patches, groups)
    expected = (evidence[:, None] * masks[:, :, None]).sum((3, 4))
    torch.testing.assert_close(found, expected)


def test_one_token_of_a_coalition_by_hand() -> None:
    evidence = torch.zeros(1, 2, 16, 3)
    evidence[0, 1, 6, 2] = 5.0  # of 4 x 4 cells: row 1, column 2
    kept = torch.zeros(1, 3, 3, 4, 4, dtype=torch.bool)
    kept[0, 0, 2, 1, 2] = True
    kept[0, 1, 1, 1, 2] = kept[0, 2, 2, 2, 1] = True
    assert coalition_sums(evidence, kept).tolist() == [[[0, 5], [0, 0], [0, 0]]]


def test_attraction_weighs_noise_and_clean_tokens_equally() -> None:
    absorbed = torch.tensor([[[0.9, 0.2], [0.5, 0.1]]])
    noisy = torch.tensor([[[True, False], [False, False]]])
    clean = -(math.log(0.8) + math.log(0.5) + math.log(0.9)) / 3
    assert attraction(absorbed, noisy).item() == pytest.approx((-math.log(0.9) + clean) / 2)


@pytest.mark.parametrize("noise", [True, False])
def test_attraction_where_all_is_of_a_kind(noise: bool) -> None:
    absorbed = torch.full((1, 2, 2), 0.25)
    found = attraction(absorbed, torch.full((1, 2, 2), noise))
    assert found.item() == pytest.approx(-math.log(0.25 if noise else 0.75))


@pytest.fixture
def game() -> Game:
    """A scene of 4 x 4 patches and one group: what the upper half and the lower half add."""
    kept = torch.zeros(1, 2, 1, 4, 4, dtype=torch.bool)
    kept[0, 0, 0, :2] = kept[0, 1, 0, 2:] = True
    values = torch.tensor([[[3.0, -3.0], [1.0, -1.0]]])
    whole = values.sum(1)
    by_cells = torch.zeros(1, 16, 2)
    by_cells[0, 0], by_cells[0, 15] = values[0]
    return Game(kept, values, whole, whole[:, None], by_cells)


def evidence_of(upper: float, lower: float, both: float = 0.0) -> Tensor:
    """So much of class 0 in the first and the last patch; `both` is added for both classes."""
    evidence = torch.full((1, 2, 16, 1), both)
    evidence[0, 0, 0, 0] += upper
    evidence[0, 0, 15, 0] += lower
    return evidence


CLEAN = torch.zeros(1, 16, 1, dtype=torch.bool)
OPEN = torch.full((1, 16, 1), 0.5)
WEIGHTS = LossWeights(coalitions=2.0, shapley=5.0, efficiency=3.0, attraction=0.5)


def test_evidence_that_is_the_game_s_costs_nothing(game: Game) -> None:
    # Of class 0 alone: half of it once both classes are centred. What both have in common is not
    # looked at.
    exact = evidence_of(6, 2, both=0.7)
    parts = coalition_losses(exact, OPEN, CLEAN, game, WEIGHTS)
    assert parts["coalitions"].item() == pytest.approx(0, abs=1e-9)
    assert parts["efficiency"].item() == pytest.approx(0, abs=1e-9)
    assert parts["shapley"].item() == pytest.approx(0, abs=1e-9)
    assert parts["attraction"].item() == pytest.approx(0.5 * math.log(2))
    assert coalition_r2(exact, CLEAN, game).item() == pytest.approx(1)
    torch.testing.assert_close(total(parts), torch.tensor(0.5 * math.log(2)))


def test_what_coalitions_and_their_whole_miss_by_hand(game: Game) -> None:
    parts = coalition_losses(evidence_of(2, 2), OPEN, CLEAN, game, WEIGHTS)
    # Upper half 1 for 3, lower half right; the whole 2 for 4, of a scale of 4².
    assert parts["coalitions"].item() == pytest.approx(2 * (2**2 + 0) / 2 / 16)
    assert parts["efficiency"].item() == pytest.approx(3 * 2**2 / 16)
    # The group has 2 for 4; the cells 1 for 3, and 1 for 1: shares of 4² and of 3² + 1².
    assert parts["shapley"].item() == pytest.approx(5 * (4 / 16 + 4 / 10) / 2)
    found = coalition_r2(evidence_of(2, 2), CLEAN, game).item()
    assert found == pytest.approx(1 - 2**2 / (3**2 + 1))


def test_evidence_on_noise_counts_in_the_whole_alone(game: Game) -> None:
    noisy = CLEAN.clone()
    noisy[0, 15] = True
    evidence = evidence_of(6, 2)
    parts = coalition_losses(evidence, OPEN, noisy, game, WEIGHTS)
    # The lower half has 0 for 1; the whole has all evidence, 4 for 4.
    assert parts["coalitions"].item() == pytest.approx(2 * 1 / 2 / 16)
    assert parts["efficiency"].item() == pytest.approx(0, abs=1e-9)
    assert coalition_r2(evidence, noisy, game).item() == pytest.approx(1 - 1 / 10)


def test_small_games_are_not_blown_up(game: Game) -> None:
    small = Game(game.coalitions, *(each / 100 for each in game[1:]))
    parts = coalition_losses(evidence_of(0, 0), OPEN, CLEAN, small, WEIGHTS)
    assert parts["efficiency"].item() == pytest.approx(3 * 0.04**2)  # in units of 1 logit


def test_the_parts_have_the_names_of_their_weights(game: Game) -> None:
    parts = coalition_losses(evidence_of(1, 2), OPEN, CLEAN, game, WEIGHTS)
    assert set(parts) < set(vars(WEIGHTS))
