"""The welcome page and its links to recent files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from focus_viewer.ui.shell.recent import RecentFiles
from focus_viewer.ui.shell.welcome import Welcome


def test_a_cleared_list_of_recent_files_leaves_no_links(qtbot: QtBot, tmp_path: Path) -> None:
    recent = RecentFiles(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    recent.add(tmp_path / "leaf.hdr")
    page = Welcome(QAction(), QAction(), recent, lambda paths: None)
    qtbot.addWidget(page)
    page.show()
    assert "leaf.hdr" in _shown(page)
    recent.clear()
    qtbot.waitUntil(lambda: "leaf.hdr" not in _shown(page))


def _shown(page: Welcome) -> list[str]:
    return [each.text() for each in page.findChildren(QPushButton)]
