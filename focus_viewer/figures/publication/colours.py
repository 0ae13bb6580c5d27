"""Colours on white paper: saliency over a picture, its scale, and the lines of regions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_hex, to_rgb

from focus_viewer.core.documents.figure_subject import FigureSubject
from focus_viewer.core.saliency.volume import Mode
from focus_viewer.core.typing import ByteArray, FloatArray
from focus_viewer.figures import style
from focus_viewer.figures.overlay import shaded, tinted

_SEQUENTIAL: Final = "BuPu"  # ColorBrewer's: told apart with any colour vision, begins near white
_RENAMED: Final = {"managua": "managua_r"}  # as the window turns it: red speaks for the class
_DARK_MIDDLED: Final = ("berlin", "vanimo", "managua_r")  # Crameri's, which the window knows
_LEVELS: Final = 256
_FADE: Final = 0.45  # dark maps fade out below this share of the limit, as in the window
_DARKEST: Final = 0.62  # of the picture: darker, and colours would not be those of the bar
_LIGHTEST: Final = 0.42  # relative luminance of a line that is still seen on white


@dataclass(frozen=True)
class Scale:
    """How saliency turns into colour; the same for every panel of a figure.

    Attributes
    ----------
    limits : tuple of float
        Values at the ends.
    cmap : str
        As matplotlib calls it.
    opacity : float
        0 to 1.
    mode : {"evidence", "attention"}
    """

    limits: tuple[float, float]
    cmap: str
    opacity: float
    mode: Mode

    @property
    def signed(self) -> bool:
        """Whether zero lies in the middle."""
        return self.limits[0] < 0

    def over(self, picture: ByteArray, heat: FloatArray) -> ByteArray:
        """A heatmap over a picture.

        Parameters
        ----------
        picture : ByteArray, shape (height, width, 3)
        heat : FloatArray, shape (height, width)

        Returns
        -------
        ByteArray, shape (height, width, 3)
        """
        if self.cmap in (style.DIVERGING, _SEQUENTIAL):
            return tinted(picture, heat, self.limits, self.cmap, self.opacity, _DARKEST)
        return self._faded(picture, heat)

    def _faded(self, picture: ByteArray, heat: FloatArray) -> ByteArray:
        """Dark maps cannot be multiplied in: laid over, and clear where there is nothing to see."""
        low, high = self.limits
        known = np.nan_to_num(heat)
        share = np.clip(np.abs(known) / high / _FADE, 0, 1)
        alpha = (self.opacity * share * np.isfinite(heat))[..., None]
        colours = colormaps[self.cmap](np.clip((known - low) / (high - low), 0, 1))[..., :3]
        below = shaded(picture, _DARKEST)[..., None] * (1 - alpha)
        return np.asarray(np.round(255 * (below + alpha * colours)), dtype=np.uint8)

    def bar(self) -> ByteArray:
        """Its colours from low to high over white, shape (1, levels, 3)."""
        levels = np.linspace(*self.limits, _LEVELS, dtype=np.float32)[None]
        return self.over(np.full((1, _LEVELS, 3), 255, dtype=np.uint8), levels)

    def lookup(self) -> FloatArray:
        """Its colours at full strength, shape (levels, 3), 0 to 1."""
        colours = colormaps[self.cmap](np.linspace(0, 1, _LEVELS))[:, :3]
        return np.asarray(colours, dtype=np.float32)


def scale_of(subject: FigureSubject) -> Scale:
    """The scale of a figure: wide enough for every cube in it."""
    volumes = [cube.volume(subject.mode) for cube in subject.cubes]
    limits = [volume.limits for volume in volumes if volume is not None]
    top = max((high for _, high in limits), default=1.0)
    signed = subject.mode == "evidence"
    cmap = _chosen(subject.colourmap, signed)
    return Scale((-top if signed else 0.0, top), cmap, subject.opacity, subject.mode)


def _chosen(wanted: str, signed: bool) -> str:
    """The map wanted, if it is known and fits the sign, else the paper's own."""
    name = _RENAMED.get(wanted.lower(), wanted.lower())
    if name in colormaps and (name in _DARK_MIDDLED) == signed:
        return name
    return style.DIVERGING if signed else _SEQUENTIAL


def on_paper(colour: str) -> str:
    """A region's colour, as dark as a line on white must be; its hue is kept.

    Parameters
    ----------
    colour : str
        "#rrggbb".
    """
    light = np.array(to_rgb(colour)) ** 2.2
    luminance = float(light @ (0.2126, 0.7152, 0.0722))
    if luminance <= _LIGHTEST:
        return colour
    red, green, blue = ((light * _LIGHTEST / luminance) ** (1 / 2.2)).tolist()
    return str(to_hex((red, green, blue)))
