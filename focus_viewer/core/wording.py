"""Wording of bands, wavelengths, values and shares: the same in window, figures and commands."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Final

import numpy as np

from focus_viewer.core.cubes.cube import Cube, Units
from focus_viewer.core.saliency.modes import MODE_WORDS
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.spectra.wavelength_names import band_number, nm_number
from focus_viewer.core.typing import DoubleArray

UNKNOWN_UNITS: Final = "unit not known"
NO_WAVELENGTHS: Final = "wavelengths not known"
_VALUE_FORMATS: Final = {
    "reflectance": "6.3f",
    "radiance": "9.4g",
    "counts": "6.0f",
    "unknown": "9.4g",
}
_WORD: Final = re.compile(r"[a-z]+[ ,:;]")
_SUPERSCRIPTS: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def percent(share: float) -> str:
    """Return `93 %`, `0.4 %`, `> 99.9 %`: never a zero or a hundred that the share is not."""
    value = 100 * share
    if value < 0.1:
        return "< 0.1 %"
    if value > 99.9:
        return "> 99.9 %"
    return f"{value:.1f} %" if value < 9.5 or value > 99 else f"{value:.0f} %"


def capitalised(text: str) -> str:
    """Return a sentence with a capital, unless it begins with the name of a file."""
    return text[:1].upper() + text[1:] if _WORD.match(text) else text


def first_number(cube: Cube) -> int:
    """Return what is added to a position to be shown: people count bands from 1."""
    return 0 if cube.wavelengths_nm is not None else 1


def shown_axis(cube: Cube) -> DoubleArray:
    """Return spectral positions as people read them, shape (bands,): nm, or bands from 1."""
    return cube.axis + first_number(cube)


def axis_title(cube: Cube) -> str:
    """Return the title of the spectral axis, its unit in words: pyqtgraph makes "knm" of a unit."""
    if cube.wavelengths_nm is not None:
        return "Wavelength (nm)"
    return f"Band ({NO_WAVELENGTHS})"


def position_text(cube: Cube, position: float) -> str:
    """Return `702 nm`, or `band 53` where the cube has no wavelengths."""
    return bands_text(cube, [position])


def bands_text(cube: Cube, positions: Iterable[float]) -> str:
    """Return `640, 550, 460 nm`, or `bands 64, 55, 46` where the cube has no wavelengths."""
    nm = cube.wavelengths_nm
    if nm is not None:
        return ", ".join(band_number(position, nm) for position in positions) + " nm"
    numbers = [nm_number(position + 1) for position in positions]
    return ("band " if len(numbers) == 1 else "bands ") + ", ".join(numbers)


def window_text(cube: Cube, window: BandWindow) -> str:
    """Return `677–727 nm`, or `bands 4–6`: the bands whose middle is in the window."""
    low, high = window.low_nm, window.high_nm
    if cube.wavelengths_nm is None:
        low, high = math.ceil(low), math.floor(high)
    return position_text(cube, window.center_nm) if low >= high else span_text(cube, low, high)


def span_text(cube: Cube, low: float, high: float) -> str:
    """Return `1350–1430 nm`, or `bands 4–6`, from one position to another."""
    nm = cube.wavelengths_nm
    if nm is not None:
        return _range(band_number(low, nm), band_number(high, nm))
    if low == high:
        return position_text(cube, low)
    return f"bands {nm_number(low + 1)}–{nm_number(high + 1)}"


def range_text(low_nm: float, high_nm: float, decimals: int = 0) -> str:
    """Return `400–2500 nm`, decimals only where they are not zero."""
    return _range(nm_number(low_nm, decimals), nm_number(high_nm, decimals))


def _range(low: str, high: str) -> str:
    low, high = _trimmed(low), _trimmed(high)
    return f"{low} nm" if low == high else f"{low}–{high} nm"


def cube_range_text(cube: Cube) -> str:
    """Return the range of a cube's wavelengths, or that they are not known."""
    if cube.wavelengths_nm is None:
        return NO_WAVELENGTHS
    return range_text(float(np.nanmin(cube.axis)), float(np.nanmax(cube.axis)))


def units_text(units: Units | None) -> str:
    """Return `reflectance`, or that the unit is not known."""
    return UNKNOWN_UNITS if units in (None, "unknown") else str(units)


def unlike_text(here: Cube, there: Cube, unitless: bool = False) -> str:
    """Return why values of two cubes are not shown on one axis; empty if they can be.

    Parameters
    ----------
    unitless : bool
        Whether the values are shown without their units.
    """
    for cube, other in ((here, there), (there, here)):
        if cube.wavelengths_nm is None and other.wavelengths_nm is not None:
            return f"{cube.name} has no wavelengths"
    if unitless or here.units == there.units:
        return ""
    return f"{here.name}: {units_text(here.units)}, {there.name}: {units_text(there.units)}"


def value_text(cube: Cube, value: float) -> str:
    """Return `0.213 reflectance`, padded so that it does not jitter; `no data` for NaN."""
    unit = "" if cube.units == "unknown" else f" {cube.units}"
    text = f"{value:{_VALUE_FORMATS[cube.units]}}{unit}"
    return text if np.isfinite(value) else "no data".rjust(len(text))


def value_title(cube: Cube) -> str:
    """Return the title of an axis of pixel values."""
    return f"Value ({UNKNOWN_UNITS})" if cube.units == "unknown" else cube.units.capitalize()


def saliency_title(volume: SaliencyVolume) -> str:
    """Return `Evidence for rust against healthy`, or `Grad-CAM, not FOCUS: saliency for rust`."""
    if volume.method:
        return f"{volume.method}, not FOCUS: saliency for {volume.class_name}"
    return f"{MODE_WORDS[volume.mode].title} for {volume.class_name}"


def power_of_ten(top: float) -> int:
    """Return the power, a multiple of 3, in whose units a value is from 1 to 1000; 0 for 0."""
    return 3 * math.floor(math.log10(top) / 3) if top > 0 else 0


def scaled_unit(name: str, power: int) -> str:
    """Return `logit`, or `10⁻³ logit`."""
    return name if power == 0 else f"10{str(power).translate(_SUPERSCRIPTS)} {name}"


def _trimmed(number: str) -> str:
    return number.rstrip("0").removesuffix(".") if "." in number else number
