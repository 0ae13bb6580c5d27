"""Selection slice: the tool of the mouse, and the pixel that it points at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from focus_viewer.core.cubes.cube import Spectrum
from focus_viewer.session.state.slices.wand import Wand

Tool = Literal[
    "look", "edit", "rectangle", "ellipse", "polygon", "freehand", "brush", "wand", "point"
]


@dataclass(frozen=True)
class Cursor:
    """Pixel under the mouse."""

    row: int
    col: int


@dataclass(frozen=True)
class Selection:
    """Tool of the mouse and pixel that it points at.

    Attributes
    ----------
    tool : Tool
        Use of the mouse on the image: "look" points and pins, "edit" selects, moves and reshapes
        regions, the others draw them.
    spectrum : Spectrum or None
        Of the pixel last hovered over; it may lag behind the cursor.
    other_spectrum : Spectrum or None
        Of the corresponding pixel in the other cube of a pair.
    """

    tool: Tool = "look"
    wand: Wand = field(default_factory=Wand)
    cursor: Cursor | None = None
    spectrum: Spectrum | None = None
    other_spectrum: Spectrum | None = None
