"""What the user wants of a publication figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Panel = Literal["composite", "heatmap", "curve", "spectra", "volume", "comparison", "table"]


@dataclass(frozen=True)
class FigureSpec:
    """Choices for a figure; what it shows is the project's own state.

    Attributes
    ----------
    panels : tuple of Panel
        In the order in which they are lettered.
    width_mm : float
        Of the page.
    font : str
    font_pt : float
        Of the body text.
    dpi : int
        Of pixel formats, and of pictures within vector formats.
    region_labels, scale_bar, caption : bool
        Whether they are drawn; a scale bar needs a known pixel size.
    date : str
        Written into the metadata; empty for none.
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
