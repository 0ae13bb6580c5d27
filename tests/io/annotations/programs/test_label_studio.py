"""JSON of Label Studio by its documented layout: shapes in percent, uploads, several tasks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from annotation_cases import SHAPE, write_json
from region_masks import mask_of

from focus_viewer.core.errors import FocusError
from focus_viewer.core.regions.shapes import Ellipse, PointMark, Rectangle
from focus_viewer.io.annotations import read_annotations

ROWS, COLS = SHAPE


def result(kind: str, **value: Any) -> dict[str, Any]:
    size = {"original_height": ROWS, "original_width": COLS}
    return {"type": kind, **size, "value": {**value, kind: ["rust"]}}


def task(name: str, *results: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": 1, "data": {"image": f"/data/upload/3/{name}"}, "predictions": [],
        "annotations": [{"id": 2, "result": [*results, {"type": "choices", "value": {}}]}],
    }  # fmt: skip


BOX = result("rectanglelabels", x=10, y=25, width=20, height=50, rotation=0)
BRUSH = result("brushlabels", rle=[1, 2])


def test_all_shapes(tmp_path: Path) -> None:
    triangle = result("polygonlabels", points=[[10, 10], [50, 10], [50, 60]])
    turned = result("rectanglelabels", x=50, y=50, width=20, height=10, rotation=90)
    ellipse = result("ellipselabels", x=50, y=40, radiusX=10, radiusY=20, rotation=30)
    tasks = [task("leaf.png", BOX, triangle, turned, ellipse, result("keypointlabels", x=5, y=5))]
    found = read_annotations(write_json(tmp_path / "a.json", tasks), SHAPE).regions

    assert {region.class_name for region in found} == {"rust"}
    assert found[0].outline == Rectangle((3, 5), (9, 15))
    assert mask_of(found[1].outline, SHAPE).sum() == pytest.approx(12 * 10 / 2, abs=6)
    # Down and to the left of its upper left corner, (15, 10): 6 pixels long, 2 wide.
    rows, cols = np.nonzero(mask_of(found[2].outline, SHAPE))
    assert (rows.min(), rows.max(), cols.min(), cols.max()) == (10, 15, 13, 14)
    assert found[3].outline == Ellipse((15, 8), (3, 4), 30)
    assert found[4].outline == PointMark((1.5, 1))


def test_brushes_are_left_out_with_a_note_and_what_was_cancelled_without(tmp_path: Path) -> None:
    drawn = task("leaf.png", BOX, BRUSH)
    drawn["annotations"] += [{"id": 3, "was_cancelled": True, "result": [BOX, BOX]}]
    found = read_annotations(write_json(tmp_path / "a.json", [drawn]), SHAPE)
    assert [region.outline for region in found] == [Rectangle((3, 5), (9, 15))]
    (note,) = found.notes
    assert note.startswith("1 of 2 regions are brushes and were left out.")


def test_the_task_of_the_cubes_name(tmp_path: Path) -> None:
    tasks = [task("0a1b2c3d-leaf.png", BOX), task("0a1b2c3e-stem.png", BOX, BOX)]
    path = write_json(tmp_path / "a.json", tasks)
    assert len(read_annotations(path, SHAPE, None, "stem")) == 2
    with pytest.raises(FocusError, match=r"found 2 among 2: 'leaf\.png' \(20 x 30\)"):
        read_annotations(path, SHAPE, None, "root")


@pytest.mark.parametrize(
    ("drawn", "problem"),
    [
        (BRUSH, "nothing but brushes.*Export them as PNG masks or as COCO"),
        (result("rectanglelabels", x="a"), "expected a number for x, found 'a'"),
        ({**BOX, "image_rotation": 90}, "drawn on the image turned by 90 degrees"),
        (result("polygonlabels", points=[[1, 2]]), "at least 3 corners"),
    ],
)
def test_what_is_refused(tmp_path: Path, drawn: dict[str, Any], problem: str) -> None:
    path = write_json(tmp_path / "a.json", [task("leaf.png", drawn)])
    with pytest.raises(FocusError, match=problem):
        read_annotations(path, SHAPE)
