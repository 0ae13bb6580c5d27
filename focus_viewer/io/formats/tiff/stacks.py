"""Stacks of equal planes in a TIFF file, by its tags and its writer's notes."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.io.storage.files import size_bytes

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffFrame, TiffPage, TiffPageSeries

_MAX_SIDE = 1_000_000
_MAX_PLANES = 100_000
_SILENT = logging.NullHandler()


@dataclass(frozen=True)
class Plane:
    """Position of one plane in a file.

    Attributes
    ----------
    directory : int
        Where the directory of its page begins in the file, in bytes.
    sample : int
        Which sample of the page it is, from 0.
    start : int or None
        Position of its first value in the file, in bytes; None where values are compressed or in
        pieces.
    """

    directory: int
    sample: int
    start: int | None = None


@dataclass(frozen=True, eq=False)
class Stack:
    """Planes of one size and type.

    Attributes
    ----------
    series : int
        Which of the file's images it is, from 0.
    kind : str
        Writer whose notes give the axes, by tifffile's name: "ome", "imagej", "shaped", "generic",
        others.
    dtype : dtype
        In the file's byte order.
    step_bytes : int
        From a number to its right neighbour, where planes have a start.
    axes : str
        A letter for each axis beside rows and columns: C channel, Z depth, T time, S sample of a
        page, Q and I unknown.
    lengths : tuple of int
        Of these axes.
    planes : tuple of Plane
        In the order of the axes, the last one the quickest.
    photometric : str
        What the tags say that numbers are: "MINISBLACK", "RGB" and others.
    packing : str
        How numbers are packed, by the tags: "none", "lzw" and others.
    block_bytes : int
        The least that must be unpacked at once.
    alpha : frozenset of int
        Samples of a page that say how opaque a pixel is.
    """

    series: int
    kind: str
    rows: int
    cols: int
    dtype: np.dtype[Any]
    step_bytes: int
    axes: str
    lengths: tuple[int, ...]
    planes: tuple[Plane, ...]
    photometric: str
    packing: str
    block_bytes: int
    alpha: frozenset[int] = frozenset()


@contextmanager
def opened(path: Path) -> Iterator[TiffFile]:
    """Open the file's tags, to be read one by one.

    Raises
    ------
    CubeError
        If the file cannot be read, or its tags make no sense.
    """
    from tifffile import TiffFile

    # What it says of tags that it does not need would appear on the terminal.
    logging.getLogger("tifffile").addHandler(_SILENT)
    with translated_errors(path, expected="the directories of a TIFF file"), TiffFile(path) as tiff:
        yield tiff


def read_stacks(path: Path, tiff: TiffFile) -> tuple[Stack, ...]:
    """Return the images of a file except previews and masks.

    Raises
    ------
    CubeError
        If there is none, or one is cut short.
    """
    if len(tiff.pages) > _MAX_PLANES:
        raise CubeError(
            f"{path} has {len(tiff.pages):,} pages: expected at most {_MAX_PLANES:,}, one a band. "
            "It is not a cube, or damaged."
        )
    stacks = tuple(
        _stack(path, number, series)
        for number, series in enumerate(tiff.series)
        if not (series.keyframe.is_reduced or series.keyframe.is_mask)
    )
    if not stacks:
        raise CubeError(f"{path} has no image in it: expected a TIFF file with at least one page.")
    return stacks


def _stack(path: Path, number: int, series: TiffPageSeries) -> Stack:
    page = series.keyframe
    rows, cols, dtype = int(page.imagelength), int(page.imagewidth), page.dtype
    if not (0 < rows <= _MAX_SIDE and 0 < cols <= _MAX_SIDE):
        raise CubeError(f"{path} is damaged: it says that its image is {rows:,} x {cols:,} pixels.")
    if dtype is None or dtype.kind not in "biufc" or int(page.imagedepth) != 1:
        raise CubeError(
            f"{path}: expected an image of numbers, found {page.bitspersample} bits of the kind "
            f"{page.sampleformat} a pixel. Save it as 8, 16 or 32 bits a number."
        )
    axes, lengths = _other_axes(series)
    pages = _pages(path, series)
    samples = int(page.samplesperpixel)
    if samples * len(pages) > _MAX_PLANES:
        raise CubeError(
            f"{path} declares {samples * len(pages):,} bands: expected at most {_MAX_PLANES:,}. It "
            "is not a cube, or damaged."
        )
    interleaved = samples > 1 and int(page.planarconfig) == 1
    start = series.dataoffset
    if len(pages) == 1 and math.prod(lengths) > samples == 1 and start is not None:
        planes = _virtual(page, start, dtype, math.prod(lengths))
    else:
        planes = tuple(
            plane
            for other in pages
            for plane in _planes(path, page, other, dtype.itemsize, interleaved)
        )
    if len(planes) != math.prod(lengths):
        raise CubeError(
            f"{path}: its notes declare {math.prod(lengths):,} planes, its pages hold "
            f"{len(planes):,}. It was cut short, or is damaged: copy it again."
        )
    return Stack(
        series=number,
        kind=series.kind,
        rows=rows,
        cols=cols,
        dtype=dtype.newbyteorder(page.parent.byteorder),
        step_bytes=dtype.itemsize * (samples if interleaved else 1),
        axes=axes,
        lengths=lengths,
        planes=planes,
        photometric=_name(page.photometric),
        packing=_name(page.compression).lower(),
        block_bytes=_block_bytes(page, interleaved) * dtype.itemsize,
        alpha=_alpha(page),
    )


def _name(code: Any) -> str:
    """Return the name of a tag's value, or its number if it has none."""
    return str(getattr(code, "name", code))


