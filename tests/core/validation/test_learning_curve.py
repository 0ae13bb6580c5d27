"""Learning curve: what is taught from, and what its sentence promises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np
import pytest
from validation_cases import Rule, always_right, hidden_number, planted_regions

from focus_viewer.core.datasets.data_set import Example
from focus_viewer.core.validation.cross_validation import plan_folds
from focus_viewer.core.validation.learning_curve import (
    LearningCurve,
    curve_sizes,
    learning_curve,
)
from focus_viewer.core.validation.sentences import curve_sentence, curve_sentences

LABELS = ["healthy"] * 20 + ["rust"] * 20


def curve_of(
    says: Callable[[Mapping[str, int], Example], str], labels: list[str] = LABELS
) -> LearningCurve:
    found = learning_curve(Rule(says), plan_folds(planted_regions(labels).data_set), draws=3)
    assert found is not None
    return found


def slowly_learned(counts: Mapping[str, int], example: Example) -> str:
    """Right the more often the more regions were taught: one in eight more a doubling."""
    right = hidden_number(example) % 8 < 1 + 1.5 * np.log2(counts["rust"])
    return example.classes[0] if right else ("rust", "healthy")[example.classes[0] == "rust"]


def test_sizes_grow_in_steps_that_shrink_relative_to_them() -> None:
    assert curve_sizes(8) == (1, 2, 3, 5, 8)
    assert curve_sizes(12) == (1, 2, 3, 5, 8, 12)
    assert [curve_sizes(n) for n in range(3)] == [(), (1,), (1, 2)]


def test_so_many_units_of_each_class_are_taught_and_larger_draws_hold_the_smaller() -> None:
    rule = Rule(always_right)
    plan = plan_folds(planted_regions(LABELS).data_set)
    learning_curve(rule, plan, draws=1)
    taught = [rule.taught_from[at : at + 5] for at in range(0, len(rule.taught_from), 5)]
    for size, folds in zip((1, 2, 3, 5, 8, 16), taught, strict=True):
        for examples in folds:
            assert [sum(name in e.classes for e in examples) for name in plan.classes] == [size] * 2
    for smaller, larger in pairwise(taught):
        assert all(set(a) < set(b) for a, b in zip(smaller, larger, strict=True))


def test_a_rising_curve_says_that_more_would_help() -> None:
    rust = curve_of(slowly_learned).classes[1]
    assert rust.verdict == "helps"
    assert rust.curve.mean[-1] > rust.curve.mean[0] + 0.2
    assert curve_sentence(rust, "region").startswith("Five more regions of rust would help: F1 +0.")
    assert rust.gain.low > 0


def test_a_curve_that_is_flat_at_the_top_says_that_more_would_hardly_help() -> None:
    curve = curve_of(always_right)
    assert [own.verdict for own in curve.classes] == ["hardly", "hardly"]
    assert "More regions of rust would hardly help" in curve_sentences(curve)[1]


def test_a_steep_beginning_promises_nothing_once_the_curve_is_flat() -> None:
    flat = curve_of(lambda counts, e: e.classes[0] if counts["rust"] > 2 else "rust")
    assert flat.classes[1].curve.mean[0] < 1 == flat.classes[1].curve.mean[-1]
    assert {own.verdict for own in flat.classes} == {"hardly"}


def test_chance_promises_nothing() -> None:
    curve = curve_of(lambda counts, e: sorted(counts)[hidden_number(e) // len(counts) % 2])
    assert "helps" not in {own.verdict for own in curve.classes}


def test_a_class_with_one_region_has_too_few_for_a_curve() -> None:
    curve = curve_of(always_right, [*LABELS, "virus"])
    assert curve.classes[2].verdict == "too few"
    assert curve_sentences(curve)[-1] == "Too few regions for a curve: virus (1). Add some first."
    assert curve_sentence(curve.classes[2], "region").startswith("Too few regions of virus")
    assert (
        learning_curve(Rule(always_right), plan_folds(planted_regions(["a", "b"]).data_set)) is None
    )


def test_the_same_seed_gives_the_same_curve() -> None:
    first, second = curve_of(slowly_learned), curve_of(slowly_learned)
    np.testing.assert_array_equal(first.balanced_accuracy.low, second.balanced_accuracy.low)
    assert first.classes[1].gain == second.classes[1].gain


@pytest.mark.parametrize(
    ("by", "words"), [("cube", "cubes"), ("plant", "plants"), ("treatment", "groups of treatment")]
)
def test_the_sentence_names_what_is_to_be_added(by: str, words: str) -> None:
    assert f"Five more {words} of rust" in curve_sentence(curve_of(slowly_learned).classes[1], by)
