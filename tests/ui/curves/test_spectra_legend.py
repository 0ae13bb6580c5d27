"""Legend of the spectra: where it stands, what it leaves out, and who moves it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from focus_viewer.ui.curves.spectra_plot import SpectraPlot

LEFT = Qt.MouseButton.LeftButton
Draw = Callable[..., SpectraPlot]


@pytest.fixture
def view(qtbot: QtBot) -> pg.GraphicsLayoutWidget:
    made = pg.GraphicsLayoutWidget()
    qtbot.addWidget(made)
    made.resize(900, 300)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def draw(qtbot: QtBot, view: pg.GraphicsLayoutWidget) -> Draw:
    """Draw lines at these heights from one place to another, and return the plot."""
    plot = SpectraPlot()
    view.addItem(plot)

    def with_lines(heights: tuple[float, ...], begin: float = 0, end: float = 100) -> SpectraPlot:
        plot.setXRange(0, 100, padding=0)
        plot.setYRange(0, 1, padding=0)
        for number, height in enumerate(heights):
            x = np.linspace(begin, end, 200)
            plot.plot(x, np.full(200, height), name=f"line {number}")
        qtbot.waitUntil(lambda: plot.vb.height() > 100)
        plot.show_legend()
        return plot

    return with_lines


def _middle(plot: SpectraPlot) -> tuple[float, float]:
    """Where the middle of the legend is, as shares of the plot from its upper left."""
    legend = plot.legend
    place = legend.mapRectToParent(legend.rect()).center()
    return place.x() / plot.vb.width(), place.y() / plot.vb.height()


@pytest.mark.parametrize(
    ("height", "begin", "end", "right", "low"),
    [(0.9, 0, 40, True, False), (0.9, 0, 100, False, True), (0.1, 0, 100, False, False)],
)
def test_it_stands_where_no_line_is(
    draw: Draw, height: float, begin: float, end: float, right: bool, low: bool
) -> None:
    x, y = _middle(draw((height,), begin, end))
    assert (x > 0.5, y > 0.5) == (right, low)


def test_many_entries_leave_room_for_the_lines(draw: Draw) -> None:
    plot = draw(tuple(np.linspace(0, 1, 90)))
    legend = plot.legend
    assert legend.rect().height() <= plot.vb.height()
    assert legend.rect().width() <= 0.5 * plot.vb.width()
    seen = [name.text for _, name in legend.items if name.isVisible()]
    assert seen[0] == "line 0"
    assert legend._more[1].text == f"and {90 - len(seen)} more"
    assert "line 89" in legend.toolTip()


def test_each_name_stands_beside_its_line(draw: Draw) -> None:
    plot = draw(tuple(np.linspace(0.1, 0.9, 12)))
    plot.removeItem(plot.listDataItems()[3])
    plot.show_legend()
    seen = [(line, name) for line, name in plot.legend.items if name.isVisible()]
    assert len(seen) == 11
    for line, name in seen:
        assert abs(line.geometry().center().y() - name.geometry().center().y()) <= 1


def test_a_drag_moves_it_and_it_stays_there(
    qtbot: QtBot, view: pg.GraphicsLayoutWidget, draw: Draw
) -> None:
    plot = draw((0.9,), 0, 40)
    start = view.mapFromScene(plot.legend.mapToScene(plot.legend.rect().center()))
    port, end = view.viewport(), start + QPoint(-200, 60)
    before = plot.legend.pos()
    qtbot.mouseMove(port, start)
    qtbot.mousePress(port, LEFT, pos=start)
    for step in (start + QPoint(-100, 30), end):
        qtbot.mouseMove(port, step)
        qtbot.wait(20)  # as a hand: pyqtgraph leaves out moves that come at once
    qtbot.mouseRelease(port, LEFT, pos=end)
    assert plot.legend.moved
    moved = plot.legend.pos()
    assert before.x() - moved.x() > 100
    plot.show_legend()
    assert plot.legend.pos() == moved


def test_it_can_be_hidden(draw: Draw) -> None:
    plot = draw((0.5,))
    assert plot.legend.isVisible()
    plot.show_legend(False)
    assert not plot.legend.isVisible()
    plot.show_legend()
    assert not plot.legend.isVisible()
