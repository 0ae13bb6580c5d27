"""Annotations of Label Studio, exported as JSON: a list of tasks, one image each.

Coordinates are percentages of the image's sides. A rectangle is turned around its upper left
corner, an ellipse around its middle. What was drawn counts, not what a model predicted, or what was
cancelled. Brushes are stored in a packing of its own: they are left out.

Layout: https://labelstud.io/guide/task_format and its tags RectangleLabels and EllipseLabels.
"""

from __future__ import annotations

import re

from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.shapes import Ellipse, PointMark, Polygon, Rectangle, Shape
from focus_viewer.core.typing import ImageShape, Point2
from focus_viewer.io.annotations import checked_values
from focus_viewer.io.annotations.programs.listed_images import ListedImage, chosen_image
from focus_viewer.io.annotations.programs.turned_boxes import turned
from focus_viewer.io.annotations.refusal import Unreadable
from focus_viewer.io.annotations.regions import numbered, region_of

_BRUSH = "brush"
_KINDS = ("rectangle", "ellipse", "polygon", "keypoint", _BRUSH)
_OF_BRUSHES = "Export them as PNG masks or as COCO."
_UPLOADED = re.compile(r"[0-9a-f]{8}-(?=.)")  # before the names of files that were uploaded


def is_label_studio(document: object) -> bool:
    """Return whether JSON values are those of Label Studio."""
    first = document[0] if isinstance(document, list) and document else None
    return isinstance(first, dict) and "data" in first and "annotations" in first


def annotations_from_label_studio(
    document: object, image_shape: ImageShape, image_name: str = ""
) -> Annotations:
    """Read the annotations of one image: that of the name, else the only one of its size.

    Raises
    ------
    Unreadable
        If the values are not those of Label Studio, or not of this image.
    """
    tasks = [
        checked_values.entries(task, "a task") for task in checked_values.items(document, "tasks")
    ]
    results = [_results(task) for task in tasks]
    listed = [_image(task, drawn) for task, drawn in zip(tasks, results, strict=True)]
    drawn = results[chosen_image(listed, image_shape, image_name)]
    shapes = [result for result in drawn if _kind(result) != _BRUSH]
    brushes = len(drawn) - len(shapes)
    if brushes and not shapes:
        raise Unreadable(
            "it has nothing but brushes, which Label Studio packs in a way of its own", _OF_BRUSHES
        )
    notes = [f"{brushes} of {len(drawn)} regions are brushes and were left out. {_OF_BRUSHES}"]
    return numbered((_region(result, image_shape) for result in shapes), notes if brushes else ())


def _results(task: dict[str, object]) -> list[dict[str, object]]:
    """Return the shapes of a task, of all who drew them; no choices, texts or relations."""
    drawn = [
        checked_values.entries(each, "an annotation")
        for each in checked_values.items(task.get("annotations"), "annotations")
    ]
    found = [
        checked_values.entries(result, "a result")
        for each in drawn
        if not each.get("was_cancelled")
        for result in checked_values.items(each.get("result"), "results")
    ]
    return [result for result in found if _kind(result)]


def _kind(result: dict[str, object]) -> str:
    named = checked_values.text(result.get("type")).removesuffix("labels")
    return named if named in _KINDS else ""


def _image(task: dict[str, object], results: list[dict[str, object]]) -> ListedImage:
    data = checked_values.entries(task.get("data"), "data")
    texts = [value for value in data.values() if isinstance(value, str)]
    name = re.split(r"[/\\]", texts[0])[-1] if texts else None
    first = results[0] if results else {}
    bare = None if name is None else _UPLOADED.sub("", name, count=1)
    return ListedImage(bare, first.get("original_height"), first.get("original_width"))


def _region(result: dict[str, object], image_shape: ImageShape) -> Annotation:
    turned_deg = checked_values.number(result.get("image_rotation") or 0, "image_rotation")
    if turned_deg % 360:
        raise Unreadable(
            f"it was drawn on the image turned by {turned_deg:g} degrees",
            "In Label Studio, turn the image back and draw it there.",
        )
    value = checked_values.entries(result.get("value"), "value")
    labels = value.get(checked_values.text(result.get("type")))
    named = checked_values.text(labels[0]) if isinstance(labels, list) and labels else ""
    return region_of(_outline(_kind(result), value, image_shape), {"class_name": named})


def _outline(kind: str, value: dict[str, object], image_shape: ImageShape) -> Shape:
    scale = image_shape[1] / 100, image_shape[0] / 100

    def point(x: str, y: str) -> Point2:
        col, row = checked_values.point([value.get(x), value.get(y)], x)
        return col * scale[0], row * scale[1]

    angle_deg = checked_values.number(value.get("rotation") or 0, "rotation")
    match kind:
        case "rectangle":
            (left, top), (width, height) = point("x", "y"), point("width", "height")
            box = Rectangle((left, top), (left + width, top + height))
            return turned(box, box.low, angle_deg)
        case "ellipse":
            return Ellipse(point("x", "y"), point("radiusX", "radiusY"), angle_deg)
        case "keypoint":
            return PointMark(point("x", "y"))
    corners = [
        checked_values.point(at, "a corner")
        for at in checked_values.items(value.get("points"), "points")
    ]
    ring = tuple((x * scale[0], y * scale[1]) for x, y in corners)
    return Polygon((checked_values.opened(ring),))
