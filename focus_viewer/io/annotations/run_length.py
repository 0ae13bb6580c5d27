"""Masks as lengths of runs, the way COCO counts them: down the columns, first what is outside."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.typing import BoolArray
from focus_viewer.io.annotations import plain
from focus_viewer.io.annotations.refusal import Unreadable, shown


def run_lengths(mask: BoolArray) -> list[int]:
    """Lengths of runs, outside and inside by turns; the first may be 0.

    Parameters
    ----------
    mask : BoolArray, shape (rows, cols)
    """
    flat = mask.ravel(order="F")
    starts = np.flatnonzero(np.diff(flat, prepend=False))
    return [int(length) for length in np.diff(starts, prepend=0, append=flat.size)]


def from_run_lengths(counts: object, image_shape: tuple[int, int]) -> BoolArray:
    """The mask, shape (rows, cols).

    Parameters
    ----------
    counts : object
        A list of lengths, or the text that pycocotools packs them into.
    image_shape : tuple of int
        (rows, cols).

    Raises
    ------
    Unreadable
        If they are none, or of another image.
    """
    lengths = _unpacked(counts) if isinstance(counts, str) else _listed(counts)
    pixels = image_shape[0] * image_shape[1]
    if min(lengths, default=0) < 0 or sum(lengths) != pixels:
        raise Unreadable(f"expected runs of {pixels} pixels together, found {shown(sum(lengths))}")
    inside = np.arange(len(lengths)) % 2 == 1
    return np.repeat(inside, lengths).reshape(image_shape, order="F")


def _listed(counts: object) -> list[int]:
    return [plain.whole(count, "a run") for count in plain.items(counts, "runs")]


def _unpacked(text: str) -> list[int]:
    """Lengths out of a text: 5 bits a sign, low ones first, from the third on as differences.

    Source: rleFrString in maskApi.c of the COCO API.
    """
    lengths: list[int] = []
    value, shift = 0, 0
    for sign in text:
        bits = ord(sign) - 48
        if not 0 <= bits < 64 or shift > 60:
            raise Unreadable(f"expected packed runs, found {shown(text)}")
        value |= (bits & 31) << shift
        shift += 5
        if bits & 32:
            continue
        if bits & 16:
            value -= 1 << shift
        lengths.append(value + (lengths[-2] if len(lengths) > 2 else 0))
        value, shift = 0, 0
    return lengths
