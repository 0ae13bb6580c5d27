"""Page measured in millimetres from its upper left corner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from focus_viewer.figures import style

_LETTER_MM = 4.0  # from a panel's letter to its title


class Page:
    """Figure whose parts are placed by hand: the same on every machine, attached to no window."""

    def __init__(self, height_mm: float, width_mm: float = style.WIDTH_MM) -> None:
        self._height_mm, self._width_mm = height_mm, width_mm
        self.figure = Figure(figsize=(width_mm / style.MM_PER_INCH, height_mm / style.MM_PER_INCH))
        FigureCanvasAgg(self.figure)

    def axes(self, x_mm: float, y_mm: float, width_mm: float, height_mm: float) -> Axes:
        """Add axes whose frame has this upper left corner and size."""
        left, top = self._fractions(x_mm, y_mm + height_mm)
        size = (width_mm / self._width_mm, height_mm / self._height_mm)
        return self.figure.add_axes((left, top, *size))

    def text(self, x_mm: float, y_mm: float, text: str, **kind: Any) -> Text:
        """Add a line of text, baseline at y; `kind` as matplotlib's Text takes it."""
        return self.figure.text(*self._fractions(x_mm, y_mm), text, **kind)

    def line(self, start_mm: tuple[float, float], end_mm: tuple[float, float], **kind: Any) -> None:
        """Add a straight line; `kind` as matplotlib's Line2D takes it."""
        xs, ys = zip(self._fractions(*start_mm), self._fractions(*end_mm), strict=True)
        self.figure.add_artist(Line2D(xs, ys, **kind))

    def title(self, x_mm: float, y_mm: float, letter: str, text: str) -> None:
        """Add a panel's bold letter and its title, baseline at y."""
        self.figure.text(*self._fractions(x_mm, y_mm), letter, fontsize=9, fontweight="bold")
        self.figure.text(*self._fractions(x_mm + _LETTER_MM, y_mm), text, fontsize=7.5)

    def name(self, x_mm: float, y_mm: float, text: str) -> None:
        """Add a row's name in bold, baseline at y."""
        self.figure.text(*self._fractions(x_mm, y_mm), text, fontsize=7.5, fontweight="bold")

    def key(
        self, right_mm: float, y_mm: float, words: Sequence[tuple[str, str]], step_mm: float
    ) -> None:
        """Add a colour key of (text, colour), every `step_mm`, ending at this right edge."""
        for text, colour in reversed(words):
            place = self._fractions(right_mm, y_mm)
            self.figure.text(*place, f"■ {text}", color=colour, ha="right")
            right_mm -= step_mm

    def lines(self, x_mm: float, y_mm: float, lines: Sequence[str], colour: str) -> None:
        """Add small print, first baseline at y."""
        for number, line in enumerate(lines):
            place = self._fractions(x_mm, y_mm + number * style.LINE_MM)
            self.figure.text(*place, line, fontsize=style.SMALL_PT, color=colour)

    def _fractions(self, x_mm: float, y_mm: float) -> tuple[float, float]:
        return x_mm / self._width_mm, 1 - y_mm / self._height_mm
