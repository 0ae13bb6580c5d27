"""List of the model's classes with their probabilities."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.wording import percent
from focus_viewer.ui.widgets import theme

_PROBABILITY = Qt.ItemDataRole.UserRole
_ROW_PX, _DENSE_ROW_PX = 27, 22
_BAR_PX = 4
_PAD_PX = 10
_MOST_ROWS = 8


class _RowPainter(QStyledItemDelegate):
    """Delegate that paints a class with name, probability in per cent and a bar."""

    row_px = _ROW_PX

    def sizeHint(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(120, self.row_px)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        rect: QRect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        probability = index.data(_PROBABILITY)
        painter.save()
        if chosen:
            painter.fillRect(rect, QColor(theme.RAISED))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), QColor(theme.ACCENT))
        inner = rect.adjusted(_PAD_PX, 0, -_PAD_PX, -6)
        painter.setPen(QColor(theme.TEXT))
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, str(index.data()))
        if probability is not None:
            painter.setPen(QColor(theme.TEXT if chosen else theme.MUTED))
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(inner, flags, percent(probability))
            track = QRect(inner.left(), rect.bottom() - _BAR_PX - 2, inner.width(), _BAR_PX)
            painter.fillRect(track, QColor(theme.WINDOW))
            track.setWidth(round(inner.width() * probability))
            painter.fillRect(track, QColor(theme.ACCENT))
        painter.restore()


class ClassList(QListWidget):
    """List of classes in the model's order; the current row is the class to explain."""

    def __init__(self) -> None:
        super().__init__()
        self._painter = _RowPainter(self)
        self.setItemDelegate(self._painter)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setToolTip("Choose the class to explain")
        self.setAccessibleName("Class to explain")

    def show_classes(self, explanation: Explanation) -> None:
        """List the classes of a result, with none selected; emits no signal.

        Where the model does not apply, its probabilities are in tooltips alone.
        """
        applies = explanation.applicability.verdict != "does not apply"
        blocked = self.blockSignals(True)
        self.clear()
        for name, probability in zip(explanation.classes, explanation.probabilities, strict=True):
            item = QListWidgetItem(name)
            item.setData(_PROBABILITY, float(probability) if applies else None)
            if not applies:
                item.setToolTip(f"{percent(probability)}, of something that the model cannot know")
            self.addItem(item)
        self._fit()
        self.blockSignals(blocked)

    def set_dense(self, dense: bool) -> None:
        """Make rows lower, so that what stands below them is in sight in a low panel."""
        row_px = _DENSE_ROW_PX if dense else _ROW_PX
        if row_px != self._painter.row_px:
            self._painter.row_px = row_px
            self._fit()

    def _fit(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.setFixedHeight(self._painter.row_px * min(max(self.count(), 1), _MOST_ROWS) + 4)

    def mark(self, class_name: str) -> None:
        """Select the row of a class; emits no signal."""
        blocked = self.blockSignals(True)
        for item in self.findItems(class_name, Qt.MatchFlag.MatchExactly):
            self.setCurrentItem(item)
        self.blockSignals(blocked)
