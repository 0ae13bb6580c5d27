"""Shares of the prompts and of the sink, worked out on paper."""

from __future__ import annotations

import math

import pytest
import torch
from explain_models import make_toy
from torch import Tensor

from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.model.prompts import PARTS, Attention, SpectralPrompts, soft_limit

GREEN, BLUE = 1, 0
REGIONS = torch.tensor([BLUE, GREEN, GREEN])


@pytest.fixture
def blank() -> FocusModel:
    """The toy whose prompts and sink ask for nothing."""
    toy = make_toy()
    for parameter in toy.prompts.parameters():
        parameter.zero_()
    toy.prompts.value_map.copy_(torch.eye(4))
    return toy


def attend(model: FocusModel, keys: Tensor, values: Tensor, usual: Tensor) -> Attention:
    """Attend to the tokens of one patch, (groups, width)."""
    tokens = (keys[None, :, None], values[None, :, None])
    return model.prompts.attend(model.backbone, tokens, usual[:, None], REGIONS)


def limited(score: float) -> float:
    return 6 * math.tanh(score / 6)


def test_prompts_that_ask_nothing_share_evenly_and_the_sink_is_open(blank: FocusModel) -> None:
    blank.prompts.sink_bias.fill_(-3)
    tokens = torch.randn(3, 4)
    shares, absorbed = attend(blank, tokens, tokens, torch.zeros(3, 4))
    assert shares.shape == (1, 2, PARTS, 1, 3)
    torch.testing.assert_close(shares, torch.full_like(shares, 1 / 3))
    # Four sinks match by nothing: the logarithm of 4, less 3.
    expected = 1 / (1 + math.exp(-limited(math.log(4) - 3)))
    torch.testing.assert_close(absorbed, torch.full((1, 1, 3), expected))


def test_scores_are_those_of_keys_and_of_values_that_depart(blank: FocusModel) -> None:
    blank.prompts.prompts[0, 1, GREEN] = torch.tensor([2.0, 1, 0, 0])
    keys = torch.tensor([[9.0, 9, 9, 9], [1, 0, 0, 0], [0, 1, 0, 0]])
    values = torch.tensor([[9.0, 9, 9, 9], [3, 1, 5, 0], [2, 2, 0, 7]])
    usual = torch.tensor([[0.0, 0, 0, 0], [3, 0, 0, 0], [2, 1, 0, 0]])
    found = attend(blank, keys, values, usual).shares[0, :, :, 0]
    # Queries are halved: <(1, 1/2), (1, 0)> + <(2, 1), (0, 1)> and 1/2 + <(2, 1), (0, 1)>; the blue
    # token, of another region, is matched with nothing.
    raw = torch.tensor([limited(score) for score in (0, 1 + 1, 1 / 2 + 1)]).exp()
    torch.testing.assert_close(found[0, 1], raw / raw.sum())
    torch.testing.assert_close(found[0, 0], torch.full((3,), 1 / 3))
    torch.testing.assert_close(found[1], torch.full((PARTS, 3), 1 / 3))


def test_the_temperature_sharpens_ahead_of_the_limit(blank: FocusModel) -> None:
    blank.prompts.prompts[0, 0, GREEN, 0] = 2.0
    blank.prompts.log_temperature.fill_(math.log(3))
    keys = torch.tensor([[0.0, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]])
    nothing = torch.zeros(3, 4)
    found = attend(blank, keys, nothing, nothing).shares[0, 0, 0, 0]
    assert (found[1] / found[0]).item() == pytest.approx(math.exp(limited(3)))


def test_one_group_cannot_silence_the_others(blank: FocusModel) -> None:
    blank.prompts.prompts[0, 0, GREEN, 0] = 1e6
    keys = torch.zeros(3, 4)
    keys[1, 0] = 1
    found = attend(blank, keys, torch.zeros(3, 4), torch.zeros(3, 4)).shares[0, 0, 0, 0]
    assert (found[1] / found[0]).item() == pytest.approx(math.exp(6))


def test_any_of_the_sinks_absorbs_a_token_whatever_the_class(blank: FocusModel) -> None:
    blank.prompts.sink[1, 3], blank.prompts.sink[2, 2] = 4.0, 2.0
    keys = torch.zeros(3, 4)
    keys[0, 3] = keys[1, 2] = 1
    values = keys.clone()
    usual = torch.zeros(3, 4)
    usual[1, 2] = 1  # as this group usually is
    found = attend(blank, keys, values, usual).absorbed[0, 0]
    # Matches 4/2 + 4 beside three of nothing; 2/2 + 0; nothing.
    scores = [math.log(math.exp(6) + 3), math.log(math.exp(1) + 3), math.log(4)]
    expected = [1 / (1 + math.exp(-limited(score))) for score in scores]
    assert found.tolist() == pytest.approx(expected)


def test_rows_of_the_head_are_split_in_parts_that_sum_to_them() -> None:
    torch.manual_seed(0)
    prompts = SpectralPrompts(classes=5, regions=7, dim=8, width=8)
    head = torch.randn(5, 8)
    rows = prompts.rows(head)
    assert rows.shape == (5, PARTS, 8)
    torch.testing.assert_close(rows.sum(1), head)
    before = rows.clone()
    prompts.split.data[2, 0] += 1
    after = prompts.rows(head)
    changed = (after - before).abs().amax((1, 2)) > 0
    assert changed.tolist() == [False, False, True, False, False]
    torch.testing.assert_close(after.sum(1), head)


def test_classes_have_a_first_axis_of_their_own() -> None:
    """So that one class's prompts can be exchanged for another's."""
    prompts = SpectralPrompts(classes=5, regions=7, dim=8, width=6)
    own = {name for name, value in prompts.named_parameters() if value.shape[:1] == (5,)}
    assert own == {"prompts", "split"}
    assert prompts.classes == 5
    assert prompts.value_map.shape == (8, 6)


def test_untrained_tokens_pass_the_sink() -> None:
    torch.manual_seed(0)
    toy = make_toy()
    toy.prompts = SpectralPrompts(classes=2, regions=7, dim=4, width=4)
    nothing = torch.zeros(3, 4)
    with torch.no_grad():
        found = attend(toy, nothing, nothing, nothing).absorbed
    assert found.max() < 0.25


def test_limits_bend_softly() -> None:
    scores = torch.tensor([-100.0, -0.01, 0.0, 0.01, 2.0, 100.0])
    found = soft_limit(scores, 4.0)
    assert found[[0, -1]].tolist() == pytest.approx([-4, 4])
    assert found[1:4].tolist() == pytest.approx([-0.01, 0, 0.01], rel=1e-4)
    assert (found.diff() > 0).all()
