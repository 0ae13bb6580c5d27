"""Item delegate of the file list: thumbnail, name, and a summary or the reason for an error."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from focus_viewer.core.datasets.cube_labels import NO_LABELS, CubeLabels
from focus_viewer.session.tasks.folder_preview import FilePreview
from focus_viewer.ui.opening.folder_model import LABEL_ROLE, PREVIEW_ROLE, summary
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.fonts import small_font

ROW_PX = 84
_THUMBNAIL = QSize(96, 68)
_PAD_PX = 8
_LABEL_PX = 200
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_WRAPPED = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap


class FolderRows(QStyledItemDelegate):
    """Delegate that paints the rows of a `FolderModel`."""

    def sizeHint(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return one size for all rows, so that long lists need no layout per row."""
        return QSize(240, ROW_PX)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one row."""
        rect: QRect = option.rect
        preview: FilePreview | None = index.data(PREVIEW_ROLE)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(theme.RAISED))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), QColor(theme.ACCENT))
        frame = QRect(QPoint(rect.left() + _PAD_PX + 3, rect.top() + _PAD_PX), _THUMBNAIL)
        _paint_thumbnail(painter, frame, index.data(Qt.ItemDataRole.DecorationRole))
        text_rect = rect.adjusted(frame.right() + 14 - rect.left(), _PAD_PX, -_PAD_PX, -_PAD_PX)
        text_rect.setRight(_paint_labels(painter, text_rect, index.data(LABEL_ROLE)))
        _paint_text(painter, text_rect, str(index.data()), preview)
        painter.restore()


def _paint_thumbnail(painter: QPainter, frame: QRect, picture: QPixmap | None) -> None:
    painter.fillRect(frame, QColor(theme.WINDOW))
    if picture is not None:
        fitted = picture.scaled(
            frame.size(),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.FastTransformation
            if picture.width() < frame.width()  # keep the pixels of a tiny cube sharp
            else Qt.TransformationMode.SmoothTransformation,
        )
        corner = frame.center() - fitted.rect().center()
        painter.drawPixmap(corner, fitted)
    painter.setPen(QColor(theme.EDGE))
    painter.drawRect(frame.adjusted(0, 0, -1, -1))


def _paint_labels(painter: QPainter, rect: QRect, labels: CubeLabels) -> int:
    """Paint classes and groups at the right; return how far other text may go."""
    if labels == NO_LABELS:
        return rect.right()
    width = min(_LABEL_PX, rect.width() // 2)
    room = QRect(rect.right() - width, rect.top(), width, rect.height())
    painter.setPen(QColor(theme.ACCENT if labels.classes else theme.MUTED))
    line = room.adjusted(0, 0, 0, 22 - room.height())
    metrics = painter.fontMetrics()
    text = metrics.elidedText(labels.text or "no class", Qt.TextElideMode.ElideRight, width)
    painter.drawText(line, _LEFT, text)
    groups = "   ".join(f"{name} {value}" for name, value in labels.groups.items())
    _paint_line(painter, line.translated(0, 22), groups, theme.MUTED)
    return room.left() - _PAD_PX


def _paint_text(painter: QPainter, rect: QRect, name: str, preview: FilePreview | None) -> None:
    """Paint the name and the summary, with a remark, or the reason for an error."""
    bold = QFont(painter.font())
    bold.setBold(True)
    painter.setFont(bold)
    openable = preview is None or preview.openable
    painter.setPen(QColor(theme.TEXT if openable else theme.MUTED))
    line = QRect(rect.left(), rect.top(), rect.width(), 20)
    shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, rect.width())
    painter.drawText(line, _LEFT, shown)
    bold.setBold(False)
    painter.setFont(bold)
    if preview is None:
        _paint_line(painter, line.translated(0, 22), "No preview yet", theme.MUTED)
    elif openable:
        _paint_line(painter, line.translated(0, 22), summary(preview), theme.TEXT)
        painter.setFont(small_font())
        _paint_line(painter, line.translated(0, 44), _remark(preview), theme.MUTED)
    else:
        _paint_reason(painter, rect.adjusted(0, 22, 0, 0), preview)


def _paint_line(painter: QPainter, rect: QRect, text: str, colour: str) -> None:
    painter.setPen(QColor(colour))
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, _LEFT, shown)


def _paint_reason(painter: QPainter, rect: QRect, preview: FilePreview) -> None:
    """Paint the reason, elided; the tooltip of the row shows all of it."""
    painter.setFont(small_font())
    # Known other kinds such as a classification are valid; an unknown file may be damaged.
    unknown = preview.report.kind == "unknown"
    painter.setPen(QColor(theme.WARNING if unknown else theme.MUTED))
    metrics = painter.fontMetrics()
    lines = rect.height() // metrics.lineSpacing()
    # Each wrapped line loses part of its width.
    width_px = int(rect.width() * (lines - 0.4))
    shown = metrics.elidedText(preview.report.reason, Qt.TextElideMode.ElideRight, width_px)
    painter.drawText(rect, _WRAPPED, shown)


def _remark(preview: FilePreview) -> str:
    report = preview.report
    bands = report.shape[2] if report.shape else 0
    bad = bands - (report.good_bands or 0)
    counts = (
        (bad, "bad bands"),
        (len(report.contradictions), "contradictory"),
        (len(report.assumed), "assumed"),
        (len(report.ignored), "unused"),
    )
    return ", ".join(f"{count} {name}" for count, name in counts if count and report.ok)
