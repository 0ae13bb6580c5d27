"""Clipped and overlapping texts of a window, found by geometry."""

from __future__ import annotations

from itertools import combinations

from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QLabel,
    QRadioButton,
    QScrollArea,
    QStyle,
    QStyleOptionComboBox,
    QWidget,
)

from focus_viewer.ui.widgets.captions import Caption
from focus_viewer.ui.widgets.elided_box import ElidedBox

_ROUNDING_PX = 1
_FRAME_PX = 3
_KINDS = (QLabel, QAbstractButton, QComboBox)


def label_faults(window: QWidget) -> list[str]:
    """What is wrong with the visible texts of a window, a line each."""
    shown = [
        widget
        for widget in window.findChildren(QWidget)
        if isinstance(widget, _KINDS) and _text(widget) and _is_seen(widget)
    ]
    clipped = [_named(widget) for widget in shown if _is_cut(widget) or _is_covered(widget)]
    return clipped + [
        f"{_named(one)} overlaps {_named(other)}"
        for one, other in combinations(shown, 2)
        if one.parent() is other.parent() and one.geometry().intersects(other.geometry())
    ]


def _text(widget: QWidget) -> str:
    if isinstance(widget, QComboBox):
        return str(widget.currentText())
    return str(widget.text())  # type: ignore[attr-defined]


def _is_seen(widget: QWidget) -> bool:
    """Whether it is on the screen, or can be scrolled to; not so behind a tab."""
    if not widget.isVisible():
        return False
    scrolled = _scrolled(widget)
    return not (scrolled or widget).visibleRegion().isEmpty()


def _scrolled(widget: QWidget) -> QScrollArea | None:
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QScrollArea):
        parent = parent.parentWidget()
    return parent


def _named(widget: QWidget) -> str:
    size = f"{widget.width()} x {widget.height()}"
    return f"{type(widget).__name__} {_text(widget)!r} ({size}, wants {widget.sizeHint()})"


def _is_cut(widget: QWidget) -> bool:
    """Whether a text needs more room than it has; elided ones tell the whole in their tooltip."""
    if isinstance(widget, Caption | ElidedBox):
        return not widget.toolTip()
    if isinstance(widget, QComboBox):
        return widget.fontMetrics().horizontalAdvance(widget.currentText()) > _edit_px(widget)
    if isinstance(widget, QLabel) and widget.wordWrap():
        return widget.heightForWidth(widget.width()) > widget.height() + _ROUNDING_PX
    # Qt asks for more height than the frame of a button takes.
    high = widget.sizeHint().height() if isinstance(widget, QLabel) else _line_px(widget)
    too_wide = widget.sizeHint().width() > widget.width() + _ROUNDING_PX
    return too_wide or high > widget.height() + _ROUNDING_PX


def _line_px(button: QWidget) -> int:
    frame = 0 if isinstance(button, QCheckBox | QRadioButton) else 2 * _FRAME_PX
    return button.fontMetrics().height() + frame


def _edit_px(box: QComboBox) -> int:
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    part = QStyle.SubControl.SC_ComboBoxEditField
    kind = QStyle.ComplexControl.CC_ComboBox
    return int(box.style().subControlRect(kind, option, part, box).width())


def _is_covered(widget: QWidget) -> bool:
    """Whether a part of it is outside what its parents show, and cannot be scrolled to."""
    area = _scrolled(widget)
    if area is None:
        return widget.visibleRegion().boundingRect() != widget.rect()
    left = widget.mapTo(area.widget(), widget.rect().topLeft()).x()
    return left < 0 or left + widget.width() > area.viewport().width()
