"""Colour bar of the heatmap, with tick values."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from focus_viewer.core.saliency.modes import MODE_WORDS
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.typing import DoubleArray
from focus_viewer.core.wording import saliency_title
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.colourmaps import LEVELS, faded_lookup
from focus_viewer.ui.widgets.fonts import small_font

_WIDTH_PX = 80  # "unattributed" in small letters
_BAR_PX = 14
_LINE_PX = 16
_LEFT_PX = 8
_MOST_TICKS = 7
_BARE_LINES, _LOW_LINES = 6, 9  # below: no numbers; no title
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class ColourBar(QWidget):
    """Vertical bar with a title and tick values; empty without saliency."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(_WIDTH_PX)
        self._volume: SaliencyVolume | None = None
        self._colourmap = ""
        self._title, self._ends = "", ("", "")

    def show_scale(
        self,
        volume: SaliencyVolume,
        colourmap: str,
        title: str = "",
        ends: tuple[str, str] = ("for", "against"),
    ) -> None:
        """Show the limits of a volume in the colours of a map; the title is its mode if empty.

        The upper and lower end are labelled for signed volumes.
        """
        shown = (volume, colourmap, title or volume.mode, ends)
        if shown != (self._volume, self._colourmap, self._title, self._ends):
            self._volume, self._colourmap, self._title, self._ends = shown
            self.setToolTip(_tooltip(volume, title or volume.mode, ends))
            self.update()

    def clear(self) -> None:
        """Empty the bar."""
        self._volume = None
        self.setToolTip("")
        self.update()

    def bar_rect(self) -> QRectF:
        """Return the coloured rectangle in widget pixels; its top is the upper limit."""
        if self._is_bare():
            return QRectF(_LEFT_PX, 2, _BAR_PX, max(self.height() - 6, 1))
        top = 3.2 + self._first_line()
        height = max(self.height() - (top + 2) * _LINE_PX, 1)
        return QRectF(_LEFT_PX, top * _LINE_PX, _BAR_PX, height)

    def _is_bare(self) -> bool:
        """Return whether there is room for the colours and their ends alone."""
        return self.height() < _BARE_LINES * _LINE_PX

    def _first_line(self) -> float:
        """Return where the title stands, in lines; above the edge where there is little room."""
        return 0.3 if self.height() >= _LOW_LINES * _LINE_PX else -0.9

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw title, colours and numbers."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.WINDOW))
        if self._volume is None:
            return
        painter.setFont(small_font())
        bar = self.bar_rect()
        painter.drawImage(bar, _strip(self._colourmap))
        painter.setPen(QColor(theme.EDGE))
        painter.drawRect(bar.adjusted(-0.5, -0.5, 0.5, 0.5))
        if self._is_bare():
            self._paint_ends(painter, bar, self._volume)
            return
        self._paint_titles(painter, self._volume)
        self._paint_ticks(painter, bar, *self._volume.limits)

    def _paint_ends(self, painter: QPainter, bar: QRectF, volume: SaliencyVolume) -> None:
        """Name the ends beside the colours; the tooltip says the rest."""
        painter.setPen(QColor(theme.TEXT))
        beside = bar.adjusted(_BAR_PX + 4, 0, _WIDTH_PX, 0)
        sides = (Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom)
        for side, text in zip(sides, self._ends if volume.signed else (), strict=False):
            painter.drawText(beside, side, text)

    def _paint_titles(self, painter: QPainter, volume: SaliencyVolume) -> None:
        first = self._first_line()
        lines = [(first, self._title, theme.TEXT)] if first > 0 else []
        exponent = scale_exponent(volume.limits[1])
        if exponent:
            lines.append(
                (first + 0.9, f"× 10{str(exponent).translate(_SUPERSCRIPTS)}", theme.MUTED)
            )
        if volume.signed:
            lines.append((first + 2.0, self._ends[0], theme.TEXT))
            lines.append((self.height() / _LINE_PX - 1.6, self._ends[1], theme.TEXT))
        for line, text, colour in lines:
            painter.setPen(QColor(colour))
            box = QRectF(_LEFT_PX, line * _LINE_PX, _WIDTH_PX - _LEFT_PX, _LINE_PX)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_ticks(self, painter: QPainter, bar: QRectF, low: float, high: float) -> None:
        unit = 10.0 ** scale_exponent(high)
        for value in nice_ticks(low, high, int(bar.height() // _LINE_PX)):
            y = bar.bottom() - bar.height() * (value - low) / (high - low)
            painter.setPen(QColor(theme.MUTED))
            painter.drawLine(int(bar.right()) + 2, round(y), int(bar.right()) + 5, round(y))
            painter.setPen(QColor(theme.TEXT))
            box = QRectF(bar.right() + 8, y - _LINE_PX / 2, _WIDTH_PX, _LINE_PX)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, _number(value / unit))


def _strip(colourmap: str) -> QImage:
    """Return the colours from the upper limit down, one pixel wide."""
    table = np.ascontiguousarray(faded_lookup(colourmap)[::-1])
    return QImage(table.data, 1, LEVELS, 4, QImage.Format.Format_RGBA8888).copy()


def _tooltip(volume: SaliencyVolume, title: str, ends: tuple[str, str]) -> str:
    if volume.method:
        return f"{saliency_title(volume)}; values near 0 are transparent"
    is_mode = title == volume.mode
    name = MODE_WORDS[volume.mode].title if is_mode else title.capitalize()
    unit = f", in {MODE_WORDS[volume.mode].unit}" if is_mode else ""
    sides = "for and against" if volume.signed and ends == ("for", "against") else "of"
    scale = "; the same colours for all classes" if is_mode else ""
    return f"{name} {sides} {volume.class_name}{unit}{scale}; values near 0 are transparent"


def _number(value: float) -> str:
    return f"{value:.6g}".replace("-", "−")


def scale_exponent(top: float) -> int:
    """Return the power of ten that scales values up to `top`; 0 if they need no scaling."""
    exponent = int(np.floor(np.log10(top)))
    return 0 if -2 < exponent < 4 else exponent


def nice_ticks(low: float, high: float, room: int = _MOST_TICKS) -> DoubleArray:
    """Return at most seven round numbers from low to high, including 0 if it is in range.

    `room` is for how many there is room.
    """
    rough = (high - low) / min(max(room, 1), _MOST_TICKS)
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(power * round_ for round_ in (1, 2, 2.5, 5, 10) if power * round_ >= rough)
    first, last = np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9)
    return np.asarray(np.arange(first, last + 1) * step) + 0.0  # no minus zero
