"""GeoJSON: what is written, what reads back, and what other programs write."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from annotation_cases import BLOB, GRID, HOLE, OUTLINES, SHAPE, SQUARE, all_kinds, write_json
from region_masks import mask_of, painted

from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.errors import FocusError
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import PointMark, Polygon, Rectangle
from focus_viewer.io.annotations import read_annotations, write_annotations
from focus_viewer.io.metadata.georeference import map_grid


def feature(kind: str, coordinates: object, **properties: object) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def collection(*features: object, **members: object) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features), **members}


def test_json_that_is_written(tmp_path: Path) -> None:
    shapes = Annotations().add(Polygon((SQUARE, HOLE)), "leaf", "#ff0000", "rust")
    write_annotations(tmp_path / "out.geojson", shapes, SHAPE)

    document = json.loads((tmp_path / "out.geojson").read_bytes())

    assert document["focus_viewer"] == {"space": "pixel", "rows": 20, "cols": 30}
    (written,) = document["features"]
    assert written["geometry"] == {
        "type": "Polygon",
        "coordinates": [
            [[2, 3], [9, 3], [9, 12], [2, 12], [2, 3]],
            [[4, 8], [6, 8], [6, 5], [4, 5], [4, 8]],
        ],
    }
    assert written["properties"] == {
        "name": "leaf",
        "colour": "#ff0000",
        "class_name": "rust",
        "locked": False,
        "hidden": False,
        "outline": {"kind": "polygon", "rings": [[[*p] for p in SQUARE], [[*p] for p in HOLE]]},
    }


def test_painted_pixels_are_a_multipolygon(tmp_path: Path) -> None:
    outline = painted(BLOB)
    assert outline is not None
    write_annotations(tmp_path / "a.geojson", Annotations().add(outline, "a", "#010203"), SHAPE)

    document = json.loads((tmp_path / "a.geojson").read_bytes())

    geometry = document["features"][0]["geometry"]
    assert geometry["type"] == "MultiPolygon"
    lines = [ring for part in geometry["coordinates"] for ring in part]
    drawn = Polygon(tuple(tuple((x, y) for x, y in ring[:-1]) for ring in lines))
    np.testing.assert_array_equal(mask_of(drawn, SHAPE), BLOB)
    for outer, *holes in geometry["coordinates"]:
        assert area(outer) > 0
        assert all(area(hole) < 0 for hole in holes)


def area(ring: list[list[float]]) -> float:
    x, y = np.array(ring).T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2)


@pytest.mark.parametrize("grid", [None, GRID])
def test_every_kind_reads_back_the_same(tmp_path: Path, grid: MapGrid | None) -> None:
    write_annotations(tmp_path / "a.geojson", all_kinds(), SHAPE, grid)

    assert read_annotations(tmp_path / "a.geojson", SHAPE, grid) == all_kinds()
    assert [path.name for path in tmp_path.iterdir()] == ["a.geojson"]


def test_coordinates_are_in_map_space(tmp_path: Path) -> None:
    grid = MapGrid(100.0, 900.0, 10.0, 5.0)
    shapes = Annotations().add(Rectangle((1, 2), (3, 4)), "a", "#000000")
    write_annotations(tmp_path / "a.geojson", shapes, SHAPE, grid)

    document = json.loads((tmp_path / "a.geojson").read_bytes())

    assert document["focus_viewer"]["space"] == "map"
    assert document["focus_viewer"]["grid"]["pixel_y"] == 5
    (ring,) = document["features"][0]["geometry"]["coordinates"]
    assert ring == [[110, 880], [130, 880], [130, 890], [110, 890], [110, 880]]
    assert document["features"][0]["properties"]["outline"]["low"] == [1, 2]


def test_map_file_on_another_part_of_the_map(tmp_path: Path) -> None:
    write_annotations(tmp_path / "a.geojson", all_kinds(), SHAPE, GRID)
    shifted = replace(GRID, x=GRID.to_map((1, 0))[0], y=GRID.to_map((1, 0))[1])

    found = read_annotations(tmp_path / "a.geojson", (20, 29), shifted)

    expected = mask_of(OUTLINES[2], SHAPE)[:, 1:]
    np.testing.assert_array_equal(mask_of(found.regions[2].outline, (20, 29)), expected)
    np.testing.assert_array_equal(mask_of(found.regions[4].outline, (20, 29)), BLOB[:, 1:])


def test_coordinates_moved_by_another_program_win(tmp_path: Path) -> None:
    shapes = Annotations().add(Rectangle((1, 2), (3, 4)), "a", "#000000")
    write_annotations(tmp_path / "a.geojson", shapes, SHAPE)
    document = json.loads((tmp_path / "a.geojson").read_bytes())
    ring = document["features"][0]["geometry"]["coordinates"][0]
    document["features"][0]["geometry"]["coordinates"] = [[[x + 5, y] for x, y in ring]]

    found = read_annotations(write_json(tmp_path / "a.geojson", document), SHAPE)

    assert found.regions[0].outline == Polygon((((6, 2), (8, 2), (8, 4), (6, 4)),))
    assert found.regions[0].name == "a"


def test_features_of_other_programs(tmp_path: Path) -> None:
    square, hole = ([[*at] for at in (*ring, ring[0])] for ring in (SQUARE, HOLE))
    far = [[[20, 1], [25, 1], [25, 6], [20, 1]]]
    document = collection(
        feature("Polygon", [square, hole], name="leaf", color="#AA00bb", **{"class": "rust"}),
        feature("MultiPolygon", [[square], far]),
        feature("MultiPolygon", [[square], [square]]),
        feature("Point", [4.5, 6.5, 99.0], classification={"name": "spot", "color": [1, 2, 3]}),
        feature("MultiPoint", [[1.5, 1.5], [3.5, 1.5]]),
        feature("LineString", [[0.5, 0.5], [3.5, 0.5]]),
        {"type": "Feature", "geometry": None, "properties": None},
    )

    found = read_annotations(write_json(tmp_path / "b.json", document), SHAPE).regions

    assert [one.name for one in found] == [
        "leaf", "Region 2", "Region 3", "spot", "Region 5", "Region 6",
    ]  # fmt: skip
    assert (found[0].colour, found[0].class_name) == ("#aa00bb", "rust")
    assert found[0].outline == Polygon((SQUARE, HOLE))
    triangle = ((20, 1), (25, 1), (25, 6))
    assert found[1].outline == Polygon((SQUARE, triangle))
    np.testing.assert_array_equal(
        mask_of(found[2].outline, SHAPE), mask_of(Polygon((SQUARE,)), SHAPE)
    )
    assert found[3].outline == PointMark((4.5, 6.5))
    assert found[3].colour == "#010203"
    assert np.argwhere(mask_of(found[4].outline, SHAPE)).tolist() == [[1, 1], [1, 3]]
    assert np.argwhere(mask_of(found[5].outline, SHAPE)).tolist() == [
        [0, 0],
        [0, 1],
        [0, 2],
        [0, 3],
    ]


@pytest.mark.parametrize(
    ("properties", "name", "class_name"),
    [
        ({"class": 2}, "2", "2"),
        ({"class_id": 1.0}, "1", "1"),
        ({"Species": 12, "plot_id": 7}, "7", "12"),
        ({"classification": {"names": ["CD3", "Positive"]}}, "CD3: Positive", "CD3: Positive"),
        ({"class": 0.5}, "Region 1", None),
    ],
)
def test_classes_that_other_programs_write(
    tmp_path: Path, properties: dict[str, object], name: str, class_name: str | None
) -> None:
    document = collection(feature("Point", [4.5, 6.5], **properties))
    (found,) = read_annotations(write_json(tmp_path / "c.json", document), SHAPE)
    assert (found.name, found.class_name) == (name, class_name)


def test_undeclared_map_coordinates(tmp_path: Path) -> None:
    corners = [GRID.to_map(at) for at in (*SQUARE, SQUARE[0])]
    path = write_json(tmp_path / "a.geojson", feature("Polygon", [corners]))

    (found,) = read_annotations(path, SHAPE, GRID)

    np.testing.assert_array_equal(mask_of(found.outline, SHAPE), mask_of(Polygon((SQUARE,)), SHAPE))
    with pytest.raises(FocusError, match="no region is on the image"):
        read_annotations(path, SHAPE)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (collection(feature("Circle", [1, 2])), "found 'Circle'"),
        (collection(feature("Polygon", [[[0, 0], [1, 1], [0, 0]]])), "at least 3 corners"),
        (collection(feature("Point", ["1", 2])), "expected a number for a point, found '1'"),
        (collection(feature("Point", [1e300, 2])), "between"),
        (collection(feature("Point", [1])), "two coordinates"),
        (collection({"type": "Thing"}), "expected a feature, found 'Thing'"),
        ({"type": "FeatureCollection"}, "expected a list for features, found None"),
        (
            collection(focus_viewer={"space": "pixel", "rows": 5, "cols": 6}),
            "drawn on an image of 5 rows and 6 columns",
        ),
        (
            collection(
                feature("Point", [500_010, 4_000_000]),
                focus_viewer={"space": "map", "rows": 20, "cols": 30},
            ),
            "map coordinates, and the cube has no map information",
        ),
        (
            collection(
                feature("Point", [1, 1], outline={"kind": "painted", "shape": [9, 9], "bits": ""}),
                focus_viewer={"space": "pixel", "rows": 20, "cols": 30},
            ),
            "0 bytes are not 9 x 9 painted pixels",
        ),
        ([1, 2, 3], "neither GeoJSON nor of COCO"),
    ],
)
def test_what_is_refused(tmp_path: Path, document: object, told: str) -> None:
    path = write_json(tmp_path / "bad.geojson", document)

    with pytest.raises(FocusError, match=r"bad\.geojson") as refusal:
        read_annotations(path, SHAPE)

    assert told in str(refusal.value)


def test_grid_of_a_header() -> None:
    words = ["UTM", "1.5", "2", "1000", "5000", "2", "4", "11", "North", "units=Meters"]
    grid = map_grid(words)

    assert grid == MapGrid(999.0, 5004.0, 2.0, 4.0)
    assert grid.to_map((0.5, 1)) == (1000, 5000)
    assert grid.to_pixel((1000, 5000)) == (0.5, 1)


def test_turned_grid() -> None:
    """As in GDAL: 90 degrees turn the columns from east to north, the rows from south to east."""
    grid = map_grid(["UTM", "1", "1", "0", "0", "2", "3", "11", "North", "rotation=90.0"])

    assert grid is not None
    np.testing.assert_allclose(grid.to_map((1, 0)), (0, 2), atol=1e-12)
    np.testing.assert_allclose(grid.to_map((0, 1)), (3, 0), atol=1e-12)
    np.testing.assert_allclose(GRID.to_pixel(GRID.to_map((7.5, 3.25))), (7.5, 3.25))


@pytest.mark.parametrize(
    "words", [[], ["UTM", "1", "1"], ["UTM", *"110000"], ["UTM", "1", "1", "x", "0", "1", "1"]]
)
def test_no_grid(words: list[str]) -> None:
    assert map_grid(words) is None
