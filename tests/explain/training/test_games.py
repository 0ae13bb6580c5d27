"""What the frozen backbone makes of coalitions, by hand on the toy, and without planted noise."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from explain_models import ANY_SIZE, make_small, make_toy, toy_scenes
from planted import make_batch
from torch import Tensor

from focus_viewer.core.errors import Cancelled
from focus_viewer.core.progress import silent
from focus_viewer.explain.training.games import PlayedGame, play_games
from focus_viewer.explain.training.samples import SampleBatch

CPU = torch.device("cpu")


def departures(seed: int, scenes: int = 6) -> np.ndarray:
    """Scenes of 4 x 4 patches, in which a tenth of the tokens depart."""
    rng = np.random.default_rng(seed)
    return (rng.random((scenes, 3, 4, 4)) < 0.1).astype(np.float64)


def play_toy(pool: str, shown: np.ndarray, pairs: int = 4, seed: int = 0) -> PlayedGame:
    batch = toy_scenes(shown)
    (played,) = play_games(make_toy(pool, size=8), [batch], [batch.leaf], 1, pairs, seed, silent)
    return played.to(CPU)


def clean_departures(played: PlayedGame) -> Tensor:
    """What the toy's tokens depart by, but for noise: shape (scenes, patches, groups)."""
    values = played.found.values
    own = (values[..., 0] + values[..., 2]).mT  # green and blue channel
    return own * ~played.noisy


def test_values_of_a_mean_are_sums_over_the_coalition() -> None:
    played = play_toy("avg", departures(0))
    assert 0 < played.noisy.float().mean() < 0.3
    own = clean_departures(played)
    # Cells of a coalition are the toy's patches. Class 0 has green, class 1 blue; centred.
    kept = played.game.coalitions.flatten(3).transpose(2, 3)  # (scenes, coalitions, cells, groups)
    added = torch.einsum("bmpk,bpk->bmk", kept.float(), own)
    ahead = (added[..., 1:].sum(-1) - added[..., 0]) / 2
    expected = torch.stack([ahead, -ahead], dim=-1)
    torch.testing.assert_close(played.game.values, expected, atol=1e-3, rtol=0)
    whole = (own[..., 1:].sum((1, 2)) - own[..., 0].sum(1)) / 2
    torch.testing.assert_close(
        played.game.clean, torch.stack([whole, -whole], 1), atol=1e-3, rtol=0
    )
    assert played.game.values.abs().max() > 1


def test_shapley_values_of_a_mean_are_what_each_player_adds() -> None:
    played = play_toy("avg", departures(0))
    own = clean_departures(played)
    signs = torch.tensor([-1.0, 1.0, 1.0])
    by_groups, by_cells = (signs * own).sum(1) / 2, (signs * own).sum(2) / 2
    for found, expected in (
        (played.game.by_groups, by_groups),
        (played.game.by_cells, by_cells),
    ):
        both = torch.stack([expected, -expected], dim=-1)
        torch.testing.assert_close(found, both, atol=1e-3, rtol=0)


def test_values_of_a_maximum_are_those_of_the_best_patch() -> None:
    played = play_toy("max", departures(1))
    own = clean_departures(played)
    kept = played.game.coalitions.flatten(3).transpose(2, 3).float()
    added = kept * own[:, None]
    best = torch.stack([added[..., 1:].sum(-1).amax(2), added[..., 0].amax(2)], dim=-1)
    expected = best - best.mean(-1, keepdim=True)
    torch.testing.assert_close(played.game.values, expected, atol=1e-3, rtol=0)


def test_planted_noise_is_seen_and_left_out_of_the_values() -> None:
    played = play_toy("avg", np.zeros((20, 3, 4, 4)))
    assert played.noisy.any()
    assert played.game.values.abs().max() < 1e-5
    assert played.game.clean.abs().max() < 1e-5
    values = played.found.values[..., [0, 2, 3]].abs().sum(-1).mT
    assert values[played.noisy].min() > 0
    assert values[~played.noisy].max() < 1e-5


