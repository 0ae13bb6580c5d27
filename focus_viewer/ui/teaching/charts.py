"""Charts of a validation: confusion matrix, baselines, learning curves."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from focus_viewer.core.datasets.metrics import Interval
from focus_viewer.core.typing import DoubleArray
from focus_viewer.core.validation.learning_curve import Curve, LearningCurve
from focus_viewer.core.validation.report import ValidationReport
from focus_viewer.core.validation.sentences import BASELINE_NAMES, number_text
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.flow_grid import FlowGrid
from focus_viewer.ui.widgets.fonts import small_font
from focus_viewer.ui.widgets.plain_plot import plain_plot

_CELL_PX, _NAMES_PX, _HEAD_PX = 34, 104, 22
_MOST_CELL_ROWS = 14
_ROW_PX, _VALUE_PX = 24, 40
_PLOT_PX: Final = (170, 120)
_MOST_CURVES = 6


class ConfusionView(QWidget):
    """Confusion matrix: rows true, columns predicted, shaded by the share of the row."""

    def __init__(self) -> None:
        super().__init__()
        self.names: tuple[str, ...] = ()
        self.table: DoubleArray = np.zeros((0, 0))

    def show_table(self, names: tuple[str, ...], table: DoubleArray) -> None:
        """Show the matrix of all folds, or of one."""
        self.names, self.table = names, table
        self.setFixedHeight(_HEAD_PX + _CELL_PX * len(names) + 2)
        self.setMinimumWidth(_NAMES_PX + _CELL_PX * min(len(names), _MOST_CELL_ROWS))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw names, cells and counts."""
        painter = QPainter(self)
        painter.setFont(small_font())
        count = len(self.names)
        if not count:
            return
        cell = min(_CELL_PX * 2.0, (self.width() - _NAMES_PX) / count)
        sums = self.table.sum(axis=1, keepdims=True)
        shares = np.divide(self.table, sums, out=np.zeros_like(self.table), where=sums > 0)
        middle, right = Qt.AlignmentFlag.AlignCenter, Qt.AlignmentFlag.AlignRight
        painter.setPen(QColor(theme.MUTED))
        for col in range(count):
            place = QRectF(_NAMES_PX + col * cell, 0, cell, _HEAD_PX)
            painter.drawText(place, middle, str(col + 1))
        for row, name in enumerate(self.names):
            top = _HEAD_PX + row * _CELL_PX
            painter.setPen(QColor(theme.TEXT))
            text = painter.fontMetrics().elidedText(
                f"{row + 1}  {name}", Qt.TextElideMode.ElideRight, _NAMES_PX - 10
            )
            place = QRectF(0, top, _NAMES_PX - 8, _CELL_PX)
            painter.drawText(place, right | Qt.AlignmentFlag.AlignVCenter, text)
            for col in range(count):
                place = QRectF(_NAMES_PX + col * cell, top, cell, _CELL_PX).adjusted(1, 1, -1, -1)
                self._paint_cell(painter, place, row == col, shares[row, col], self.table[row, col])

    def _paint_cell(
        self, painter: QPainter, place: QRectF, right: bool, share: float, count: float
    ) -> None:
        painter.fillRect(place, QColor(theme.RAISED))
        colour = QColor(theme.RIGHT if right else theme.DANGER)
        colour.setAlphaF(float(share) * 0.85)
        painter.fillRect(place, colour)
        if count:
            painter.setPen(QColor(theme.TEXT))
            text = f"{count:.0f}" if float(count).is_integer() else f"{count:.1f}"
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


