"""Positions on the spectral axis and values, as people read them."""

from __future__ import annotations

import math

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.spectra.band_window import BandWindow

_VALUE_FORMATS = {"reflectance": "6.3f", "radiance": "9.4g", "counts": "6.0f", "unknown": "9.4g"}


def first_number(cube: Cube) -> int:
    """What is added to a position to be shown: people count bands from 1."""
    return 0 if cube.wavelengths_nm is not None else 1


def axis_title(cube: Cube) -> str:
    """Title of the spectral axis, its unit in words: pyqtgraph makes "knm" of a unit."""
    if cube.wavelengths_nm is not None:
        return "Wavelength (nm)"
    return "Band (the file gives no wavelengths)"


def position_text(cube: Cube, position: float) -> str:
    """`702 nm`, or `band 53` where the cube has no wavelengths."""
    shown = math.floor(position + first_number(cube) + 0.5)
    return f"{shown} nm" if cube.wavelengths_nm is not None else f"band {shown}"


def window_text(cube: Cube, window: BandWindow) -> str:
    """`702 nm ± 25`."""
    half = f"{window.width_nm / 2:.1f}".removesuffix(".0")
    return f"{position_text(cube, window.center_nm)} ± {half}"


def value_text(cube: Cube, value: float) -> str:
    """`0.213 reflectance`, padded so that it does not jitter; `no data` where there is none."""
    unit = "" if cube.units == "unknown" else f" {cube.units}"
    text = f"{value:{_VALUE_FORMATS[cube.units]}}{unit}"
    return text if np.isfinite(value) else "no data".rjust(len(text))


def value_title(cube: Cube) -> str:
    """Title of an axis of pixel values."""
    return "Value" if cube.units == "unknown" else cube.units.capitalize()
