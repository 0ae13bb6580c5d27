"""Plain ENVI files: a header as text and band-sequential bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_DATA_TYPES = {np.dtype(np.uint8): 1, np.dtype(np.int16): 2}


def braces(values: Iterable[object]) -> str:
    """Format a list as in ENVI headers."""
    return "{" + ", ".join(str(value) for value in values) + "}"


def write_envi(
    header: Path, pixels: NDArray[np.uint8] | NDArray[np.int16], fields: Mapping[str, str]
) -> None:
    """Write `NAME.hdr` and, beside it, `NAME.img`.

    Parameters
    ----------
    pixels : array of uint8 or int16, shape (rows, cols, bands)
    fields : mapping of str to str
        Header fields beyond those of layout.
    """
    rows, cols, bands = pixels.shape
    layout = {
        "samples": cols,
        "lines": rows,
        "bands": bands,
        "header offset": 0,
        "data type": _DATA_TYPES[pixels.dtype],
        "interleave": "bsq",
        "byte order": 0,
    }
    lines = ["ENVI", *(f"{key} = {value}" for key, value in {**layout, **fields}.items()), ""]
    header.write_bytes("\n".join(lines).encode())
    band_first = np.moveaxis(pixels, 2, 0).astype(pixels.dtype.newbyteorder("<"))
    header.with_suffix(".img").write_bytes(band_first.tobytes())
