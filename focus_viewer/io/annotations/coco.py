"""Annotations as COCO, the format in which most detectors and segmenters are trained.

One image, a category for each class name, and an annotation for each region with its box, its area
in pixels and its segmentation: one polygon, or uncompressed runs ("RLE") where pixels were painted
or an outline has holes or parts, which polygons of COCO cannot describe. Their "iscrowd" is 0, as
each is a single object. Coordinates are those of pixel space. Compressed runs and boxes are read.

Format: https://cocodataset.org/#format-data. The member "focus_viewer" of an annotation, which
other programs ignore, stores what COCO cannot.
"""

from __future__ import annotations

import numpy as np

from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.mask_crop import MaskCrop, crop_mask
from focus_viewer.core.regions.shapes import (
    MaskShape,
    Polygon,
    Rectangle,
    Shape,
    contours_of,
    mask_shape,
)
from focus_viewer.core.typing import ImageShape
from focus_viewer.io.annotations import checked_values
from focus_viewer.io.annotations.joining import joined
from focus_viewer.io.annotations.programs.listed_images import ListedImage, chosen_image
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


def coco_bytes(annotations: Annotations, image_shape: ImageShape, image_name: str = "") -> bytes:
    """Return annotations as the content of a COCO file."""
    rows, cols = image_shape
    names = dict.fromkeys(region.class_name or UNCLASSIFIED for region in annotations)
    category_ids = {name: number for number, name in enumerate(names, start=1)}
    return to_json(
        {
            "info": {"description": "Annotations of FOCUS Viewer"},
            "images": [{"id": 1, "width": cols, "height": rows, "file_name": image_name}],
            "categories": [{"id": i, "name": name} for name, i in category_ids.items()],
            "annotations": [
                {
                    "id": number,
                    "image_id": 1,
                    "category_id": category_ids[region.class_name or UNCLASSIFIED],
                    **_shape_of(region, image_shape),
                }
                for number, region in enumerate(annotations, start=1)
            ],
        }
    )


def _segmentation_of(outline: Shape, image_shape: ImageShape) -> object:
    """Return one polygon as x, y, x, y ..., or the runs of the pixels."""
    rings = () if isinstance(outline, MaskShape) else contours_of(outline)
    if len(rings) == 1 and len(rings[0]) >= 3:
        return [[float(value) for corner in rings[0] for value in corner]]
    return {
        "size": list(image_shape),
        "counts": run_lengths(outline.crop(image_shape), image_shape),
    }


def _shape_of(region: Annotation, image_shape: ImageShape) -> dict[str, object]:
    crop = region.outline.crop(image_shape)
    return {
        "segmentation": _segmentation_of(region.outline, image_shape),
        "bbox": _box(region.outline, crop),
        "area": crop.pixels if crop else 0,
        "iscrowd": 0,
        "focus_viewer": {**about(region), "outline": described(region.outline)},
    }


def _box(outline: Shape, crop: MaskCrop | None) -> list[float]:
    """Return left, top, width and height of the corners, or of the pixels if runs are written."""
    rings = () if isinstance(outline, MaskShape) else contours_of(outline)
    corners = np.array([corner for ring in rings for corner in ring]).reshape(-1, 2)
    if isinstance(outline, MaskShape) and crop is not None:
        corners = np.array(
            [[crop.col, crop.row], [crop.cols.stop, crop.rows.stop]], dtype=np.float64
        )
    if not corners.size:
        return [0.0, 0.0, 0.0, 0.0]
    low, high = corners.min(axis=0), corners.max(axis=0)
    return [float(value) for value in (*low, *(high - low))]


def is_coco(document: object) -> bool:
    """Return whether JSON values are COCO."""
    return isinstance(document, dict) and "annotations" in document and "images" in document


def annotations_from_coco(
    document: object, image_shape: ImageShape, image_name: str = ""
) -> Annotations:
    """Read the annotations of one image from COCO: that of the name, else the one of this size.

    Raises
    ------
    Unreadable
        If it is not COCO, or has no such image, or several.
    """
    coco = checked_values.entries(document, "COCO")
    image_id = _image_id(coco, image_shape, image_name)
    classes = _class_names(coco)
    items = checked_values.items(coco.get("annotations"), "annotations")
    annotations = [checked_values.entries(item, "an annotation") for item in items]
    return numbered(
        _region(annotation, classes.get(_key(annotation.get("category_id")), ""), image_shape)
        for annotation in annotations
        if _key(annotation.get("image_id")) == image_id
    )


def _key(value: object) -> str:
    """Return the text of an id, which some programs write as a number here and as text there."""
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def _image_id(coco: dict[str, object], image_shape: ImageShape, image_name: str) -> str:
    items = checked_values.items(coco.get("images"), "images")
    images = [checked_values.entries(item, "an image") for item in items]
    listed = [
        ListedImage(_name(image), image.get("height"), image.get("width")) for image in images
    ]
    return _key(images[chosen_image(listed, image_shape, image_name)].get("id"))


def _name(image: dict[str, object]) -> object:
    """Return the name of an image: that before Roboflow renamed it, if it says so."""
    extra = image.get("extra")
    before = extra.get("name") if isinstance(extra, dict) else None
    return before if isinstance(before, str) else image.get("file_name")


