"""Wording of bands, wavelengths, values and shares: the same in window, figures and commands."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

import numpy as np

from focus_viewer.core.cubes.cube import Cube, Units
from focus_viewer.core.saliency.modes import MODE_WORDS
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.typing import DoubleArray

UNKNOWN_UNITS: Final = "unit not known"
NO_WAVELENGTHS: Final = "wavelengths not known"
_VALUE_FORMATS: Final = {
    "reflectance": "6.3f",
    "radiance": "9.4g",
    "counts": "6.0f",
    "unknown": "9.4g",
}
_WHOLE_NM: Final = 5.0  # bands at least that far apart are named in whole nanometres
_MOST_DECIMALS: Final = 3
_SUPERSCRIPTS: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def percent(share: float) -> str:
    """Return `93 %`, `0.4 %`, `> 99.9 %`: never a zero or a hundred that the share is not."""
    value = 100 * share
    if value < 0.1:
        return "< 0.1 %"
    if value > 99.9:
        return "> 99.9 %"
    return f"{value:.1f} %" if value < 9.5 or value > 99 else f"{value:.0f} %"


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


def nm_decimals(wavelengths_nm: DoubleArray) -> int:
    """Return the decimals that name bands: none from 5 nm apart on, one from 0.5 nm, and so on."""
    steps_nm = np.diff(np.unique(wavelengths_nm[np.isfinite(wavelengths_nm)]))
    if steps_nm.size == 0:
        return 0
    return int(np.clip(np.ceil(np.log10(_WHOLE_NM / np.median(steps_nm))), 0, _MOST_DECIMALS))


def position_text(cube: Cube, position: float) -> str:
    """Return `702 nm`, or `band 53` where the cube has no wavelengths."""
    return bands_text(cube, [position])


def bands_text(cube: Cube, positions: Iterable[float]) -> str:
    """Return `640, 550, 460 nm`, or `bands 64, 55, 46` where the cube has no wavelengths."""
    if cube.wavelengths_nm is not None:
        decimals = nm_decimals(cube.wavelengths_nm)
        return ", ".join(_rounded(position, decimals) for position in positions) + " nm"
    numbers = [_rounded(position + 1, 0) for position in positions]
    return ("band " if len(numbers) == 1 else "bands ") + ", ".join(numbers)


def window_text(cube: Cube, window: BandWindow) -> str:
    """Return `677–727 nm`, or `bands 4–6`: the bands whose middle is in the window."""
    if cube.wavelengths_nm is not None:
        return range_text(window.low_nm, window.high_nm, nm_decimals(cube.wavelengths_nm))
    low, high = math.ceil(window.low_nm), math.floor(window.high_nm)
    if low >= high:
        return position_text(cube, window.center_nm)
    return f"bands {low + 1}–{high + 1}"


def range_text(low_nm: float, high_nm: float, decimals: int = 0) -> str:
    """Return `400–2500 nm`, decimals only where they are not zero."""
    low, high = (_trimmed(_rounded(nm, decimals)) for nm in (low_nm, high_nm))
    return f"{low} nm" if low == high else f"{low}–{high} nm"


def cube_range_text(cube: Cube) -> str:
    """Return the range of a cube's wavelengths, or that they are not known."""
    if cube.wavelengths_nm is None:
        return NO_WAVELENGTHS
    return range_text(float(np.nanmin(cube.axis)), float(np.nanmax(cube.axis)))


def units_text(units: Units | None) -> str:
    """Return `reflectance`, or that the unit is not known."""
    return UNKNOWN_UNITS if units in (None, "unknown") else str(units)


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


def _rounded(value: float, decimals: int) -> str:
    """Round halves up, as people do: 762.5 is 763."""
    scale = 10**decimals
    return f"{math.floor(value * scale + 0.5) / scale:.{decimals}f}"


def _trimmed(number: str) -> str:
    return number.rstrip("0").removesuffix(".") if "." in number else number
