"""Shapes as JSON values and back, without loss."""

from __future__ import annotations

import base64
import binascii

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
from focus_viewer.io.annotations import plain
from focus_viewer.io.annotations.refusal import Unreadable, shown


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
    values = plain.entries(value, "an outline")
    match values.get("kind"):
        case "rectangle":
            return Rectangle(_point(values, "low"), _point(values, "high"))
        case "ellipse":
            angle_deg = plain.number(values.get("angle_deg"), "angle_deg")
            return Ellipse(_point(values, "center"), _point(values, "radii"), angle_deg)
        case "polygon":
            return Polygon(tuple(_ring(ring) for ring in plain.items(values.get("rings"), "rings")))
        case "point":
            return PointMark(_point(values, "at"))
        case "painted":
            return _painted(values)
        case kind:
            raise Unreadable(f"expected a kind of outline, found {shown(kind)}")


def _pair(point: Point2) -> list[float]:
    return [float(point[0]), float(point[1])]


def _point(values: dict[str, object], name: str) -> Point2:
    return plain.point(values.get(name), name)


def _ring(value: object) -> Ring:
    return tuple(plain.point(corner, "a corner") for corner in plain.items(value, "a ring"))


def _painted(values: dict[str, object]) -> MaskShape:
    rows, cols = (plain.whole(side, "shape") for side in plain.point(values.get("shape"), "shape"))
    bits = _bits(values.get("bits"))
    if rows < 1 or cols < 1 or len(bits) != (rows * cols + 7) // 8:
        raise Unreadable(f"{len(bits)} bytes are not {rows} x {cols} painted pixels")
    row, col = (plain.whole(values.get(name), name) for name in ("row", "col"))
    return MaskShape(row, col, (rows, cols), bits)


def _bits(value: object) -> bytes:
    if not isinstance(value, str):
        raise Unreadable(f"expected text for painted pixels, found {shown(value)}")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("the painted pixels are not Base64 text") from error
