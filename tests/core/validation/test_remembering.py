"""A validation that was broken off goes on where it was, and settled choices are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from validation_cases import Rule, always_right, planted

from focus_viewer.core.datasets.classifier import Taught
from focus_viewer.core.datasets.data_set import Example
from focus_viewer.core.errors import Cancelled
from focus_viewer.core.typing import DoubleArray
from focus_viewer.core.validation.cross_validation import cross_validate, plan_folds
from focus_viewer.core.validation.learning_curve import learning_curve
from focus_viewer.core.validation.remembering import RememberingClassifier
from focus_viewer.core.validation.run import Validation, validate
from focus_viewer.core.validation.shuffled_labels import validate_shuffled

LABELS = ["healthy", "rust", "mildew"] * 4


@dataclass
class Chooser:
    """Rule that chooses how many examples its training part has, and keeps it once settled."""

    rule: Rule
    choice: int | None = None
    chosen: list[int] = field(default_factory=list)
    settled_as: list[int] = field(default_factory=list)
    name: str = "chooser"

    def taught(self, examples: Sequence[Example], classes: Sequence[str], seed: int) -> Taught:
        if self.choice is None:
            self.chosen.append(len(examples))
        else:
            self.settled_as.append(self.choice)
        return self.rule.taught(examples, classes, seed)

    def settled(self, taught: Taught) -> Chooser:
        return replace(self, choice=self.chosen[-1])


@dataclass
class Memory:
    """Predictions by key, and how many were not known."""

    kept: dict[str, DoubleArray] = field(default_factory=dict)

    def recall(self, key: str, compute: Callable[[], DoubleArray]) -> DoubleArray:
        if key not in self.kept:
            self.kept[key] = compute()
        return self.kept[key]


def test_choices_are_made_once_for_each_fold() -> None:
    plan = plan_folds(planted(LABELS).data_set)
    chooser = Chooser(Rule(always_right))
    outcome = cross_validate(chooser, plan)
    assert len(chooser.chosen) == len(outcome.folds) == 5
    validate_shuffled(chooser, plan, shuffles=2, choices=outcome)
    learning_curve(chooser, plan, draws=2, choices=outcome)
    assert len(chooser.chosen) == 5
    assert len(chooser.settled_as) > 20


def test_what_was_predicted_before_is_not_taught_again() -> None:
    data_set, memory, rule = planted(LABELS).data_set, Memory(), Rule(always_right)
    stop_at = 7

    def stop(fraction: float, text: str) -> None:
        if len(rule.taught_from) == stop_at:
            raise Cancelled

    settings = Validation(shuffles=2, draws=1, patches=0)

    def run(own: Rule, key: str = "data", **arguments: object) -> object:
        classifier = RememberingClassifier(lambda: own, "rule", key, memory.recall)
        return validate(classifier, data_set, settings, **arguments)  # type: ignore[arg-type]

    with pytest.raises(Cancelled):
        run(rule, step=stop)
    again, fresh = Rule(always_right), Rule(always_right)
    report = run(again)
    whole = validate(fresh, data_set, settings)
    assert len(again.taught_from) == len(fresh.taught_from) - stop_at
    np.testing.assert_array_equal(report.table, whole.table)  # type: ignore[attr-defined]
    assert report.shuffled == whole.shuffled  # type: ignore[attr-defined]
    other = Rule(always_right)
    run(other, key="changed data")
    assert len(other.taught_from) == len(fresh.taught_from)
