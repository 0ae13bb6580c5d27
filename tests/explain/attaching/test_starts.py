"""Starts of the training of an attached model: the best of several is kept."""

from __future__ import annotations

from typing import Any

import pytest

from focus_viewer.core.progress import silent
from focus_viewer.explain.attaching import training


class Reader:
    """Reader that counts how often one was begun."""

    def __init__(self, number: int = 0) -> None:
        self.number = number

    def anew(self) -> Reader:
        return Reader(self.number + 1)


class Model:
    """Model that is nothing but its reader."""

    def __init__(self) -> None:
        self.reader = Reader()

    def requires_grad_(self, _: bool) -> Model:
        return self

    def eval(self) -> Model:
        return self


class Trial:
    """Training from starts that miss windows by so much, with what each learned and was kept by."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, missed: list[float]) -> None:
        self.learned: list[list[Any]] = []
        self.held_out: list[list[Any]] = []
        self.model: Any = Model()
        monkeypatch.setattr(training, "_train", self._train)
        monkeypatch.setattr(training, "_missed", self._missed)
        self._left = missed

    def _train(self, model: Any, games: list[Any], *_: Any) -> None:
        assert model is self.model
        self.learned.append(list(games))

    def _missed(self, model: Any, games: list[Any]) -> float:
        self.held_out.append(list(games))
        return self._left[model.reader.number]


def test_the_start_is_kept_that_explains_other_windows_best(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trial = Trial(monkeypatch, [3.0, 4.0, 1.0, float("inf"), 2.0])
    games: list[Any] = list(range(20))
    training.train_reader(trial.model, games, 1, 0, silent)
    assert len(trial.learned) == 5
    assert trial.model.reader.number == 2
    for learned, held_out in zip(trial.learned, trial.held_out, strict=True):
        assert held_out == [0, 4, 8, 12, 16]
        assert sorted(learned + held_out) == games


def test_of_few_windows_all_are_learned_from_one_start(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = Trial(monkeypatch, [0.0])
    games: list[Any] = list(range(12))
    training.train_reader(trial.model, games, 1, 0, silent)
    assert trial.learned == [games]
    assert trial.model.reader.number == 0
