"""GeoJSON in longitude and latitude, in the cube's own system, in another one, and in none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from annotation_cases import write_json
from rasterio.crs import CRS
from rasterio.warp import transform
from region_masks import mask_of

from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.errors import FocusError
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import Ellipse, Point2, PointMark, Polygon
from focus_viewer.io.annotations import read_annotations, write_annotations

SHAPE = (120, 100)
UTM = CRS.from_epsg(32633)
GRID = MapGrid(364_095.0, 5_810_265.0, 30.0, 30.0, 0.0, UTM.to_wkt())
SQUARE = ((20.0, 70.0), (40.0, 70.0), (40.0, 90.0), (20.0, 90.0))


def placed(points: tuple[Point2, ...], epsg: int | None) -> list[Point2]:
    """Return map coordinates in a system, or in the cube's own."""
    own = [GRID.to_map(at) for at in points]
    if epsg is None:
        return own
    xs, ys = transform(UTM, CRS.from_epsg(epsg), *zip(*own, strict=True))
    return list(zip(xs, ys, strict=True))


def document(corners: list[Point2], name: str | None = None) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}
    feature = {"type": "Feature", "geometry": geometry, "properties": {"name": "plot"}}
    crs = {} if name is None else {"crs": {"type": "name", "properties": {"name": name}}}
    return {"type": "FeatureCollection", **crs, "features": [feature]}


@pytest.mark.parametrize(
    ("epsg", "name"),
    [
        (4326, "urn:ogc:def:crs:OGC:1.3:CRS84"),
        (4326, "EPSG:4326"),
        (4326, None),
        (32633, "urn:ogc:def:crs:EPSG::32633"),
        (3857, "EPSG:3857"),
        (None, None),
    ],
)
def test_a_plot_is_where_it_was_drawn(tmp_path: Path, epsg: int | None, name: str | None) -> None:
    path = write_json(tmp_path / "plots.geojson", document(placed(SQUARE, epsg), name))
    (found,) = read_annotations(path, SHAPE, GRID)
    mask = mask_of(found.outline, SHAPE)
    np.testing.assert_array_equal(mask, mask_of(Polygon((SQUARE,)), SHAPE))
    assert found.name == "plot"


def test_points_of_a_row_stay_apart(tmp_path: Path) -> None:
    features = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": at}, "properties": {}}
        for at in ([13.0115, 52.402], [13.0135, 52.401])
    ]
    path = write_json(tmp_path / "row.geojson", {"type": "FeatureCollection", "features": features})
    found = read_annotations(path, SHAPE, GRID)
    places = [tuple(np.argwhere(mask_of(each.outline, SHAPE))[0]) for each in found]
    assert places == [(88, 20), (92, 25)]


