"""Reader of GeoJSON annotations, from FOCUS Viewer and from other programs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np

from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.shapes import Shape
from focus_viewer.core.typing import Point2
from focus_viewer.io.annotations import plain
from focus_viewer.io.annotations.exact import restored
from focus_viewer.io.annotations.geojson import geometry_of
from focus_viewer.io.annotations.geojson_geometry import Place, outline_of, positions_of
from focus_viewer.io.annotations.refusal import Unreadable, shown
from focus_viewer.io.annotations.regions import numbered, region_of

_SAME_PX = 0.01
"""Tolerance: other programs round coordinates."""


@dataclass(frozen=True)
class _Space:
    """Coordinate space of a file.

    Attributes
    ----------
    grid : MapGrid or None
        Map grid of the coordinates; None in pixel space.
    place : Place or None
        None if map coordinates cannot be placed.
    own : bool
        Whether FOCUS Viewer wrote the file, so that shapes are in the properties.
    """

    image_shape: tuple[int, int]
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
    document: object, image_shape: tuple[int, int], grid: MapGrid | None = None
) -> Annotations:
    """Read annotations from GeoJSON.

    A file that does not declare its space is read in map space if a grid is given and its regions
    touch the image there, else in pixel space.

    Parameters
    ----------
    document : object
        JSON values.
    image_shape : tuple of int
        (rows, cols).
    grid : MapGrid or None
        Position of the image on the map.

    Raises
    ------
    Unreadable
        If it is not GeoJSON, or not of this image.
    """
    features = _features(document)
    space = _declared(document, image_shape, grid) or _guessed(features, image_shape, grid)
    regions = (_region(feature, space) for feature in features)
    return numbered(region for region in regions if region is not None)


def _features(document: object) -> list[dict[str, object]]:
    if isinstance(document, dict) and document.get("type") == "FeatureCollection":
        items = plain.items(document.get("features"), "features")
    else:
        items = document if isinstance(document, list) else [document]
    features = [plain.entries(item, "a feature") for item in items]
    for feature in features:
        if feature.get("type") != "Feature":
            raise Unreadable(f"expected a feature, found {shown(feature.get('type'))}")
    return features


def _declared(
    document: object, image_shape: tuple[int, int], grid: MapGrid | None
) -> _Space | None:
    declared = document.get("focus_viewer") if isinstance(document, dict) else None
    if not isinstance(declared, dict):
        return None
    shape = (plain.whole(declared.get("rows"), "rows"), plain.whole(declared.get("cols"), "cols"))
    on_map = declared.get("space") == "map"
    if on_map and grid:
        return _Space(image_shape, grid, grid.to_pixel, own=True)
    if shape != image_shape:
        raise Unreadable(
            f"it was drawn on an image of {shape[0]} rows and {shape[1]} columns, and this one has "
            f"{image_shape[0]} and {image_shape[1]}",
            "Open it with the cube that it was drawn on.",
        )
    return _Space(image_shape, None, None if on_map else _as_it_is, own=True)


def _guessed(
    features: list[dict[str, object]], image_shape: tuple[int, int], grid: MapGrid | None
) -> _Space:
    positions = list(
        chain.from_iterable(positions_of(feature.get("geometry")) for feature in features)
    )
    if grid and _touches([grid.to_pixel(at) for at in positions], image_shape):
        return _Space(image_shape, grid, grid.to_pixel, own=False)
    if positions and not _touches(positions, image_shape):
        x, y = np.array(positions).T
        raise Unreadable(
            f"no region is on the image: x is {x.min():g} to {x.max():g} and y is {y.min():g} to "
            f"{y.max():g}, expected columns up to {image_shape[1]} and rows up to {image_shape[0]}"
            + (", or map coordinates of the cube" if grid else ""),
            "Export it in pixels of this cube, or in its map projection if it has one.",
        )
    return _Space(image_shape, None, _as_it_is, own=False)


def _touches(positions: list[Point2], image_shape: tuple[int, int]) -> bool:
    if not positions:
        return False
    low, high = np.min(positions, axis=0), np.max(positions, axis=0)
    return bool(
        low[0] <= image_shape[1] and low[1] <= image_shape[0] and high[0] >= 0 and high[1] >= 0
    )


def _as_it_is(point: Point2) -> Point2:
    return point


def _region(feature: dict[str, object], space: _Space) -> Annotation | None:
    values = feature.get("properties")
    properties = values if isinstance(values, dict) else {}
    outline = _outline(feature.get("geometry"), properties, space)
    if outline is None:
        return None
    return region_of(outline, properties if space.own else _foreign(properties))


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
    return outline_of(geometry, space.place, space.image_shape)


def _agree(geometry: object, outline: Shape, place: Place, grid: MapGrid | None) -> bool:
    """Return whether coordinates are still those of the shape."""
    actual = [place(at) for at in positions_of(geometry)]
    expected = [place(at) for at in positions_of(geometry_of(outline, grid))]
    if len(actual) != len(expected):
        return False
    return not actual or float(np.abs(np.subtract(actual, expected)).max()) < _SAME_PX


def _foreign(properties: dict[str, object]) -> dict[str, object]:
    """Return name, class and colour under the names that other programs use."""
    group = properties.get("classification")
    classified = group if isinstance(group, dict) else {}
    colours = ("colour", "color", "stroke", "fill")
    return {
        "name": _first_text(properties, "name", "Name", "label", "title", "id"),
        "class_name": _first_text(properties, "class_name", "class")
        or plain.text(classified.get("name")),
        "colour": next(
            (properties[name] for name in colours if plain.colour(properties.get(name))),
            classified.get("color"),
        ),
    }


def _first_text(properties: dict[str, object], *names: str) -> str:
    return next((text for name in names if (text := plain.text(properties.get(name)))), "")
