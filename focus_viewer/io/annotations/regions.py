"""Regions as JSON values and back, without loss."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import replace

from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.shapes import (
    Ellipse,
    MaskShape,
    PointMark,
    Polygon,
    Rectangle,
    Ring,
    Shape,
)
from focus_viewer.core.typing import Point2
from focus_viewer.io.annotations import checked_values
from focus_viewer.io.annotations.refusal import Unreadable, shown

UNCLASSIFIED = "unclassified"
"""Class of a region that has none, in formats that want one."""
# Okabe and Ito's colours, which the colour-blind can distinguish: https://jfly.uni-koeln.de/color/
_COLOURS = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7")


def about(region: Annotation) -> dict[str, object]:
    """Return name, colour, class and state of a region, for a JSON file."""
    return {
        "name": region.name,
        "colour": region.colour,
        "class_name": region.class_name,
        "locked": region.locked,
        "hidden": region.hidden,
    }


def region_of(outline: Shape, attributes: Mapping[str, object]) -> Annotation:
    """Return a region with its attributes; "" and 0 if they are missing, see `numbered`."""
    return Annotation(
        id=0,
        name=checked_values.text(attributes.get("name")),
        colour=checked_values.colour(attributes.get("colour")) or "",
        outline=outline,
        class_name=checked_values.text(attributes.get("class_name")) or None,
        locked=attributes.get("locked") is True,
        hidden=attributes.get("hidden") is True,
    )


def numbered(regions: Iterable[Annotation], notes: Iterable[str] = ()) -> Annotations:
    """Return annotations with ids from 1, and a name and a colour for each that has none."""
    finished = tuple(
        replace(
            region,
            id=number,
            name=region.name or region.class_name or f"Region {number}",
            colour=region.colour or _COLOURS[(number - 1) % len(_COLOURS)],
        )
        for number, region in enumerate(regions, start=1)
    )
    return Annotations(finished, len(finished) + 1, tuple(notes))


def described(outline: Shape) -> dict[str, object]:
    """Return the kind of a shape and its parameters in pixel space, for a JSON file."""
    match outline:
        case Rectangle(low, high):
            return {"kind": "rectangle", "low": _pair(low), "high": _pair(high)}
        case Ellipse(center, radii, angle_deg):
            return {
                "kind": "ellipse",
                "center": _pair(center),
                "radii": _pair(radii),
                "angle_deg": float(angle_deg),
            }
        case Polygon(rings):
            return {"kind": "polygon", "rings": [[_pair(at) for at in ring] for ring in rings]}
        case PointMark(at):
            return {"kind": "point", "at": _pair(at)}
        case MaskShape(row, col, shape, bits):
            packed = base64.b64encode(bits).decode("ascii")
            return {
                "kind": "painted",
                "row": int(row),
                "col": int(col),
                "shape": [int(shape[0]), int(shape[1])],
                "bits": packed,
            }


def restored(value: object) -> Shape:
    """Return the shape that was described.

    Raises
    ------
    Unreadable
        If it is not a description.
    """
    values = checked_values.entries(value, "an outline")
    match values.get("kind"):
        case "rectangle":
            return Rectangle(_point(values, "low"), _point(values, "high"))
        case "ellipse":
            angle_deg = checked_values.number(values.get("angle_deg"), "angle_deg")
            return Ellipse(_point(values, "center"), _point(values, "radii"), angle_deg)
        case "polygon":
            return Polygon(
                tuple(_ring(ring) for ring in checked_values.items(values.get("rings"), "rings"))
            )
        case "point":
            return PointMark(_point(values, "at"))
        case "painted":
            return _painted(values)
        case kind:
            raise Unreadable(f"expected a kind of outline, found {shown(kind)}")


def _pair(point: Point2) -> list[float]:
    return [float(point[0]), float(point[1])]


def _point(values: dict[str, object], name: str) -> Point2:
    return checked_values.point(values.get(name), name)


def _ring(value: object) -> Ring:
    return tuple(
        checked_values.point(corner, "a corner") for corner in checked_values.items(value, "a ring")
    )


def _painted(values: dict[str, object]) -> MaskShape:
    rows, cols = (
        checked_values.whole(side, "shape")
        for side in checked_values.point(values.get("shape"), "shape")
    )
    bits = _bits(values.get("bits"))
    if rows < 1 or cols < 1 or len(bits) != (rows * cols + 7) // 8:
        raise Unreadable(f"{len(bits)} bytes are not {rows} x {cols} painted pixels")
    row, col = (checked_values.whole(values.get(name), name) for name in ("row", "col"))
    return MaskShape(row, col, (rows, cols), bits)


def _bits(value: object) -> bytes:
    if not isinstance(value, str):
        raise Unreadable(f"expected text for painted pixels, found {shown(value)}")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("the painted pixels are not Base64 text") from error
