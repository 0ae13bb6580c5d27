"""Writer of ENVI Classic regions of interest as ASCII: lists of pixels, counted from 1.

The format stores only names, colours and pixels.
"""

from __future__ import annotations

import numpy as np

from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.mask_crop import MaskCrop
from focus_viewer.io.annotations import plain

FIRST_WORDS = "; ENVI Output of ROIs"


def envi_text_bytes(annotations: Annotations, image_shape: tuple[int, int]) -> bytes:
    """Return annotations as the content of an ENVI ASCII file of regions of interest.

    Parameters
    ----------
    image_shape : tuple of int
        (rows, cols).
    """
    rows, cols = image_shape
    pixels = [_pixels(region.outline.crop(image_shape)) for region in annotations]
    lines = [
        f"{FIRST_WORDS} (FOCUS Viewer)",
        f"; Number of ROIs: {len(annotations)}",
        f"; File Dimension: {cols} x {rows}",
    ]
    for region, own in zip(annotations, pixels, strict=True):
        lines += _header(region, len(own))
    lines.append(";   ID    X    Y")
    for own in pixels:
        lines += [f"{i:6d}{col + 1:6d}{row + 1:6d}" for i, (row, col) in enumerate(own, start=1)]
        lines.append("")
    return "\n".join(lines).encode("utf-8", errors="replace")


def _pixels(crop: MaskCrop | None) -> list[list[int]]:
    """Return (row, col) of each pixel."""
    if crop is None:
        return []
    return [[crop.row + row, crop.col + col] for row, col in np.argwhere(crop.inside).tolist()]


def _header(region: Annotation, count: int) -> list[str]:
    red, green, blue = plain.rgb(region.colour)
    return [
        ";",
        f"; ROI name: {plain.text(region.name)}",
        f"; ROI rgb value: {{{red}, {green}, {blue}}}",
        f"; ROI npts: {count}",
    ]
