"""PNG pictures of numbers, decoded once their size is known to be the expected one."""

from __future__ import annotations

import struct
import warnings
import zlib
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from focus_viewer.core.typing import ImageShape
from focus_viewer.io.annotations.refusal import Unreadable

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Errors of the decoder with a broken PNG.
_PILLOW_ERRORS = (
    OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, AttributeError,
    OverflowError, AssertionError, NotImplementedError, MemoryError, struct.error, zlib.error,
    Image.DecompressionBombError,
)  # fmt: skip


class Png(NamedTuple):
    """Numbers of a PNG, shape (rows, cols), its palette as red, green, blue..., and its texts."""

    numbers: NDArray[Any]
    palette: list[int]
    texts: dict[str | tuple[int, int], object]


def read_png(content: bytes, image_shape: ImageShape) -> Png:
    """Decode a PNG of one band.

    Raises
    ------
    Unreadable
        If it is broken, has colours or another size.
    """
    if b"IEND" not in content:
        raise Unreadable("it is truncated: it has no end", "Copy it again from where it came.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(content), formats=["PNG"])
        _check(image, image_shape)
        image.load()
        numbers = np.asarray(image)
        if numbers.dtype == np.bool_:  # an image of 1 bit
            numbers = numbers.view(np.uint8)
        return Png(numbers, image.getpalette() or [], dict(image.info))
    except _PILLOW_ERRORS as error:
        raise Unreadable(
            f"it is not a PNG that can be decoded ({error})", "Copy it again from where it came."
        ) from error


def decoded_png(content: bytes, image_shape: ImageShape) -> NDArray[Any]:
    """Decode the numbers of a PNG; see `read_png`."""
    return read_png(content, image_shape).numbers


def _check(image: Image.Image, image_shape: ImageShape) -> None:
    rows, cols = image_shape
    if image.size != (cols, rows):
        raise Unreadable(
            f"expected a mask of {rows} rows and {cols} columns, found {image.height} and "
            f"{image.width}",
            "Open it with the cube that it belongs to.",
        )
    if len(image.getbands()) != 1:
        raise Unreadable(
            f"expected a grey or palette image, found the bands {', '.join(image.getbands())}",
            "Open the label mask, not a picture.",
        )
