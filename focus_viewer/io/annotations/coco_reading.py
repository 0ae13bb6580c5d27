"""Reader of COCO annotations: polygons, runs of pixels, packed or not, and boxes."""

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
    """Return whether JSON values are COCO."""
    return isinstance(document, dict) and "annotations" in document and "images" in document


def annotations_from_coco(document: object, image_shape: tuple[int, int]) -> Annotations:
    """Read the annotations of one image from COCO.

    Parameters
    ----------
    document : object
        JSON values.
    image_shape : tuple of int
        (rows, cols). Of several images, the one of this size is read.

    Raises
    ------
    Unreadable
        If it is not COCO, or has no image of this size, or several.
    """
    coco = plain.entries(document, "COCO")
    image_id = _image_id(coco, image_shape)
    classes = _class_names(coco)
    items = plain.items(coco.get("annotations"), "annotations")
    annotations = [plain.entries(item, "an annotation") for item in items]
    return numbered(
        _region(annotation, classes.get(repr(annotation.get("category_id")), ""), image_shape)
        for annotation in annotations
        if annotation.get("image_id") == image_id
    )


def _image_id(coco: dict[str, object], image_shape: tuple[int, int]) -> object:
    items = plain.items(coco.get("images"), "images")
    images = [plain.entries(item, "an image") for item in items]
    sizes = [(image.get("height"), image.get("width")) for image in images]
    fitting = [image for image, size in zip(images, sizes, strict=True) if size == image_shape]
    if len(fitting) != 1:
        listed = ", ".join(f"{height} x {width}" for height, width in sizes[:5])
        raise Unreadable(
            f"expected one image of {image_shape[0]} rows and {image_shape[1]} columns, found "
            f"{len(fitting)} among {len(images)} ({listed})",
            "Export the annotations of this image alone.",
        )
    return fitting[0].get("id")


def _class_names(coco: dict[str, object]) -> dict[str, str]:
    """Return names by the text of their id, which may have any type."""
    items = plain.items(coco.get("categories", []), "categories")
    categories = [plain.entries(item, "a category") for item in items]
    return {repr(entry.get("id")): plain.text(entry.get("name")) for entry in categories}


def _region(
    annotation: dict[str, object], class_name: str, image_shape: tuple[int, int]
) -> Annotation:
    own = annotation.get("focus_viewer")
    if isinstance(own, dict):
        outline = restored(own.get("outline"))
        # Another program may have changed the segmentation and ignored the outline.
        if segmentation_of(outline, image_shape) == annotation.get("segmentation"):
            return region_of(outline, own)
        return region_of(_outline(annotation, image_shape), own)
    return region_of(_outline(annotation, image_shape), {"class_name": class_name})


def _outline(annotation: dict[str, object], image_shape: tuple[int, int]) -> Shape:
    segmentation = annotation.get("segmentation")
    if isinstance(segmentation, dict):
        return _of_runs(segmentation, image_shape)
    if isinstance(segmentation, list) and segmentation:
        return joined([_polygon(flat) for flat in segmentation], image_shape)
    box = plain.items(annotation.get("bbox"), "a segmentation or a box")
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
