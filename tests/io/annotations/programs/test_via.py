"""JSON of VGG Image Annotator: projects and exports of versions 1 and 2, many images."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from annotation_cases import SHAPE, write_json
from region_masks import mask_of

from focus_viewer.core.errors import FocusError
from focus_viewer.core.regions.shapes import Ellipse, PointMark, Polygon, Rectangle
from focus_viewer.io.annotations import read_annotations

XS, YS = [2, 9, 9, 2], [3, 3, 12, 12]
SHAPES = [
    {"name": "rect", "x": 2, "y": 3, "width": 7, "height": 9},
    {"name": "circle", "cx": 10, "cy": 9, "r": 4.5},
    {"name": "ellipse", "cx": 12, "cy": 8, "rx": 5, "ry": 2, "theta": math.pi / 6},
    {"name": "ellipse", "cx": 12, "cy": 8, "rx": 5, "ry": 2},
    {"name": "polygon", "all_points_x": XS, "all_points_y": YS},
    {"name": "polygon", "all_points_x": [*XS, 2], "all_points_y": [*YS, 3]},  # as version 1 does
    {"name": "polyline", "all_points_x": [1.5, 4.5], "all_points_y": [1.5, 1.5]},
    {"name": "point", "cx": 3, "cy": 4},
]


def image(name: str, /, *shapes: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    regions = [{"shape_attributes": shape, "region_attributes": attributes} for shape in shapes]
    return {"filename": name, "size": 123, "regions": regions, "file_attributes": {}}


def read(path: Path, document: object, name: str = "") -> Any:
    return read_annotations(write_json(path / "via.json", document), SHAPE, None, name).regions


@pytest.mark.parametrize("as_project", [True, False])
@pytest.mark.parametrize("as_dict", [True, False])
def test_all_shapes(tmp_path: Path, as_project: bool, as_dict: bool) -> None:
    only = image("leaf.png123", *SHAPES, label="rust")
    if as_dict:
        only["regions"] = {str(at): region for at, region in enumerate(only["regions"])}
    images = {"leaf.png123": only}
    document = {"_via_settings": {}, "_via_img_metadata": images} if as_project else images

    found = read(tmp_path, document)

    square = Polygon((tuple(zip(map(float, XS), map(float, YS), strict=True)),))
    assert [region.outline for region in found[:6]] == [
        Rectangle((2, 3), (9, 12)),
        Ellipse((10, 9), (4.5, 4.5), 0),
        Ellipse((12, 8), (5, 2), pytest.approx(30)),
        Ellipse((12, 8), (5, 2), 0),
        square,
        square,
    ]
    assert mask_of(found[6].outline, SHAPE).sum() == 4
    assert found[7].outline == PointMark((3, 4))
    assert {region.class_name for region in found} == {"rust"}


@pytest.mark.parametrize(
    ("attributes", "named"),
    [
        ({"quality": "good", "Class": "rust"}, "rust"),
        ({"severity": "high"}, "high"),
        ({"type": {"rust": True, "scab": False, "burn": True}}, "rust, burn"),
        ({"label": "", "name": "leaf"}, "leaf"),
        ({}, None),
        ({"count": 3}, None),
    ],
)
def test_class_of_attributes(tmp_path: Path, attributes: dict[str, Any], named: str | None) -> None:
    (found,) = read(tmp_path, {"a": image("a.png", SHAPES[0], **attributes)})
    assert found.class_name == named


def test_the_image_of_the_cubes_name(tmp_path: Path) -> None:
    images = {
        name: image(f"pictures/{name}.PNG", SHAPES[0], label=name) for name in ("plot_1", "plot_10")
    }
    (found,) = read(tmp_path, {"_via_img_metadata": images}, "Plot_10")
    assert found.class_name == "plot_10"

    with pytest.raises(FocusError, match=r"expected one image 'plot_2' .* found 2 among 2: 'pict"):
        read(tmp_path, images, "plot_2")


@pytest.mark.parametrize(
    ("shape", "problem"),
    [
        ({"name": "cloud"}, "expected a shape that VGG Image Annotator draws, found 'cloud'"),
        ({"name": "rect", "x": 1}, "expected a number for y, found None"),
        ({"name": "polygon", "all_points_x": [1, 2], "all_points_y": [1]}, "as many x as y"),
        ({"name": "polyline", "all_points_x": [], "all_points_y": []}, "as many x as y"),
    ],
)
def test_what_is_refused(tmp_path: Path, shape: dict[str, Any], problem: str) -> None:
    with pytest.raises(FocusError, match=problem):
        read(tmp_path, {"a": image("a.png", shape)})