def test_what_is_written_names_its_system_and_comes_back(tmp_path: Path) -> None:
    regions = Annotations().add(Polygon((SQUARE,)), "plot", "#ff0000")
    regions = regions.add(PointMark((3.5, 4.5)), "point", "#00ff00")
    path = tmp_path / "own.geojson"
    write_annotations(path, regions, SHAPE, GRID)
    written = json.loads(path.read_text(encoding="utf-8"))
    assert written["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::32633"
    assert read_annotations(path, SHAPE, GRID) == regions


def test_regions_of_another_zone_are_placed_by_their_system(tmp_path: Path) -> None:
    other = CRS.from_epsg(32632)
    path = tmp_path / "own.geojson"
    write_annotations(path, Annotations().add(Polygon((SQUARE,)), "a", "#ff0000"), SHAPE, GRID)
    left, top = transform(UTM, other, [GRID.x], [GRID.y])
    grid = MapGrid(left[0] - 300, top[0] + 300, 30.0, 30.0, 0.0, other.to_wkt())
    (found,) = read_annotations(path, (160, 160), grid)
    assert mask_of(found.outline, (160, 160)).sum() == pytest.approx(400, rel=0.03)


@pytest.mark.parametrize(
    ("content", "grid", "told"),
    [
        (document(placed(SQUARE, 4326), "EPSG:4326"), None, "the cube has no map information"),
        (
            document(placed(SQUARE, 4326), "EPSG:4326"),
            MapGrid(0, 0, 30, 30),
            "that of the cube is not known",
        ),
        (document(placed(SQUARE, None), "EPSG:32610"), GRID, "no region is on the image"),
        (document(placed(SQUARE, None), "somewhere"), GRID, "expected a known reference system"),
        (
            document([(13.0, 113.0), (13.1, 113.0), (13.1, 113.1)], "EPSG:4326"),
            GRID,
            "cannot be turned into the cube's system .*longitude or easting comes first",
        ),
        ({**document(list(SQUARE)), "crs": "here"}, GRID, "expected a named reference system"),
    ],
)
def test_what_cannot_be_placed_is_refused(
    tmp_path: Path, content: object, grid: MapGrid | None, told: str
) -> None:
    path = write_json(tmp_path / "a.geojson", content)
    with pytest.raises(FocusError, match=told):
        read_annotations(path, SHAPE, grid)


def test_numbers_that_can_be_degrees_or_pixels_are_asked_about(tmp_path: Path) -> None:
    # A scene of several degrees, with a region of several pixels at small columns and rows.
    wide = MapGrid(200_000.0, 6_100_000.0, 5_000.0, 5_000.0, 0.0, UTM.to_wkt())
    corners = [(12.0, 51.0), (15.0, 51.0), (15.0, 54.0), (12.0, 54.0)]
    path = write_json(tmp_path / "a.geojson", document(corners))
    with pytest.raises(FocusError, match="longitudes and latitudes, or pixels"):
        read_annotations(path, SHAPE, wide)


@pytest.mark.parametrize(
    ("grid", "told"),
    [
        (None, "the cube has no map information"),
        (replace(GRID, x=GRID.x + 90_000), "they are not on the image"),
        (replace(GRID, coordinate_system=""), "they are not on the image"),
    ],
)
def test_plots_in_degrees_are_not_taken_for_one_pixel(
    tmp_path: Path, grid: MapGrid | None, told: str
) -> None:
    path = write_json(tmp_path / "a.geojson", document(placed(SQUARE, 4326)))
    with pytest.raises(FocusError, match=told):
        read_annotations(path, SHAPE, grid)


def test_our_files_without_the_member_crs_have_their_system_in_the_grid(tmp_path: Path) -> None:
    other = CRS.from_epsg(32632)
    path = tmp_path / "own.geojson"
    write_annotations(path, Annotations().add(Polygon((SQUARE,)), "a", "#ff0000"), SHAPE, GRID)
    written = json.loads(path.read_text(encoding="utf-8"))
    del written["crs"]
    left, top = transform(UTM, other, [GRID.x], [GRID.y])
    grid = MapGrid(left[0] - 300, top[0] + 300, 30.0, 30.0, 0.0, other.to_wkt())
    (found,) = read_annotations(write_json(path, written), (160, 160), grid)
    assert mask_of(found.outline, (160, 160)).sum() == pytest.approx(400, rel=0.03)


def test_an_image_without_a_map_may_count_rows_below_zero(tmp_path: Path) -> None:
    below = [(x, -y) for x, y in SQUARE]
    path = write_json(tmp_path / "a.geojson", document(below))
    (found,) = read_annotations(path, SHAPE)
    mask = mask_of(found.outline, SHAPE)
    np.testing.assert_array_equal(mask, mask_of(Polygon((SQUARE,)), SHAPE))


@pytest.mark.parametrize("top", [0.0, 0.4])
def test_a_corner_above_the_upper_edge_turns_no_rows_over(tmp_path: Path, top: float) -> None:
    """Snapped to the edge or beside it, in pixels of a cube without a map and of one with rows."""
    rows = MapGrid(0.0, 0.0, 1.0, 1.0, 0.0, "")  # ENVI's "Arbitrary": y is minus the row
    first = ((5.0, -top), (25.0, -top), (25.0, 10.0), (5.0, 10.0))
    for corners, sign, grid in ((first, -1, None), (first, 1, None), (first, 1, rows)):
        drawn = document([(x, sign * y) for x, y in corners])
        drawn["features"] += document([(x, sign * y) for x, y in SQUARE])["features"]
        found = read_annotations(write_json(tmp_path / "a.geojson", drawn), SHAPE, grid)
        for region, expected in zip(found, (first, SQUARE), strict=True):
            mask = mask_of(region.outline, SHAPE)
            np.testing.assert_array_equal(mask, mask_of(Polygon((expected,)), SHAPE))


def test_plots_in_degrees_of_which_some_are_far_away(tmp_path: Path) -> None:
    plots = document(placed(SQUARE, 4326))
    away = [(x + 1.5, y - 2.5) for x, y in placed(SQUARE, 4326)]
    plots["features"] += document(away)["features"]
    found = read_annotations(write_json(tmp_path / "a.geojson", plots), SHAPE, GRID)
    assert [int(mask_of(region.outline, SHAPE).sum()) for region in found] == [400, 0]
    assert found.notes == ("1 of 2 regions have no pixel on the image.",)


def envi_xml(path: Path, corners: list[Point2], system: str) -> Path:
    numbers = " ".join(f"{value!r}" for at in (*corners, corners[0]) for value in at)
    path.write_text(
        '<RegionsOfInterest version="1.1"><Region name="plot" color="1,2,3"><GeometryDef>'
        f"<CoordSysStr>{system}</CoordSysStr><Polygon><Exterior><LinearRing><Coordinates>{numbers}"
        "</Coordinates></LinearRing></Exterior></Polygon></GeometryDef></Region>"
        "</RegionsOfInterest>",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("epsg", [4326, 32633, 32632, 3857])
@pytest.mark.parametrize("version", ["WKT1_ESRI", "WKT2_2019"])
def test_an_envi_plot_is_where_it_was_drawn(tmp_path: Path, epsg: int, version: str) -> None:
    text = CRS.from_epsg(epsg).to_wkt(version=version)
    path = envi_xml(tmp_path / "plots.xml", placed(SQUARE, epsg), text)
    (found,) = read_annotations(path, SHAPE, GRID)
    mask = mask_of(found.outline, SHAPE)
    np.testing.assert_array_equal(mask, mask_of(Polygon((SQUARE,)), SHAPE))


@pytest.mark.parametrize(
    ("grid", "told"),
    [
        (None, "WGS_1984_UTM_Zone_33N, and the cube has no map information"),
        (MapGrid(0, 0, 30, 30), "that of the cube is not known"),
        (replace(GRID, x=0.0), "no region has a pixel on the image"),
    ],
)
def test_an_envi_plot_that_cannot_be_placed(
    tmp_path: Path, grid: MapGrid | None, told: str
) -> None:
    text = UTM.to_wkt(version="WKT1_ESRI")
    path = envi_xml(tmp_path / "plots.xml", placed(SQUARE, None), text)
    with pytest.raises(FocusError, match=told):
        read_annotations(path, SHAPE, grid)


def test_a_system_by_its_code_is_written_for_envi_as_text(tmp_path: Path) -> None:
    grid = replace(GRID, coordinate_system="EPSG:32633")
    path = tmp_path / "plots.xml"
    write_annotations(path, Annotations().add(Polygon((SQUARE,)), "a", "#ff0000"), SHAPE, grid)
    assert '"WGS_1984_UTM_Zone_33N"' in path.read_text(encoding="utf-8")
    (found,) = read_annotations(path, SHAPE, grid)
    assert found.outline == Polygon((SQUARE,))


def test_a_system_without_a_code_is_written_as_longitude_and_latitude(tmp_path: Path) -> None:
    local = CRS.from_proj4("+proj=tmerc +lon_0=13.1 +x_0=5000 +ellps=WGS84 +units=m")
    grid = MapGrid(1000.0, 5_810_265.0, 2.0, 2.0, 10.0, local.to_wkt())
    regions = Annotations().add(Polygon((SQUARE,)), "plot", "#ff0000")
    regions = regions.add(Ellipse((50.5, 40.25), (9.0, 4.0), 20.0), "round", "#00ff00")
    path = tmp_path / "own.geojson"
    write_annotations(path, regions, SHAPE, grid)
    written = json.loads(path.read_text(encoding="utf-8"))
    assert written["crs"]["properties"]["name"] == "urn:ogc:def:crs:OGC:1.3:CRS84"
    lon, lat = written["features"][0]["geometry"]["coordinates"][0][0]
    assert 13.0 < lon < 13.1
    assert 52.3 < lat < 52.5
    assert read_annotations(path, SHAPE, grid) == regions
