"""Annotations as GeoJSON (RFC 7946): a collection of features, each a region.

Coordinates are (col, row) in pixel space, or map coordinates if the position of the image on a map
is known; the member "focus_viewer" of the collection declares which, as RFC 7946 itself allows only
longitude and latitude. The member "crs", of GeoJSON's edition of 2008, names the map's system, and
GDAL, QGIS and geopandas obey it; a system without an EPSG code is turned into longitude and
latitude. The shape itself is stored in the properties of its feature, in
pixel space, as GeoJSON has no rectangle, no ellipse and no painted pixels. It is read from there if
the coordinates still agree with it: another program may have moved them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np

from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.shapes import MaskShape, PointMark, Polygon, Ring, Shape, contours_of
from focus_viewer.core.typing import ImageShape, Point2
from focus_viewer.io.annotations import checked_values
from focus_viewer.io.annotations.elsewhere import check_on_image, touches
from focus_viewer.io.annotations.joining import joined, pixels_along
from focus_viewer.io.annotations.nesting import double_area, outer_lines_with_holes
from focus_viewer.io.annotations.properties import attributes_of
from focus_viewer.io.annotations.reference_systems import (
    LONGITUDE_LATITUDE,
    Place,
    is_projected,
    named_system,
    place_from,
    short,
    written_in,
)
from focus_viewer.io.annotations.refusal import Unreadable, shown
from focus_viewer.io.annotations.regions import about, described, numbered, region_of, restored
from focus_viewer.io.annotations.storage import to_json

_MOST_EAST, _MOST_NORTH = 180.0, 90.0
_SAME_PX = 0.01  # tolerance: other programs round coordinates


def geojson_bytes(
    annotations: Annotations, image_shape: ImageShape, grid: MapGrid | None = None
) -> bytes:
    """Return annotations as the content of a GeoJSON file, in map space if a grid is given."""
    rows, cols = image_shape
    space = "map" if grid else "pixel"
    declared: dict[str, object] = {"space": space, "rows": rows, "cols": cols}
    if grid:
        declared["grid"] = asdict(grid)
    corners = (at for region in annotations for at in _corners(region.outline))
    written = written_in(grid, corners) if grid else None
    features = [
        {
            "type": "Feature",
            "geometry": _geometry_of(region.outline, written.place if written else _unchanged),
            "properties": {**about(region), "outline": described(region.outline)},
        }
        for region in annotations
    ]
    named = {"crs": written.crs} if written and written.crs else {}
    document = {"type": "FeatureCollection", **named, "focus_viewer": declared}
    return to_json({**document, "features": features})


def _geometry_of(outline: Shape, to_file: Place) -> dict[str, object] | None:
    """Return the geometry of a shape: Point, Polygon or MultiPolygon; None if it has no corners.

    Outer lines run from the x axis to the y axis and holes the other way, as RFC 7946 wants.
    """
    if isinstance(outline, PointMark):
        return {"type": "Point", "coordinates": list(to_file(_floats(outline.at)))}
    parts = [
        [_closed(ring, to_file, hole=index > 0) for index, ring in enumerate(part)]
        for part in outer_lines_with_holes(contours_of(outline))
    ]
    if not parts:
        return None
    if len(parts) > 1 or isinstance(outline, MaskShape):
        return {"type": "MultiPolygon", "coordinates": parts}
    return {"type": "Polygon", "coordinates": parts[0]}


def _corners(outline: Shape) -> Ring:
    if isinstance(outline, PointMark):
        return (_floats(outline.at),)
    return tuple(_floats(corner) for ring in contours_of(outline) for corner in ring)


def _closed(ring: Ring, to_file: Place, *, hole: bool) -> list[list[float]]:
    placed = tuple(to_file(_floats(corner)) for corner in ring)
    if (double_area(placed) < 0) != hole:
        placed = placed[::-1]
    return [list(corner) for corner in (*placed, placed[0])]


def _floats(point: Point2) -> Point2:
    return float(point[0]), float(point[1])


@dataclass(frozen=True)
class _Space:
    """Coordinate space of a file.

    Attributes
    ----------
    grid : MapGrid or None
        None in pixel space.
    place : Place or None
        None if map coordinates cannot be placed.
    own : bool
        Whether FOCUS Viewer wrote the file, so that shapes are in the properties.
    """

    image_shape: ImageShape
    grid: MapGrid | None
    place: Place | None
    own: bool


def is_geojson(document: object) -> bool:
    """Return whether JSON values are GeoJSON."""
    if isinstance(document, list):
        return bool(document) and isinstance(document[0], dict) and is_geojson(document[0])
    kinds = ("FeatureCollection", "Feature")
    return isinstance(document, dict) and document.get("type") in kinds


def annotations_from_geojson(
    document: object, image_shape: ImageShape, grid: MapGrid | None = None
) -> Annotations:
    """Read annotations from GeoJSON.

    A file that names its reference system is read in it. One that names none is read as longitude
    and latitude if it touches the image there, else where more of the image is covered: in map
    space or in pixel space.

    Raises
    ------
    Unreadable
        If it is not GeoJSON, or not of this image.
    """
    features = _features(document)
    space = (
        _named(document, features, image_shape, grid)
        or _declared(document, features, image_shape, grid)
        or _guessed(features, image_shape, grid)
    )
    regions = (_region(feature, space) for feature in features)
    return numbered(region for region in regions if region is not None)


def _features(document: object) -> list[dict[str, object]]:
    if isinstance(document, dict) and document.get("type") == "FeatureCollection":
        items = checked_values.items(document.get("features"), "features")
    else:
        items = document if isinstance(document, list) else [document]
    features = [checked_values.entries(item, "a feature") for item in items]
    for feature in features:
        if feature.get("type") != "Feature":
            raise Unreadable(f"expected a feature, found {shown(feature.get('type'))}")
    return features


def _named(
    document: object,
    features: list[dict[str, object]],
    image_shape: ImageShape,
    grid: MapGrid | None,
) -> _Space | None:
    """Return the space of a file that names its reference system; None for one that does not."""
    system = named_system(document)
    if system is None:
        return None
    if grid is None:
        raise Unreadable(
            f"it is in the reference system {short(system)}, and the cube has no map information",
            "Open it with a cube whose header has map info, or export it in pixels.",
        )
    positions = [at for feature in features for at in _positions_of(feature.get("geometry"))]
    place = place_from(system, grid, positions)
    check_on_image([place(at) for at in positions], image_shape, system)
    own = isinstance(document, dict) and isinstance(document.get("focus_viewer"), dict)
    return _Space(image_shape, grid, place, own)


def _declared(
    document: object,
    features: list[dict[str, object]],
    image_shape: ImageShape,
    grid: MapGrid | None,
) -> _Space | None:
    declared = document.get("focus_viewer") if isinstance(document, dict) else None
    if not isinstance(declared, dict):
        return None
    shape = (
        checked_values.whole(declared.get("rows"), "rows"),
        checked_values.whole(declared.get("cols"), "cols"),
    )
    on_map = declared.get("space") == "map"
    if on_map and grid:
        theirs = declared.get("grid")
        system = theirs.get("coordinate_system") if isinstance(theirs, dict) else None
        if not isinstance(system, str) or not system:
            return _Space(image_shape, grid, grid.to_pixel, own=True)
        positions = [at for feature in features for at in _positions_of(feature.get("geometry"))]
        return _Space(image_shape, grid, place_from(system, grid, positions), own=True)
    if shape != image_shape:
        raise Unreadable(
            f"it was drawn on an image of {shape[0]} rows and {shape[1]} columns, and this one has "
            f"{image_shape[0]} and {image_shape[1]}",
            "Open it with the cube that it was drawn on.",
        )
    return _Space(image_shape, None, None if on_map else _unchanged, own=True)


def _guessed(
    features: list[dict[str, object]], image_shape: ImageShape, grid: MapGrid | None
) -> _Space:
    drawn = [[*_positions_of(feature.get("geometry"))] for feature in features]
    drawn = [positions for positions in drawn if positions]
    positions = [at for each in drawn for at in each]
    degrees = _degrees(positions, image_shape, grid)
    if degrees is not None:
        # Degrees of a field fall into one pixel: nobody draws that.
        outlines = [each for each in drawn if len(each) > 1] or [positions]
        if any(touches(each, image_shape) and min(np.ptp(each, axis=0)) >= 1 for each in outlines):
            raise Unreadable(
                "its numbers can be longitudes and latitudes, or pixels of this cube",
                'Name the reference system in it: "crs": {"type": "name", "properties": {"name": '
                '"EPSG:4326"}}, or export it in the cube\'s map projection.',
            )
        return _Space(image_shape, grid, degrees, own=False)
    place = max(_places(grid), key=lambda place: _on_image(drawn, place, image_shape))
    if positions and not _on_image(drawn, place, image_shape):
        x, y = np.array(positions).T
        raise Unreadable(
            f"no region is on the image: x is {x.min():g} to {x.max():g} and y is {y.min():g} to "
            f"{y.max():g}, expected columns up to {image_shape[1]} and rows up to {image_shape[0]}"
            + (", or map coordinates of the cube" if grid else ""),
            "Export it in pixels of this cube, or in its map projection if it has one.",
        )
    if place is _unchanged and len(set(positions)) > 1 and max(np.ptp(positions, axis=0)) < 1:
        raise Unreadable(
            "all its positions are within one pixel, as longitudes and latitudes are, and "
            + ("they are not on the image" if grid else "the cube has no map information"),
            "Open it with the cube that it was drawn on, or export it in pixels of this cube.",
        )
    return _Space(image_shape, grid, place, own=False)


def _places(grid: MapGrid | None) -> tuple[Place, ...]:
    """Return how positions may be meant, the likeliest first.

    GIS programs show an image without a map with rows that count below zero.
    """
    return (_unchanged, _upside_down) if grid is None else (grid.to_pixel, _unchanged)


def _on_image(drawn: list[list[Point2]], place: Place, image_shape: ImageShape) -> float:
    """Return about how many pixels of the image regions cover, by the boxes around them.

    A region that only touches the edge covers some as well, as points and lines do.
    """
    rows, cols = image_shape
    total = 0.0
    for positions in drawn:
        placed = [place(at) for at in positions]
        low = np.maximum(np.min(placed, axis=0), 0)
        sides = np.minimum(np.max(placed, axis=0), (cols, rows)) - low
        total += float(np.prod(sides + 1)) if (sides >= 0).all() else 0.0
    return total


def _degrees(
    positions: list[Point2], image_shape: ImageShape, grid: MapGrid | None
) -> Place | None:
    """Return the place of longitudes and latitudes that are on the image; None if they are not."""
    if grid is None or not positions or not is_projected(grid):
        return None
    if any(abs(x) > _MOST_EAST or abs(y) > _MOST_NORTH for x, y in positions):
        return None
    place = place_from(LONGITUDE_LATITUDE, grid, positions)
    return place if touches([place(at) for at in positions], image_shape) else None


def _upside_down(point: Point2) -> Point2:
    return point[0], -point[1]


def _unchanged(point: Point2) -> Point2:
    return point


def _region(feature: dict[str, object], space: _Space) -> Annotation | None:
    values = feature.get("properties")
    properties = values if isinstance(values, dict) else {}
    outline = _outline(feature.get("geometry"), properties, space)
    if outline is None:
        return None
    return region_of(outline, properties if space.own else attributes_of(properties))


def _outline(geometry: object, properties: dict[str, object], space: _Space) -> Shape | None:
    if space.own and isinstance(properties.get("outline"), dict):
        outline = restored(properties["outline"])
        if space.place is None or _agree(geometry, outline, space.place, space.grid):
            return outline
    if space.place is None:
        raise Unreadable(
            "it has map coordinates, and the cube has no map information",
            "Open it with a cube whose header has map info.",
        )
    return _shape_of(geometry, space.place, space.image_shape)


def _agree(geometry: object, outline: Shape, place: Place, grid: MapGrid | None) -> bool:
    """Return whether coordinates are still those of the shape."""
    actual = [place(at) for at in _positions_of(geometry)]
    to_file, back = (grid.to_map, grid.to_pixel) if grid else (_unchanged, _unchanged)
    expected = [back(at) for at in _positions_of(_geometry_of(outline, to_file))]
    if len(actual) != len(expected):
        return False
    return not actual or float(np.abs(np.subtract(actual, expected)).max()) < _SAME_PX


def _shape_of(geometry: object, place: Place, image_shape: ImageShape) -> Shape | None:
    """Return the shape of a geometry, which may have several parts; None if it is empty."""
    parts = [_part(kind, value, place, image_shape) for kind, value in _simple(geometry)]
    return joined(parts, image_shape) if parts else None


def _positions_of(geometry: object) -> list[Point2]:
    """Return all positions of a geometry, in their order."""
    return [at for kind, value in _simple(geometry) for at in _positions(kind, value)]


def _simple(geometry: object) -> Iterator[tuple[str, object]]:
    """Yield points, lines and polygons, each with its coordinates."""
    if geometry is None:
        return
    values = checked_values.entries(geometry, "a geometry")
    if values.get("type") == "GeometryCollection":
        for member in checked_values.items(values.get("geometries"), "geometries"):
            yield from _simple_or_multiple(checked_values.entries(member, "a geometry"))
    else:
        yield from _simple_or_multiple(values)


def _simple_or_multiple(values: dict[str, object]) -> Iterator[tuple[str, object]]:
    kind, value = values.get("type"), checked_values.items(values.get("coordinates"), "coordinates")
    match kind:
        case "Point" | "LineString" | "Polygon":
            if value:
                yield kind, value
        case "MultiPoint" | "MultiLineString" | "MultiPolygon":
            yield from ((kind.removeprefix("Multi"), part) for part in value)
        case _:
            raise Unreadable(f"expected a point, a line or a polygon, found {shown(kind)}")


def _part(kind: str, value: object, place: Place, image_shape: ImageShape) -> Shape:
    if kind == "Point":
        return PointMark(place(checked_values.point(value, "a point")))
    if kind == "LineString":
        line = _line(value, place)
        if not line:
            raise Unreadable("expected positions of a line, found none")
        return pixels_along(line, image_shape)
    rings = checked_values.items(value, "a polygon")
    if not rings:
        raise Unreadable("expected lines of a polygon, found none")
    return Polygon(tuple(checked_values.opened(_line(ring, place)) for ring in rings))


def _line(value: object, place: Place = _unchanged) -> Ring:
    return tuple(
        place(checked_values.point(at, "a corner")) for at in checked_values.items(value, "a line")
    )


def _positions(kind: str, value: object) -> Iterator[Point2]:
    if kind == "Point":
        yield checked_values.point(value, "a point")
        return
    lines = [value] if kind == "LineString" else checked_values.items(value, "a polygon")
    for line in lines:
        yield from _line(line)
