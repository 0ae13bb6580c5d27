"""Plots without their menu: nothing hidden is made with them or left behind."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from focus_viewer.ui.widgets.bare_plot import BarePlot


def test_a_plot_makes_no_widgets_beside_its_view(qapp: QApplication) -> None:
    kept = [BarePlot()]
    before = len(qapp.allWidgets())
    kept.append(BarePlot())
    assert len(qapp.allWidgets()) == before


def test_a_plot_draws_and_its_view_closes_without_the_menu(qtbot: QtBot) -> None:
    view, plot = pg.GraphicsLayoutWidget(), BarePlot()
    qtbot.addWidget(view)
    view.addItem(plot)
    line = plot.plot([1.0, 2.0, 3.0], [4.0, 6.0, 5.0])
    assert line.getData()[1].tolist() == [4.0, 6.0, 5.0]
    plot.vb.updateAutoRange()
    assert plot.viewRange()[1][1] >= 6.0
    plot.close()
    assert plot.vb is None
