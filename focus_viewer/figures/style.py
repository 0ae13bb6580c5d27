"""Type, lines and colours that every figure shares."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any, Final

import matplotlib as mpl

WIDTH_MM: Final = 180.0  # both columns of most journals
DPI: Final = 300
SMALL_PT: Final = 6.2
MM_PER_INCH: Final = 25.4
MM_PER_PT: Final = MM_PER_INCH / 72
LINE_MM: Final = 3.1  # from baseline to baseline of small print

INK: Final = "#1d2126"
MUTED: Final = "#6a7178"
HAIRLINE: Final = "#c4c9ce"
TRACK: Final = "#eceef0"  # the empty part of a bar
LESION: Final = "#b2182b"  # diseased tissue; the red of the map below
WARNING: Final = "#8a4b00"
OWN: Final = "#d55e00"  # what a report is about

# ColorBrewer's red-blue: distinct with any colour vision, and white in the middle.
DIVERGING: Final = "RdBu_r"

REGION_TINTS: Final = {
    "blue": "#cfdcff",
    "green": "#cdeed6",
    "red": "#ffd5d2",
    "red edge": "#f0d0ec",
    "NIR": "#e3e6eb",
    "SWIR-1": "#f0e4d6",
    "SWIR-2": "#e2d5cb",
}

# Any, since versions of matplotlib disagree on the type of a setting's name.
_SETTINGS: Final[Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same picture on every machine
    "font.size": 7.0,
    "text.color": INK,
    "text.hinting": "none",  # letters are as wide at any resolution
    "text.parse_math": False,  # a file's name may hold dollar signs
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "hatch.linewidth": 0.35,
    "pdf.fonttype": 42,  # whole TrueType letters, which editors can change
    "svg.fonttype": "none",  # letters as letters, not as outlines
    "svg.hashsalt": "FOCUS Viewer",  # else names inside are drawn by chance
}
_SETTINGS_LOCK: Final = RLock()  # matplotlib's settings are the whole process's


@contextmanager
def house_style(**settings: Any) -> Iterator[None]:
    """Apply matplotlib's defaults and the settings above, whatever the user's settings are.

    One thread at a time: figures are drawn in the background too. Further settings have an
    underscore for each dot: `font_size=7`.
    """
    others: Any = {name.replace("_", ".", 1): value for name, value in settings.items()}
    with _SETTINGS_LOCK, mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS | others)
        yield
