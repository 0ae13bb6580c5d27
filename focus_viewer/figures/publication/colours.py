"""Colours on white paper: saliency over a picture, its scale, and the lines of regions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_hex, to_rgb

from focus_viewer.core.documents.figure_subject import FigureSubject
from focus_viewer.core.saliency.volume import Mode, is_signed
from focus_viewer.core.typing import ByteArray, DoubleArray, FloatArray
from focus_viewer.figures import style

_SEQUENTIAL: Final = "BuPu"  # ColorBrewer's: distinct with any colour vision, begins near white
_RENAMED: Final = {"managua": "managua_r"}  # as the window turns it: red is evidence for the class
_DARK_MIDDLED: Final = ("berlin", "vanimo", "managua_r")  # Crameri's, which the window knows
_LUMA: Final = (0.299, 0.587, 0.114)  # ITU-R BT.601
_LEVELS: Final = 256
_NEAR_END: Final = 0.1  # of a diverging map: its very ends are too dark or too pale
_UPPER: Final = 0.75  # of a sequential map
_FADE: Final = 0.45  # dark maps fade out below this share of the limit, as in the window
_DARKEST: Final = 0.62  # of the picture: darker, and colours would not be those of the bar
_LIGHTEST: Final = 0.42  # relative luminance of a line that is still seen on white


@dataclass(frozen=True)
class Scale:
    """Colour scale of saliency; the same for every panel of a figure.

    Attributes
    ----------
    limits : tuple of float
        Values at the ends.
    cmap : str
        As matplotlib calls it.
    opacity : float
        0 to 1.
    mode : {"evidence", "attention", "signature", "unattributed"}
    """

    limits: tuple[float, float]
    cmap: str
    opacity: float
    mode: Mode

    @property
    def signed(self) -> bool:
        """Whether zero is in the middle."""
        return self.limits[0] < 0

    def over(self, picture: ByteArray, heat: FloatArray) -> ByteArray:
        """Draw a heatmap (height, width) over a picture (height, width, 3)."""
        if self.cmap in (style.DIVERGING, _SEQUENTIAL):
            return tinted(picture, heat, self.limits, self.cmap, self.opacity)
        return self._faded(picture, heat)

    def _faded(self, picture: ByteArray, heat: FloatArray) -> ByteArray:
        """Blend a dark map over the picture, transparent near zero: it cannot be multiplied in."""
        low, high = self.limits
        known = np.nan_to_num(heat)
        share = np.clip(np.abs(known) / high / _FADE, 0, 1)
        alpha = (self.opacity * share * np.isfinite(heat))[..., None]
        colours = colormaps[self.cmap](np.clip((known - low) / (high - low), 0, 1))[..., :3]
        below = _shaded(picture)[..., None] * (1 - alpha)
        return np.asarray(np.round(255 * (below + alpha * colours)), dtype=np.uint8)

    def bar(self) -> ByteArray:
        """Return its colours from low to high over white, shape (1, levels, 3)."""
        levels = np.linspace(*self.limits, _LEVELS, dtype=np.float32)[None]
        return self.over(np.full((1, _LEVELS, 3), 255, dtype=np.uint8), levels)

    @property
    def ends(self) -> tuple[str, str]:
        """Colours of bars above and below zero: what the map paints strong saliency in."""
        places = (1 - _NEAR_END, _NEAR_END) if self.signed else (_UPPER, _UPPER)
        above, below = (on_paper(to_hex(colormaps[self.cmap](place))) for place in places)
        return above, below

    def lookup(self) -> FloatArray:
        """Return its colours at full strength, shape (levels, 3), 0 to 1."""
        colours = colormaps[self.cmap](np.linspace(0, 1, _LEVELS))[:, :3]
        return np.asarray(colours, dtype=np.float32)


def scale_of(subject: FigureSubject) -> Scale:
    """Return the scale of a figure: wide enough for every cube in it."""
    volumes = [cube.volume(subject.mode) for cube in subject.cubes]
    limits = [volume.limits for volume in volumes if volume is not None]
    top = max((high for _, high in limits), default=1.0)
    signed = is_signed(subject.mode)
    cmap = _chosen(subject.colourmap, signed)
    return Scale((-top if signed else 0.0, top), cmap, subject.opacity, subject.mode)


def _chosen(wanted: str, signed: bool) -> str:
    """Return the map wanted, if it is known and fits the sign, else the paper's default."""
    name = _RENAMED.get(wanted.lower(), wanted.lower())
    if name in colormaps and (name in _DARK_MIDDLED) == signed:
        return name
    return style.DIVERGING if signed else _SEQUENTIAL


def tinted(
    picture: ByteArray,
    heat: FloatArray,
    limits: tuple[float, float],
    cmap: str,
    strength: float = 1.0,
) -> ByteArray:
    """Tint a picture, turned to light grey, with a heatmap's colours.

    The colours are multiplied in, so that white, the middle of a diverging map, leaves the picture
    as it is; a picture without transparency looks the same in every viewer and format.

    Parameters
    ----------
    picture : ByteArray, shape (height, width, 3)
    heat : FloatArray, shape (height, width)
        Not finite where there is nothing to show.
    limits : tuple of float
        Values at the two ends of the colour map.
    strength : float
        Of the colours, 0 to 1.

    Returns
    -------
    ByteArray, shape (height, width, 3)
    """
    low, high = limits
    level = np.clip((heat - low) / (high - low), 0, 1)
    colours = colormaps[cmap](np.nan_to_num(level))[..., :3]
    colours[~np.isfinite(heat)] = 1.0
    colours = 1 - strength * (1 - colours)
    return np.asarray(np.round(255 * colours * _shaded(picture)[..., None]), dtype=np.uint8)


def _shaded(picture: ByteArray) -> DoubleArray:
    """Return the picture in light grey, shape (height, width), at most 1."""
    grey = picture @ np.array(_LUMA) / 255
    return np.asarray(_DARKEST + (1 - _DARKEST) * grey)


def on_paper(colour: str) -> str:
    """Return a region's colour, as dark as a line on white must be, in the same hue."""
    light = np.array(to_rgb(colour)) ** 2.2
    luminance = float(light @ (0.2126, 0.7152, 0.0722))
    if luminance <= _LIGHTEST:
        return colour
    red, green, blue = ((light * _LIGHTEST / luminance) ** (1 / 2.2)).tolist()
    return str(to_hex((red, green, blue)))
