"""Paths in the settings: kept between runs, and ignored where they are damaged."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.shell.main_window import MainWindow
from focus_viewer.ui.widgets.stored_paths import read_paths, write_paths


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


def test_paths_come_back_in_their_order(settings: QSettings, tmp_path: Path) -> None:
    paths = [tmp_path / "b ü", tmp_path / "a"]
    write_paths(settings, "kept", paths)
    assert read_paths(settings, "kept") == paths


@pytest.mark.parametrize("damaged", ["", "5", "nowhere", "{}", '["a"', "[1, null]", b'["a"]'])
def test_a_window_opens_whatever_is_stored(
    settings: QSettings,
    damaged: str | bytes,
    session: Session,
    workbench: Workbench,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    for key in ("recent", "models"):
        settings.setValue(key, damaged)
        assert read_paths(settings, key) == []
    sample = tmp_path / "sample.hdr"
    window = MainWindow(session, workbench, sample, settings, paint_first=True)
    qtbot.addWidget(window)
    assert not window.later.done
