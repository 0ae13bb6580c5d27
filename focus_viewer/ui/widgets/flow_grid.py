"""Grid of widgets of one kind, as many beside one another as there is room for."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from focus_viewer.ui.widgets import theme


class FlowGrid(QWidget):
    """Grid whose cells share its width, about as many in each row.

    Parameters
    ----------
    narrowest_px : int
        Of a cell.
    """

    def __init__(self, narrowest_px: int) -> None:
        super().__init__()
        self._narrowest_px = narrowest_px
        self._widgets: tuple[QWidget, ...] = ()
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.GAP_PX)

    def show_widgets(self, widgets: Sequence[QWidget]) -> None:
        """Show these in order; others that were shown are removed."""
        for widget in self._widgets:
            if widget not in widgets:
                self._grid.removeWidget(widget)
                widget.setParent(None)
                widget.deleteLater()
        self._widgets = tuple(widgets)
        self._columns = 0
        self._arrange()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the width of one cell: the others then stand below it."""
        return QSize(self._narrowest_px, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Arrange the widgets for another width."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        room = self.width() + theme.GAP_PX
        columns = max(1, room // (self._narrowest_px + theme.GAP_PX))
        count = max(1, len(self._widgets))
        rows = math.ceil(count / columns)
        columns = math.ceil(count / rows)  # as many in each row: none stands alone in the last
        if columns == self._columns:
            return
        for column in range(max(columns, self._grid.columnCount())):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        for number, widget in enumerate(self._widgets):
            self._grid.addWidget(widget, number // columns, number % columns)
        self._columns = columns
