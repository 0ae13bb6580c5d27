"""Annotations of one image as XML of Pascal VOC, or of LabelMe on the web.

Each object has a name, and a box or a polygon in pixel space. Of boxes the numbers are taken as
they are: VOC itself counts pixels from 1, which the programs that write its layout do not.
"""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.shapes import Polygon, Rectangle, Shape
from focus_viewer.core.typing import ImageShape, Point2
from focus_viewer.io.annotations import checked_values
from focus_viewer.io.annotations.programs.listed_images import check_size
from focus_viewer.io.annotations.refusal import Unreadable, shown
from focus_viewer.io.annotations.regions import numbered, region_of

VOC_ROOT = "annotation"


def annotations_from_voc(root: Xml.Element, image_shape: ImageShape) -> Annotations:
    """Read annotations from such an XML file.

    Raises
    ------
    Unreadable
        If an object has neither box nor polygon, or the image has another size.
    """
    rows = _side(root, "size/height", "imagesize/nrows")
    cols = _side(root, "size/width", "imagesize/ncols")
    check_size(rows or None, cols or None, image_shape)
    objects = [each for each in root.iterfind("object") if _text(each, "deleted") != "1"]
    return numbered(_region(each) for each in objects)


def _side(root: Xml.Element, *paths: str) -> int | None:
    text = next((found for path in paths if (found := _text(root, path))), "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _text(element: Xml.Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _region(element: Xml.Element) -> Annotation:
    return region_of(_outline(element), {"class_name": _text(element, "name")})


def _outline(element: Xml.Element) -> Shape:
    polygon, box = element.find("polygon"), element.find("bndbox")
    if polygon is not None and polygon.find("pt") is not None:
        corners = [_point(each, "x", "y") for each in polygon.iterfind("pt")]
        return Polygon((checked_values.opened(tuple(corners)),))
    if box is not None:
        return Rectangle(_point(box, "xmin", "ymin"), _point(box, "xmax", "ymax"))
    raise Unreadable(
        f"expected a polygon or a box of {shown(_text(element, 'name'))}, found neither",
        "Masks are files of their own beside it: open those.",
    )


def _point(element: Xml.Element, x: str, y: str) -> Point2:
    return _number(element, x), _number(element, y)


def _number(element: Xml.Element, name: str) -> float:
    text = _text(element, name)
    try:
        return checked_values.number(float(text), name)
    except ValueError as error:
        raise Unreadable(f"expected a number for {name}, found {shown(text)}") from error
