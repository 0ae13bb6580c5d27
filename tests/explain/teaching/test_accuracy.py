"""Verdict on a taught model by what it decided of held-out examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from ui.fakes import make_card

from focus_viewer.core.card_limits import HELD_OUT, HELD_OUT_FROM, NEVER_HELD_OUT, limits_of
from focus_viewer.core.saliency.applicability import Verdict
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.explain.inference.taught_applicability import _of_accuracy


def card(
    classes: int,
    accuracy: float,
    several: bool = False,
    teaching: Mapping[str, object] | None = None,
) -> ModelCard:
    names = tuple(f"class {number}" for number in range(classes))
    made: ModelCard = make_card(names, (400.0, 1000.0))
    return replace(made, measured={HELD_OUT: accuracy}, several=several, teaching=teaching or {})


@pytest.mark.parametrize(
    ("accuracy", "several", "verdict"),
    [
        (0.6, False, "applies"),
        (0.5, False, "doubtful"),
        (0.6, True, "doubtful"),
        (0.8, True, "applies"),
    ],
)
def test_a_guess_of_each_of_several_classes_is_a_half(
    accuracy: float, several: bool, verdict: Verdict
) -> None:
    assert _of_accuracy(card(8, accuracy, several)).verdict == verdict


@pytest.mark.parametrize(("low", "verdict"), [(0.54, "applies"), (0.5, "doubtful")])
def test_few_examples_may_be_right_by_chance(low: float, verdict: Verdict) -> None:
    reason = _of_accuracy(card(2, 0.83, teaching={HELD_OUT_FROM: low}))
    assert reason.verdict == verdict
    assert ("a guess, 0.50, is in the interval" in reason.text) == (verdict == "doubtful")


def test_a_class_that_was_never_held_out_is_named() -> None:
    made = card(3, 1.0, teaching={NEVER_HELD_OUT: ["class 2"]})
    reason = _of_accuracy(made)
    assert reason.verdict == "doubtful"
    assert "without class 2" in reason.text
    assert any("class 2" in text and "not known" in text for text in limits_of(made))
