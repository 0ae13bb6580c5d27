"""Colours and sizes of the user interface: one palette for each theme, and the one in use.

No other module of the window has a colour of its own. Read the names below when something is
painted or made, never when a module is imported: `use` changes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Theme = Literal["dark", "light", "contrast"]

DARK: Final = {
    "WINDOW": "#14171b",
    "PANEL": "#1b1f25",
    "RAISED": "#262c34",
    "EDGE": "#343c47",
    "LINE": "#78838f",
    "TEXT": "#e3e8ee",
    "MUTED": "#9aa7b7",
    "ACCENT": "#5cc8ff",
    "BRIGHT": "#86d6ff",
    "WARNING": "#ffcf6b",
    "DANGER": "#ff7a7a",
    "RIGHT": "#4a9be0",
    "CHECKED": "#24414f",
    "SELECTED": "#23485c",
    "ACCENT_GROUND": "#1d2a33",
    "WARNING_GROUND": "#3a3120",
    "DANGER_GROUND": "#3a2326",
}
LIGHT: Final = {
    "WINDOW": "#e9edf1",
    "PANEL": "#fafbfc",
    "RAISED": "#f1f4f7",
    "EDGE": "#d0d7df",
    "LINE": "#75808c",
    "TEXT": "#1a2028",
    "MUTED": "#515c69",
    "ACCENT": "#0063a3",
    "BRIGHT": "#006cb1",
    "WARNING": "#7a4b00",
    "DANGER": "#b0231b",
    "RIGHT": "#1f6fb2",
    "CHECKED": "#cde4f5",
    "SELECTED": "#c3def2",
    "ACCENT_GROUND": "#e2f0fa",
    "WARNING_GROUND": "#fcf0d4",
    "DANGER_GROUND": "#fae5e3",
}
CONTRAST: Final = {
    "WINDOW": "#000000",
    "PANEL": "#070708",
    "RAISED": "#101216",
    "EDGE": "#8d949c",
    "LINE": "#d5d9de",
    "TEXT": "#fefefe",
    "MUTED": "#dde1e6",
    "ACCENT": "#4fe0ff",
    "BRIGHT": "#a5efff",
    "WARNING": "#ffe24a",
    "DANGER": "#ff9d96",
    "RIGHT": "#7fbfff",
    "CHECKED": "#00465c",
    "SELECTED": "#003f66",
    "ACCENT_GROUND": "#00202b",
    "WARNING_GROUND": "#2b2300",
    "DANGER_GROUND": "#330b0b",
}
PALETTES: Final[Mapping[Theme, Mapping[str, str]]] = {
    "dark": DARK,
    "light": LIGHT,
    "contrast": CONTRAST,
}

# The theme in use; `use` exchanges these.
WINDOW = DARK["WINDOW"]  # behind everything
PANEL = DARK["PANEL"]  # docks, bars
RAISED = DARK["RAISED"]  # buttons, fields
EDGE = DARK["EDGE"]  # hairlines that only divide
LINE = DARK["LINE"]  # borders of controls, axes
TEXT = DARK["TEXT"]
MUTED = DARK["MUTED"]  # captions, numbers of axes
ACCENT = DARK["ACCENT"]  # the selected wavelength, focus rings, primary buttons
BRIGHT = DARK["BRIGHT"]  # a primary button under the cursor
WARNING = DARK["WARNING"]
DANGER = DARK["DANGER"]
RIGHT = DARK["RIGHT"]  # agreement, where DANGER is the contrary
CHECKED = DARK["CHECKED"]  # behind a button that is pressed in
SELECTED = DARK["SELECTED"]  # behind selected rows
ACCENT_GROUND = DARK["ACCENT_GROUND"]  # behind hints and offers
WARNING_GROUND = DARK["WARNING_GROUND"]
DANGER_GROUND = DARK["DANGER_GROUND"]

# Behind and in the 3D view, whose colour maps glow in any theme only over a dark ground; the rest
# of it has the colours of the dark theme.
STAGE: Final = "#1b1f26"
STAGE_FRAME: Final = "#4d5866"

# Over pictures, whatever the theme: a mark and the dark line around it.
MARK: Final = "#ffffff"
HALO: Final = "#0b0d10"
FAINT_MARK_OPACITY: Final = 70  # of 255

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
CHANNEL_COLOURS: Final = {"Red": "#ff7a7b", "Green": "#6fdc8c", "Blue": "#7fb0ff"}
# Okabe and Ito's colours, distinct for the colour-blind.
LIBRARY_COLOURS: Final = (
    *("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#d55e00", "#cc79a7", "#999999", "#0072b2"),
)
# Tol's light scheme: distinct for the colour-blind.
GROUP_COLOURS: Final = (
    "#77aadd",
    "#ee8866",
    "#eedd88",
    "#44bb99",
    "#ffaabb",
    "#99ddff",
    "#bbcc33",
)

FONT_PX: Final = 13
SMALL_PX: Final = 11
GAP_PX: Final = 8

_MOST = 255
_LINE_CONTRAST = 3.0  # WCAG 2.2, 1.4.11: graphical objects
TEXT_CONTRAST: Final = 4.5  # 1.4.3
_STEPS = 40


def use(theme: Theme) -> None:
    """Set the names above to the colours of a theme."""
    globals().update(PALETTES[theme])


def exchange() -> dict[str, str]:
    """Return each colour of any theme with what stands in its place in the one in use."""
    return {
        colour: str(globals()[name])
        for palette in PALETTES.values()
        for name, colour in palette.items()
    }


def contrast(one: str, other: str) -> float:
    """Compute the contrast ratio of two colours by WCAG 2.2, from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def seen(colour: str, ratio: float = _LINE_CONTRAST) -> str:
    """Return a colour of a line or mark, darker or lighter until it is seen on a panel.

    Colours of regions, pins and maps are chosen once, for every theme.
    """
    red, green, blue = _channels(colour)
    end = 0 if _luminance(PANEL) > 0.5 else _MOST
    for step in range(_STEPS):
        share = step / _STEPS
        mixed = "#" + "".join(
            f"{round(part + (end - part) * share):02x}" for part in (red, green, blue)
        )
        if contrast(mixed, PANEL) >= ratio:
            return mixed
    return TEXT


def _channels(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour[1:7])
    return red, green, blue


def _luminance(colour: str) -> float:
    """Return the relative luminance of sRGB."""
    parts = [part / _MOST for part in _channels(colour)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
