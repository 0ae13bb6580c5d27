"""Label masks: PNG files as large as the image, whose pixels are numbers of regions.

0 stands for no region. Up to 255 regions make an 8-bit image with their colours as its palette,
more a 16-bit grey one. Where regions overlap, the pixel belongs to the later region, as it is drawn
on top; what is left of a region reads back as painted pixels, and a covered region is lost. Names
and colours are stored in a text chunk "focus_viewer" of the PNG.
"""

from __future__ import annotations

import json
import struct
import warnings
import zlib
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from focus_viewer.core.errors import FocusError
from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.typing import ImageShape, IntArray
from focus_viewer.io.annotations import checked_values
from focus_viewer.io.annotations.joining import mask_shape_at
from focus_viewer.io.annotations.refusal import Unreadable
from focus_viewer.io.annotations.regions import about, numbered, region_of
from focus_viewer.io.annotations.storage import from_json

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHUNK = "focus_viewer"
_MAX_LABELS = 65535
_MAX_UNNAMED = 4096
# Errors of the decoder with a broken PNG.
_PILLOW_ERRORS = (
    OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, AttributeError,
    OverflowError, AssertionError, NotImplementedError, MemoryError, struct.error, zlib.error,
    Image.DecompressionBombError,
)  # fmt: skip


def labels_of(
    annotations: Annotations, image_shape: ImageShape
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Return numbers of regions, counted from 1, shape (rows, cols); 0 stands for no region.

    Raises
    ------
    FocusError
        If there are more than 65535 regions.
    """
    if len(annotations) > _MAX_LABELS:
        raise FocusError(
            f"A label mask stores at most {_MAX_LABELS} regions, and there are "
            f"{len(annotations)}. Write them as GeoJSON."
        )
    labels = np.zeros(image_shape, dtype=np.uint8 if len(annotations) < 256 else np.uint16)
    for label, region in enumerate(annotations, start=1):
        crop = region.outline.crop(image_shape)
        if crop is not None:
            labels[crop.rows, crop.cols][crop.inside] = label
    return labels


def label_mask_bytes(annotations: Annotations, image_shape: ImageShape) -> bytes:
    """Return annotations as the content of a PNG.

    Raises
    ------
    FocusError
        If there are more than 65535 regions.
    """
    labels = labels_of(annotations, image_shape)
    image = Image.fromarray(labels)
    if labels.dtype == np.uint8:
        image.putpalette(
            [
                0,
                0,
                0,
                *(part for region in annotations for part in checked_values.rgb(region.colour)),
            ]
        )
    text = PngInfo()
    text.add_text(_CHUNK, json.dumps({"regions": [about(region) for region in annotations]}))
    file = BytesIO()
    image.save(file, format="PNG", pnginfo=text)
    return file.getvalue()


def annotations_from_label_mask(content: bytes, image_shape: ImageShape) -> Annotations:
    """Read annotations from a PNG, one for each value except 0.

    Raises
    ------
    Unreadable
        If it is not a label mask, or one of another image.
    """
    labels, palette, text = _opened(content, image_shape)
    values, pixels = _pixels_by_value(labels)
    names = _names(text)
    if len(values) > max(_MAX_UNNAMED, len(names)):
        raise Unreadable(
            f"it has {len(values)} different values, too many for a mask of regions",
            "Open the label mask, not a picture.",
        )
    return numbered(
        _region(value, own, image_shape[1], names, palette)
        for value, own in zip(values, pixels, strict=True)
        if value
    )


def _opened(content: bytes, image_shape: ImageShape) -> tuple[IntArray, list[int], object]:
    if b"IEND" not in content:
        raise Unreadable("it is truncated: it has no end", "Copy it again from where it came.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(content), formats=["PNG"])
        _check(image, image_shape)
        image.load()
        # numpy's own view of 1-bit images is bool.
        labels = np.asarray(image).astype(np.intp)
        return labels, image.getpalette() or [], image.info.get(_CHUNK)
    except _PILLOW_ERRORS as error:
        raise Unreadable(f"it is not a PNG that can be decoded ({error})") from error


def _check(image: Image.Image, image_shape: ImageShape) -> None:
    rows, cols = image_shape
    if image.size != (cols, rows):
        raise Unreadable(
            f"expected a mask of {rows} rows and {cols} columns, as the cube has, found "
            f"{image.height} and {image.width}",
            "Open it with the cube that it belongs to.",
        )
    if len(image.getbands()) != 1:
        raise Unreadable(
            f"expected a grey or palette image, found the bands {', '.join(image.getbands())}",
            "Open the label mask, not a picture.",
        )


def _pixels_by_value(labels: IntArray) -> tuple[list[int], list[IntArray]]:
    """Return values, and for each the indices of its pixels in the flat image."""
    flat = labels.ravel()
    order = np.argsort(flat, kind="stable")
    values, starts = np.unique(flat[order], return_index=True)
    return values.tolist(), np.split(order, starts[1:])


def _names(text: object) -> list[object]:
    """Return the regions of the text chunk; none if another program wrote the mask."""
    if not isinstance(text, str):
        return []
    return checked_values.items(
        checked_values.entries(from_json(text), "the text chunk").get("regions"), "regions"
    )


def _region(
    value: int, pixels: IntArray, cols: int, names: list[object], palette: list[int]
) -> Annotation:
    outline = mask_shape_at(pixels // cols, pixels % cols)
    if outline is None:
        raise Unreadable(f"expected pixels of value {value}, found none")
    if 0 < value <= len(names):
        return region_of(outline, checked_values.entries(names[value - 1], "a region"))
    colour = checked_values.colour(palette[3 * value : 3 * value + 3])
    return region_of(outline, {"name": f"Value {value}", "colour": colour})
