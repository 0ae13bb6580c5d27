"""Plot of pyqtgraph without the forty widgets of its menu, which is never opened here.

pyqtgraph makes them for each plot, hidden, with no parent. Each change of the style visits them,
and they stay when the plot goes: a window left 59 behind.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pyqtgraph as pg
from pyqtgraph.graphicsItems.PlotItem.PlotItem import ui_template
from pyqtgraph.WidgetGroup import WidgetGroup
from PySide6.QtWidgets import QMenu, QWidget, QWidgetAction


class BarePlot(pg.PlotItem):  # type: ignore[misc]
    """Plot whose options are those of a menu that nobody has opened."""

    def __init__(self, **options: Any) -> None:
        super().__init__(enableMenu=False, **options)
        self.stateGroup = WidgetGroup()
        self.ctrl = _options()
        self.ctrlMenu = self.ctrl.menu  # pyqtgraph takes a plot without one for closed
        for action in self.findChildren(QWidgetAction):
            action.setParent(None)  # it goes, and its part of the form with it


@cache
def _options() -> Any:
    """Return the form that all plots read their options from: averaging, grid, downsampling."""
    form = ui_template.Ui_Form()
    form.kept = QWidget()  # the form's parts go with it
    form.setupUi(form.kept)
    form.menu = QMenu()
    return form
