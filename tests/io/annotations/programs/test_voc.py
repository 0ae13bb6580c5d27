"""XML of Pascal VOC and of LabelMe on the web, as datumaro 1.13 writes both."""

from __future__ import annotations

from pathlib import Path

import pytest
from annotation_cases import SHAPE
from region_masks import mask_of

from focus_viewer.core.errors import FocusError
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.io.annotations import read_annotations

SIZE = "<size><width>30</width><height>20</height><depth>3</depth></size>"
BOX = "<bndbox><xmin>2.0</xmin><ymin>3</ymin><xmax>9</xmax><ymax>12</ymax></bndbox>"
POINTS = "".join(f"<pt><x>{x}</x><y>{y}</y></pt>" for x, y in ((2.5, 3), (9, 3), (9, 12)))


def put(path: Path, *objects: str, size: str = SIZE) -> Path:
    inside = "".join(f"<object><name>rust</name>{each}</object>" for each in objects)
    path.write_text(f"<annotation><filename>leaf.jpg</filename>{size}{inside}</annotation>")
    return path


def test_boxes_and_polygons(tmp_path: Path) -> None:
    path = put(
        tmp_path / "a.xml", BOX, f"<polygon>{POINTS}</polygon>", f"<deleted>1</deleted>{BOX}"
    )
    box, polygon = read_annotations(path, SHAPE)
    assert (box.outline, box.class_name) == (Rectangle((2, 3), (9, 12)), "rust")
    assert mask_of(polygon.outline, SHAPE).sum() == 29


def test_an_image_of_unknown_size(tmp_path: Path) -> None:
    size = "<imagesize><nrows>0</nrows><ncols>0</ncols></imagesize>"
    assert len(read_annotations(put(tmp_path / "a.xml", BOX, size=size), SHAPE)) == 1


@pytest.mark.parametrize(
    ("objects", "size", "problem"),
    [
        (BOX, SIZE.replace("20", "21"), "on an image of 21 x 30 pixels, and the cube has 20 x 30"),
        ("", SIZE, "expected a polygon or a box of 'rust', found neither"),
        (BOX.replace("2.0", "left"), SIZE, "expected a number for xmin, found 'left'"),
    ],
)
def test_what_is_refused(tmp_path: Path, objects: str, size: str, problem: str) -> None:
    with pytest.raises(FocusError, match=r"a\.xml cannot be read as Pascal VOC") as refusal:
        read_annotations(put(tmp_path / "a.xml", objects, size=size), SHAPE)
    assert problem in str(refusal.value)
