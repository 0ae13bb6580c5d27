"""View slice: what is shown of the cubes, and how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field

from focus_viewer.core.documents.figure_spec import FigureSpec
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.session.state.slices.display import Display


@dataclass(frozen=True)
class View:
    """Band window and drawing of the views; without wavelengths the window is in band numbers."""

    window_nm: BandWindow = field(default_factory=lambda: BandWindow(680.0, 50.0))
    display: Display = field(default_factory=Display)
    figure: FigureSpec = field(default_factory=FigureSpec)
