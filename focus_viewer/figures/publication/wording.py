"""Wavelengths, values and classes in the words of a figure."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.figure_subject import FigureCube, FigureSubject
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.typing import DoubleArray


def axis_of(cube: Cube) -> DoubleArray:
    """Spectral positions as people read them: nm, or bands counted from 1."""
    return cube.axis if cube.wavelengths_nm is not None else cube.axis + 1


def axis_title(cube: Cube) -> str:
    """Title of a spectral axis."""
    return "Wavelength (nm)" if cube.wavelengths_nm is not None else "Band"


def axis_limits(subject: FigureSubject) -> tuple[float, float]:
    """Ends of the spectral axis that all curves of a figure share."""
    axis = axis_of(subject.first.cube)
    ends = [float(np.nanmin(axis)), float(np.nanmax(axis))]
    volume = subject.first.volume(subject.mode)
    if volume is not None:
        ends += [float(volume.edges_nm.min()), float(volume.edges_nm.max())]
    low, high = min(ends), max(ends)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def range_text(cube: Cube) -> str:
    """`400–2500 nm`, or `12 bands without wavelengths`."""
    if cube.wavelengths_nm is None:
        return "wavelengths not known"
    return f"{np.nanmin(cube.axis):.0f}–{np.nanmax(cube.axis):.0f} nm"


def window_text(cube: Cube, window: BandWindow) -> str:
    """`655–705 nm`, or `bands 4–6`."""
    if cube.wavelengths_nm is None:
        return f"bands {window.low_nm + 1:.0f}–{window.high_nm + 1:.0f}"
    return f"{window.low_nm:.0f}–{window.high_nm:.0f} nm"


def saliency_text(cube: FigureCube, subject: FigureSubject) -> str:
    """`Evidence for rust against healthy`."""
    volume = cube.volume(subject.mode)
    about = volume.class_name if volume is not None else str(cube.class_name)
    return f"{'Evidence' if subject.mode == 'evidence' else 'Attention'} for {about}"


def value_title(cube: Cube) -> str:
    """Title of an axis of pixel values."""
    return "Value (unit not known)" if cube.units == "unknown" else cube.units.capitalize()
