"""Prompts of a taught model: the start that explains other windows best is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch
from teaching_cases import QUICK, Cubes, two_leaves

from focus_viewer.core.progress import silent
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.teaching import prompts
from focus_viewer.explain.teaching.games import play_own_games
from focus_viewer.explain.teaching.teach import Prepared, _write_head, prepare


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    cubes = Cubes()
    return prepare(two_leaves(cubes), cubes.open, QUICK, silent)


def test_the_best_of_three_starts_is_kept(
    prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, learned, starts = prepared.model, list[list[object]](), list[torch.Tensor]()

    def train(own: FocusModel, games: Sequence[object], *_: object) -> None:
        learned.append(list(games))
        starts.append(own.prompts.prompts.detach().clone())

    def missed(own: FocusModel, games: Sequence[object]) -> float:
        assert list(games) == [0, 4]
        return [0.5, 0.2, 0.9][len(starts) - 1]

    monkeypatch.setattr(prompts, "_train", train)
    monkeypatch.setattr(prompts, "_missed", missed)
    prompts.train_on(model, list(range(8)), QUICK, silent)  # type: ignore[arg-type]
    assert learned == [[1, 2, 3, 5, 6, 7]] * 3
    assert not torch.equal(starts[0], starts[1])
    torch.testing.assert_close(starts[1].std(), starts[0].std(), rtol=0.3, atol=0)
    torch.testing.assert_close(model.prompts.prompts.detach(), starts[1], rtol=0, atol=0)


def test_of_a_few_windows_all_are_learned_from(
    prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned: list[list[object]] = []
    monkeypatch.setattr(prompts, "_train", lambda model, games, *_: learned.append(list(games)))
    prompts.train_on(prepared.model, list(range(7)), QUICK, silent)  # type: ignore[arg-type]
    assert learned == [list(range(7))]


def test_trained_prompts_are_nearer_to_the_shapley_values(prepared: Prepared) -> None:
    data, model = prepared.data_set, prepared.model
    _write_head(model, prepared.classifier.taught(data.examples, data.classes, 0))
    games = play_own_games(model, prepared.reader, data, QUICK, silent)
    before = prompts._missed(model, games)
    prompts.train_on(model, games, replace(QUICK, epochs=20), silent)
    assert prompts._missed(model, games) < before / 2
