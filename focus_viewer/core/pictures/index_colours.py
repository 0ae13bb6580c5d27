"""Colours of index maps: viridis, which every reader can order from low to high."""

from __future__ import annotations

from typing import Final

import numpy as np

from focus_viewer.core.pictures.stretch import NODATA_GREY
from focus_viewer.core.typing import BoolArray, ByteArray

LEVELS: Final = 256
# Every ninth part of matplotlib's viridis (van der Walt and Smith 2015, CC0).
_ANCHORS: Final = (
    "440154", "482878", "3e4989", "31688e", "26828e", "1f9e89", "35b779", "6ece58", "b5de2b",
    "fde725",
)  # fmt: skip


def index_lookup() -> ByteArray:
    """Return the colours from low to high, shape (256, 3)."""
    anchors = np.array([list(bytes.fromhex(anchor)) for anchor in _ANCHORS], dtype=np.float64)
    places = np.linspace(0, len(_ANCHORS) - 1, LEVELS)
    columns = [np.interp(places, np.arange(len(_ANCHORS)), column) for column in anchors.T]
    table: ByteArray = np.rint(np.stack(columns, axis=1)).astype(np.uint8)
    return table


def coloured(levels: ByteArray, known: BoolArray) -> ByteArray:
    """Return a picture of levels, shape (..., 3); dark grey where nothing is known."""
    image: ByteArray = index_lookup()[levels]
    image[~known] = NODATA_GREY
    return image