def test_scenes_are_turned_but_lose_nothing() -> None:
    shown = departures(2, scenes=30)
    played = play_toy("avg", shown)
    own = clean_departures(played)
    clean = ~played.noisy.any((1, 2))
    assert 0 < clean.sum() < 30
    counts = torch.from_numpy(shown).sum((2, 3)).float()
    torch.testing.assert_close(own.sum(1)[clean], counts[clean], atol=1e-2, rtol=0)


def test_what_is_no_tissue_is_blank_and_not_shown() -> None:
    batch = toy_scenes(np.ones((5, 3, 4, 4)) * np.eye(4))  # one patch in each row departs
    tissue = np.zeros_like(batch.leaf)
    tissue[:, :, :2] = True  # a column of patches, on whichever side it is turned to
    (played,) = play_games(make_toy("avg", size=8), [batch], [tissue], 1, 2, 0, silent)
    assert played.shown.sum(1).tolist() == [4] * 5
    own = clean_departures(played.to(CPU))
    assert own[~played.shown].abs().max() < 1e-3
    assert own[played.shown].abs().max() == pytest.approx(1, abs=1e-3)


def test_a_game_depends_on_the_seed_and_the_batch_alone() -> None:
    model = make_small(recipe=ANY_SIZE)
    batches = [make_batch(0, 3), make_batch(1, 3), make_batch(2, 3)]
    tissue = [batch.leaf for batch in batches]
    whole = play_games(model, batches, tissue, 3, 1, 7, silent)
    again = play_games(model, batches, tissue, 3, 1, 7, silent)
    other = play_games(model, batches, tissue, 3, 1, 8, silent)
    assert len(whole) == 3
    for first, second, third in zip(whole, again, other, strict=True):
        assert same(first, second)
        assert not same(first, third)
    assert not same(whole[0], whole[1])
    fewer = play_games(model, batches, tissue, 2, 1, 7, silent)  # the first and the last
    assert same(fewer[0], whole[0])
    assert same(fewer[1], whole[2])


def same(first: PlayedGame, second: PlayedGame) -> bool:
    parts = [(*each.found, *each.usual, each.noisy, *each.game) for each in (first, second)]
    return all(torch.equal(a, b) for a, b in zip(*parts, strict=True))


def test_games_are_of_the_smallest_scenes() -> None:
    model = make_small(recipe=ANY_SIZE)
    batches = [make_batch(0, 2, size=32), make_batch(1, 2), make_batch(2, 2, size=32)]
    games = play_games(model, batches, [batch.leaf for batch in batches], 9, 1, 0, silent)
    assert [game.found.patches.shape[1] for game in games] == [16]


def test_features_are_kept_in_half_precision_until_they_are_used() -> None:
    batch = make_batch(0, 3)
    model = make_small()
    (played,) = play_games(model, [batch], [batch.leaf], 1, 1, 0, silent)
    assert {each.dtype for each in played.found} == {torch.float16}
    used = played.to(CPU)
    assert {each.dtype for each in used.found} == {torch.float32}
    output = model.decide(model.attend(used.found, used.usual, used.groups), used.usual)
    whole = output.logits - output.baseline
    clean = ~played.noisy.any((1, 2))
    centred = (whole - whole.mean(1, keepdim=True))[clean]
    torch.testing.assert_close(centred, played.game.clean[clean], atol=0.02, rtol=0)


def test_a_sensor_of_fewer_groups_plays_with_them() -> None:
    part: SampleBatch = make_batch(0, 2).take(np.array([2, 3, 5, 8]))
    (played,) = play_games(make_small(), [part], [part.leaf], 1, 2, 0, silent)
    assert played.groups.tolist() == [2, 3, 5, 8]
    assert played.game.coalitions.shape == (2, 12, 4, 4, 4)
    assert played.game.values.shape == (2, 12, 3)


def test_playing_can_be_cancelled() -> None:
    def step(fraction: float, text: str) -> None:
        if fraction > 0:
            raise Cancelled

    batches = [make_batch(0, 2), make_batch(1, 2)]
    with pytest.raises(Cancelled):
        play_games(make_small(), batches, [batch.leaf for batch in batches], 2, 1, 0, step)
