"""XML of CVAT for images 1.1: all shapes, masks as runs, many images, archives.

Compared by hand with datumaro 1.13: what it writes in this layout has equal masks here.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from annotation_cases import SHAPE
from region_masks import mask_of

from focus_viewer.core.errors import FocusError
from focus_viewer.core.regions.shapes import Ellipse, MaskShape, PointMark, Polygon, Rectangle
from focus_viewer.io.annotations import read_annotations

SHAPES = """
<box label="rust" source="manual" occluded="0" xtl="2.00" ytl="3.00" xbr="9.50" ybr="12">
  <attribute name="quality">good</attribute></box>
<box label="rust" xtl="4" ytl="6" xbr="8" ybr="8" rotation="90"/>
<polygon label="leaf" points="2.5,3.0;9.0,3.0;9.0,12.0" z_order="0"></polygon>
<ellipse label="leaf" cx="12" cy="8" rx="5" ry="2" rotation="30"/>
<polyline label="vein" points="1.5,1.5;4.5,1.5"/>
<points label="tip" points="3.7,4.2"/>
<points label="tip" points="3.7,4.2;8.1,9.9"/>
<mask label="leaf" rle="1, 2, 3, 1, 1" left="4" top="5" width="4" height="2"/>
<tag label="wet"/>
"""


def document(*images: str) -> str:
    labels = "<label><name>rust</name><color>#c06060</color></label>"
    meta = f"<meta><task><labels>{labels}</labels></task></meta>"
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<annotations><version>1.1</version>'
        f"{meta}{''.join(images)}</annotations>"
    )


def image(name: str, shapes: str = SHAPES, rows: int = SHAPE[0], cols: int = SHAPE[1]) -> str:
    return f'<image id="0" name="{name}" width="{cols}" height="{rows}">{shapes}</image>'


def put(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_cuboids_and_skeletons_are_left_out_with_a_note(tmp_path: Path) -> None:
    solids = '<cuboid label="a"/><skeleton label="b"><points label="1" points="1,1"/></skeleton>'
    drawn = document(image("leaf.png", SHAPES + solids))
    found = read_annotations(put(tmp_path / "a.xml", drawn), SHAPE)
    assert len(found) == 8
    assert found.notes == ("2 of the kinds cuboid and skeleton were left out: they are not read.",)


def test_all_shapes(tmp_path: Path) -> None:
    found = read_annotations(put(tmp_path / "a.xml", document(image("leaf.png"))), SHAPE).regions

    classes = ["rust", "rust", "leaf", "leaf", "vein", "tip", "tip", "leaf"]
    assert [region.class_name for region in found] == classes
    assert found[0].colour == "#c06060"
    outlines = [region.outline for region in found]
    assert outlines[0] == Rectangle((2, 3), (9.5, 12))
    rows, cols = np.nonzero(mask_of(outlines[1], SHAPE))
    assert (rows.min(), rows.max(), cols.min(), cols.max()) == (5, 8, 5, 6)
    assert outlines[2] == Polygon((((2.5, 3.0), (9.0, 3.0), (9.0, 12.0)),))
    assert outlines[3] == Ellipse((12, 8), (5, 2), 30)
    assert mask_of(outlines[4], SHAPE).sum() == 4
    assert outlines[5] == PointMark((3.7, 4.2))
    assert isinstance(outlines[6], MaskShape)
    assert np.argwhere(mask_of(outlines[6], SHAPE)).tolist() == [[4, 3], [9, 8]]
    assert np.argwhere(mask_of(outlines[7], SHAPE)).tolist() == [[5, 5], [5, 6], [6, 6]]


def test_a_box_turns_as_cvat_turns_it(tmp_path: Path) -> None:
    """Clockwise on the screen: of a flat box turned by 30 degrees the right end is lower."""
    flat = '<box label="a" xtl="10" ytl="9" xbr="20" ybr="11" rotation="30"/>'
    (found,) = read_annotations(put(tmp_path / "a.xml", document(image("a", flat))), SHAPE)
    rows, cols = np.nonzero(mask_of(found.outline, SHAPE))
    assert rows[cols > 15].mean() > rows[cols < 15].mean() + 1


def test_groups_are_one_region(tmp_path: Path) -> None:
    shapes = "".join(
        f'<box label="leaf" xtl="{at}" ytl="1" xbr="{at + 2}" ybr="3" group_id="{group}"/>'
        for at, group in ((1, 7), (6, 7), (11, 8), (16, ""))
    )
    found = read_annotations(put(tmp_path / "a.xml", document(image("a", shapes))), SHAPE)
    assert [mask_of(region.outline, SHAPE).sum() for region in found] == [8, 4, 4]


def test_the_image_of_the_cubes_name(tmp_path: Path) -> None:
    point = '<points label="{}" points="3.7,4.2"/>'
    path = put(
        tmp_path / "a.xml",
        document(*(image(f"day/{name}.jpg", point.format(name)) for name in ("a", "b"))),
    )
    (found,) = read_annotations(path, SHAPE, None, "b")
    assert found.class_name == "b"
    with pytest.raises(FocusError, match="found 2 among 2"):
        read_annotations(path, SHAPE, None, "c")
    with pytest.raises(FocusError, match=r"found 0 among 2: 'day/a.jpg' \(20 x 30\)"):
        read_annotations(path, (9, 9), None, "a")


def test_an_export_is_read_in_its_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "task.zip", "w") as archive:
        archive.writestr("annotations.xml", document(image("leaf.png")))
    assert len(read_annotations(tmp_path / "task.zip", SHAPE)) == 8


@pytest.mark.parametrize(
    ("shapes", "problem"),
    [
        ('<box xtl="x" ytl="0" xbr="1" ybr="1"/>', "expected a number for xtl, found 'x'"),
        ('<ellipse cx="nan" cy="1" rx="1" ry="1"/>', "for cx"),
        ('<cuboid xtl1="1"/>', "of the kinds cuboid and skeleton"),
        ('<polygon points="1,2;3,4"/>', "at least 3 corners"),
        ('<points points="1;2"/>', "expected points x,y;x,y of a points, found none"),
        ('<mask rle="1" left="0" top="0" width="900000" height="900000"/>', "within the image"),
        ('<mask rle="0, 9" left="0" top="0" width="2" height="2"/>', "found 9 pixels"),
        ('<mask rle="-4, 8" left="0" top="0" width="2" height="2"/>', "expected runs of 2 x 2"),
        ('<mask rle="4" left="0" top="0" width="2" height="2"/>', "found none"),
    ],
)
def test_what_is_refused(tmp_path: Path, shapes: str, problem: str) -> None:
    with pytest.raises(FocusError, match=r"a\.xml cannot be read as CVAT") as refusal:
        read_annotations(put(tmp_path / "a.xml", document(image("a", shapes))), SHAPE)
    assert problem in str(refusal.value)


def test_a_video_is_refused_with_the_export_to_choose(tmp_path: Path) -> None:
    path = put(tmp_path / "a.xml", document('<track id="0" label="a"><box/></track>'))
    with pytest.raises(FocusError, match=r'tracks of a video.*"CVAT for images 1.1"'):
        read_annotations(path, SHAPE)
