"""Images of numbers as annotations: a region for each number above 0, or a class that 0 names."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.io.annotations import checked_values
from focus_viewer.io.annotations.joining import mask_shape_at
from focus_viewer.io.annotations.refusal import Unreadable
from focus_viewer.io.annotations.regions import about, numbered, region_of
from focus_viewer.io.annotations.storage import from_json

OWN_ENTRY = "focus_viewer"
"""Name of the tag or header entry in which FOCUS Viewer stores all about its regions."""
_PIECE = 60  # letters: GDAL reads no line of more than 10,000
_MOST_UNNAMED = 4096
_PIXELS_AT_A_TIME = 2_000_000
_MOST_CLASSES = 64  # more numbers than that count objects
_BORDER = 255
_BORDER_COLOUR = "#e0e0c0"  # of Pascal VOC: pixels between objects, which belong to none
_NO_CLASS = frozenset(
    ("", "unclassified", "background", "no data", "nodata", "none", "masked", "masked pixels")
)


@dataclass(frozen=True)
class Legend:
    """Names and colours of numbers, as far as a file has them.

    Attributes
    ----------
    names : mapping of int to str
        Of classes.
    colours : mapping of int to str
        "#rrggbb".
    regions : sequence of object
        Values of regions that FOCUS Viewer wrote, counted from 1; empty in all other files.
    empty : frozenset of int
        Numbers of pixels without data.
    """

    names: Mapping[int, str] = field(default_factory=dict)
    colours: Mapping[int, str] = field(default_factory=dict)
    regions: Sequence[object] = ()
    empty: frozenset[int] = frozenset()

    def stands_for_none(self, value: int) -> bool:
        """Return whether pixels of a number belong to no region: negative ones never do."""
        if value < 0 or value in self.empty:
            return True
        named = self.names.get(value, "").strip().casefold()
        if value == 0:
            return named in _NO_CLASS
        return value == _BORDER and not named and self.colours.get(value) == _BORDER_COLOUR


def palette_colours(palette: Sequence[int]) -> dict[int, str]:
    """Return the colours of a palette, red, green, blue of 0 first."""
    triples = zip(palette[::3], palette[1::3], palette[2::3], strict=False)
    return {
        value: colour
        for value, triple in enumerate(triples)
        if (colour := checked_values.colour(list(triple)))
    }


def annotations_from_labels(labels: NDArray[Any], legend: Legend) -> Annotations:
    """Return annotations for numbers, shape (rows, cols).

    A number without a name is "Class N", and its region has this class if there are so few that
    they are classes, not objects.

    Raises
    ------
    Unreadable
        If there are too many numbers.
    """
    kept = [
        (value, pixels)
        for value, pixels in sorted(_pixels_by_value(labels.ravel(), legend).items())
        if not legend.stands_for_none(value)
    ]
    of_classes = len(kept) <= _MOST_CLASSES
    return numbered(_region(value, own, labels.shape[1], legend, of_classes) for value, own in kept)


def _pixels_by_value(numbers: NDArray[Any], legend: Legend) -> dict[int, list[NDArray[np.uint32]]]:
    """Return the indices of the pixels of each number, in pieces: few are sorted at a time."""
    empty = [value for value in (0, *legend.empty) if legend.stands_for_none(value)]
    most = max(_MOST_UNNAMED, len(legend.regions))
    found: dict[int, list[NDArray[np.uint32]]] = {}
    for start in range(0, numbers.size, _PIXELS_AT_A_TIME):
        part = numbers[start : start + _PIXELS_AT_A_TIME]
        at = np.flatnonzero(~np.isin(part, empty))
        order = np.argsort(part[at], kind="stable")
        values, starts = np.unique(part[at][order], return_index=True)
        pieces = np.split((at[order] + start).astype(np.uint32), starts[1:])
        for value, piece in zip(values.tolist(), pieces, strict=False):  # one piece of no values
            found.setdefault(int(value), []).append(piece)
        if len(found) > most:
            raise Unreadable(
                f"it has more than {most} different values, too many for a mask of regions",
                "Open the label mask, not a picture.",
            )
    return found


def _region(
    value: int, pieces: list[NDArray[np.uint32]], cols: int, legend: Legend, of_classes: bool
) -> Annotation:
    rows, places = np.divmod(np.concatenate(pieces).astype(np.intp), cols)
    outline = mask_shape_at(rows, places)
    if outline is None:
        raise Unreadable(f"expected pixels of value {value}, found none")
    if 0 < value <= len(legend.regions):
        own = checked_values.entries(legend.regions[value - 1], "a region")
        return region_of(outline, own)
    name = legend.names.get(value) or f"Class {value}"
    class_name = name if of_classes or value in legend.names else ""
    colour = legend.colours.get(value)
    return region_of(outline, {"name": name, "class_name": class_name, "colour": colour})


def own_entry(annotations: Annotations) -> list[str]:
    """Return all about regions as pieces of text without braces, commas or line ends."""
    packed = json.dumps([about(region) for region in annotations]).encode("ascii")
    text = base64.b64encode(packed).decode("ascii")
    return [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]


def from_own_entry(text: str) -> list[object]:
    """Return what was stored by `own_entry`; nothing where another program has changed it."""
    try:
        document = from_json(base64.b64decode(text, validate=True).decode("utf-8"))
    except (ValueError, Unreadable):
        return []
    return document if isinstance(document, list) else []
