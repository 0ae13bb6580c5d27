"""Annotations as COCO, the format in which most detectors and segmenters are trained.

One image, a category for each class name, and an annotation for each region with its box, its area
in pixels and its segmentation: one polygon, or uncompressed runs ("RLE") where pixels were painted
or an outline has holes or parts, which polygons of COCO cannot describe. Their "iscrowd" is 0, as
each is a single object. Coordinates are those of pixel space.

Format: https://cocodataset.org/#format-data. The member "focus_viewer" of an annotation, which
other programs ignore, stores what COCO cannot.
"""

from __future__ import annotations

import numpy as np

from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.mask_crop import MaskCrop
from focus_viewer.core.regions.shapes import MaskShape, Shape, contours_of
from focus_viewer.io.annotations.exact import described
from focus_viewer.io.annotations.regions import about
from focus_viewer.io.annotations.run_length import run_lengths
from focus_viewer.io.annotations.storage import to_json

UNCLASSIFIED = "unclassified"
"""Category of regions without a class: COCO wants one for each."""


def coco_bytes(
    annotations: Annotations, image_shape: tuple[int, int], image_name: str = ""
) -> bytes:
    """Return annotations as the content of a COCO file.

    Parameters
    ----------
    image_shape : tuple of int
        (rows, cols).
    image_name : str
        File name of the image.
    """
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


def segmentation_of(outline: Shape, image_shape: tuple[int, int]) -> object:
    """Return one polygon as x, y, x, y ..., or the runs of the pixels.

    Parameters
    ----------
    image_shape : tuple of int
        (rows, cols).
    """
    rings = () if isinstance(outline, MaskShape) else contours_of(outline)
    if len(rings) == 1 and len(rings[0]) >= 3:
        return [[float(value) for corner in rings[0] for value in corner]]
    return {
        "size": list(image_shape),
        "counts": run_lengths(outline.crop(image_shape), image_shape),
    }


def _shape_of(region: Annotation, image_shape: tuple[int, int]) -> dict[str, object]:
    crop = region.outline.crop(image_shape)
    return {
        "segmentation": segmentation_of(region.outline, image_shape),
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
