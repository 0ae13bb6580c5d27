"""Regions of ImageJ by roifile: all kinds, archives, sub-pixel corners; pixels as by shapely."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from annotation_cases import SHAPE
from region_masks import mask_of
from roifile import ROI_OPTIONS, ROI_TYPE, ImagejRoi, roiwrite
from shapely import Polygon as Outline
from shapely import contains_xy

from focus_viewer.core.errors import FocusError
from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.core.regions.shapes import Ellipse, PointMark, Rectangle
from focus_viewer.io.annotations import read_annotations

CORNERS = [[2, 3], [9, 3], [12, 11], [4, 14]]


def read(folder: Path, roi: ImagejRoi) -> Annotation:
    roi.tofile(folder / "a.roi")
    (found,) = read_annotations(folder / "a.roi", SHAPE)
    return found


@pytest.mark.parametrize("shift", [0, 0.3])
def test_polygons(tmp_path: Path, shift: float) -> None:
    corners = np.array(CORNERS) + shift if shift else np.array(CORNERS)
    found = read(tmp_path, ImagejRoi.frompoints(corners, name="Blatt 1"))

    rows, cols = np.indices(SHAPE) + 0.5
    inside = contains_xy(Outline(corners), cols.ravel(), rows.ravel()).reshape(SHAPE)
    np.testing.assert_array_equal(mask_of(found.outline, SHAPE), inside)
    assert found.name == "Blatt 1"


def test_other_kinds(tmp_path: Path) -> None:
    box = {"left": 2, "top": 3, "right": 9, "bottom": 12}
    assert read(tmp_path, ImagejRoi(roitype=ROI_TYPE.RECT, **box)).outline == Rectangle(
        (2, 3), (9, 12)
    )
    oval = read(tmp_path, ImagejRoi(roitype=ROI_TYPE.OVAL, **box)).outline
    assert oval == Ellipse((5.5, 7.5), (3.5, 4.5), 0)
    exact = ImagejRoi(
        roitype=ROI_TYPE.RECT, **box, options=ROI_OPTIONS.SUB_PIXEL_RESOLUTION, version=227,
        xd=2.25, yd=3.5, widthd=6.5, heightd=8.25,
    )  # fmt: skip
    assert read(tmp_path, exact).outline == Rectangle((2.25, 3.5), (8.75, 11.75))
    line = read(tmp_path, ImagejRoi(roitype=ROI_TYPE.LINE, x1=1.5, y1=1.5, x2=4.5, y2=1.5)).outline
    assert mask_of(line, SHAPE).sum() == 4
    point = ImagejRoi.frompoints([[3, 4]])
    point.roitype = ROI_TYPE.POINT
    assert read(tmp_path, point).outline == PointMark((3, 4))


def test_an_area_without_an_inside_is_its_pixels(tmp_path: Path) -> None:
    roi = ImagejRoi.frompoints([[2, 3], [6, 3]])
    assert mask_of(read(tmp_path, roi).outline, SHAPE).sum() == 5


def test_a_composite_has_holes(tmp_path: Path) -> None:
    outer, hole = (2, 3, 9, 12), (4, 5, 6, 8)
    path: list[float] = []
    for left, top, right, bottom in (outer, hole):
        path += [0, left, top, 1, right, top, 1, right, bottom, 1, left, bottom, 4]
    roi = ImagejRoi(
        roitype=ROI_TYPE.RECT, left=2, top=3, right=9, bottom=12, shape_roi_size=len(path),
        multi_coordinates=np.array(path, dtype=np.float32),
    )  # fmt: skip
    assert mask_of(read(tmp_path, roi).outline, SHAPE).sum() == 7 * 9 - 2 * 3


def test_an_archive_with_colours_and_groups(tmp_path: Path) -> None:
    first, second = (ImagejRoi.frompoints(np.array(CORNERS) + shift) for shift in (0, 2))
    first.stroke_color, first.name = b"\xff\x10\x20\x30", "first"
    second.group = 4
    roiwrite(tmp_path / "RoiSet.zip", [first, second])

    found = read_annotations(tmp_path / "RoiSet.zip", SHAPE).regions

    assert (found[0].name, found[0].colour, found[0].class_name) == ("first", "#102030", None)
    assert found[1].class_name == "Group 4"
    assert mask_of(found[1].outline, SHAPE).sum() == mask_of(found[0].outline, SHAPE).sum()


def test_a_damaged_file_names_what_to_do(tmp_path: Path) -> None:
    content = ImagejRoi.frompoints(CORNERS).tobytes()
    (tmp_path / "a.roi").write_bytes(content[:70])
    with pytest.raises(FocusError, match=r"a\.roi cannot be read as a region of ImageJ.*Save it"):
        read_annotations(tmp_path / "a.roi", SHAPE)
