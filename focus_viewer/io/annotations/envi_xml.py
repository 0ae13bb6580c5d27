"""ENVI 5 regions of interest, a file NAME.xml.

Each region has its name and colour, and polygons with holes or a point. Ellipses become polygons of
64 corners and painted pixels the lines around them. ENVI cannot store classes, nor that a region is
locked or hidden. Coordinates are those of the map if its projection is known; else they are pixels,
in which ENVI like FOCUS Viewer calls the upper left corner of the image (0, 0). Each region names
its reference system, in which it is read.

Drawn regions are read: polygons, points, and lines, which become the pixels that they pass; several
parts of a region become one outline. Regions that ENVI keeps as thresholds or as lists of pixels
are refused: their meaning depends on the image that ENVI had open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as Xml

from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.shapes import PointMark, Polygon, Ring, Shape, contours_of
from focus_viewer.core.typing import ImageShape, Point2
from focus_viewer.io.annotations import checked_values
from focus_viewer.io.annotations.joining import joined, pixels_along
from focus_viewer.io.annotations.nesting import outer_lines_with_holes
from focus_viewer.io.annotations.reference_systems import Place, place_from, short
from focus_viewer.io.annotations.refusal import Unreadable, shown
from focus_viewer.io.annotations.regions import numbered, region_of
from focus_viewer.io.annotations.storage import from_xml
from focus_viewer.io.metadata.projections import well_known_text

_ROOT = "RegionsOfInterest"
_DRAW_AGAIN = "Draw this region in ENVI as polygons, or export the regions as ASCII."
_NO_SYSTEM = "none"  # ENVI's name of the coordinate system of pixels
_NOT_IN_XML = dict.fromkeys((0xFFFE, 0xFFFF))  # characters that XML 1.0 cannot store


def envi_xml_bytes(annotations: Annotations, grid: MapGrid | None = None) -> bytes:
    """Return annotations as an ENVI XML file, in map space if the grid has a coordinate system."""
    root = Xml.Element(_ROOT, version="1.1")
    system = well_known_text(grid.coordinate_system) if grid else ""
    for region in annotations:
        _add_region(root, region, grid if system else None, system or _NO_SYSTEM)
    Xml.indent(root)
    content: bytes = Xml.tostring(root, encoding="UTF-8", xml_declaration=True)
    return content


def _add_region(
    root: Xml.Element, region: Annotation, grid: MapGrid | None, system_text: str
) -> None:
    colour = ",".join(str(part) for part in checked_values.rgb(region.colour))
    name = checked_values.text(region.name).translate(_NOT_IN_XML)
    element = Xml.SubElement(root, "Region", name=name, color=colour)
    geometry = Xml.SubElement(element, "GeometryDef")
    system = Xml.SubElement(geometry, "CoordSysStr")
    system.text = system_text
    if isinstance(region.outline, PointMark):
        point = Xml.SubElement(geometry, "Point")
        _add_coordinates(point, (region.outline.at,), grid)
        return
    for outer, *holes in outer_lines_with_holes(contours_of(region.outline)):
        polygon = Xml.SubElement(geometry, "Polygon")
        _add_ring(polygon, "Exterior", outer, grid)
        for hole in holes:
            _add_ring(polygon, "Interior", hole, grid)


def _add_ring(polygon: Xml.Element, name: str, ring: Ring, grid: MapGrid | None) -> None:
    line = Xml.SubElement(Xml.SubElement(polygon, name), "LinearRing")
    _add_coordinates(line, (*ring, ring[0]), grid)


def _add_coordinates(parent: Xml.Element, points: Ring, grid: MapGrid | None) -> None:
    placed: list[Point2] = [grid.to_map(at) if grid else at for at in points]
    text = " ".join(repr(float(value)) for at in placed for value in at)
    Xml.SubElement(parent, "Coordinates").text = text


def annotations_from_envi_xml(
    text: str, image_shape: ImageShape, grid: MapGrid | None = None
) -> Annotations:
    """Read annotations from the text of an ENVI XML file.

    Raises
    ------
    Unreadable
        If it is not such a file, or its coordinates cannot be placed on the image.
    """
    root = from_xml(text)
    if root.tag != _ROOT:
        raise Unreadable(f"expected <{_ROOT}>, found <{root.tag[:40]}>")
    places = _places(root, grid)
    regions = (_region(element, image_shape, places) for element in root.iter("Region"))
    return numbered(region for region in regions if region is not None)


def _places(root: Xml.Element, grid: MapGrid | None) -> dict[str, Place]:
    """Return the place in the image of positions in each system that the file names."""
    positions: dict[str, list[Point2]] = {}
    for definition in root.iter("GeometryDef"):
        ours = positions.setdefault(_system(definition), [])
        ours += [at for line in definition.iter("Coordinates") for at in _points(line)]
    return {system: _place(system, every, grid) for system, every in positions.items()}


def _system(definition: Xml.Element) -> str:
    """Return the well-known text of a system; "" for that of pixels."""
    text = (definition.findtext("CoordSysStr") or "").strip()
    return "" if text.lower() == _NO_SYSTEM else text


def _place(system: str, positions: list[Point2], grid: MapGrid | None) -> Place:
    if not system:
        return lambda at: at
    if grid is None:
        raise Unreadable(
            f"it is in the reference system {short(system)}, and the cube has no map information",
            "Open it with a cube whose header has map info.",
        )
    return place_from(system, grid, positions)


def _region(
    element: Xml.Element, image_shape: ImageShape, places: dict[str, Place]
) -> Annotation | None:
    name = element.get("name", "")
    parts = [part for child in element for part in _parts(child, name, image_shape, places)]
    if not parts:
        return None
    colour = [int(word) for word in re.findall(r"\d{1,3}", element.get("color", ""))]
    return region_of(joined(parts, image_shape), {"name": name, "colour": colour})


def _parts(
    definition: Xml.Element, name: str, image_shape: ImageShape, places: dict[str, Place]
) -> Iterator[Shape]:
    if definition.tag != "GeometryDef":
        raise Unreadable(
            f"region {shown(name)} is a <{definition.tag[:40]}>, and only <GeometryDef> is read",
            _DRAW_AGAIN,
        )
    place = places[_system(definition)]
    for shape in definition:
        if shape.tag != "CoordSysStr":
            yield from _outlines(shape, name, image_shape, place)


def _outlines(
    shape: Xml.Element, name: str, image_shape: ImageShape, place: Place
) -> Iterator[Shape]:
    match shape.tag:
        case "Polygon":
            rings = [_placed(line, place) for line in shape.iter("Coordinates")]
            if not rings:
                raise Unreadable(f"region {shown(name)} has a polygon without coordinates")
            yield Polygon(tuple(checked_values.opened(ring) for ring in rings))
        case "Point" | "MultiPoint":
            for line in shape.iter("Coordinates"):
                yield from (PointMark(at) for at in _placed(line, place))
        case "LineString" | "MultiLineString":
            lines = (_placed(line, place) for line in shape.iter("Coordinates"))
            yield from (pixels_along(line, image_shape) for line in lines if line)
        case tag:
            raise Unreadable(f"region {shown(name)} has an unknown <{tag[:40]}>", _DRAW_AGAIN)


def _placed(element: Xml.Element, place: Place) -> Ring:
    return tuple(place(at) for at in _points(element))


def _points(element: Xml.Element) -> list[Point2]:
    words = (element.text or "").replace(",", " ").split()
    if len(words) % 2:
        raise Unreadable(f"expected pairs of coordinates, found {len(words)} numbers")
    numbers = [_number(word) for word in words]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _number(word: str) -> float:
    try:
        value = float(word)
    except ValueError as error:
        raise Unreadable(f"expected a coordinate, found {shown(word)}") from error
    return checked_values.number(value, "a coordinate")