def _class_names(coco: dict[str, object]) -> dict[str, str]:
    """Return names by the text of their id."""
    items = checked_values.items(coco.get("categories", []), "categories")
    categories = [checked_values.entries(item, "a category") for item in items]
    return {_key(entry.get("id")): checked_values.text(entry.get("name")) for entry in categories}


def _region(annotation: dict[str, object], class_name: str, image_shape: ImageShape) -> Annotation:
    own = annotation.get("focus_viewer")
    if isinstance(own, dict):
        outline = restored(own.get("outline"))
        # Another program may have changed the segmentation and ignored the outline.
        if _segmentation_of(outline, image_shape) == annotation.get("segmentation"):
            return region_of(outline, own)
        return region_of(_outline(annotation, image_shape), own)
    return region_of(_outline(annotation, image_shape), {"class_name": class_name})


def _outline(annotation: dict[str, object], image_shape: ImageShape) -> Shape:
    segmentation = annotation.get("segmentation")
    if isinstance(segmentation, dict):
        return _of_runs(segmentation, image_shape)
    if isinstance(segmentation, list) and segmentation:
        return joined([_polygon(flat) for flat in segmentation], image_shape)
    if "segments_info" in annotation:
        raise Unreadable(
            "it is panoptic COCO, whose segments are pictures beside it",
            "Export it as COCO instances.",
        )
    box = checked_values.items(annotation.get("bbox"), "a segmentation or a box")
    if len(box) != 4:
        raise Unreadable(f"expected 4 numbers for a box, found {len(box)}")
    left, top, width, height = (checked_values.number(value, "a box") for value in box)
    return Rectangle((left, top), (left + width, top + height))


def _polygon(value: object) -> Polygon:
    flat = [
        checked_values.number(number, "a corner")
        for number in checked_values.items(value, "a polygon")
    ]
    if len(flat) % 2:
        raise Unreadable(f"expected pairs of coordinates, found {len(flat)} numbers")
    return Polygon((checked_values.opened(tuple(zip(flat[::2], flat[1::2], strict=True))),))


def _of_runs(segmentation: dict[str, object], image_shape: ImageShape) -> Shape:
    size = checked_values.items(segmentation.get("size"), "size")
    if size != list(image_shape):
        raise Unreadable(f"expected runs of an image {list(image_shape)}, found {size[:3]}")
    outline = mask_shape(from_run_lengths(segmentation.get("counts"), image_shape))
    if outline is None:
        raise Unreadable("expected pixels of a region, found none")
    return outline


def run_lengths(crop: MaskCrop | None, image_shape: ImageShape) -> list[int]:
    """Return lengths of runs down the columns, outside and inside by turns; the first may be 0."""
    rows, cols = image_shape
    bounds = np.empty(0, dtype=np.intp)
    if crop is not None:
        padded = np.pad(crop.inside.T, ((0, 0), (1, 1)))
        col, row = np.nonzero(padded[:, 1:] != padded[:, :-1])
        bounds = (crop.col + col) * rows + crop.row + row
        # A run that reaches the last row continues in the first row of the next column.
        joint = np.flatnonzero(bounds[1:] == bounds[:-1])
        bounds = np.delete(bounds, np.concatenate([joint, joint + 1]))
        bounds = bounds[bounds < rows * cols]
    return [int(length) for length in np.diff(bounds, prepend=0, append=rows * cols)]


def from_run_lengths(counts: object, image_shape: ImageShape) -> MaskCrop | None:
    """Return the pixels of run lengths; None if there are none.

    Parameters
    ----------
    counts : object
        List of lengths, or their compressed text of pycocotools.

    Raises
    ------
    Unreadable
        If they are not run lengths, or of another image.
    """
    lengths = _decompressed(counts) if isinstance(counts, str) else _listed(counts)
    pixels = image_shape[0] * image_shape[1]
    if min(lengths, default=0) < 0 or sum(lengths) != pixels:
        raise Unreadable(f"expected runs of {pixels} pixels together, found {shown(sum(lengths))}")
    rows, runs = image_shape[0], lengths[: len(lengths) // 2 * 2]
    # Only columns from the first run inside to the last one.
    start, stop = sum(runs[:1]), sum(runs)
    first, last = start // max(rows, 1), -(-stop // max(rows, 1))
    runs = [start - first * rows, *runs[1:], last * rows - stop]
    inside = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return crop_mask(inside.reshape(last - first, rows).T, 0, first)


def _listed(counts: object) -> list[int]:
    return [checked_values.whole(count, "a run") for count in checked_values.items(counts, "runs")]


def _decompressed(text: str) -> list[int]:
    """Decode lengths: 5 bits a character, low ones first, from the third on as differences.

    Source: rleFrString in maskApi.c of the COCO API.
    """
    lengths: list[int] = []
    value, shift = 0, 0
    for sign in text:
        bits = ord(sign) - 48
        if not 0 <= bits < 64 or shift > 60:
            raise Unreadable(f"expected compressed runs, found {shown(text)}")
        value |= (bits & 31) << shift
        shift += 5
        if bits & 32:
            continue
        if bits & 16:
            value -= 1 << shift
        lengths.append(value + (lengths[-2] if len(lengths) > 2 else 0))
        value, shift = 0, 0
    return lengths
