"""Annotations out of COCO: polygons, runs of pixels, packed or not, and boxes."""

from __future__ import annotations

from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.shapes import Polygon, Rectangle, Shape, mask_shape
from focus_viewer.io.annotations import plain
from focus_viewer.io.annotations.coco import segmentation_of
from focus_viewer.io.annotations.exact import restored
from focus_viewer.io.annotations.joining import joined
from focus_viewer.io.annotations.refusal import Unreadable
from focus_viewer.io.annotations.regions import numbered, region_of
from focus_viewer.io.annotations.run_length import from_run_lengths


def is_coco(document: object) -> bool:
    """Whether JSON values are COCO."""
    return isinstance(document, dict) and "annotations" in document and "images" in document


def annotations_from_coco(document: object, image_shape: tuple[int, int]) -> Annotations:
    """Annotations of one image out of COCO.

    Parameters
    ----------
    document : object
        The JSON values.
    image_shape : tuple of int
        (rows, cols). Of several images, the one of this size is read.

    Raises
    ------
    Unreadable
        If it is no COCO, or has no image of this size, or several.
    """
    told = plain.entries(document, "COCO")
    image_id = _image_id(told, image_shape)
    classes = _class_names(told)
    found = [
        plain.entries(one, "an annotation")
        for one in plain.items(told.get("annotations"), "annotations")
    ]
    return numbered(
        _region(one, classes.get(repr(one.get("category_id")), ""), image_shape)
        for one in found
        if one.get("image_id") == image_id
    )


def _image_id(told: dict[str, object], image_shape: tuple[int, int]) -> object:
    images = [plain.entries(one, "an image") for one in plain.items(told.get("images"), "images")]
    fitting = [one for one in images if (one.get("height"), one.get("width")) == image_shape]
    if len(fitting) != 1:
        sizes = ", ".join(f"{one.get('height')} x {one.get('width')}" for one in images[:5])
        raise Unreadable(
            f"expected one image of {image_shape[0]} rows and {image_shape[1]} columns, found "
            f"{len(fitting)} among {len(images)} ({sizes})",
            "Export the annotations of this image alone.",
        )
    return fitting[0].get("id")


def _class_names(told: dict[str, object]) -> dict[str, str]:
    """Names by the text of their id, which may be of any type."""
    categories = plain.items(told.get("categories", []), "categories")
    found = [plain.entries(one, "a category") for one in categories]
    return {repr(one.get("id")): plain.text(one.get("name")) for one in found}


def _region(one: dict[str, object], class_name: str, image_shape: tuple[int, int]) -> Annotation:
    own = one.get("focus_viewer")
    if isinstance(own, dict):
        outline = restored(own.get("outline"))
        # Another program may have changed the segmentation and passed over the outline.
        if segmentation_of(outline, image_shape) == one.get("segmentation"):
            return region_of(outline, own)
        return region_of(_outline(one, image_shape), own)
    return region_of(_outline(one, image_shape), {"class_name": class_name})


def _outline(one: dict[str, object], image_shape: tuple[int, int]) -> Shape:
    segmentation = one.get("segmentation")
    if isinstance(segmentation, dict):
        return _of_runs(segmentation, image_shape)
    if isinstance(segmentation, list) and segmentation:
        return joined([_polygon(flat) for flat in segmentation], image_shape)
    box = plain.items(one.get("bbox"), "a segmentation or a box")
    if len(box) != 4:
        raise Unreadable(f"expected 4 numbers for a box, found {len(box)}")
    left, top, width, height = (plain.number(value, "a box") for value in box)
    return Rectangle((left, top), (left + width, top + height))


def _polygon(value: object) -> Polygon:
    flat = [plain.number(number, "a corner") for number in plain.items(value, "a polygon")]
    if len(flat) % 2:
        raise Unreadable(f"expected pairs of coordinates, found {len(flat)} numbers")
    return Polygon((plain.opened(tuple(zip(flat[::2], flat[1::2], strict=True))),))


def _of_runs(segmentation: dict[str, object], image_shape: tuple[int, int]) -> Shape:
    size = plain.items(segmentation.get("size"), "size")
    if size != list(image_shape):
        raise Unreadable(f"expected runs of an image {list(image_shape)}, found {size[:3]}")
    outline = mask_shape(from_run_lengths(segmentation.get("counts"), image_shape))
    if outline is None:
        raise Unreadable("expected pixels of a region, found none")
    return outline
