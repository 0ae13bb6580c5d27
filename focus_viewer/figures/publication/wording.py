"""Axis limits and saliency titles that the panels of a figure share."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.documents.figure_subject import FigureCube, FigureSubject
from focus_viewer.core.wording import shown_axis


def axis_limits(subject: FigureSubject) -> tuple[float, float]:
    """Return the ends of the spectral axis that all curves of a figure share."""
    axis = shown_axis(subject.first.cube)
    ends = [float(np.nanmin(axis)), float(np.nanmax(axis))]
    volume = subject.first.volume(subject.mode)
    if volume is not None:
        ends += [float(volume.edges_nm.min()), float(volume.edges_nm.max())]
    low, high = min(ends), max(ends)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def saliency_text(cube: FigureCube, subject: FigureSubject) -> str:
    """Return `Evidence for rust against healthy`."""
    volume = cube.volume(subject.mode)
    about = volume.class_name if volume is not None else str(cube.class_name)
    return f"{'Evidence' if subject.mode == 'evidence' else 'Attention'} for {about}"
