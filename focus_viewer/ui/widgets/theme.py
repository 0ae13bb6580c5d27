"""Colours and sizes of the user interface."""

from __future__ import annotations

from typing import Final

WINDOW: Final = "#14171b"  # behind everything
PANEL: Final = "#1b1f25"  # docks, bars
RAISED: Final = "#262c34"  # buttons, fields
EDGE: Final = "#343c47"  # hairlines
TEXT: Final = "#e3e8ee"
MUTED: Final = "#93a0b0"  # captions, axes
ACCENT: Final = "#5cc8ff"  # the selected wavelength, focus rings, primary buttons
WARNING: Final = "#ffcf6b"
DANGER: Final = "#ff7a7a"

# One hue per spectral region: the visible ones in their own colour, SWIR in browns.
REGION_COLOURS: Final = {
    "blue": "#3f6fff",
    "green": "#33c463",
    "red": "#ff5252",
    "red edge": "#c62fb5",
    "NIR": "#8a93a6",
    "SWIR-1": "#b98a5a",
    "SWIR-2": "#8d6a4f",
}

FONT_PX: Final = 13
SMALL_PX: Final = 11
GAP_PX: Final = 8
