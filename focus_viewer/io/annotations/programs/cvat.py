"""Annotations of CVAT, exported as "CVAT for images 1.1": an XML file of many images.

Coordinates are those of pixel space. Shapes of the same label and group are parts of one object.
Masks are runs row by row within their box, outside and inside by turns.

Layout: https://docs.cvat.ai/docs/other/xml_format.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as Xml

import numpy as np

from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.mask_crop import crop_mask
from focus_viewer.core.regions.shapes import (
    Ellipse,
    MaskShape,
    PointMark,
    Polygon,
    Rectangle,
    Ring,
    Shape,
    mask_shape,
)
from focus_viewer.core.typing import ImageShape
from focus_viewer.io.annotations import checked_values
from focus_viewer.io.annotations.joining import joined, pixels_along
from focus_viewer.io.annotations.programs.listed_images import ListedImage, chosen_image
from focus_viewer.io.annotations.programs.turned_boxes import turned
from focus_viewer.io.annotations.refusal import Unreadable, shown
from focus_viewer.io.annotations.regions import numbered, region_of

CVAT_ROOT = "annotations"
_SHAPES = ("box", "polygon", "ellipse", "polyline", "points", "mask")
_SOLIDS = ("cuboid", "skeleton")  # left out


def annotations_from_cvat(
    root: Xml.Element, image_shape: ImageShape, image_name: str = ""
) -> Annotations:
    """Read the annotations of one image: that of the name, else the only one of its size.

    Raises
    ------
    Unreadable
        If it is not an export of images, or not of this image.
    """
    images = root.findall("image")
    if not images:
        tracks = "" if root.find("track") is None else ", but tracks of a video"
        raise Unreadable(
            f"it has no images{tracks}",
            'In CVAT, export the task as "CVAT for images 1.1".',
        )
    listed = [
        ListedImage(image.get("name"), _whole(image, "height"), _whole(image, "width"))
        for image in images
    ]
    image = images[chosen_image(listed, image_shape, image_name)]
    colours = {
        label.findtext("name"): checked_values.colour(label.findtext("color"))
        for label in root.iterfind("meta//label")
    }
    groups: dict[object, list[Xml.Element]] = {}
    for number, element in enumerate(element for element in image if element.tag in _SHAPES):
        group = element.get("group_id") or ""
        groups.setdefault((element.get("label"), group) if group else number, []).append(element)
    solids = sum(element.tag in _SOLIDS for element in image)
    if solids and not groups:
        raise Unreadable(
            f"all that is drawn on its image is of the kinds {' and '.join(_SOLIDS)}",
            "In CVAT, draw polygons or boxes, and export them.",
        )
    left_out = f"{solids} of the kinds {' and '.join(_SOLIDS)} were left out: they are not read."
    return numbered(
        (_region(elements, image_shape, colours) for elements in groups.values()),
        [left_out] if solids else (),
    )


def _whole(element: Xml.Element, name: str) -> int | None:
    text = element.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _region(
    elements: list[Xml.Element], image_shape: ImageShape, colours: Mapping[str | None, str | None]
) -> Annotation:
    label = elements[0].get("label")
    outline = joined([_outline(element, image_shape) for element in elements], image_shape)
    return region_of(outline, {"class_name": label, "colour": colours.get(label)})


def _outline(element: Xml.Element, image_shape: ImageShape) -> Shape:
    match element.tag:
        case "box":
            low = _number(element, "xtl"), _number(element, "ytl")
            high = _number(element, "xbr"), _number(element, "ybr")
            middle = (low[0] + high[0]) / 2, (low[1] + high[1]) / 2
            return turned(Rectangle(low, high), middle, _number(element, "rotation", 0.0))
        case "ellipse":
            center = _number(element, "cx"), _number(element, "cy")
            radii = abs(_number(element, "rx")), abs(_number(element, "ry"))
            return Ellipse(center, radii, _number(element, "rotation", 0.0))
        case "polygon":
            return Polygon((checked_values.opened(_points(element)),))
        case "polyline":
            return pixels_along(_points(element), image_shape)
        case "points":
            return joined([PointMark(at) for at in _points(element)], image_shape)
    return _mask(element, image_shape)


def _points(element: Xml.Element) -> Ring:
    pairs = [pair.split(",") for pair in (element.get("points") or "").split(";") if pair.strip()]
    if not pairs or any(len(pair) < 2 for pair in pairs):
        raise Unreadable(f"expected points x,y;x,y of a {element.tag}, found none")
    return tuple((_parsed(x, "a point"), _parsed(y, "a point")) for x, y, *_ in pairs)


def _number(element: Xml.Element, name: str, missing: float | None = None) -> float:
    text = element.get(name)
    if text is None and missing is not None:
        return missing
    return _parsed(text or "", name)


def _parsed(text: str, what: str) -> float:
    try:
        return checked_values.number(float(text), what)
    except ValueError as error:
        raise Unreadable(f"expected a number for {what}, found {shown(text)}") from error


def _mask(element: Xml.Element, image_shape: ImageShape) -> MaskShape:
    """Return the pixels of a mask, whose size is compared before its runs are laid out."""
    left, top, cols, rows = (
        int(_number(element, name)) for name in ("left", "top", "width", "height")
    )
    if not (0 <= left < left + cols <= image_shape[1] and 0 <= top < top + rows <= image_shape[0]):
        raise Unreadable(
            f"expected a mask within the image, found {rows} x {cols} pixels at column {left} and "
            f"row {top}"
        )
    runs = [int(_parsed(run, "a run")) for run in (element.get("rle") or "").split(",")]
    if min(runs) < 0 or sum(runs) != rows * cols:
        raise Unreadable(f"expected runs of {rows} x {cols} pixels, found {sum(runs)} pixels")
    inside = np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(rows, cols)
    outline = mask_shape(crop_mask(inside, top, left))
    if outline is None:
        raise Unreadable("expected pixels of a mask, found none")
    return outline
