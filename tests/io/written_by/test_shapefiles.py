"""Shapefiles, GeoPackages, FlatGeobuf and KML by geopandas, in several reference systems."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import geopandas
import numpy as np
import pytest
from rasterio.crs import CRS
from region_masks import mask_of
from shapely import LineString, MultiPolygon, Point, Polygon, box, contains_xy
from shapely.affinity import affine_transform

from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.errors import FocusError
from focus_viewer.core.regions.shapes import PointMark
from focus_viewer.io.annotations import read_annotations

SHAPE = (100, 120)
GRID = MapGrid(364_000, 5_808_000, 30, 30, 0, CRS.from_epsg(32633).to_wkt())
HOLED = Polygon(
    [(20, 30), (40, 30), (40, 50), (20, 50)], [[(25, 35), (30, 35), (30, 40), (25, 40)]]
)
PARTS = MultiPolygon([box(80, 10, 85, 15), box(90, 10, 95, 15)])


def plots(*pixels: object) -> geopandas.GeoDataFrame:
    """Shapes in pixels of the cube, as a table on its map."""
    placed = [affine_transform(shape, [30, 0, 0, -30, GRID.x, GRID.y]) for shape in pixels]
    names = [f"plot {number}" for number in range(len(pixels))]
    columns = {"Name": names, "class": ["maize", *["wheat"] * (len(pixels) - 1)], "n": 3}
    return geopandas.GeoDataFrame(columns, geometry=placed, crs=32633)


@pytest.mark.parametrize("epsg", [32633, 4326, 3857])
@pytest.mark.parametrize("suffix", ["shp", "gpkg", "fgb"])
def test_areas_of_any_system(tmp_path: Path, epsg: int, suffix: str) -> None:
    plots(HOLED, PARTS).to_crs(epsg).to_file(tmp_path / f"plots.{suffix}")
    found = read_annotations(tmp_path / f"plots.{suffix}", SHAPE, GRID)

    rows, cols = np.indices(SHAPE) + 0.5
    by_name = {region.name: region for region in found}
    for name, shape, named in (("plot 0", HOLED, "maize"), ("plot 1", PARTS, "wheat")):
        inside = contains_xy(shape, cols.ravel(), rows.ravel()).reshape(SHAPE)
        np.testing.assert_array_equal(mask_of(by_name[name].outline, SHAPE), inside)
        assert by_name[name].class_name == named


def test_numbers_of_plots_are_names(tmp_path: Path) -> None:
    table = plots(HOLED, PARTS).rename(columns={"Name": "note"})
    table.assign(Plot_ID=[101, 102], id=[1, 2]).to_file(tmp_path / "a.shp")
    found = read_annotations(tmp_path / "a.shp", SHAPE, GRID)
    assert [region.name for region in found] == ["101", "102"]


def test_points_and_lines(tmp_path: Path) -> None:
    table = plots(Point(60.5, 70.5), LineString([(1.5, 1.5), (1.5, 9.5)])).to_crs(4326)
    table.to_file(tmp_path / "plots.kml", driver="KML")
    point, line = read_annotations(tmp_path / "plots.kml", SHAPE, GRID)
    assert isinstance(point.outline, PointMark)
    assert np.argwhere(mask_of(point.outline, SHAPE)).tolist() == [[70, 60]]
    assert mask_of(line.outline, SHAPE).sum() == 9


def test_all_layers_are_read(tmp_path: Path) -> None:
    plots(HOLED).to_file(tmp_path / "a.gpkg", layer="one")
    plots(PARTS).to_crs(4326).to_file(tmp_path / "a.gpkg", layer="two")
    found = read_annotations(tmp_path / "a.gpkg", SHAPE, GRID)
    assert [mask_of(region.outline, SHAPE).sum() for region in found] == [375, 50]
    assert [region.id for region in found] == [1, 2]
    assert found.notes == ()


def test_a_layer_that_is_elsewhere_is_noted(tmp_path: Path) -> None:
    plots(HOLED).to_file(tmp_path / "a.gpkg", layer="here")
    plots(HOLED).translate(90_000).to_file(tmp_path / "a.gpkg", layer="there")
    found = read_annotations(tmp_path / "a.gpkg", SHAPE, GRID)
    assert len(found) == 1
    assert "1 of 2 layers were left out: no region is on the image" in found.notes[0]


def test_any_part_of_a_shapefile_opens_it(tmp_path: Path) -> None:
    plots(HOLED).to_file(tmp_path / "a.shp")
    assert len(read_annotations(tmp_path / "a.dbf", SHAPE, GRID)) == 1


@pytest.mark.parametrize("folder", ["", "field plots/"])
def test_a_zipped_shapefile(tmp_path: Path, folder: str) -> None:
    (tmp_path / "parts").mkdir()
    plots(HOLED, PARTS).to_crs(4326).to_file(tmp_path / "parts" / "a.shp")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for part in (tmp_path / "parts").iterdir():
            archive.write(part, f"{folder}{part.name}")
    found = read_annotations(tmp_path / "a.zip", SHAPE, GRID)
    assert [mask_of(region.outline, SHAPE).sum() for region in found] == [375, 50]


@pytest.mark.parametrize(
    ("grid", "problem"),
    [
        (None, "the cube has no map information"),
        (MapGrid(364_000, 5_808_000, 30, 30), "that of the cube is not known"),
        (MapGrid(1_000, 5_808_000, 30, 30, 0, GRID.coordinate_system), "no region is on the image"),
    ],
)
def test_what_cannot_be_placed_is_refused(
    tmp_path: Path, grid: MapGrid | None, problem: str
) -> None:
    plots(HOLED).to_crs(4326).to_file(tmp_path / "a.gpkg")
    with pytest.raises(FocusError, match=problem):
        read_annotations(tmp_path / "a.gpkg", SHAPE, grid)


def test_the_extra_is_named_without_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plots(HOLED).to_file(tmp_path / "a.gpkg")
    monkeypatch.setitem(sys.modules, "pyogrio", None)
    with pytest.raises(FocusError, match=r'pip install "focus-viewer\[vectors\]"'):
        read_annotations(tmp_path / "a.gpkg", SHAPE, GRID)
