"""Cross-validation: nothing is predicted by what was taught from it; shuffled labels: chance."""

from __future__ import annotations

import numpy as np
import pytest
from data_set_cases import region, sample
from validation_cases import (
    Rule,
    always_right,
    hidden_number,
    planted,
    planted_regions,
)

from focus_viewer.core.datasets.data_set import DataSet, Example
from focus_viewer.core.validation.cross_validation import cross_validate, plan_folds
from focus_viewer.core.validation.shuffled_labels import relabel, shuffled, validate_shuffled

LABELS = ["healthy", "rust", "mildew"] * 6


def test_no_unit_is_predicted_by_what_was_taught_from_it() -> None:
    data_set = planted(LABELS).data_set
    rule = Rule(always_right)
    outcome = cross_validate(rule, plan_folds(data_set, group="plant", repeats=2))
    assert len(rule.taught_from) == len(outcome.folds) == 10
    for taught, fold in zip(rule.taught_from, outcome.folds, strict=True):
        plants = {example.groups["plant"] for example in taught}
        assert not plants & {example.groups["plant"] for example in fold.examples}
    held = [example.name for fold in outcome.folds for example in fold.examples]
    assert sorted(held) == sorted(2 * [example.name for example in data_set.examples])


def test_each_example_counts_once_however_often_it_was_held_out() -> None:
    plan = plan_folds(planted_regions(LABELS).data_set, repeats=3)
    outcome = cross_validate(Rule(always_right), plan)
    np.testing.assert_allclose(outcome.table, np.diag([6.0, 6, 6]))
    assert outcome.balanced_accuracy.mean == 1


def test_the_confusion_of_folds_adds_up_to_that_in_sum() -> None:
    rule = Rule(lambda counts, example: sorted(counts)[hidden_number(example) % len(counts)])
    outcome = cross_validate(rule, plan_folds(planted(LABELS).data_set))
    assert 0 < outcome.balanced_accuracy.mean < 1
    np.testing.assert_allclose(sum(f.tables.sum(axis=0) for f in outcome.folds), outcome.table)


def test_a_class_of_one_unit_is_not_judged() -> None:
    outcome = cross_validate(Rule(always_right), plan_folds(planted([*LABELS, "virus"]).data_set))
    assert outcome.classes[-1] == "virus"
    assert not outcome.table[-1].any()
    assert outcome.balanced_accuracy.mean == 1
    assert np.isnan(outcome.recall(3).mean)


def test_a_fold_that_leaves_one_class_needs_no_teaching() -> None:
    rule = Rule(always_right)
    outcome = cross_validate(rule, plan_folds(planted(["a", "b"]).data_set))
    assert rule.taught_from == []
    assert not outcome.table.any()


def test_several_classes_at_once_have_a_table_each() -> None:
    boxes = [(10 * n, 0, 10 * n + 5, 5) for n in range(4)] + [
        (10 * n, 20, 10 * n + 5, 25) for n in range(4)
    ]
    classes = [("a", "b"), ("a",), ("b",), ("a", "b"), ("b",), ("a",), ("a",), ("b",)]
    regions = [region(box, *names) for box, names in zip(boxes, classes, strict=True)]
    plan = plan_folds(DataSet((sample("s", regions=regions),)))
    outcome = cross_validate(Rule(lambda counts, example: "a"), plan)
    assert plan.several
    np.testing.assert_array_equal(outcome.table[0], [[0, 3], [0, 5]])
    np.testing.assert_array_equal(outcome.table[1], [[3, 0], [5, 0]])
    assert outcome.balanced_accuracy.mean == 0.5


def test_values_without_number_are_refused() -> None:
    class Broken(Rule):
        def taught(self, *args: object) -> Broken:  # type: ignore[override]
            return self

        def probabilities(self, examples: list[Example]) -> np.ndarray:
            return np.full((len(examples), 3), np.nan)

    with pytest.raises(ValueError, match="without number"):
        cross_validate(Broken(always_right), plan_folds(planted(LABELS).data_set))


def test_shuffled_labels_are_those_of_other_units_with_the_same_pixels() -> None:
    plan = plan_folds(planted_regions(LABELS).data_set)
    moved = shuffled(plan.units, 0)
    assert sorted(e.classes for e in moved.values()) == sorted(e.classes for e in moved)
    assert sum(before.classes != after.classes for before, after in moved.items()) > 6
    assert all(before.digest == after.digest for before, after in moved.items())
    again = shuffled(plan.units, 0)
    assert [e.classes for e in again.values()] == [e.classes for e in moved.values()]


def test_labels_within_a_unit_are_shuffled_as_well() -> None:
    """Where every cube has the same classes, moving whole cubes' labels would change nothing."""
    samples = [
        sample(f"c{n}", regions=(region((0, 0, 4, 4), "a"), region((9, 9, 13, 13), "b")))
        for n in range(20)
    ]
    moved = shuffled(plan_folds(DataSet(tuple(samples))).units, 0)
    kept = sum(before.classes == after.classes for before, after in moved.items())
    assert 8 <= kept <= 32


def test_a_relabelled_copy_has_the_same_digest() -> None:
    for example in (*sample("a", ("x",)).examples, *planted_regions(LABELS).data_set.examples[:1]):
        copy = relabel(example, ("new",))
        assert copy.classes == ("new",)
        assert copy.digest == example.digest
        assert Example(copy.sample, copy.region).digest == example.digest


def test_one_that_knows_the_pixels_by_heart_is_at_chance_with_shuffled_labels() -> None:
    plan = plan_folds(planted_regions(LABELS * 2).data_set)
    truth = {example.digest: example.classes[0] for example in plan.data_set.examples}
    rule = Rule(lambda counts, example: truth[example.digest])
    assert cross_validate(rule, plan).balanced_accuracy.mean == 1
    control = validate_shuffled(rule, plan, shuffles=20)
    assert control.mean == pytest.approx(1 / 3, abs=0.08)
    assert control.low <= 1 / 3 <= control.high
