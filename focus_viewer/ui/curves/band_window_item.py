"""Band window on a plot: shaded, with a middle and two edges to drag."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QBrush, QColor

from focus_viewer.ui.curves.span_shading import Span, SpanShading
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.fonts import small_font

_FILL_ALPHA = 46
_EDGE_ALPHA = 150
_LABEL_HEIGHT = 0.73  # of the plot, until its size is known
_BELOW_NAMES_PX = 27  # middle of the label: names of regions are above it
_IN_FRONT = 10


class BandWindowItem(QObject):
    """Band window on the axis of a plot, with signals for drags.

    Attributes
    ----------
    moved : signal of float
        Position that the middle was dragged to.
    widened : signal of float
        Width that an edge was dragged to; the middle stays.
    """

    moved = Signal(float)
    widened = Signal(float)

    def __init__(self, plot: pg.PlotItem, labelled: bool) -> None:
        super().__init__(plot)
        self._fill = SpanShading(named=False)
        accent = QColor(theme.ACCENT)
        accent.setAlpha(_FILL_ALPHA)
        self._brush = QBrush(accent)
        self.edges = [_line(_EDGE_ALPHA, 1, "Drag to change the width") for _ in range(2)]
        self.middle = _line(255, 2, "Drag to choose the wavelength")
        self._label = _label(self.middle) if labelled else None
        if self._label is not None:
            plot.vb.sigResized.connect(self._place_label)
        for item in (self._fill, *self.edges, self.middle):
            item.setZValue(_IN_FRONT)
            plot.addItem(item, ignoreBounds=True)
        self.middle.sigDragged.connect(self._on_middle)
        for edge in self.edges:
            edge.sigDragged.connect(self._on_edge)

    def show_window(self, center: float, width: float, text: str) -> None:
        """Show a window and its name."""
        low, high = center - width / 2, center + width / 2
        self._fill.set_spans([Span(low, high, self._brush)])
        if self._label is not None:
            self._label.format = text.replace("{", "{{").replace("}", "}}")  # written by a move
        self.middle.setPos(center)
        self.edges[0].setPos(low)
        self.edges[1].setPos(high)
        if self._label is not None and self.text != text:
            self._label.setText(text)

    def _place_label(self, box: pg.ViewBox) -> None:
        """Keep the label below the names at the top, whatever the height of the plot."""
        if self._label is not None and box.height() > 2 * _BELOW_NAMES_PX:
            self._label.setPosition(1 - _BELOW_NAMES_PX / box.height())

    @property
    def text(self) -> str:
        """Text of the label; empty without a label."""
        return "" if self._label is None else str(self._label.textItem.toPlainText())

    def set_visible(self, visible: bool) -> None:
        """Show or hide the window."""
        for item in (self._fill, self.middle, *self.edges):
            item.setVisible(visible)

    def _on_middle(self, line: pg.InfiniteLine) -> None:
        self.moved.emit(line.value())

    def _on_edge(self, line: pg.InfiniteLine) -> None:
        self.widened.emit(2 * abs(line.value() - self.middle.value()))


def _line(alpha: int, width: int, tip: str) -> pg.InfiniteLine:
    colour = QColor(theme.ACCENT)
    colour.setAlpha(alpha)
    line = pg.InfiniteLine(
        angle=90,
        movable=True,
        pen=pg.mkPen(colour, width=width),
        hoverPen=pg.mkPen(theme.TEXT, width=width + 1),
    )
    line.setCursor(Qt.CursorShape.SizeHorCursor)
    line.setToolTip(tip)
    return line


def _label(line: pg.InfiniteLine) -> pg.InfLineLabel:
    """Return a label on the side of the line that has room."""
    label = pg.InfLineLabel(
        line,
        "",
        position=_LABEL_HEIGHT,
        color=theme.WINDOW,
        fill=pg.mkBrush(theme.ACCENT),
        anchors=[(-0.04, 0.5), (1.04, 0.5)],
    )
    label.textItem.setFont(small_font())
    label.textItem.document().setDocumentMargin(2)
    return label
