"""Run lengths of masks as in COCO: down the columns, beginning with the pixels outside."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.regions.mask_crop import MaskCrop, crop_mask
from focus_viewer.io.annotations import plain
from focus_viewer.io.annotations.refusal import Unreadable, shown


def run_lengths(crop: MaskCrop | None, image_shape: tuple[int, int]) -> list[int]:
    """Return lengths of runs, outside and inside by turns; the first may be 0.

    Parameters
    ----------
    crop : MaskCrop or None
        Pixels of the image; None if there are none.
    image_shape : tuple of int
        (rows, cols).
    """
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


def from_run_lengths(counts: object, image_shape: tuple[int, int]) -> MaskCrop | None:
    """Return the pixels of run lengths; None if there are none.

    Parameters
    ----------
    counts : object
        List of lengths, or their compressed text of pycocotools.
    image_shape : tuple of int
        (rows, cols).

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
    return [plain.whole(count, "a run") for count in plain.items(counts, "runs")]


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
