"""Menus and widgets in another language, from a file that Qt's tools make."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import PySide6
import pytest
from PySide6.QtCore import QLocale, QSettings
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QGroupBox,
    QLabel,
    QPushButton,
    QVBoxLayout,
)
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, ImmediateRunner
from ui.static_texts import listed, listing, static_texts

from focus_viewer.assets import folder
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.shell.main_window import MainWindow
from focus_viewer.ui.widgets import translated
from focus_viewer.ui.widgets.mnemonics import plain

GERMAN = {"File": "Datei", "Quit": "Beenden", "Theme": "Farben", "Heatmap overlay": "Heatmap"}
GERMAN |= {"Regions": "Bereiche", "Dismiss": "Ausblenden", "RGB composite": "Echtfarben"}
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
    translator = translated.install(qapp, tmp_path, QLocale(QLocale.Language.German))
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
    assert translated.install(qapp, tmp_path, QLocale(QLocale.Language.German)) is None
    assert plain(_window(qtbot, tmp_path).commands.menus["File"].title()) == "File"


@pytest.mark.usefixtures("german")
def test_widgets_are_in_the_language_of_the_file_when_they_are_first_seen(qtbot: QtBot) -> None:
    panel, box = QGroupBox("Regions"), QComboBox()
    panel.setToolTip("No word for this")
    box.addItems(["RGB composite", "maize 3"])
    column = QVBoxLayout(panel)
    for child in (box, button := QPushButton("&Dismiss"), label := QLabel("Regions: 3")):
        column.addWidget(child)
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitExposed(panel)
    assert (panel.title(), panel.toolTip()) == ("Bereiche", "No word for this")
    assert [box.itemText(index) for index in range(2)] == ["Echtfarben", "maize 3"]
    assert (button.text(), label.text()) == ("Ausblenden", "Regions: 3")


def test_all_texts_are_listed_for_translators() -> None:
    file, texts = folder("resources") / "translations" / "focus_viewer.ts", static_texts()
    if os.environ.get("FOCUS_RENEW_TEXTS"):
        file.write_text(listing(texts), encoding="utf-8")
    assert {"Open...", "Polygon", "Calibrate to reflectance..."} <= set(texts)
    assert listed(file) == set(texts), "renew it with FOCUS_RENEW_TEXTS=1"
