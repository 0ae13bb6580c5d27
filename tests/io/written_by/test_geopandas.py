"""Regions that pass through geopandas, as through QGIS: both read and write by GDAL."""

from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np
import pytest
from rasterio.crs import CRS
from rasterio.warp import transform
from region_masks import mask_of
from shapely.geometry import Point

from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import PointMark, Polygon
from focus_viewer.io.annotations import read_annotations, write_annotations

SHAPE = (120, 100)
SQUARE = ((20.0, 70.0), (40.0, 70.0), (40.0, 90.0), (20.0, 90.0))
HOLE = ((25.0, 75.0), (30.0, 75.0), (30.0, 80.0), (25.0, 80.0))
SLANTED = ((60.3, 11.2), (91.7, 23.4), (77.6, 41.1))
LOCAL = CRS.from_proj4("+proj=tmerc +lon_0=13.1 +x_0=5000 +ellps=WGS84 +units=m")
GRIDS = {
    "Berlin, zone 33": MapGrid(364_095.0, 5_810_265.0, 30.0, 30.0, 0.0, "EPSG:32633"),
    "turned": MapGrid(364_095.0, 5_810_265.0, 0.5, 0.5, 33.0, CRS.from_epsg(32633).to_wkt()),
    "Lima, zone 18 south": MapGrid(277_000.0, 8_667_000.0, 5.0, 5.0, 0.0, "EPSG:32718"),
    "rows from south to north": MapGrid(364_095.0, 5_800_000.0, 30.0, -30.0, 0.0, "EPSG:32633"),
    "degrees": MapGrid(-70.0, -12.0, 1e-4, 1e-4, 0.0, "EPSG:4326"),
    "a system without a code": MapGrid(1000.0, 5_810_265.0, 2.0, 2.0, 0.0, LOCAL.to_wkt()),
}


def regions() -> Annotations:
    every = Annotations().add(Polygon((SQUARE, HOLE)), "plot", "#ff0000")
    every = every.add(Polygon((SLANTED,)), "slanted", "#00ff00")
    return every.add(PointMark((3.5, 4.5)), "point", "#0000ff")


@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
@pytest.mark.parametrize("epsg", [None, 4326, 3857])
def test_our_regions_come_back_from_geopandas(
    tmp_path: Path, grid: MapGrid, epsg: int | None
) -> None:
    path, back = tmp_path / "ours.geojson", tmp_path / "theirs.geojson"
    write_annotations(path, regions(), SHAPE, grid)
    frame = geopandas.read_file(path)
    assert frame.crs is not None
    place = Point(*grid.to_map((3.5, 4.5)))
    (expected,) = geopandas.GeoSeries([place], crs=grid_crs(grid)).to_crs(frame.crs)
    assert frame.geometry.iloc[2].distance(expected) < 1e-9 * max(1.0, abs(expected.y))
    (frame if epsg is None else frame.to_crs(epsg)).to_file(back)
    found = read_annotations(back, SHAPE, grid)
    for theirs, ours in zip(found, regions(), strict=True):
        assert (theirs.name, theirs.colour) == (ours.name, ours.colour)
        mask = mask_of(ours.outline, SHAPE)
        np.testing.assert_array_equal(mask_of(theirs.outline, SHAPE), mask)


def grid_crs(grid: MapGrid) -> object:
    text = grid.coordinate_system
    return text if text.startswith("EPSG") else CRS.from_wkt(text).to_wkt()


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("place", ["Berlin, zone 33", "Lima, zone 18 south"])
def test_points_in_longitude_and_latitude(tmp_path: Path, place: str, named: bool) -> None:
    """Points west of Greenwich and south of the equator too, with and without a named system."""
    grid = GRIDS[place]
    cells = [(5.5, 10.5), (90.5, 100.5), (40.5, 60.5)]
    own = [grid.to_map(at) for at in cells]
    lons, lats = transform(grid.coordinate_system, "EPSG:4326", *zip(*own, strict=True))
    points = [Point(at) for at in zip(lons, lats, strict=True)]
    path = tmp_path / "points.geojson"
    # RFC 7946 leaves the name of the system out.
    options = {} if named else {"RFC7946": "YES"}
    geopandas.GeoDataFrame(geometry=points, crs=4326).to_file(path, **options)
    assert ("crs" in path.read_text()) == named
    found = read_annotations(path, SHAPE, grid)
    placed = [tuple(np.argwhere(mask_of(each.outline, SHAPE))[0][::-1]) for each in found]
    assert placed == [(5, 10), (90, 100), (40, 60)]
