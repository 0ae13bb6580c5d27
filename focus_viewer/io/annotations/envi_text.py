"""ENVI Classic regions of interest as ASCII: lists of pixels, counted from 1.

First come the regions with name, colour and number of points, then the columns' titles, then the
points of all regions in the same order. The format stores only names, colours and pixels.

Of files from ENVI, columns X and Y are read; without them the columns Map X and Map Y, which are in
the system of the image, else Lat and Lon. Spectra are ignored. An export without positions is
refused; an export of corners of polygons looks the same as one of pixels, and is read as pixels.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.mask_crop import MaskCrop
from focus_viewer.core.typing import ImageShape, IntArray, Point2
from focus_viewer.io.annotations import checked_values
from focus_viewer.io.annotations.joining import mask_shape_at
from focus_viewer.io.annotations.reference_systems import (
    LONGITUDE_LATITUDE,
    Place,
    place_from,
)
from focus_viewer.io.annotations.refusal import Unreadable, shown
from focus_viewer.io.annotations.regions import numbered, region_of

FIRST_WORDS = "; ENVI Output of ROIs"
_CORNER = 0.01  # in pixels: coordinates are rounded
_OTHER_CUBE = "Open it with the cube that it was drawn on."


def envi_text_bytes(annotations: Annotations, image_shape: ImageShape) -> bytes:
    """Return annotations as the content of an ENVI ASCII file of regions of interest."""
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
    red, green, blue = checked_values.rgb(region.colour)
    return [
        ";",
        f"; ROI name: {checked_values.text(region.name)}",
        f"; ROI rgb value: {{{red}, {green}, {blue}}}",
        f"; ROI npts: {count}",
    ]


@dataclass(frozen=True)
class _Declared:
    """Region as declared in the head of the file."""

    name: str
    colour: tuple[int, ...] = ()
    count: int | None = None


def annotations_from_envi_text(
    text: str, image_shape: ImageShape, grid: MapGrid | None = None
) -> Annotations:
    """Read annotations from the text of an ENVI ASCII file; regions without pixels are left out.

    Parameters
    ----------
    grid : MapGrid or None
        Position of the cube on the map, for a file without pixel locations.

    Raises
    ------
    Unreadable
        If it is not such a file, is truncated, or was drawn on another image.
    """
    lines = [line.strip() for line in text.splitlines()]
    comments = [line[1:].strip() for line in lines if line.startswith(";")]
    rows = [line for line in lines if line and not line.startswith(";")]
    _check_dimension(comments, image_shape)
    declared = _regions(comments)
    expected = sum(region.count or 0 for region in declared)
    if expected != len(rows):
        raise Unreadable(f"expected {expected} points, found {len(rows)}", "Copy it again.")
    columns = _columns(comments, rows, grid) if rows else _Columns(0, 0, None)
    remaining = iter(rows)
    read = (
        _region(region, islice(remaining, region.count or 0), columns, image_shape)
        for region in declared
    )
    return numbered(region for region in read if region is not None)


def _check_dimension(comments: Iterable[str], image_shape: ImageShape) -> None:
    for line in comments:
        found = re.match(r"File Dimension:\s*(\d{1,9})\s*x\s*(\d{1,9})", line)
        if found and (int(found[2]), int(found[1])) != image_shape:
            raise Unreadable(
                f"it was drawn on an image of {found[2]} rows and {found[1]} columns, and this one "
                f"has {image_shape[0]} and {image_shape[1]}",
                _OTHER_CUBE,
            )


def _regions(comments: Iterable[str]) -> list[_Declared]:
    declared: list[_Declared] = []
    for line in comments:
        name, _, value = line.partition(":")
        value = value.strip()
        if name == "ROI name":
            declared.append(_Declared(value))
        elif declared and name == "ROI rgb value":
            colour = tuple(int(part) for part in re.findall(r"\d{1,3}", value))
            declared[-1] = replace(declared[-1], colour=colour)
        elif declared and name == "ROI npts":
            declared[-1] = replace(declared[-1], count=_count(value))
    missing = [region.name for region in declared if region.count is None]
    if not declared or missing:
        raise Unreadable(
            f"region {shown(missing[0])} has no number of points" if missing else "it has no region"
        )
    return declared


def _count(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", value):
        raise Unreadable(f"expected a number of points, found {shown(value)}")
    return int(value)


@dataclass(frozen=True)
class _Columns:
    """Columns of positions, and their place in the image; None for pixels counted from 1."""

    x: int
    y: int
    place: Place | None

    def numbers(self, line: str) -> Point2:
        """Return the position in a line."""
        words = line.split()
        try:
            x, y = float(words[self.x]), float(words[self.y])
        except (IndexError, ValueError) as error:
            raise Unreadable(f"expected the numbers of a pixel, found {shown(line)}") from error
        return x, y


def _columns(comments: Iterable[str], rows: list[str], grid: MapGrid | None) -> _Columns:
    """Return the columns X and Y, or those of a map where the cube has one."""
    for line in comments:
        titles = [title.lower() for title in re.findall(r"Map [XY]|\S+", line)]
        if ":" in line:
            continue
        if "x" in titles and "y" in titles:
            return _Columns(titles.index("x"), titles.index("y"), None)
        for x, y in (("map x", "map y"), ("lon", "lat")):
            if grid is not None and x in titles and y in titles:
                found = _Columns(titles.index(x), titles.index(y), grid.to_pixel)
                if x == "map x":
                    return found
                positions = map(found.numbers, rows)
                return replace(found, place=place_from(LONGITUDE_LATITUDE, grid, positions))
    raise Unreadable(
        "it gives no pixels of its points: it has no columns X and Y"
        + (", and no map coordinates" if grid else ""),
        "Export it from ENVI once more, with the pixel locations.",
    )


def _region(
    declared: _Declared,
    lines: Iterator[str],
    columns: _Columns,
    image_shape: ImageShape,
) -> Annotation | None:
    at = np.array([_pixel(line, columns) for line in lines], dtype=np.intp).reshape(-1, 2)
    cols, rows = at[:, 0], at[:, 1]
    _check_inside(declared.name, rows, cols, image_shape)
    outline = mask_shape_at(rows, cols)
    if outline is None:
        return None
    return region_of(outline, {"name": declared.name, "colour": list(declared.colour)})


def _pixel(line: str, columns: _Columns) -> tuple[int, int]:
    """Return column and row, counted from 0."""
    x, y = columns.numbers(line)
    try:
        if columns.place is not None:  # of a pixel's corner or its centre
            x, y = (math.floor(value + _CORNER) + 1 for value in columns.place((x, y)))
        col, row = int(x) - 1, int(y) - 1
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"expected the numbers of a pixel, found {shown(line)}") from error
    return max(min(col, 2**31), -1), max(min(row, 2**31), -1)


def _check_inside(name: str, rows: IntArray, cols: IntArray, image_shape: ImageShape) -> None:
    outside = (rows < 0) | (rows >= image_shape[0]) | (cols < 0) | (cols >= image_shape[1])
    if outside.any():
        first = int(np.flatnonzero(outside)[0])
        raise Unreadable(
            f"region {shown(name)} has the pixel X {cols[first] + 1}, Y {rows[first] + 1}, and the "
            f"image has {image_shape[1]} columns and {image_shape[0]} rows",
            _OTHER_CUBE,
        )
