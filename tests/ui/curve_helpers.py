"""What the tests of the curve view share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pyqtgraph import LabelItem
from PySide6.QtCore import QEvent
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot
from qt_pause import pause
from ui.mouse import Mouse

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.curves.curve_view import CurveView
from focus_viewer.ui.curves.spectral_plot import SpectralPlot


def shown(qtbot: QtBot, session: Session, workbench: Workbench) -> CurveView:
    view = CurveView(session, workbench)
    qtbot.addWidget(view)
    view.resize(800, 400)
    with qtbot.waitExposed(view):
        view.show()
    return view


def mouse_on(view: CurveView, plot: SpectralPlot) -> Mouse:
    return Mouse(view.plots, plot.vb)


def middle(plot: SpectralPlot) -> float:
    """The middle of the value axis, where events are sent to."""
    low, high = plot.vb.viewRange()[1]
    return float(low + high) / 2


def tip_at(view: CurveView, plot: SpectralPlot, position: float) -> str:
    """The tooltip that shows up where the mouse rests."""
    place = mouse_on(view, plot).pixel(position, middle(plot))
    viewport = view.plots.viewport()
    QToolTip.hideText()
    while QToolTip.isVisible():  # it fades
        pause(20)
    rest = QHelpEvent(QEvent.Type.ToolTip, place, viewport.mapToGlobal(place))
    QApplication.sendEvent(viewport, rest)
    return QToolTip.text() if QToolTip.isVisible() else ""


def one_pixel(plot: SpectralPlot) -> float:
    """What a pixel is on the spectral axis."""
    return float(plot.vb.viewPixelSize()[0])


def with_bad_bands(cube: Cube, *bands: int) -> Cube:
    """The same cube, with only these bands bad."""
    good = np.ones(cube.bands, dtype=np.bool_)
    good[list(bands)] = False
    return replace(cube, good_bands=good)


def notice(plot: SpectralPlot) -> str:
    """What the plot says in place of curves."""
    return _text(plot.notice)


def footnote(plot: SpectralPlot) -> str:
    """What the plot says beside its curves."""
    return _text(plot.footnote)


def _text(label: LabelItem) -> str:
    return str(label.item.toPlainText()).strip("\xa0 ") if label.isVisible() else ""
