"""Annotations as JSON of labelme, one image a file: https://github.com/wkentaro/labelme.

A shape has a label (the class), a kind and corners in pixel space. Shapes of the same label and
group are parts of one object. Rectangles, circles, polygons, points and masks are written; other
ellipses become polygons, and outlines of several lines masks. The member "focus_viewer" of a shape,
which labelme keeps, stores what labelme has no place for. A picture of the image is written with
it, because labelme opens no cubes.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable
from io import BytesIO

import numpy as np
from PIL import Image

from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.mask_crop import MaskCrop, crop_mask
from focus_viewer.core.regions.shapes import (
    Ellipse,
    MaskShape,
    PointMark,
    Polygon,
    Rectangle,
    Shape,
    contours_of,
    mask_shape,
)
from focus_viewer.core.typing import BoolArray, ByteArray, ImageShape, Point2
from focus_viewer.io.annotations import checked_values
from focus_viewer.io.annotations.joining import joined, pixels_along
from focus_viewer.io.annotations.labels.png import decoded_png
from focus_viewer.io.annotations.programs.listed_images import check_size
from focus_viewer.io.annotations.refusal import Unreadable, shown
from focus_viewer.io.annotations.regions import (
    UNCLASSIFIED,
    about,
    described,
    numbered,
    region_of,
    restored,
)
from focus_viewer.io.annotations.storage import to_json

_VERSION = "5.5.0"  # of the layout that is written; later versions read it as well
_LEAST_POINTS = {
    "polygon": 3, "rectangle": 2, "oriented_rectangle": 4, "rotation": 4, "circle": 2, "line": 2,
    "linestrip": 2, "point": 1, "points": 1, "mask": 2,
}  # fmt: skip
"""Kinds of shapes of labelme, and those of X-AnyLabeling, whose rectangles have four corners."""
_NO_PICTURE = np.full((1, 1), 128, dtype=np.uint8)


def labelme_bytes(
    annotations: Annotations,
    image_shape: ImageShape,
    image_name: str = "",
    picture: ByteArray | None = None,
) -> bytes:
    """Return annotations as the content of a labelme file.

    Parameters
    ----------
    picture : ByteArray, shape (rows, cols, 3), or None
        Picture of the image to draw on; grey without one.
    """
    rows, cols = image_shape
    image = np.broadcast_to(_NO_PICTURE, image_shape) if picture is None else picture
    shapes = [shape for region in annotations if (shape := _shape_of(region, image_shape))]
    return to_json(
        {
            "version": _VERSION,
            "flags": {},
            "shapes": shapes,
            "imagePath": f"{image_name or 'image'}.png",
            "imageData": _png_text(Image.fromarray(np.ascontiguousarray(image))),
            "imageHeight": rows,
            "imageWidth": cols,
        }
    )


def _shape_of(region: Annotation, image_shape: ImageShape) -> dict[str, object] | None:
    """Return a region as a shape of labelme; None if nothing of it is on the image."""
    drawn = _drawn(region.outline, image_shape)
    if drawn is None:
        return None
    return {
        "label": checked_values.text(region.class_name) or UNCLASSIFIED,
        "group_id": None,
        "description": checked_values.text(region.name),
        "flags": {},
        **drawn,
        "focus_viewer": {**about(region), "outline": described(region.outline)},
    }


def _drawn(outline: Shape, image_shape: ImageShape) -> dict[str, object] | None:
    """Return kind, points and mask of a shape; None if a mask has no pixel on the image."""
    match outline:
        case Rectangle(low, high):
            return _kind("rectangle", (low, high))
        case Ellipse(center, (along, across)) if along == across > 0:
            return _kind("circle", (center, (center[0] + along, center[1])))
        case PointMark(at):
            return _kind("point", (at,))
    rings = () if isinstance(outline, MaskShape) else contours_of(outline)
    if len(rings) == 1 and len(rings[0]) >= 3:
        return _kind("polygon", rings[0])
    crop = outline.crop(image_shape)
    if crop is None:
        return None
    last = crop.cols.stop - 1, crop.rows.stop - 1
    mask = _png_text(Image.fromarray(crop.inside))
    return {**_kind("mask", ((crop.col, crop.row), last)), "mask": mask}


def _kind(name: str, points: Iterable[Point2]) -> dict[str, object]:
    corners = [[float(col), float(row)] for col, row in points]
    return {"shape_type": name, "points": corners, "mask": None}


def _png_text(image: Image.Image) -> str:
    file = BytesIO()
    image.save(file, format="PNG")
    return base64.b64encode(file.getvalue()).decode("ascii")


def is_labelme(document: object) -> bool:
    """Return whether JSON values are those of labelme."""
    return isinstance(document, dict) and isinstance(document.get("shapes"), list)


def annotations_from_labelme(document: object, image_shape: ImageShape) -> Annotations:
    """Read annotations from labelme's values; shapes of one label and group become one region.

    Raises
    ------
    Unreadable
        If they are not labelme's, or of another image.
    """
    values = checked_values.entries(document, "labelme")
    check_size(values.get("imageHeight"), values.get("imageWidth"), image_shape)
    groups: dict[object, list[dict[str, object]]] = {}
    for number, item in enumerate(checked_values.items(values.get("shapes"), "shapes")):
        shape = checked_values.entries(item, "a shape")
        group = shape.get("group_id")
        key = number if group is None else (checked_values.text(shape.get("label")), repr(group))
        groups.setdefault(key, []).append(shape)
    return numbered(_region(shapes, image_shape) for shapes in groups.values())


def _region(shapes: list[dict[str, object]], image_shape: ImageShape) -> Annotation:
    first = shapes[0]
    own = first.get("focus_viewer")
    if isinstance(own, dict) and len(shapes) == 1:
        return _own_region(first, own, image_shape)
    label = checked_values.text(first.get("label"))
    outline = joined([_outline(shape, image_shape) for shape in shapes], image_shape)
    return region_of(outline, {"class_name": label})


def _own_region(
    shape: dict[str, object], own: dict[str, object], image_shape: ImageShape
) -> Annotation:
    """Return a region that FOCUS Viewer wrote; labelme's user may have changed shape and label."""
    outline = restored(own.get("outline"))
    if not _is_drawn_as(shape, outline, image_shape):
        outline = _outline(shape, image_shape)
    label = checked_values.text(shape.get("label"))
    edited = {
        "name": checked_values.text(shape.get("description")) or own.get("name"),
        "class_name": "" if label == UNCLASSIFIED else label,
    }
    return region_of(outline, own | edited)


