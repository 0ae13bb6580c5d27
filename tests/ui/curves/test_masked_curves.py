"""Curves of regions with a mask: drawn anew when it is used, and named for it."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from pytestqt.qtbot import QtBot
from ui.fakes import make_cube

from focus_viewer.core.masks.rules import WithinOutline
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.curves.curve_view import CurveView

LEFT = WithinOutline(Rectangle((0, 0), (10, 20)), "Left", (20, 30))


def _line(plot: pg.PlotItem) -> np.ndarray:
    """Values of the region's curve, the last line that was added."""
    lines = [item for item in plot.items if isinstance(item, pg.PlotCurveItem)]
    return np.asarray(lines[-1].getData()[1])


def test_both_curves_of_a_region_follow_the_mask_and_say_so(
    qtbot: QtBot, session: Session, workbench: Workbench
) -> None:
    session.documents.open(make_cube(20, 30))
    session.regions.draw(Rectangle((2, 2), (28, 18)))
    view = CurveView(session, workbench)
    qtbot.addWidget(view)
    plots = view.importance, view.spectra
    whole = [_line(plot) for plot in plots]
    assert "mask" not in view.header.caption.text()
    session.masks.start(LEFT)
    inside = [_line(plot) for plot in plots]
    for before, after in zip(whole, inside, strict=True):
        assert not np.array_equal(before, after, equal_nan=True)
    names = [item.name() for item in view.spectra.items if isinstance(item, pg.PlotCurveItem)]
    assert "Region 1: mean ± sd of 128 px in mask" in names
    assert "Left (200 of 600 px)" in view.header.caption.text()
    session.masks.use(False)
    assert "mask" not in view.header.caption.text()
    for before, plot in zip(whole, plots, strict=True):
        assert np.array_equal(before, _line(plot), equal_nan=True)
