"""The list of shortcuts: searched, and as high as the screen at the most."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from focus_viewer.ui.shell.shortcuts_dialog import ShortcutsDialog
from focus_viewer.ui.widgets.fitting import fit, room_for

ROWS = (("&File", "&Open...", "Ctrl+O"), ("View", "Heatmap overlay", "H"), ("Help", "Keys", "F1"))


def _shown(dialog: ShortcutsDialog) -> list[str]:
    rows = (row for row in range(dialog.table.rowCount()) if not dialog.table.isRowHidden(row))
    items = [dialog.table.item(row, 1) for row in rows]
    return [item.text() for item in items if item is not None]


def test_commands_are_found_by_text_menu_or_key(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ShortcutsDialog(ROWS, parent)
    assert _shown(dialog) == ["Open...", "Heatmap overlay", "Keys"]
    qtbot.keyClicks(dialog.filter, "HEAT")
    assert _shown(dialog) == ["Heatmap overlay"]
    dialog.filter.setText("ctrl+o")
    assert _shown(dialog) == ["Open..."]
    dialog.filter.setText("file")
    assert _shown(dialog) == ["Open..."]


def test_a_window_larger_than_the_screen_gets_what_there_is(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    fit(window, 300, 20_000)
    assert window.width() == 300
    assert window.height() == room_for(window).height()
