"""Doubtful places: where predictions are least certain, outside of what is labelled or held out."""

from __future__ import annotations

import numpy as np
from validation_cases import Rule, always_right, hidden_number, planted, planted_regions

from focus_viewer.core.validation.cross_validation import cross_validate, plan_folds
from focus_viewer.core.validation.doubt import (
    doubtful_held_out,
    entropy,
    most_doubtful,
    unlabelled_patches,
)

LABELS = ["a", "b"] * 7


def test_entropy_is_a_share_of_the_largest() -> None:
    rows = np.array([[1, 0, 0, 0], [0.25] * 4, [0.5, 0.5, 0, 0], [0, 0, 0, 0]])
    np.testing.assert_allclose(entropy(rows), [0, 1, 0.5, 0], atol=1e-12)
    np.testing.assert_allclose(entropy(np.array([[1.0, 0], [0.5, 1]]), several=True), [0, 0.5])


def test_the_least_certain_come_first_with_their_likeliest_classes() -> None:
    examples = planted_regions(LABELS).data_set.examples[:3]
    shares = np.array([[0.9, 0.1], [0.55, 0.45], [0.3, 0.7]])
    found = most_doubtful(examples, shares, ("a", "b"), count=2)
    assert [place.likely[0] for place in found] == [("a", 0.55), ("b", 0.7)]
    assert found[0].rows == (0, 4) and found[0].cols == (5, 9)
    assert found[0].region == "at 5, 0" and found[0].labelled


def test_patches_share_no_pixel_with_a_region() -> None:
    data_set = planted_regions(LABELS).data_set
    taken = np.zeros((30, 40), dtype=bool)
    for example in data_set.examples:
        assert example.crop is not None
        taken[example.crop.rows, example.crop.cols] |= example.crop.inside
    patches = unlabelled_patches(data_set, size=4)
    assert patches
    for patch in patches:
        assert patch.pixels == 16 and patch.classes == ()
        assert patch.crop is not None and not taken[patch.crop.rows, patch.crop.cols].any()


def test_patches_are_drawn_the_same_and_only_where_wanted() -> None:
    data_set = planted_regions(LABELS).data_set
    first = unlabelled_patches(data_set, size=4, most=5)
    assert [e.digest for e in first] == [
        e.digest for e in unlabelled_patches(data_set, size=4, most=5)
    ]
    assert len(first) == 5
    even = unlabelled_patches(data_set, lambda e: hidden_number(e) % 2 == 0, size=4)
    assert even and all(hidden_number(e) % 2 == 0 for e in even)


def test_a_labelled_cube_has_no_unlabelled_patches() -> None:
    assert unlabelled_patches(planted(LABELS).data_set) == ()


def test_examples_that_could_not_be_judged_are_not_doubtful() -> None:
    plan = plan_folds(planted([*LABELS, "virus"]).data_set)
    found = doubtful_held_out(cross_validate(Rule(always_right), plan), count=100)
    assert len(found) == len(LABELS)
