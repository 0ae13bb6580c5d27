"""Regions of interest of ImageJ: a file NAME.roi, or several in RoiSet.zip.

Corners are those of pixel space, as in FOCUS Viewer. Lines become the pixels that they pass. A
group of ImageJ is the class. Positions in a stack are ignored: a region is one of all bands.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.shapes import Ellipse, PointMark, Polygon, Rectangle, Ring, Shape
from focus_viewer.core.typing import ImageShape
from focus_viewer.io.annotations import checked_values
from focus_viewer.io.annotations.joining import joined, pixels_along
from focus_viewer.io.annotations.refusal import Unreadable, short_reason
from focus_viewer.io.annotations.regions import numbered, region_of

if TYPE_CHECKING:
    from roifile import ImagejRoi

ROI_SIGNATURE = b"Iout"
_AREAS = ("POLYGON", "FREEHAND", "TRACED")
_LINES = ("LINE", "POLYLINE", "FREELINE", "ANGLE")


def annotations_from_imagej(contents: dict[str, bytes], image_shape: ImageShape) -> Annotations:
    """Read annotations from regions of ImageJ, each the content of a file of a name.

    Raises
    ------
    Unreadable
        If one of them cannot be read.
    """
    return numbered(_region(name, content, image_shape) for name, content in contents.items())


def _region(file_name: str, content: bytes, image_shape: ImageShape) -> Annotation:
    from roifile import ImagejRoi

    with _named_errors(file_name):
        roi = ImagejRoi.frombytes(content)
        outline = _outline(roi, image_shape)
        colour = roi.hexcolor(roi.stroke_color) or roi.hexcolor(roi.fill_color)
    return region_of(
        outline,
        {
            "name": roi.name or PurePosixPath(file_name).stem,
            "class_name": f"Group {roi.group}" if roi.group else "",
            "colour": colour,
        },
    )


@contextmanager
def _named_errors(file_name: str) -> Iterator[None]:
    """Turn any error of the library into `Unreadable`; its warnings are of no use to people."""
    logger = logging.getLogger("roifile")
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable(
            f"{file_name} is not a region of ImageJ that can be decoded ({short_reason(error)})",
            "Save it again in ImageJ, by More > Save of its ROI Manager.",
        ) from error
    finally:
        logger.disabled = before


def _outline(roi: ImagejRoi, image_shape: ImageShape) -> Shape:
    kind = roi.roitype.name
    if kind == "RECT" and not roi.composite:
        return Rectangle(*_corners_of_box(roi))
    if kind == "OVAL":
        (left, top), (right, bottom) = _corners_of_box(roi)
        radii = (right - left) / 2, (bottom - top) / 2
        return Ellipse((left + radii[0], top + radii[1]), radii, 0.0)
    parts = [_ring(part) for part in roi.coordinates(multi=True)]
    parts = [part for part in parts if part]
    if not parts:
        raise Unreadable("it has no corners")
    if kind == "POINT":
        return joined([PointMark(at) for at in parts[0]], image_shape)
    if kind in _LINES:
        return pixels_along(parts[0], image_shape)
    if kind in _AREAS or kind == "RECT":
        rings = [checked_values.opened(part) for part in parts if len(set(part)) > 2]
        return Polygon(tuple(rings)) if rings else pixels_along(parts[0], image_shape)
    raise Unreadable(f"expected an area, a line or points, found {kind}")


def _corners_of_box(roi: ImagejRoi) -> tuple[tuple[float, float], tuple[float, float]]:
    if roi.subpixelrect:
        low = checked_values.point([roi.xd, roi.yd], "a corner")
        return low, checked_values.point([low[0] + roi.widthd, low[1] + roi.heightd], "a corner")
    return (float(roi.left), float(roi.top)), (float(roi.right), float(roi.bottom))


def _ring(corners: object) -> Ring:
    listed = np.asarray(corners, dtype=np.float64).reshape(-1, 2).tolist()
    return tuple(checked_values.point(corner, "a corner") for corner in listed)
