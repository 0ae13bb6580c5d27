"""Legend of the spectra: in the corner where it covers least, until the user drags it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from focus_viewer.core.typing import DoubleArray
from focus_viewer.ui.widgets import theme

_ROW_PX: Final = 15
_LINE_PX: Final = 20
_PAD_PX: Final = 4
_MOST_LETTERS: Final = 40
_SHARE: Final = 0.45  # of the plot's width, at most
_IN_FRONT: Final = 30  # of the band window, so that a drag moves the legend
_TIP: Final = "Drag to move; View > Legend of the spectra hides it"
_CORNERS: Final = {(0, 0): (8, 6), (1, 0): (-8, 6), (0, 1): (8, -6), (1, 1): (-8, -6)}
"""Offset in pixels from each corner, (right, bottom)."""


class _Sample(pg.graphicsItems.LegendItem.ItemSample):  # type: ignore[misc]
    """Line of a spectrum, as high as a row; clicks are for the plot."""

    def __init__(self, item: Any) -> None:
        super().__init__(item)
        self.setFixedHeight(_ROW_PX)

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Draw the line in the middle of the row."""
        painter.setPen(pg.mkPen(self.item.opts["pen"]))
        painter.drawLine(0, _ROW_PX // 2, _LINE_PX, _ROW_PX // 2)

    def mouseClickEvent(self, event: Any) -> None:  # noqa: N802 - pyqtgraph's name
        """Leave the click to the plot: it does not hide the line."""
        event.ignore()


class SpectraLegend(pg.LegendItem):  # type: ignore[misc]
    """Legend whose entries go on in further columns, as far as the curves have room.

    Attributes
    ----------
    moved : bool
        Whether the user has dragged it: then it stays there.
    """

    def __init__(self, plot: pg.PlotItem) -> None:
        ground = QColor(theme.PANEL)
        ground.setAlpha(200)
        super().__init__(
            brush=ground,
            labelTextColor=theme.TEXT,
            labelTextSize=f"{theme.SMALL_PX}px",
            sampleType=_Sample,
        )
        self.moved = False
        self._box = plot.vb
        self._corner = (0, 0)
        self._curves: Sequence[tuple[DoubleArray, DoubleArray]] = ()
        self.layout.setContentsMargins(_PAD_PX, 2, _PAD_PX, 2)
        self._more = self._make_more()
        self.setParentItem(plot.vb)
        self.setZValue(_IN_FRONT)
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        plot.vb.sigResized.connect(self._on_resized)

    def _make_more(self) -> tuple[pg.GraphicsWidget, pg.LabelItem]:
        """Return the entry with the number of entries that are left out."""
        blank = pg.GraphicsWidget()
        blank.setFixedWidth(_LINE_PX)
        name = pg.LabelItem("", color=theme.MUTED, size=f"{theme.SMALL_PX}px", justify="left")
        for part in (blank, name):
            part.setFixedHeight(_ROW_PX)
            part.setParentItem(self)
            part.hide()
        return blank, name

    def addItem(self, item: Any, name: str) -> None:  # noqa: N802 - pyqtgraph's name
        """Add an entry; a long name is shortened."""
        short = name if len(name) <= _MOST_LETTERS else f"{name[: _MOST_LETTERS - 1]}…"
        super().addItem(item, short)
        self.items[-1][1].setFixedHeight(_ROW_PX)

    def updateSize(self) -> None:  # noqa: N802 - pyqtgraph's name
        """Leave the size to `arrange`, which is called once all entries are there."""

    def _removeItemFromLayout(self, *parts: Any) -> None:  # noqa: N802 - pyqtgraph's name
        """Remove an entry, which need not be laid out: those that are left are laid out anew."""
        self._empty()
        for part in parts:
            part.close()
            if part.scene() is not None:
                part.scene().removeItem(part)

    def _empty(self) -> None:
        for place in reversed(range(self.layout.count())):
            self.layout.removeAt(place)

    def arrange(self, curves: Sequence[tuple[DoubleArray, DoubleArray]]) -> None:
        """Lay out the entries, and move to the corner with the fewest values.

        Parameters
        ----------
        curves : sequence of (x, y)
            What is drawn, in the coordinates of the plot.
        """
        self._curves = curves
        self._empty()
        self.setToolTip("\n".join([*(name.text for _, name in self.items), "", _TIP]))
        rows = max(1, int(self._box.height() - 4 * _PAD_PX) // _ROW_PX)
        for place, (sample, name) in enumerate(self._fitting(rows)):
            self.layout.addItem(sample, place % rows, place // rows * 2)
            self.layout.addItem(name, place % rows, place // rows * 2 + 1)
        self.layout.activate()
        self.resize(self.layout.effectiveSizeHint(Qt.SizeHint.PreferredSize))
        if self.moved:
            self.autoAnchor(self.pos())
        else:
            self._go_to_free_corner()

    def _fitting(self, rows: int) -> list[tuple[Any, pg.LabelItem]]:
        """Return the entries that leave room for the curves, and the number of those left out.

        All others are hidden.
        """
        widest = max((name.itemRect().width() for _, name in self.items), default=0)
        wide = widest + _LINE_PX + 3 * _PAD_PX
        columns = max(1, int(_SHARE * self._box.width() // wide))
        left_out = len(self.items) - rows * columns
        shown = self.items if left_out <= 0 else self.items[: rows * columns - 1]
        for part in (part for entry in self.items for part in entry):
            part.setVisible(False)
        if left_out > 0:
            self._more[1].setText(f"and {left_out + 1} more")
            shown = [*shown, self._more]
        self._more[1].setVisible(False)
        for part in (part for entry in shown for part in entry):
            part.setVisible(True)
        return list(shown)

    def _go_to_free_corner(self) -> None:
        covered = {corner: self._covered(corner) for corner in _CORNERS}
        least = min(covered.values())
        if covered[self._corner] > least:
            self._corner = next(corner for corner in _CORNERS if covered[corner] == least)
        self.anchor(self._corner, self._corner, offset=_CORNERS[self._corner])

    def _covered(self, corner: tuple[int, int]) -> int:
        """Return how many values it would cover in a corner."""
        size, (dx, dy) = self.rect(), _CORNERS[corner]
        left = corner[0] * (self._box.width() - size.width()) + dx
        top = corner[1] * (self._box.height() - size.height()) + dy
        area = QRectF(left, top, size.width(), size.height())
        seen = self._box.mapToView(area).boundingRect()
        return sum(_count_inside(x, y, seen) for x, y in self._curves)

    def mouseDragEvent(self, event: Any) -> None:  # noqa: N802 - pyqtgraph's name
        """Follow a drag, and stay there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.moved = True
        super().mouseDragEvent(event)

    def _on_resized(self) -> None:
        if self.isVisible():
            self.arrange(self._curves)


def _count_inside(x: DoubleArray, y: DoubleArray, area: QRectF) -> int:
    low, high = sorted((area.top(), area.bottom()))
    within = (x >= area.left()) & (x <= area.right()) & (y >= low) & (y <= high)
    return int(np.count_nonzero(within))
