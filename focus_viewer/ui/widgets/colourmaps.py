"""Colour maps for saliency: perceptual, faint near zero."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.typing import ByteArray

# Crameri, Scientific colour maps, doi 10.5281/zenodo.1243862, as matplotlib has them. These are
# dark in the middle, where they fade out, and bright at both ends, as a dark window needs.
DIVERGING: Final = {"Berlin": "berlin", "Vanimo": "vanimo", "Managua": "managua_r"}
SEQUENTIAL: Final = {"Inferno": "inferno", "Viridis": "viridis", "Magma": "magma"}

LEVELS: Final = 256
_FADE = 0.45  # saliency under this share of the limit fades out, so that the leaf stays visible
_NEAR_END = 0.05  # of a diverging map: its very ends are pale
_UPPER = 0.75  # of a sequential map
_DARK = 0.25  # the share of a sequential map that is too dark over a picture


def names_for(signed: bool) -> tuple[str, ...]:
    """Return colour maps to choose from: diverging for signed saliency, else sequential."""
    return tuple(DIVERGING if signed else SEQUENTIAL)


def name_for(volume: SaliencyVolume, wanted: str) -> str:
    """Return the wanted colour map, if it fits the volume's sign, else the first that does."""
    return fitting_name(volume.signed, wanted)


def fitting_name(signed: bool, wanted: str) -> str:
    """Return the wanted colour map, if it fits the sign, else the first that does."""
    fitting = names_for(signed)
    return wanted if wanted in fitting else fitting[0]


@cache
def lookup(name: str) -> ByteArray:
    """Return colours of a map, opaque.

    Returns
    -------
    ByteArray, shape (256, 4)
        Red, green, blue, alpha.
    """
    from matplotlib import colormaps  # loaded with the first heatmap, not with the window

    start = 0.0 if name in DIVERGING else _DARK
    table = colormaps[(DIVERGING | SEQUENTIAL)[name]](np.linspace(start, 1.0, LEVELS), bytes=True)
    return np.asarray(table, dtype=np.uint8)


@dataclass(frozen=True)
class BarColours:
    """Colours of bars: "#rrggbb" above and below zero."""

    above: str
    below: str


@cache
def bar_colours(name: str) -> BarColours:
    """Return what a map paints strong saliency in, so that bars mean what the heatmap does."""
    table = lookup(name)
    places = (1 - _NEAR_END, _NEAR_END) if name in DIVERGING else (_UPPER, _UPPER)
    colours = [table[round(place * (LEVELS - 1))].tolist() for place in places]
    return BarColours(*(f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue, _ in colours))


@cache
def faded_lookup(name: str) -> ByteArray:
    """Return colours of a map, transparent where saliency is near zero.

    Returns
    -------
    ByteArray, shape (256, 4)
    """
    table = lookup(name).copy()
    position = np.linspace(0.0, 1.0, LEVELS)
    # Zero is between the two middle levels: both are clear.
    middle = np.abs(2 * position - 1) - 1 / (LEVELS - 1)
    strength = middle if name in DIVERGING else position
    table[:, 3] = np.round(255 * np.clip(strength / _FADE, 0, 1))
    return table
