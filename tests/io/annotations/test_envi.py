"""Regions of interest of ENVI: XML and ASCII, as ENVI writes them and as they are written here."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as Xml

import numpy as np
import pytest
from annotation_cases import GRID, HOLE, OUTLINES, SHAPE, SQUARE, all_kinds
from rasterio.warp import transform
from region_masks import mask_of

from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.errors import FocusError
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import PointMark, Polygon, Rectangle
from focus_viewer.io.annotations import read_annotations, write_annotations

XML = """<?xml version="1.0" encoding="UTF-8"?>
<RegionsOfInterest version="1.1">
  <Region name="leaf" color="255,0,128">
    <GeometryDef>
      <CoordSysStr>none</CoordSysStr>
      <Polygon>
        <Exterior>
          <LinearRing>
            <Coordinates>
2.0 3.0 9.0 3.0 9.0 12.0 2.0 12.0 2.0 3.0
            </Coordinates>
          </LinearRing>
        </Exterior>
        <Interior>
          <LinearRing>
            <Coordinates>4 5 6 5 6 8 4 8 4 5</Coordinates>
          </LinearRing>
        </Interior>
      </Polygon>
    </GeometryDef>
  </Region>
  <Region name="spots" color="0,0,255">
    <GeometryDef>
      <CoordSysStr>none</CoordSysStr>
      <Point><Coordinates>4.5 6.5</Coordinates></Point>
      <LineString><Coordinates>0.5 0.5 2.5 0.5</Coordinates></LineString>
    </GeometryDef>
  </Region>
</RegionsOfInterest>
"""

TEXT = """; ENVI Output of ROIs (4.8) [Sun Feb 07 09:41:07 2010]
; Number of ROIs: 2
; File Dimension: 30 x 20
;
; ROI name: water: deep
; ROI rgb value: {0, 0, 255}
; ROI npts: 3
;
; ROI name: rock
; ROI rgb value: {255, 0, 16}
; ROI npts: 1
;   ID    X    Y       Map X       Map Y        Lat       Lon   B1   B2
     1    1    1   500000.00  4000000.00  36.1  -117.0    17   92
     2   30    1   500058.00  4000000.00  36.1  -117.0    32  106
     3    1   20   500000.00  3999962.00  36.1  -117.0    27  100

     1    5    7   500008.00  3999988.00  36.1  -117.0    19   71
