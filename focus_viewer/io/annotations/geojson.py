"""Annotations as GeoJSON (RFC 7946): a collection of features, each a region.

Coordinates are (col, row) in pixel space, or map coordinates if the position of the image on a map
is known; the member "focus_viewer" of the collection declares which, as RFC 7946 itself allows only
longitude and latitude. The shape itself is stored in the properties of its feature, in pixel space,
as GeoJSON has no rectangle, no ellipse and no painted pixels. It is read from there if the
coordinates still agree with it: another program may have moved them.
"""

from __future__ import annotations

from dataclasses import asdict

from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.shapes import MaskShape, PointMark, Ring, Shape, contours_of
from focus_viewer.core.typing import Point2
from focus_viewer.io.annotations.exact import described
from focus_viewer.io.annotations.nesting import double_area, outer_lines_with_holes
from focus_viewer.io.annotations.regions import about
from focus_viewer.io.annotations.storage import to_json


def geojson_bytes(
    annotations: Annotations, image_shape: tuple[int, int], grid: MapGrid | None = None
) -> bytes:
    """Return annotations as the content of a GeoJSON file.

    Parameters
    ----------
    image_shape : tuple of int
        (rows, cols).
    grid : MapGrid or None
        Coordinates are written in map space if it is given.
    """
    declared: dict[str, object] = {
        "space": "map" if grid else "pixel",
        "rows": image_shape[0],
        "cols": image_shape[1],
    }
    if grid:
        declared["grid"] = asdict(grid)
    features = [_feature(region, grid) for region in annotations]
    document = {"type": "FeatureCollection", "focus_viewer": declared, "features": features}
    return to_json(document)


def geometry_of(outline: Shape, grid: MapGrid | None = None) -> dict[str, object] | None:
    """Return the geometry of a shape: Point, Polygon or MultiPolygon; None if it has no corners.

    Outer lines run from the x axis to the y axis and holes the other way, as RFC 7946 wants.

    Parameters
    ----------
    grid : MapGrid or None
        Coordinates are in map space if it is given.
    """
    if isinstance(outline, PointMark):
        return {"type": "Point", "coordinates": list(_placed(outline.at, grid))}
    parts = [
        [_closed(ring, grid, hole=index > 0) for index, ring in enumerate(part)]
        for part in outer_lines_with_holes(contours_of(outline))
    ]
    if not parts:
        return None
    if len(parts) > 1 or isinstance(outline, MaskShape):
        return {"type": "MultiPolygon", "coordinates": parts}
    return {"type": "Polygon", "coordinates": parts[0]}


def _feature(region: Annotation, grid: MapGrid | None) -> dict[str, object]:
    properties = {**about(region), "outline": described(region.outline)}
    geometry = geometry_of(region.outline, grid)
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _closed(ring: Ring, grid: MapGrid | None, *, hole: bool) -> list[list[float]]:
    placed = tuple(_placed(corner, grid) for corner in ring)
    if (double_area(placed) < 0) != hole:
        placed = placed[::-1]
    return [list(corner) for corner in (*placed, placed[0])]


def _placed(point: Point2, grid: MapGrid | None) -> Point2:
    return grid.to_map(point) if grid else (float(point[0]), float(point[1]))