def _other_axes(series: TiffPageSeries) -> tuple[str, tuple[int, ...]]:
    """Return axes that are neither rows nor columns; those of one step are left out."""
    several = [
        (axis, int(length))
        for axis, length in zip(series.axes, series.shape, strict=True)
        if axis not in "YX" and length > 1
    ]
    return "".join(axis for axis, _ in several), tuple(length for _, length in several)


def _pages(path: Path, series: TiffPageSeries) -> Sequence[TiffPage | TiffFrame]:
    pages = [page for page in series if page is not None]
    if len(pages) < len(series) or any(p.parent is not series.keyframe.parent for p in pages):
        raise CubeError(
            f"{path}: its pages are in several files. Save it as one file: only one can be opened."
        )
    return pages


def _virtual(page: TiffPage, start: int, dtype: np.dtype[Any], count: int) -> tuple[Plane, ...]:
    """Return planes of a stack whose only directory represents all pages."""
    size = int(page.imagelength) * int(page.imagewidth) * dtype.itemsize
    return tuple(
        Plane(int(page.offset), 0, start + k * size) for k in range(min(count, _MAX_PLANES))
    )


def _planes(
    path: Path, key: TiffPage, page: TiffPage | TiffFrame, item: int, interleaved: bool
) -> Iterator[Plane]:
    """Yield planes of one page; `key` is the page whose tags hold for its whole series."""
    offsets, counts = page.dataoffsets, page.databytecounts
    check_end(path, max((o + c for o, c in zip(offsets, counts, strict=False)), default=0))
    samples = int(key.samplesperpixel)
    plane_bytes = int(key.imagelength) * int(key.imagewidth) * item
    plain = _is_plain(key, item)
    directory, start = int(page.offset), None
    if interleaved:
        if plain:
            start = _run(offsets, counts, plane_bytes * samples)
        for sample in range(samples):
            yield Plane(directory, sample, None if start is None else start + sample * item)
        return
    pieces = len(offsets) // samples
    for sample in range(samples):
        if plain:
            own = slice(sample * pieces, (sample + 1) * pieces)
            start = _run(offsets[own], counts[own], plane_bytes)
        yield Plane(directory, sample, start)


def _is_plain(page: TiffPage, item: int) -> bool:
    """Return whether values are stored in uncompressed strips."""
    return (
        page.compression == 1
        and page.predictor == 1
        and page.fillorder == 1
        and page.sampleformat in (1, 2, 3, 6)
        and page.bitspersample == item * 8
        and not page.is_tiled
        and not page.is_subsampled
    )


def _run(offsets: Sequence[int], counts: Sequence[int], size: int) -> int | None:
    """Return positions of contiguous pieces that have the declared size together."""
    if not offsets or offsets[0] == 0 or sum(counts) < size:
        return None
    joined = all(
        offset + count == following
        for offset, count, following in zip(offsets[:-1], counts[:-1], offsets[1:], strict=False)
    )
    return int(offsets[0]) if joined else None


def check_end(path: Path, needed_bytes: int) -> None:
    """Check that a file is as long as its directories need.

    Raises
    ------
    CubeError
        If it is shorter or cannot be read.
    """
    file_bytes = size_bytes(path)
    if needed_bytes > file_bytes:
        raise CubeError(
            f"{path} is too short: its directory needs {needed_bytes:,} bytes, found "
            f"{file_bytes:,}. It was probably cut short: copy it again from where it came."
        )


def _block_bytes(page: TiffPage, interleaved: bool) -> int:
    rows, cols = (
        (page.tilelength, page.tilewidth)
        if page.is_tiled
        else (min(page.rowsperstrip or page.imagelength, page.imagelength), page.imagewidth)
    )
    return int(rows) * int(cols) * (int(page.samplesperpixel) if interleaved else 1)


def is_displayable(dtype: np.dtype[Any] | None) -> bool:
    """Return whether numbers are of a type of colours and of opacity."""
    return dtype is not None and dtype.kind == "u" and dtype.itemsize <= 2


def _alpha(page: TiffPage) -> frozenset[int]:
    if not is_displayable(page.dtype):
        return frozenset()
    extra = tuple(page.extrasamples)
    first = int(page.samplesperpixel) - len(extra)
    return frozenset(first + k for k, meaning in enumerate(extra) if int(meaning) in (1, 2))
