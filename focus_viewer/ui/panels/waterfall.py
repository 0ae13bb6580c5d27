"""Waterfall of a difference of logits: nothing shown, evidence, what is not attributed, sum."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from focus_viewer.core.saliency.logit_sum import LogitSum
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.colourmaps import BarColours
from focus_viewer.ui.widgets.fonts import digits_font, small_font
from focus_viewer.ui.widgets.terms import with_terms

_MINUS = "\u2212"
_GAP_PX = 8
_BAR_SHARE = 0.55  # of a row's height
_THINNEST_PX = 1.5  # a bar of zero is still seen
_ABOUT = (
    "Nothing shown: the leaf everywhere as it usually is. Evidence: the sum of the curve, over the "
    "image and all groups. Not attributed: what the sink took. Together they are the frozen ViT's "
    "own logit of the class, less that of the other classes."
)


@dataclass(frozen=True)
class Step:
    """Row of the waterfall: a bar from one value to another, and the number beside it."""

    name: str
    begin: float
    end: float
    number: str
    colour: str


class Waterfall(QWidget):
    """Four bars, each beginning where the one above ends; the last is the sum."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: tuple[Step, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_sum(self, class_name: str, others: str, found: LogitSum, colours: BarColours) -> None:
        """Show the sum of a class's logit less that of others, evidence in its colours."""
        self.steps = steps_of(found, colours)
        parts = ", ".join(f"{step.name.lower()} {step.number}" for step in self.steps)
        name = f"Logit of {class_name} less that of {others}: {parts}"
        self.setAccessibleName(name)
        self.setToolTip(
            with_terms(f"{escape(name)}. {_ABOUT}", "logit", "baseline", "evidence", "unattributed")
        )
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return room for four rows."""
        return QSize(200, round(4 * self._row_px()))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the rows' height; the bars give way."""
        return QSize(120, self.sizeHint().height())

    def _row_px(self) -> float:
        return QFontMetricsF(small_font()).height() + 4

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw names at the left, numbers at the right, and bars between."""
        if not self.steps:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bars = self.bars_rect()
        low, high = _range(self.steps)

        def place(value: float) -> float:
            return bars.left() + bars.width() * (value - low) / (high - low)

        painter.setPen(QColor(theme.EDGE))
        painter.drawLine(QLineF(place(0), 0, place(0), self.height()))
        for row, step in enumerate(self.steps):
            self._paint_words(painter, row, step)
            top = (row + (1 - _BAR_SHARE) / 2) * self._row_px()
            left, right = sorted((place(step.begin), place(step.end)))
            width = max(right - left, _THINNEST_PX)
            bar = QRectF(left, top, width, _BAR_SHARE * self._row_px())
            painter.fillRect(bar, QColor(theme.seen(step.colour)))

    def _paint_words(self, painter: QPainter, row: int, step: Step) -> None:
        box = QRectF(0, row * self._row_px(), self.width(), self._row_px())
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(theme.TEXT if step is self.steps[-1] else theme.MUTED))
        painter.setFont(small_font())
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignLeft, step.name)
        painter.setPen(QColor(theme.TEXT))
        painter.setFont(digits_font())
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, step.number)

    def bars_rect(self) -> QRectF:
        """Return where the bars are: what the widest name and number leave."""
        names, numbers = QFontMetricsF(small_font()), QFontMetricsF(digits_font())
        left = max(names.horizontalAdvance(step.name) for step in self.steps) + _GAP_PX
        right = max(numbers.horizontalAdvance(step.number) for step in self.steps) + _GAP_PX
        return QRectF(left, 0, max(self.width() - left - right, 1.0), self.height())


def steps_of(found: LogitSum, colours: BarColours) -> tuple[Step, ...]:
    """Return the four rows of a sum."""
    placed = found.baseline + found.evidence
    for_or_against = colours.below if found.evidence < 0 else colours.above
    return (
        Step("Nothing shown", 0.0, found.baseline, number_text(found.baseline), theme.MUTED),
        Step(
            "+ Evidence",
            found.baseline,
            placed,
            number_text(found.evidence, signed=True),
            for_or_against,
        ),
        Step(
            "+ Not attributed",
            placed,
            found.logit,
            number_text(found.unattributed, signed=True),
            theme.MUTED,
        ),
        Step("= Logit difference", 0.0, found.logit, number_text(found.logit), theme.ACCENT),
    )


def number_text(value: float, signed: bool = False) -> str:
    """Return `1.90`, `−0.21`, or with its sign `+1.90`."""
    text = f"{abs(value):.2f}"
    if float(text) == 0:
        return text
    return f"{_MINUS if value < 0 else '+' if signed else ''}{text}"


def _range(steps: tuple[Step, ...]) -> tuple[float, float]:
    ends = [0.0, *(step.begin for step in steps), *(step.end for step in steps)]
    low, high = min(ends), max(ends)
    return (low, high) if high > low else (low, low + 1.0)
