"""Menus in another language, from a file that Qt's tools make."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import PySide6
import pytest
from PySide6.QtCore import QLocale, QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, ImmediateRunner

from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.shell.main_window import MainWindow
from focus_viewer.ui.widgets import translate
from focus_viewer.ui.widgets.mnemonics import plain

GERMAN = {"File": "Datei", "Quit": "Beenden", "Theme": "Farben", "Heatmap overlay": "Heatmap"}
TS = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS><TS version="2.1" language="de"><context><name>focus_viewer</name>{}</context></TS>
"""
MESSAGE = "<message><source>{}</source><translation>{}</translation></message>"


@pytest.fixture
def german(qapp: QApplication, tmp_path: Path) -> Iterator[None]:
    tool = shutil.which("lrelease", path=str(Path(PySide6.__file__).parent))
    if tool is None:
        pytest.skip("PySide6 came without lrelease")
    place = tmp_path / "translations"
    place.mkdir()
    source = place / "focus_viewer_de.ts"
    words = "".join(MESSAGE.format(english, german) for english, german in GERMAN.items())
    source.write_text(TS.format(words), encoding="utf-8")
    subprocess.run([tool, str(source)], check=True, capture_output=True)
    translator = translate.install(qapp, tmp_path, QLocale(QLocale.Language.German))
    assert translator is not None
    yield
    qapp.removeTranslator(translator)


def _window(qtbot: QtBot, place: Path) -> MainWindow:
    session = Session()
    settings = QSettings(str(place / "settings.ini"), QSettings.Format.IniFormat)
    workbench = Workbench(session, ImmediateRunner(), FakeServices())
    window = MainWindow(session, workbench, place / "leaf.hdr", settings)
    qtbot.addWidget(window)
    return window


@pytest.mark.usefixtures("german")
def test_menus_are_in_the_language_of_the_file_and_english_where_it_has_no_word(
    qtbot: QtBot, tmp_path: Path
) -> None:
    window = _window(qtbot, tmp_path)
    assert plain(window.commands.menus["File"].title()) == "Datei"
    assert plain(window.commands["quit"].text()) == "Beenden"
    assert plain(window.commands["heatmap"].text()) == "Heatmap"
    assert plain(window.theme_menu.menu.title()) == "Farben"
    assert plain(window.commands["open"].text()) == "Open..."


def test_menus_are_english_without_a_file(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    assert translate.install(qapp, tmp_path, QLocale(QLocale.Language.German)) is None
    assert plain(_window(qtbot, tmp_path).commands.menus["File"].title()) == "File"
