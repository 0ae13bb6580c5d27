"""Pin: pixel whose spectrum stays on the plot."""

from __future__ import annotations

from dataclasses import dataclass

from focus_viewer.core.cubes.cube import Spectrum


@dataclass(frozen=True)
class Pin:
    """Pixel whose spectrum, None until it has been read, stays on the plot.

    The id is never used again in a session; the colour, "#rrggbb", is that of marker and curve.
    """

    id: int
    row: int
    col: int
    colour: str
    spectrum: Spectrum | None = None
