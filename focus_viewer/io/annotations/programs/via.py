"""Annotations of VGG Image Annotator 1 and 2, as projects or exported as JSON.

Each image has regions: a shape in pixel space and attributes, which the user names freely. The
class is the value of an attribute called class, label or the like, else of the first one. Images
are found by name, as the files have no sizes of images.

Layout: https://gitlab.com/vgg/via/-/blob/master/via-2.x.y/CodeDoc.md. Angles are radians.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import chain

from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.shapes import Ellipse, PointMark, Polygon, Rectangle, Ring, Shape
from focus_viewer.core.typing import ImageShape
from focus_viewer.io.annotations import checked_values
from focus_viewer.io.annotations.joining import pixels_along
from focus_viewer.io.annotations.programs.listed_images import ListedImage, chosen_image
from focus_viewer.io.annotations.refusal import Unreadable, shown
from focus_viewer.io.annotations.regions import numbered, region_of

_PROJECT = "_via_img_metadata"
_CLASS_NAMES = ("class", "class_name", "label", "category", "type", "species", "object", "name")


def is_via(document: object) -> bool:
    """Return whether JSON values are those of VGG Image Annotator."""
    if not isinstance(document, dict):
        return False
    images = document.get(_PROJECT, document)
    return isinstance(images, dict) and (
        _PROJECT in document
        or (bool(images) and all(_is_image(image) for image in images.values()))
    )


def _is_image(value: object) -> bool:
    return isinstance(value, dict) and "filename" in value and "regions" in value


def annotations_from_via(
    document: object, image_shape: ImageShape, image_name: str = ""
) -> Annotations:
    """Read the annotations of one image: that of the name, or the only one.

    Raises
    ------
    Unreadable
        If the values are not those of VGG Image Annotator, or not of this image.
    """
    project = checked_values.entries(document, "a project")
    images = [
        checked_values.entries(image, "an image")
        for image in checked_values.entries(project.get(_PROJECT, project), "images").values()
    ]
    listed = [ListedImage(image.get("filename")) for image in images]
    regions = images[chosen_image(listed, image_shape, image_name)].get("regions")
    listed_regions = [*regions.values()] if isinstance(regions, dict) else regions
    values = checked_values.items(listed_regions, "regions")
    return numbered(
        _region(checked_values.entries(value, "a region"), image_shape) for value in values
    )


def _region(region: dict[str, object], image_shape: ImageShape) -> Annotation:
    shape = checked_values.entries(region.get("shape_attributes"), "shape_attributes")
    attributes = region.get("region_attributes")
    named = _class_name(attributes) if isinstance(attributes, dict) else ""
    return region_of(_outline(shape, image_shape), {"class_name": named})


def _class_name(attributes: Mapping[str, object]) -> str:
    known = {str(name).casefold(): value for name, value in attributes.items()}
    wanted = (known[name] for name in _CLASS_NAMES if name in known)
    texts = (_value(value) for value in chain(wanted, attributes.values()))
    return next((text for text in texts if text), "")


def _value(value: object) -> str:
    """Return the text of an attribute, or the names of its ticked boxes."""
    if isinstance(value, dict):
        return ", ".join(checked_values.text(name) for name, ticked in value.items() if ticked)
    return checked_values.text(value)


def _outline(shape: dict[str, object], image_shape: ImageShape) -> Shape:
    def value(name: str) -> float:
        return checked_values.number(shape.get(name), name)

    match shape.get("name"):
        case "rect":
            left, top = value("x"), value("y")
            return Rectangle((left, top), (left + value("width"), top + value("height")))
        case "circle":
            return Ellipse((value("cx"), value("cy")), (value("r"), value("r")), 0.0)
        case "ellipse":
            angle_deg = math.degrees(value("theta")) if "theta" in shape else 0.0
            return Ellipse((value("cx"), value("cy")), (value("rx"), value("ry")), angle_deg)
        case "point":
            return PointMark((value("cx"), value("cy")))
        case "polygon":
            return Polygon((checked_values.opened(_corners(shape)),))
        case "polyline":
            return pixels_along(_corners(shape), image_shape)
        case kind:
            raise Unreadable(
                f"expected a shape that VGG Image Annotator draws, found {shown(kind)}",
                "Draw this shape as a polygon.",
            )


def _corners(shape: dict[str, object]) -> Ring:
    xs, ys = (
        [checked_values.number(at, name) for at in checked_values.items(shape.get(name), name)]
        for name in ("all_points_x", "all_points_y")
    )
    if len(xs) != len(ys) or not xs:
        raise Unreadable(f"expected as many x as y of corners, found {len(xs)} and {len(ys)}")
    return tuple(zip(xs, ys, strict=True))