class RivalBars(QWidget):
    """Balanced accuracies of the model, the baselines and shuffled labels, with intervals."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[str, Interval | None, QColor]] = []
        self._chance = 0.0

    def show_report(self, report: ValidationReport) -> None:
        """Show the model and what is beside it, the best baseline first."""
        run = sorted(report.rivals, key=lambda own: own.score.mean if own.score else -1.0)[::-1]
        grey = QColor(theme.MUTED)
        self.rows = [
            (report.name, report.balanced_accuracy, QColor(theme.ACCENT)),
            *((BASELINE_NAMES.get(own.name, own.name), own.score, grey) for own in run),
            ("labels shuffled", report.shuffled, QColor(theme.EDGE).lighter(150)),
        ]
        self._chance = report.chance
        self.setFixedHeight(_ROW_PX * len(self.rows) + 16)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw names, intervals, means and the line of chance."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small_font())
        left, width = _NAMES_PX, self.width() - _NAMES_PX - _VALUE_PX
        bottom = _ROW_PX * len(self.rows)
        painter.setPen(QPen(QColor(theme.MUTED), 1, Qt.PenStyle.DashLine))
        x = left + self._chance * width
        painter.drawLine(round(x), 0, round(x), bottom)
        painter.drawText(QRectF(x - 40, bottom, 80, 14), Qt.AlignmentFlag.AlignCenter, "chance")
        for number, (name, score, colour) in enumerate(self.rows):
            y = (number + 0.5) * _ROW_PX
            painter.setPen(QColor(theme.TEXT))
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y - _ROW_PX / 2, left - 8, _ROW_PX), flags, name)
            if score is None or not np.isfinite(score.mean):
                painter.setPen(QColor(theme.MUTED))
                place = QRectF(left + 4, y - _ROW_PX / 2, width, _ROW_PX)
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, "not run")
                continue
            painter.setPen(QColor(theme.EDGE))
            painter.drawLine(left, round(y), left + width, round(y))
            if np.isfinite(score.low):
                painter.setPen(QPen(colour, 3, c=Qt.PenCapStyle.RoundCap))
                ends = [round(left + end * width) for end in (score.low, score.high)]
                painter.drawLine(ends[0], round(y), ends[1], round(y))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(QRectF(left + score.mean * width - 4, y - 4, 8, 8))
            painter.setPen(QColor(theme.TEXT))
            place = QRectF(left + width, y - _ROW_PX / 2, _VALUE_PX, _ROW_PX)
            painter.drawText(place, flags, number_text(score.mean))


class CurvePlots(FlowGrid):
    """Learning curves of all classes together and of each, those that would gain first."""

    def __init__(self) -> None:
        super().__init__(_PLOT_PX[0])

    def show_curve(self, curve: LearningCurve | None) -> None:
        """Show the curves; none without one."""
        if curve is None:
            self.show_widgets(())
            return
        order = ("helps", "open", "hardly", "too few")
        ranked = sorted(curve.classes, key=lambda own: (order.index(own.verdict), -own.units))
        shown = [own for own in ranked if own.verdict != "too few"][: _MOST_CURVES - 1]
        plots = [_curve_plot("all: balanced accuracy", curve.balanced_accuracy, theme.ACCENT)]
        plots += [
            _curve_plot(
                f"{own.name}: F1",
                own.curve,
                theme.WARNING if own.verdict == "helps" else theme.MUTED,
            )
            for own in shown
        ]
        self.show_widgets(plots)


def _curve_plot(title: str, curve: Curve, colour: str) -> QWidget:
    plot = plain_plot()
    plot.getAxis("left").setWidth(28)
    plot.setTitle(title, color=theme.TEXT, size=f"{theme.SMALL_PX}px")
    plot.setYRange(0, 1, padding=0.03)
    x = np.log2(np.array(curve.sizes, dtype=float))
    fill = QColor(colour)
    fill.setAlpha(60)
    if np.isfinite(curve.low).all():
        ends = [pg.PlotDataItem(x, each) for each in (curve.low, curve.high)]
        plot.addItem(pg.FillBetweenItem(*ends, brush=fill))
    plot.plot(
        x, curve.mean, pen=pg.mkPen(colour, width=2), symbol="o", symbolSize=5,
        symbolBrush=colour, symbolPen=None,
    )  # fmt: skip
    plot.getAxis("bottom").setTicks([[(at, str(n)) for at, n in zip(x, curve.sizes, strict=True)]])
    made = pg.GraphicsView(background=None)
    made.setCentralItem(plot)
    view: QWidget = made
    view.setFixedHeight(_PLOT_PX[1])
    view.setMinimumWidth(_PLOT_PX[0])
    return view
