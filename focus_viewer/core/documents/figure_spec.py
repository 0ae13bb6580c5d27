"""Choices for a publication figure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

Panel = Literal[
    "composite",
    "heatmap",
    "curve",
    "spectra",
    "volume",
    "comparison",
    "table",
    "probabilities",
    "trust",
    "groups",
]

PANELS: Final[tuple[Panel, ...]] = get_args(Panel)
ONE_COLUMN_MM: Final = (85.0, 89.0)
TWO_COLUMNS_MM: Final = (174.0, 180.0)
WIDTHS_MM: Final = (60.0, 260.0)
FONT_PT: Final = (6.0, 12.0)
DPI: Final = (300, 600)


@dataclass(frozen=True)
class FigureSpec:
    """Choices for a figure; its content is the project's own state.

    Attributes
    ----------
    panels : tuple of Panel
        In the order in which they are lettered.
    width_mm : float
        Of the page.
    font : str
        Family of the letters; DejaVu Sans comes with the program, and stands in for what others
        lack.
    font_pt : float
        Of the body text; no text is smaller than 6 pt.
    dpi : int
        Of pixel formats, and of pictures within vector formats.
    region_labels, scale_bar, caption : bool
        Whether they are drawn; a scale bar needs a known pixel size.
    date : str
        Year, month and day as in 2026-03-01, for the metadata; empty for none.
    all_cubes : bool
        Whether the pictures of the other open cubes are drawn beside the active cube.
    """

    panels: tuple[Panel, ...] = ("composite", "heatmap", "curve", "spectra")
    width_mm: float = 180.0
    font: str = "DejaVu Sans"
    font_pt: float = 7.0
    dpi: int = 300
    region_labels: bool = True
    scale_bar: bool = True
    caption: bool = True
    date: str = ""
    all_cubes: bool = False


def within_bounds(spec: FigureSpec) -> FigureSpec:
    """Return the choices with every number within its bounds, and each known panel once."""
    return replace(
        spec,
        panels=tuple(panel for panel in dict.fromkeys(spec.panels) if panel in PANELS),
        width_mm=float(_held(spec.width_mm, WIDTHS_MM)),
        font_pt=float(_held(spec.font_pt, FONT_PT)),
        dpi=round(_held(spec.dpi, DPI)),
    )


def _held(value: float, bounds: tuple[float, float]) -> float:
    return min(max(value, bounds[0]), bounds[1])
