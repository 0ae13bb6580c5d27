"""Metrics agree with scikit-learn's, and their intervals are those of units, not of examples."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as theirs

from focus_viewer.core.datasets.metrics import (
    balanced_accuracy,
    bootstrap,
    confusion_matrix,
    f1_scores,
    found_shares,
    interval,
    macro_f1,
    precisions,
    presence_tables,
    recalls,
)
from focus_viewer.core.typing import BoolArray, DoubleArray, IntArray

CLASSES = 4


@st.composite
def decisions(draw: st.DrawFn) -> tuple[IntArray, IntArray]:
    pairs = st.tuples(st.integers(0, CLASSES - 1), st.integers(0, CLASSES - 1))
    drawn = np.array(draw(st.lists(pairs, min_size=1, max_size=40)), dtype=np.intp)
    return drawn[:, 0], drawn[:, 1]


@st.composite
def presences(draw: st.DrawFn) -> tuple[BoolArray, BoolArray]:
    rows = st.lists(st.booleans(), min_size=2 * CLASSES, max_size=2 * CLASSES)
    drawn = np.array(draw(st.lists(rows, min_size=1, max_size=30)), dtype=np.bool_)
    return drawn[:, :CLASSES], drawn[:, CLASSES:]


@given(decisions())
@settings(max_examples=60, deadline=None)
def test_a_confusion_matrix_gives_the_metrics_of_scikit_learn(
    case: tuple[IntArray, IntArray],
) -> None:
    true, predicted = case
    table = confusion_matrix(true, predicted, CLASSES)
    labels = list(range(CLASSES))
    np.testing.assert_array_equal(table, theirs.confusion_matrix(true, predicted, labels=labels))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on classes that are predicted only
        expected = theirs.balanced_accuracy_score(true, predicted)
    assert balanced_accuracy(table) == pytest.approx(expected)
    present = np.unique(true)
    kind = {"labels": present, "average": None, "zero_division": 0}
    shares = theirs.precision_recall_fscore_support(true, predicted, **kind)
    np.testing.assert_allclose(np.nan_to_num(precisions(table)[present]), shares[0])
    np.testing.assert_allclose(recalls(table)[present], shares[1])
    np.testing.assert_allclose(f1_scores(table)[present], shares[2])
    assert macro_f1(table) == pytest.approx(shares[2].mean())
    assert np.isnan(f1_scores(table)[np.setdiff1d(labels, present)]).all()


@given(presences())
@settings(max_examples=60, deadline=None)
def test_tables_of_presence_give_the_metrics_of_scikit_learn(
    case: tuple[BoolArray, BoolArray],
) -> None:
    true, predicted = case
    tables = presence_tables(true, predicted)
    np.testing.assert_array_equal(tables, theirs.multilabel_confusion_matrix(true, predicted))
    present = np.flatnonzero(true.any(axis=0))
    if not present.size:
        assert np.isnan(macro_f1(tables, True))
        return
    f1 = theirs.f1_score(true, predicted, average=None, zero_division=0)
    np.testing.assert_allclose(f1_scores(tables, True)[present], f1[present])
    both = [c for c in present if not true[:, c].all()]
    expected = [theirs.balanced_accuracy_score(true[:, c], predicted[:, c]) for c in both]
    if len(both) == len(present):
        assert balanced_accuracy(tables, True) == pytest.approx(np.mean(expected))


def units(right: list[int], copies: int = 1) -> DoubleArray:
    """Return tables of two classes in turn, each unit right or wrong as a whole."""
    tables = np.zeros((len(right), 2, 2))
    for number, is_right in enumerate(right):
        own = number % 2
        tables[number, own, own if is_right else 1 - own] = copies
    return tables


MIXED = [1, 1, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1]


def test_copies_of_an_example_within_a_unit_make_no_interval_narrower() -> None:
    once = interval(units(MIXED), found_shares)
    often = interval(units(MIXED, copies=50), found_shares)
    assert (once.mean, once.low, once.high) == pytest.approx((often.mean, often.low, often.high))


def test_an_interval_holds_its_value_and_narrows_with_more_units() -> None:
    few, many = (
        interval(units(MIXED), found_shares),
        interval(units(MIXED * 8), found_shares),
    )
    assert few.low < few.mean < few.high
    assert many.high - many.low < 0.5 * (few.high - few.low)
    assert interval(units(MIXED), found_shares) == few


def test_units_that_are_all_right_leave_room_for_doubt() -> None:
    three = interval(units([1, 1, 1]), found_shares)
    assert three.mean == three.high == 1
    assert three.low == pytest.approx(0.025 ** (1 / 3))
    assert interval(units([0, 0, 0]), found_shares).high == pytest.approx(1 - 0.025 ** (1 / 3))


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    random = np.random.default_rng(1)
    hits = 0
    for seed in range(100):
        found = interval(units(list(random.random(60) < 0.7)), found_shares, seed)
        hits += found.low <= 0.7 <= found.high
    assert hits >= 87


def test_a_draw_without_a_rare_class_that_is_never_found_is_not_better_for_it() -> None:
    tables = np.zeros((20, 2, 2))
    tables[:19, 0, 0] = 1
    tables[19, 1, 0] = 1
    drawn = bootstrap(tables, found_shares)
    assert set(drawn) == {0.5}


def test_nothing_measured_is_not_a_number() -> None:
    assert np.isnan(interval(np.zeros((0, 2, 2)), found_shares).mean)
    assert np.isnan(interval(np.zeros((3, 2, 2)), found_shares).low)
