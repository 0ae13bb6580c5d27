"""COCO: what is written, what reads back, and what other programs write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from annotation_cases import HOLE, SHAPE, SQUARE, all_kinds, write_json
from hypothesis import given
from hypothesis.extra.numpy import arrays
from region_masks import mask_of

from focus_viewer.core.errors import FocusError
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.mask_crop import crop_mask
from focus_viewer.core.regions.shapes import MaskShape, Polygon, Rectangle
from focus_viewer.core.typing import BoolArray
from focus_viewer.io.annotations import read_annotations, write_annotations
from focus_viewer.io.annotations.coco import from_run_lengths, run_lengths

SMALL = (3, 4)


def coco(*annotations: object, **members: object) -> dict[str, Any]:
    return {
        "images": [{"id": 7, "height": 3, "width": 4, "file_name": "a.png"}],
        "categories": [{"id": 5, "name": "rust"}],
        "annotations": list(annotations),
        **members,
    }


def test_json_that_is_written(tmp_path: Path) -> None:
    shapes = (
        Annotations()
        .add(Rectangle((1, 0), (3, 2)), "a", "#ff0000", "rust")
        .add(MaskShape(0, 1, (2, 2), bytes([0b11010000])), "b", "#00ff00")
        .add(Polygon((SQUARE, HOLE)), "c", "#0000ff", "rust")
    )
    write_annotations(tmp_path / "leaf.json", shapes, SMALL)

    document = json.loads((tmp_path / "leaf.json").read_bytes())

    assert document["images"] == [{"id": 1, "width": 4, "height": 3, "file_name": "leaf"}]
    assert document["categories"] == [{"id": 1, "name": "rust"}, {"id": 2, "name": "unclassified"}]
    first, second, third = document["annotations"]
    assert first.pop("focus_viewer")["outline"] == {
        "kind": "rectangle",
        "low": [1, 0],
        "high": [3, 2],
    }
    assert first == {
        "id": 1,
        "image_id": 1,
        "category_id": 1,
        "segmentation": [[1, 0, 3, 0, 3, 2, 1, 2]],
        "bbox": [1, 0, 2, 2],
        "area": 4,
        "iscrowd": 0,
    }
    # Down the columns: 3 outside, 1 inside, 2 outside, 2 inside, 4 outside.
    assert second["segmentation"] == {"size": [3, 4], "counts": [3, 1, 2, 2, 4]}
    assert (second["bbox"], second["area"], second["category_id"]) == ([1, 0, 2, 2], 3, 2)
    assert third["segmentation"]["size"] == [3, 4]
    assert third["bbox"] == [2, 3, 7, 9]


def test_every_kind_reads_back_the_same(tmp_path: Path) -> None:
    write_annotations(tmp_path / "a.json", all_kinds(), SHAPE)

    assert read_annotations(tmp_path / "a.json", SHAPE) == all_kinds()


def test_segmentation_of_other_programs(tmp_path: Path) -> None:
    one = {"image_id": 7, "category_id": 5}
    document = coco(
        {**one, "segmentation": [[0, 0, 2, 0, 2, 2]]},
        {**one, "segmentation": {"size": [3, 4], "counts": [0, 1, 10, 1]}},
        {**one, "segmentation": {"size": [3, 4], "counts": "31212"}},
        {**one, "segmentation": [], "bbox": [1, 1, 2, 1.5], "category_id": 99},
        {**one, "image_id": 8, "segmentation": [[0, 0, 2, 0, 2, 2]]},
    )

    found = read_annotations(write_json(tmp_path / "a.json", document), SMALL).regions

    assert [(region.name, region.class_name) for region in found] == [
        ("rust", "rust"), ("rust", "rust"), ("rust", "rust"), ("Region 4", None),
    ]  # fmt: skip
    assert found[0].outline == Polygon((((0, 0), (2, 0), (2, 2)),))
    assert np.argwhere(mask_of(found[1].outline, SMALL)).tolist() == [[0, 0], [2, 3]]
    # 3, 1 and 2 as they are, then what is more than at the last but one: 2 - 1 and 4 - 2.
    pixels = mask_of(found[2].outline, SMALL).T.ravel().astype(int).tolist()
    assert pixels == [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0]
    assert found[3].outline == Rectangle((1, 1), (3, 2.5))


@pytest.mark.parametrize("ids", [("0", 0), (0, "0"), (3.0, 3)])
def test_ids_may_be_numbers_or_text(tmp_path: Path, ids: tuple[object, object]) -> None:
    document = coco({"image_id": ids[1], "category_id": ids[1], "bbox": [1, 1, 2, 1]})
    document["images"][0]["id"] = document["categories"][0]["id"] = ids[0]
    (found,) = read_annotations(write_json(tmp_path / "a.json", document), SMALL)
    assert found.class_name == "rust"


@pytest.mark.parametrize("extra", [{}, {"extra": {"name": "field 1.png"}}])
def test_names_that_roboflow_has_changed(tmp_path: Path, extra: dict[str, object]) -> None:
    document = coco(*({"image_id": n, "bbox": [n, 1, 1, 1]} for n in (1, 2)))
    names = ("field 2_png.rf.0a1b2c.jpg", "field 1_png.rf.3d4e5f.jpg")
    document["images"] = [{"id": n, "file_name": name} for n, name in enumerate(names, start=1)]
    if extra:
        document["images"][1] |= {"file_name": "renamed.rf.jpg", **extra}
    path = write_json(tmp_path / "a.json", document)
    (found,) = read_annotations(path, SMALL, None, "field 1")
    assert found.outline == Rectangle((2, 1), (3, 2))


def test_packed_runs() -> None:
    """40 takes two signs, 8 and "1" for 32, and 5 is told as -3 from the 8 before."""
    mask = from_run_lengths("X183M", (7, 8))

    assert run_lengths(mask, (7, 8)) == [40, 8, 3, 5]
    assert mask is not None
    assert mask.pixels == 13


@given(arrays(np.bool_, (5, 6)))
def test_runs_of_a_crop_are_those_of_the_whole_mask(mask: BoolArray) -> None:
    flat = mask.ravel(order="F")
    starts = np.flatnonzero(np.diff(flat, prepend=False))
    crop = crop_mask(mask)
    runs = run_lengths(crop, (5, 6))
    assert runs == np.diff(starts, prepend=0, append=flat.size).tolist()
    again = from_run_lengths(runs, (5, 6))
    assert (again is None) == (crop is None)
    if crop is not None and again is not None:
        assert (again.row, again.col) == (crop.row, crop.col)
        assert (again.inside == crop.inside).all()


def test_segmentation_changed_by_another_program_wins(tmp_path: Path) -> None:
    shapes = Annotations().add(Rectangle((1, 0), (3, 2)), "a", "#ff0000")
    write_annotations(tmp_path / "a.json", shapes, SMALL)
    document = json.loads((tmp_path / "a.json").read_bytes())
    document["annotations"][0]["segmentation"] = [[0, 0, 3, 0, 3, 2]]

    (found,) = read_annotations(write_json(tmp_path / "a.json", document), SMALL)

    assert found.outline == Polygon((((0, 0), (3, 0), (3, 2)),))
    assert found.colour == "#ff0000"


def one_with(segmentation: object) -> dict[str, Any]:
    return coco({"image_id": 7, "category_id": 5, "segmentation": segmentation})


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (coco(images=[]), "expected one image of 3 rows and 4 columns, found 0 among 0"),
        (coco(images=[{"height": 9, "width": 4}]), "(9 x 4)"),
        (one_with({"size": [3, 4], "counts": [3, 10**15]}), "between"),
        (one_with({"size": [3, 4], "counts": [-1, 13]}), "expected runs of 12 pixels"),
        (one_with({"size": [3, 4], "counts": "\x00"}), "expected compressed runs"),
        (one_with({"size": [3, 4], "counts": [12]}), "expected pixels of a region, found none"),
        (one_with({"size": [4, 3], "counts": [12]}), "expected runs of an image [3, 4]"),
        (one_with([[0, 0, 1]]), "expected pairs of coordinates, found 3 numbers"),
        (one_with(None), "a segmentation or a box"),
    ],
)
def test_what_is_refused(tmp_path: Path, document: object, told: str) -> None:
    path = write_json(tmp_path / "bad.json", document)

    with pytest.raises(FocusError, match=r"bad\.json") as refusal:
        read_annotations(path, SMALL)

    assert (
        told in str(refusal.value)
        or "too large" in str(refusal.value)
        or "between" in str(refusal.value)
    )
