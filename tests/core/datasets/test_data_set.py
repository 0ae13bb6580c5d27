"""Data sets: counts, fingerprints, and labels that are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from data_set_cases import region, sample

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.datasets.data_set import ClassCount, DataSet, DataSetError
from focus_viewer.core.regions.shapes import Polygon


def leaves() -> DataSet:
    """Three cubes: two of healthy leaves, one with regions of which a pair overlaps."""
    regions = (region((0, 0, 4, 5), "rust"), region((2, 0, 6, 5), "rust", "mildew"))
    return DataSet(
        (
            sample("a", ("healthy",), groups={"plant": "1"}),
            sample("b", ("healthy",), groups={"plant": "2"}),
            sample("c", regions=regions, groups={"plant": "2", "day": "7"}),
        ),
        "leaves",
    )


def test_counts_of_each_class() -> None:
    assert leaves().counts == {
        "healthy": ClassCount(2, 0, 2400, {"day": 0, "plant": 2}),
        "mildew": ClassCount(1, 1, 20, {"day": 1, "plant": 1}),
        "rust": ClassCount(1, 2, 40, {"day": 1, "plant": 1}),
    }


def test_classes_stand_in_natural_order_whatever_the_order_of_samples() -> None:
    names = ["class 10", "Class 2", "class 1", "apple"]
    samples = tuple(sample(name, (name,)) for name in names)
    expected = ("apple", "class 1", "Class 2", "class 10")
    assert DataSet(samples).classes == DataSet(samples[::-1]).classes == expected


def test_the_fingerprint_survives_order_folders_and_the_way_an_outline_is_stored() -> None:
    data_set = leaves()
    first, second, third = data_set.samples
    corners = ((0.0, 0.0), (4.0, 0.0), (4.0, 5.0), (0.0, 5.0))
    outlined = replace(third.regions[0], outline=Polygon((corners,)), name="renamed")
    moved = replace(third, path=third.path.with_name("z.hdr"), regions=(third.regions[1], outlined))
    assert DataSet((moved, second, first), "other").fingerprint == data_set.fingerprint


@pytest.mark.parametrize(
    "changed",
    [
        sample("a", ("rust",), groups={"plant": "1"}),
        sample("a", ("healthy",), groups={"plant": "3"}),
        sample("a2", ("healthy",), groups={"plant": "1"}),
        replace(sample("a", ("healthy",), groups={"plant": "1"}), choice=ArrayChoice("cube")),
        sample("a", regions=(region((0, 0, 40, 30), "healthy"),), groups={"plant": "1"}),
    ],
)
def test_the_fingerprint_tells_content_labels_groups_and_choice(changed: object) -> None:
    data_set = leaves()
    other = replace(data_set, samples=(changed, *data_set.samples[1:]))
    assert other.fingerprint != data_set.fingerprint


def test_a_part_by_the_values_of_its_groups() -> None:
    assert [s.path.stem for s in leaves().where(plant="2").samples] == ["b", "c"]
    assert [s.path.stem for s in leaves().where(plant=("1", "2"), day="7").samples] == ["c"]
    with pytest.raises(DataSetError, match=r"plant 9; found plant: 1, 2\. Choose"):
        leaves().where(plant="9")


def test_only_some_classes() -> None:
    data = leaves().only(["rust", "healthy"])
    assert data.classes == ("healthy", "rust")
    assert [e.classes for e in data.samples[2].examples] == [("rust",), ("rust",)]
    assert [s.path.stem for s in leaves().only(["mildew"]).samples] == ["c"]
    assert len(leaves().only(["mildew"]).examples) == 1


def test_a_good_data_set_is_accepted() -> None:
    leaves().validate()


@pytest.mark.parametrize(
    ("samples", "problem"),
    [
        ((), "at least two classes, found none"),
        ((sample("a", ("rust",)),), "at least two classes, found only 'rust'"),
        ((sample("a"),), "a.hdr: expected a class of the cube or of a region, found none"),
        ((sample("a", ("x",), (region((0, 0, 2, 2), "y"),)),), "of its regions, found both"),
        ((sample("a", ("x", " ")),), "expected the name of a class, found an empty one"),
        ((sample("a", regions=(region((50, 0, 60, 9), "x"),)),), "image of 30 rows and 40 columns"),
        (
            (sample("a", ("x",)), replace(sample("a", ("y",)), path=sample("b").path)),
            "b.hdr has the same content as /data/a.hdr: expected the same classes, found y and x",
        ),
    ],
)
def test_what_cannot_be_learned_from_is_refused(samples: tuple, problem: str) -> None:
    with pytest.raises(DataSetError) as refused:
        DataSet(samples).validate()
    assert problem in str(refused.value).replace("\\", "/")


def test_all_problems_are_named_together() -> None:
    with pytest.raises(DataSetError) as refused:
        DataSet((sample("a"), sample("b", ("",)))).validate()
    assert len(str(refused.value).splitlines()) == 3
