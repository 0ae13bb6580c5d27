"""Positions and bounds of the band window."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.saliency.volume import importance_curve
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.slices.display import Display

MIN_WIDTH_NM = 1.0
_FIRST_WIDTH_NM = 50.0


def first_window(cube: Cube) -> BandWindow:
    """Return the window at the middle good band."""
    good = np.flatnonzero(cube.good_bands)
    middle = int(good[good.size // 2]) if good.size else cube.bands // 2
    width = _FIRST_WIDTH_NM if cube.wavelengths_nm is not None else 1.0
    return BandWindow(float(cube.axis[middle]), width)


def clamped(window: BandWindow, cube: Cube) -> BandWindow:
    """Return the window within the cube's range, and no narrower than `MIN_WIDTH_NM`."""
    low, high = float(cube.axis.min()), float(cube.axis.max())
    center = min(max(window.center_nm, low), high)
    width = min(max(window.width_nm, MIN_WIDTH_NM), max(high - low, MIN_WIDTH_NM))
    return BandWindow(center, width)


def strongest_window(document: Document, display: Display, window: BandWindow) -> BandWindow:
    """Return the window at the group with the highest importance for the class."""
    volume = document.own_volume(display.mode)
    if volume is None:
        return window
    center = volume.centers_nm[int(np.argmax(importance_curve(volume)))]
    return BandWindow(float(center), window.width_nm)
