"""Splits: whole units, each held out once, and never pixels of a unit on both sides."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from data_set_cases import region, sample
from hypothesis import given, settings
from hypothesis import strategies as st

from focus_viewer.core.datasets.data_set import DataSet, DataSetError, Example, LabelledRegion
from focus_viewer.core.datasets.splits import Splits, split_folds

CLASSES = st.lists(st.sampled_from("abc"), min_size=1, max_size=2, unique=True).map(tuple)
BOXES = st.tuples(st.integers(0, 36), st.integers(0, 26), st.integers(1, 9), st.integers(1, 9))


@st.composite
def many_cubes(draw: st.DrawFn) -> DataSet:
    """Cubes with a plant each; some have the same content."""
    drawn = draw(st.lists(st.tuples(CLASSES, st.integers(0, 7), st.integers(0, 11)), min_size=2))
    samples = (sample(f"{c}", classes, groups={"plant": str(p)}) for classes, p, c in drawn)
    return DataSet(tuple(samples))


@st.composite
def trays(draw: st.DrawFn) -> DataSet:
    """Two images with regions of several plants, some of which overlap."""
    drawn = draw(st.lists(st.tuples(BOXES, CLASSES, st.integers(0, 9)), min_size=2, max_size=12))
    regions = [
        replace(region((x, y, x + w, y + h), *classes), groups={"plant": str(plant)})
        for (x, y, w, h), classes, plant in drawn
    ]
    half = len(regions) // 2
    return DataSet((sample("a", regions=regions[:half]), sample("b", regions=regions[half:])))


@st.composite
def one_cube(draw: st.DrawFn) -> DataSet:
    """Regions of a single cube, some of which overlap."""
    drawn = draw(st.lists(st.tuples(BOXES, CLASSES), min_size=2, max_size=12))
    regions = [region((x, y, x + w, y + h), *classes) for (x, y, w, h), classes in drawn]
    return DataSet((sample("scene", regions=regions),))


def split(data_set: DataSet, folds: int, group: str | None = None, seed: int = 0) -> Splits | None:
    """Split, or return None where there is only one unit."""
    try:
        return split_folds(data_set, folds, group, seed)
    except DataSetError as error:
        assert "found one" in str(error)
        return None


def check_each_held_out_once(data_set: DataSet, splits: Splits) -> None:
    held_out = Counter(id(example) for fold in splits.folds for example in fold.held_out)
    assert held_out == Counter(id(example) for example in data_set.examples)
    for fold in splits.folds:
        assert fold.held_out and fold.train
        assert len(fold.held_out) + len(fold.train) == len(data_set.examples)
        assert not {*map(id, fold.held_out)} & {*map(id, fold.train)}


def mask(example: Example) -> np.ndarray:
    whole = np.zeros(example.sample.image_shape, dtype=bool)
    assert example.crop is not None
    whole[example.crop.rows, example.crop.cols] = example.crop.inside
    return whole


@settings(max_examples=40)
@given(many_cubes(), st.integers(2, 6), st.integers(0, 3))
def test_no_group_and_no_content_is_on_both_sides(data: DataSet, folds: int, seed: int) -> None:
    splits = split(data, folds, "plant", seed)
    if splits is None:
        return
    check_each_held_out_once(data, splits)
    for fold in splits.folds:
        for train, test in product(fold.train, fold.held_out):
            assert train.sample.groups["plant"] != test.sample.groups["plant"]
            assert train.sample.fingerprint != test.sample.fingerprint


@settings(max_examples=40)
@given(trays(), st.integers(2, 6), st.integers(0, 3))
def test_plants_of_an_image_are_separated_unless_they_share_pixels(
    data: DataSet, folds: int, seed: int
) -> None:
    splits = split(data, folds, "plant", seed)
    if splits is None:
        return
    check_each_held_out_once(data, splits)
    for fold in splits.folds:
        for train, test in product(fold.train, fold.held_out):
            assert train.groups["plant"] != test.groups["plant"]
            if train.sample is test.sample:
                assert not (mask(train) & mask(test)).any()


@settings(max_examples=40)
@given(many_cubes(), st.integers(2, 6))
def test_without_a_group_whole_cubes_are_held_out(data: DataSet, folds: int) -> None:
    contents = {s.fingerprint for s in data.samples}
    if len(contents) < 2:
        return
    splits = split_folds(data, folds)
    assert (splits.by, splits.units) == ("cube", len(contents))
    assert len(splits.folds) == min(folds, len(contents))
    check_each_held_out_once(data, splits)
    for fold in splits.folds:
        train = {example.sample.fingerprint for example in fold.train}
        assert not train & {example.sample.fingerprint for example in fold.held_out}


@settings(max_examples=40)
@given(one_cube(), st.integers(2, 6), st.integers(0, 3))
def test_regions_that_share_pixels_are_on_one_side(data: DataSet, folds: int, seed: int) -> None:
    splits = split(data, folds, seed=seed)
    if splits is None:
        return
    assert splits.by == "region"
    check_each_held_out_once(data, splits)
    for fold in splits.folds:
        for train, test in product(fold.train, fold.held_out):
            assert not (mask(train) & mask(test)).any()


@settings(max_examples=40)
@given(many_cubes(), st.integers(0, 5), st.randoms())
def test_order_and_folders_make_no_difference(data: DataSet, seed: int, shuffle: object) -> None:
    splits = split(data, 3, seed=seed)
    samples = [replace(s, path=s.path.with_name("moved.hdr")) for s in data.samples]
    shuffle.shuffle(samples)
    again = split(DataSet(tuple(samples)), 3, seed=seed)
    assert (splits is None) == (again is None)
    if splits is not None and again is not None:
        assert _contents(splits) == _contents(again)


def _contents(splits: Splits) -> list[list[str]]:
    return [sorted(e.digest + "".join(e.classes) for e in fold.held_out) for fold in splits.folds]


@settings(max_examples=40)
@given(st.integers(5, 23), st.integers(5, 23), st.integers(2, 5), st.integers(0, 9))
def test_classes_are_spread_evenly(first: int, second: int, folds: int, seed: int) -> None:
    cubes = [sample(f"a{n}", ("a",)) for n in range(first)]
    cubes += [sample(f"b{n}", ("b",)) for n in range(second)]
    for fold in split_folds(DataSet(tuple(cubes)), folds, seed=seed).folds:
        held_out = Counter(name for example in fold.held_out for name in example.classes)
        assert abs(held_out["a"] - first / folds) < 1
        assert abs(held_out["b"] - second / folds) < 1


def test_seeds_give_other_folds() -> None:
    data = DataSet(tuple(sample(f"a{n}", ("a",)) for n in range(20)))
    assert _contents(split_folds(data, seed=1)) != _contents(split_folds(data, seed=2))


def test_fewer_groups_than_folds_and_classes_of_one_group_are_said() -> None:
    names = [("a", "1"), ("a", "2"), ("b", "2"), ("b", "3"), ("c", "3")]
    data = DataSet(
        tuple(sample(f"{n}", (c,), groups={"plant": p}) for n, (c, p) in enumerate(names))
    )
    splits = split_folds(data, 5, "plant")
    assert (len(splits.folds), splits.units, splits.unvalidated) == (3, 3, ("c",))
    assert splits.notes == (
        "There are 3 units by plant, fewer than 5 folds: 3 folds were made, and each leaves out "
        "one.",
        "Classes with one unit by plant: 'c'. They cannot be validated, as nothing is left to "
        "learn them from when that is held out.",
    )


def test_enough_units_need_no_note() -> None:
    data = DataSet(tuple(sample(f"{n}", ("ab"[n % 2],)) for n in range(10)))
    assert split_folds(data, 5).notes == ()


def test_a_column_with_a_gap_is_refused() -> None:
    data = DataSet((sample("a", ("x",), groups={"plant": "1"}), sample("b", ("y",))))
    with pytest.raises(DataSetError, match=r"b.hdr: expected a value .* 'plant', .* are: plant"):
        split_folds(data, 2, "plant")


def test_regions_that_all_overlap_cannot_be_split() -> None:
    regions = [LabelledRegion(region((n, 0, n + 9, 9)).outline, ("x",)) for n in range(4)]
    with pytest.raises(DataSetError, match="cannot be split by region"):
        split_folds(DataSet((sample("scene", regions=regions),)), 2)


def test_a_single_fold_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        split_folds(DataSet(()), 1)
