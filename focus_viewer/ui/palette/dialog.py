"""Palette of commands: a field to type in over a list of what matches."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QSettings, Qt
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHeaderView,
    QMainWindow,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from focus_viewer.ui.palette.entries import Entry, entries_of, ranked
from focus_viewer.ui.palette.last_used import LastUsed
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.labels import label, text_field

_WIDTH_PX, _HEIGHT_PX, _TOP_PX = 640, 420, 60
_MARGIN_PX: Final = 40
_NAVIGATION: Final = frozenset(
    (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
)
_HINT = "Type a part of a command; Enter runs it, Esc closes"
_NOTHING = "No command matches. Try fewer letters."


class CommandPalette(QDialog):
    """List of all commands of a window, narrowed by typing and run by Enter or a click."""

    def __init__(self, window: QMainWindow, settings: QSettings) -> None:
        super().__init__(window, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("palette")
        self.setWindowTitle("Commands")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._last_used = LastUsed(settings)
        self._entries = entries_of(window)
        self._shown: list[Entry] = []
        self.field = text_field(_HINT)
        self.field.setAccessibleName("Command")
        self.list = _list()
        self.nothing = label(_NOTHING, "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.GAP_PX] * 4)
        for widget in (self.field, self.list, self.nothing):
            column.addWidget(widget)
        self.field.textChanged.connect(self._fill)
        self.field.returnPressed.connect(self.run)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(self.run)
        self._place(window)
        self._fill("")

    def _place(self, window: QMainWindow) -> None:
        """Place it at the top of the window, within it."""
        width = min(_WIDTH_PX, window.width() - _MARGIN_PX)
        height = min(_HEIGHT_PX, window.height() - _TOP_PX - _MARGIN_PX)
        self.resize(width, height)
        corner = window.geometry().topLeft()
        self.move(corner.x() + (window.width() - width) // 2, corner.y() + _TOP_PX)

    @property
    def shown(self) -> tuple[Entry, ...]:
        """Entries that match, in their order."""
        return tuple(self._shown)

    def _fill(self, query: str) -> None:
        self._shown = ranked(self._entries, query, self._last_used.keys())
        self.list.clear()
        self.list.addTopLevelItems([_item(entry) for entry in self._shown])
        self.list.setVisible(bool(self._shown))
        self.nothing.setVisible(not self._shown)
        first = self.list.topLevelItem(0)
        if first is not None:
            self.list.setCurrentItem(first)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Move in the list by the keys that go up and down, while the field is typed in."""
        key = Qt.Key(event.key()) if isinstance(event, QKeyEvent) else Qt.Key.Key_unknown
        if event.type() == QEvent.Type.KeyPress and key in _NAVIGATION:
            QApplication.sendEvent(self.list, event)
            return True
        return super().eventFilter(watched, event)

    def run(self) -> None:
        """Run the chosen command and close, if it is possible now."""
        index = self.list.indexOfTopLevelItem(self.list.currentItem())
        if index < 0 or not self._shown[index].action.isEnabled():
            return
        entry = self._shown[index]
        self._last_used.add(entry.key)
        self.close()
        entry.action.trigger()


def _list() -> QTreeWidget:
    made = QTreeWidget()
    made.setColumnCount(3)
    made.setHeaderHidden(True)
    made.setRootIsDecorated(False)
    made.setUniformRowHeights(True)
    made.setAccessibleName("Matching commands")
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is typed is for the field
    made.header().setStretchLastSection(False)
    made.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    for column in (1, 2):
        made.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
    return made


def _item(entry: Entry) -> QTreeWidgetItem:
    """Return a row with name, place or reason, and keys; muted where it cannot run."""
    item = QTreeWidgetItem([_ticked(entry), entry.reason or entry.place, entry.shortcut])
    muted = QColor(theme.MUTED)
    for column in (0, 1, 2) if entry.reason else (1, 2):
        item.setForeground(column, muted)
    item.setToolTip(0, entry.reason or entry.place)
    return item


def _ticked(entry: Entry) -> str:
    on = entry.action.isCheckable() and entry.action.isChecked()
    return f"{entry.name}  ✓" if on else entry.name
