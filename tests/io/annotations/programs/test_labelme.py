"""JSON of labelme: all kinds of shapes, groups, and what labelme's own reader makes of ours.

Compared by hand with labelme 6.3.1: its LabelFile opens what is written here, and what it saves
again reads back equal. Its example files read as labelme draws them, but for the pixels on the very
outline, which labelme paints and FOCUS Viewer decides by their centre.
"""

from __future__ import annotations

import base64
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from annotation_cases import SHAPE, all_kinds, write_json
from PIL import Image
from region_masks import mask_of

from focus_viewer.core.errors import FocusError
from focus_viewer.core.regions.shapes import Ellipse, PointMark, Polygon, Rectangle
from focus_viewer.io.annotations import read_annotations, write_annotations

CORNERS = [[2.5, 3.0], [9.0, 3.0], [9.0, 12.0]]


def shape(kind: str, points: list[list[float]], **further: Any) -> dict[str, Any]:
    drawn = {"label": "leaf", "points": points, "group_id": None, "shape_type": kind, "flags": {}}
    return {**drawn, "description": "", "mask": None, **further}


def document(*shapes: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": "6.3.1", "flags": {}, "shapes": list(shapes), "imagePath": "leaf.jpg",
        "imageData": None, "imageHeight": SHAPE[0], "imageWidth": SHAPE[1],
    }  # fmt: skip


def png_text(pixels: Any) -> str:
    file = BytesIO()
    Image.fromarray(np.array(pixels, dtype=np.uint8)).save(file, format="PNG")
    return base64.b64encode(file.getvalue()).decode()


def test_all_kinds_of_shapes(tmp_path: Path) -> None:
    mask = shape("mask", [[4, 5], [6, 6]], mask=png_text([[1, 0, 1], [0, 1, 0]]))
    shapes = document(
        shape("polygon", CORNERS),
        shape("rectangle", [[9, 12], [2, 3]]),
        shape("circle", [[10, 10], [13, 14]]),
        shape("point", [[3.7, 4.2]]),
        shape("line", [[1.5, 1.5], [4.5, 1.5]]),
        shape("linestrip", [[1.5, 1.5], [4.5, 1.5], [4.5, 3.5]]),
        shape("oriented_rectangle", [[5, 5], [8, 8], [6, 10], [3, 7]]),
        mask,
    )
    found = read_annotations(write_json(tmp_path / "a.json", shapes), SHAPE).regions

    assert {region.class_name for region in found} == {"leaf"}
    outlines = [region.outline for region in found]
    assert outlines[0] == Polygon((((2.5, 3.0), (9.0, 3.0), (9.0, 12.0)),))
    assert outlines[1] == Rectangle((2, 3), (9, 12))
    assert outlines[2] == Ellipse((10, 10), (5, 5), 0)
    assert outlines[3] == PointMark((3.7, 4.2))
    assert mask_of(outlines[4], SHAPE).sum() == 4
    assert mask_of(outlines[5], SHAPE).sum() == 6
    assert mask_of(outlines[6], SHAPE).sum() == pytest.approx(12, abs=2)
    rows, cols = np.nonzero(mask_of(outlines[7], SHAPE))
    assert (rows.tolist(), cols.tolist()) == ([5, 5, 6], [4, 6, 5])


def test_a_rectangle_of_four_corners(tmp_path: Path) -> None:
    corners = [[2, 3], [9, 3], [9, 12], [2, 12]]
    shapes = document(shape("rectangle", corners), shape("rotation", corners))
    rectangle, turned = read_annotations(write_json(tmp_path / "a.json", shapes), SHAPE)
    assert rectangle.outline == Rectangle((2, 3), (9, 12))
    assert mask_of(turned.outline, SHAPE).sum() == 63


def test_shapes_of_a_label_and_group_are_one_region(tmp_path: Path) -> None:
    left, right = [[0, 0], [2, 2]], [[4, 4], [6, 6]]
    shapes = document(
        shape("rectangle", left, group_id=1),
        shape("rectangle", right, group_id=1),
        shape("rectangle", left, group_id=1, label="stem"),
        shape("rectangle", left),
    )
    leaf, stem, other = read_annotations(write_json(tmp_path / "a.json", shapes), SHAPE)

    assert mask_of(leaf.outline, SHAPE).sum() == 8
    assert (stem.class_name, other.class_name) == ("stem", "leaf")


def test_ours_reads_back_and_keeps_what_labelme_changed(tmp_path: Path) -> None:
    path = tmp_path / "leaf.labelme.json"
    write_annotations(path, all_kinds(), SHAPE, None, "leaf")
    assert read_annotations(path, SHAPE) == all_kinds()

    values = json.loads(path.read_text())
    with Image.open(BytesIO(base64.b64decode(values["imageData"]))) as picture:
        assert picture.size == (values["imageWidth"], values["imageHeight"]) == SHAPE[::-1]
    values["shapes"][0] |= {"label": "scab", "points": [[1, 1], [3, 3]], "description": "moved"}
    values["shapes"][4]["mask"] = png_text(np.ones((5, 6)))
    found = read_annotations(write_json(tmp_path / "b.json", values), SHAPE).regions
    assert found[0].outline == Rectangle((1, 1), (3, 3))
    assert (found[0].name, found[0].class_name, found[0].colour) == ("moved", "scab", "#000001")
    assert mask_of(found[4].outline, SHAPE).sum() == 30


def test_the_picture_of_the_cube_is_written(tmp_path: Path) -> None:
    picture = np.random.default_rng(1).integers(0, 255, (*SHAPE, 3), dtype=np.uint8)
    path = tmp_path / "leaf.labelme.json"
    write_annotations(path, all_kinds(), SHAPE, None, "leaf", picture)

    values = json.loads(path.read_text())
    with Image.open(BytesIO(base64.b64decode(values["imageData"]))) as image:
        np.testing.assert_array_equal(np.asarray(image), picture)
    assert values["imagePath"] == "leaf.png"


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        (document() | {"imageHeight": 9}, "on an image of 9 x 30 pixels, and the cube has 20 x 30"),
        (document(shape("blob", CORNERS)), "expected a shape that labelme draws, found 'blob'"),
        (document(shape("polygon", CORNERS[:2])), "expected 3 points of a polygon, found 2"),
        (document(shape("mask", [[0, 0], [9e8, 9e8]], mask="")), "expected a mask within"),
        (document(shape("mask", [[0, 0], [3, 3]], mask=png_text([[1]]))), "a mask of 4 rows and 4"),
        (document(shape("mask", [[0, 0], [0, 0]], mask="?")), "not Base64"),
        (document(shape("mask", [[0, 0], [0, 0]], mask=png_text([[0]]))), "found none"),
        (document(shape("point", [["a", 1]])), "expected a number for a point, found 'a'"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, values: dict[str, Any], problem: str) -> None:
    with pytest.raises(FocusError, match=r"a\.json") as refusal:
        read_annotations(write_json(tmp_path / "a.json", values), SHAPE)
    assert problem in str(refusal.value)