"""


def put(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_xml_as_envi_writes_it(tmp_path: Path) -> None:
    leaf, spots = read_annotations(put(tmp_path / "a.xml", XML), SHAPE)

    assert (leaf.name, leaf.colour) == ("leaf", "#ff0080")
    assert leaf.outline == Polygon((SQUARE, HOLE))
    assert spots.colour == "#0000ff"
    assert np.argwhere(mask_of(spots.outline, SHAPE)).tolist() == [[0, 0], [0, 1], [0, 2], [6, 4]]


def test_xml_that_is_written(tmp_path: Path) -> None:
    shapes = (
        Annotations()
        .add(Polygon((SQUARE, HOLE)), 'a "<&>" b\x01', "#ff0080")
        .add(PointMark((4.5, 6.5)), "spot", "#0000ff")
    )
    write_annotations(tmp_path / "a.xml", shapes, SHAPE)

    root = Xml.fromstring((tmp_path / "a.xml").read_bytes())  # noqa: S314

    assert (root.tag, root.get("version")) == ("RegionsOfInterest", "1.1")
    assert [one.get("color") for one in root] == ["255,0,128", "0,0,255"]
    assert root[0].get("name") == 'a "<&>" b'
    assert root[0].findtext("GeometryDef/CoordSysStr") == "none"
    line = "GeometryDef/Polygon/{}/LinearRing/Coordinates"
    outer = root[0].findtext(line.format("Exterior"))
    assert outer == "2.0 3.0 9.0 3.0 9.0 12.0 2.0 12.0 2.0 3.0"
    assert root[0].findtext(line.format("Interior")) == "4.0 8.0 6.0 8.0 6.0 5.0 4.0 5.0 4.0 8.0"
    assert root[1].findtext("GeometryDef/Point/Coordinates") == "4.5 6.5"


@pytest.mark.parametrize("grid", [None, GRID])
def test_pixels_of_every_kind_come_back_from_xml(tmp_path: Path, grid: MapGrid | None) -> None:
    write_annotations(tmp_path / "a.xml", all_kinds(), SHAPE, grid)

    found = read_annotations(tmp_path / "a.xml", SHAPE, grid)

    for one, written in zip(found, all_kinds(), strict=True):
        assert (one.name, one.colour) == (written.name, written.colour)
        np.testing.assert_array_equal(mask_of(one.outline, SHAPE), mask_of(written.outline, SHAPE))


def test_xml_in_map_coordinates(tmp_path: Path) -> None:
    grid = MapGrid(100, 900, 10, 5, coordinate_system='PROJCS["UTM 11N",GEOGCS["WGS"]]')
    shapes = Annotations().add(Rectangle((1, 2), (3, 4)), "a", "#000000")
    write_annotations(tmp_path / "a.xml", shapes, SHAPE, grid)

    text = (tmp_path / "a.xml").read_text(encoding="utf-8")

    assert "110.0 890.0 130.0 890.0 130.0 880.0 110.0 880.0 110.0 890.0" in text
    with pytest.raises(FocusError, match="UTM 11N, and the cube has no map information"):
        read_annotations(tmp_path / "a.xml", SHAPE)
    other = MapGrid(100, 900, 10, 5, coordinate_system='PROJCS["UTM 12N"]')
    with pytest.raises(FocusError, match="system UTM 11N, and that of the cube is not known"):
        read_annotations(tmp_path / "a.xml", SHAPE, other)


def test_ascii_as_envi_writes_it(tmp_path: Path) -> None:
    water, rock = read_annotations(put(tmp_path / "a.txt", TEXT.replace("\n", "\r\n")), SHAPE)

    assert (water.name, water.colour) == ("water: deep", "#0000ff")
    assert np.argwhere(mask_of(water.outline, SHAPE)).tolist() == [[0, 0], [0, 29], [19, 0]]
    assert (rock.name, rock.colour) == ("rock", "#ff0010")
    assert np.argwhere(mask_of(rock.outline, SHAPE)).tolist() == [[6, 4]]


@pytest.mark.parametrize("shift_px", [0.0, 0.5])
@pytest.mark.parametrize("kind", ["Map", "Lat Lon"])
def test_ascii_without_pixel_locations(tmp_path: Path, kind: str, shift_px: float) -> None:
    grid = MapGrid(500_000.0, 4_000_000.0, 2.0, 2.0, coordinate_system="EPSG:32611")
    places = [grid.to_map((col + shift_px, row + shift_px)) for col, row in ((4, 6), (29, 19))]
    titles = ";   ID       Map X       Map Y   B1"
    if kind == "Lat Lon":
        lons, lats = transform("EPSG:32611", "EPSG:4326", *zip(*places, strict=True))
        places, titles = list(zip(lats, lons, strict=True)), ";   ID       Lat     Lon   B1"
    head = TEXT[: TEXT.index("; ROI name: rock")].replace("of ROIs: 2", "of ROIs: 1")
    lines = [f"  {i}  {first:.7f}  {second:.7f}  17" for i, (first, second) in enumerate(places)]
    text = "\n".join([head.replace("npts: 3", "npts: 2") + titles, *lines])

    (region,) = read_annotations(put(tmp_path / "a.txt", text), SHAPE, grid)

    assert np.argwhere(mask_of(region.outline, SHAPE)).tolist() == [[6, 4], [19, 29]]
    with pytest.raises(FocusError, match="no columns X and Y"):
        read_annotations(tmp_path / "a.txt", SHAPE)


def test_ascii_that_is_written(tmp_path: Path) -> None:
    shapes = (
        Annotations()
        .add(Rectangle((1, 2), (3, 3)), "two\nlines", "#ff0080")
        .add(PointMark((5.5, 0.5)), "spot", "#0000ff")
    )
    write_annotations(tmp_path / "a.roi", shapes, (4, 6))

    assert (tmp_path / "a.roi").read_text(encoding="utf-8") == (
        "; ENVI Output of ROIs (FOCUS Viewer)\n"
        "; Number of ROIs: 2\n"
        "; File Dimension: 6 x 4\n"
        ";\n"
        "; ROI name: two lines\n"
        "; ROI rgb value: {255, 0, 128}\n"
        "; ROI npts: 2\n"
        ";\n"
        "; ROI name: spot\n"
        "; ROI rgb value: {0, 0, 255}\n"
        "; ROI npts: 1\n"
        ";   ID    X    Y\n"
        "     1     2     3\n"
        "     2     3     3\n"
        "\n"
        "     1     6     1\n"
    )


def test_pixels_of_every_kind_come_back_from_ascii(tmp_path: Path) -> None:
    write_annotations(tmp_path / "a.roi", all_kinds(), SHAPE)

    found = read_annotations(tmp_path / "a.roi", SHAPE)

    for one, outline in zip(found, OUTLINES, strict=True):
        np.testing.assert_array_equal(mask_of(one.outline, SHAPE), mask_of(outline, SHAPE))


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.xml", XML[:300], "not complete XML"),
        ("a.xml", "<rois></rois>", "found <rois>. Export the regions as GeoJSON"),
        ("a.xml", XML.replace("4.5 6.5", "4.5"), "pairs of coordinates, found 1"),
        ("a.xml", XML.replace("4.5 6.5", "4.5 x"), "expected a coordinate, found 'x'"),
        ("a.xml", XML.replace("4.5 6.5", "4.5 nan"), "expected a number"),
        ("a.xml", XML.replace("GeometryDef", "PixelDef"), "'leaf' is a <PixelDef>"),
        ("a.xml", XML.replace("LineString", "Curve"), "'spots' has an unknown <Curve>"),
        ("a.xml", '<!DOCTYPE x [<!ENTITY a "b">]><RegionsOfInterest/>', "document type"),
        ("a.roi", TEXT[:-90], "expected 4 points, found 3"),
        ("a.roi", TEXT.replace("30 x 20", "31 x 20"), "20 rows and 31 columns"),
        ("a.roi", TEXT.replace("     1    5    7", "     1   31    7"), "has the pixel X 31, Y 7"),
        ("a.roi", TEXT.replace("     1    5    7", "     1    0    7"), "has the pixel X 0, Y 7"),
        ("a.roi", TEXT.replace("ID    X    Y", "ID"), "no columns X and Y"),
        ("a.roi", TEXT.replace("; ROI npts: 1", ""), "'rock' has no number of points"),
        ("a.roi", TEXT.replace("npts: 1", "npts: ²"), "expected a number of points"),
        ("a.roi", TEXT.replace("     2   30", "     2    x"), "expected the numbers of a pixel"),
        ("a.roi", "\x00\x01 binary", "save the regions as .xml"),
        ("a.roi", "; ENVI Output of ROIs", "it has no region"),
    ],
)
def test_what_is_refused(tmp_path: Path, name: str, text: str, told: str) -> None:
    with pytest.raises(FocusError, match=name) as refusal:
        read_annotations(put(tmp_path / name, text), SHAPE)

    assert told in str(refusal.value)