def _is_drawn_as(shape: dict[str, object], outline: Shape, image_shape: ImageShape) -> bool:
    """Return whether a shape is still what was written for an outline; a mask by its pixels."""
    drawn = _drawn(outline, image_shape)
    if drawn is None or any(drawn[name] != shape.get(name) for name in ("shape_type", "points")):
        return False
    if drawn["shape_type"] != "mask":
        return True
    before, now = (each.crop(image_shape) for each in (outline, _outline(shape, image_shape)))
    return before is not None and now is not None and np.array_equal(before.inside, now.inside)


def _outline(shape: dict[str, object], image_shape: ImageShape) -> Shape:
    items = checked_values.items(shape.get("points"), "points")
    points = [checked_values.point(item, "a point") for item in items]
    kind = shape.get("shape_type") or "polygon"
    if not isinstance(kind, str) or kind not in _LEAST_POINTS:
        raise Unreadable(
            f"expected a shape that labelme draws, found {shown(kind)}",
            "Draw this shape as a polygon.",
        )
    if len(points) < _LEAST_POINTS[kind]:
        problem = f"expected {_LEAST_POINTS[kind]} points of a {kind}, found {len(points)}"
        raise Unreadable(problem)
    match kind:
        case "rectangle":
            low, high = np.min(points, axis=0).tolist(), np.max(points, axis=0).tolist()
            return Rectangle((low[0], low[1]), (high[0], high[1]))
        case "circle":
            radius = math.dist(points[0], points[1])
            return Ellipse(points[0], (radius, radius), 0.0)
        case "mask":
            return _mask(shape.get("mask"), points, image_shape)
        case "point" | "points":
            return joined([PointMark(at) for at in points], image_shape)
        case "line" | "linestrip":
            return pixels_along(points, image_shape)
    return Polygon((checked_values.opened(tuple(points)),))


def _mask(value: object, points: list[Point2], image_shape: ImageShape) -> MaskShape:
    """Return the pixels of a mask, whose first and last pixel are given; they may leave the image.

    The size of its picture is compared before that is decoded.
    """
    (left, top), (right, bottom) = ((int(col), int(row)) for col, row in points[:2])
    shape = bottom - top + 1, right - left + 1
    if min(shape) < 1 or shape[0] > image_shape[0] or shape[1] > image_shape[1]:
        raise Unreadable(f"expected a mask within the image, found {shape[0]} x {shape[1]} pixels")
    inside = decoded_png(_content(value), shape)
    outline = mask_shape(_on_image(inside.astype(np.bool_), top, left, image_shape))
    if outline is None:
        raise Unreadable("expected pixels of a mask on the image, found none")
    return outline


def _on_image(inside: BoolArray, top: int, left: int, image_shape: ImageShape) -> MaskCrop | None:
    kept = inside[max(-top, 0) : image_shape[0] - top, max(-left, 0) : image_shape[1] - left]
    return crop_mask(kept, max(top, 0), max(left, 0)) if kept.size else None


def _content(value: object) -> bytes:
    if not isinstance(value, str):
        raise Unreadable(f"expected a PNG as Base64 text for a mask, found {shown(value)}")
    try:
        return base64.b64decode(value, validate=True)
    except ValueError as error:
        raise Unreadable("the mask is not Base64 text") from error
