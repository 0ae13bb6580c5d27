"""Writer of ENVI 5 regions of interest, a file NAME.xml.

Each region has its name and colour, and polygons with holes or a point. Ellipses become polygons of
64 corners and painted pixels the lines around them. ENVI cannot store classes, nor that a region is
locked or hidden. Coordinates are those of the map if its projection is known; else they are pixels,
in which ENVI like FOCUS Viewer calls the upper left corner of the image (0, 0).
"""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.shapes import PointMark, Ring, contours_of
from focus_viewer.core.typing import Point2
from focus_viewer.io.annotations import plain
from focus_viewer.io.annotations.nesting import outer_lines_with_holes

NO_SYSTEM = "none"
"""ENVI's name of the coordinate system of pixels."""


def envi_xml_bytes(annotations: Annotations, grid: MapGrid | None = None) -> bytes:
    """Return annotations as the content of an ENVI XML file.

    Parameters
    ----------
    grid : MapGrid or None
        Coordinates are written in map space if it knows its coordinate system.
    """
    root = Xml.Element("RegionsOfInterest", version="1.1")
    for region in annotations:
        _add_region(root, region, grid if grid and grid.coordinate_system else None)
    Xml.indent(root)
    content: bytes = Xml.tostring(root, encoding="UTF-8", xml_declaration=True)
    return content


def _add_region(root: Xml.Element, region: Annotation, grid: MapGrid | None) -> None:
    colour = ",".join(str(part) for part in plain.rgb(region.colour))
    element = Xml.SubElement(root, "Region", name=_writable(region.name), color=colour)
    geometry = Xml.SubElement(element, "GeometryDef")
    system = Xml.SubElement(geometry, "CoordSysStr")
    system.text = grid.coordinate_system if grid else NO_SYSTEM
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


def _writable(text: str) -> str:
    """Return text without the characters that XML 1.0 cannot store."""
    return "".join(sign for sign in plain.text(text) if sign not in "\ufffe\uffff")
