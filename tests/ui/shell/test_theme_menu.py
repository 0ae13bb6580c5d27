"""The theme: chosen in a menu, remembered, followed by all that is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QMenu,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, ImmediateRunner, make_cube

from focus_viewer.assets import folder
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.shell.main_window import MainWindow
from focus_viewer.ui.shell.theme_menu import ThemeMenu, remembered_theme
from focus_viewer.ui.widgets import style, theme
from focus_viewer.ui.widgets.mnemonics import plain

DRAWS_VOLUME = True
GROUNDS = ("WINDOW", "PANEL", "RAISED", "EDGE", "TEXT", "MUTED", "LINE")


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def system() -> list[theme.Theme]:
    """The theme of the system, to be changed."""
    return ["dark"]


@pytest.fixture
def menu(
    qtbot: QtBot, settings: QSettings, system: list[theme.Theme]
) -> Iterator[tuple[ThemeMenu, list[str]]]:
    parent, applied = QMenu(), list[str]()
    qtbot.addWidget(parent)
    yield ThemeMenu(parent, settings, "dark", applied.append, lambda: system[0]), applied


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, settings: QSettings) -> Iterator[MainWindow]:
    style.apply(qapp, folder("resources"))
    path = folder("resources") / "leaf.hdr"
    session = Session()
    services = FakeServices({path.name: replace(make_cube(), name="leaf", path=path)})
    workbench = Workbench(session, ImmediateRunner(), services)
    one = MainWindow(session, workbench, path, settings)
    qtbot.addWidget(one)
    one.show()
    one.open_paths([path])
    session.pins.toggle(10, 10)
    yield one
    one.leave()
    theme.use("dark")
    qapp.setStyleSheet("")


def _pixels(widget: QWidget) -> np.ndarray:
    """Colours of a widget as it is drawn, one number each."""
    picture = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(picture.constBits(), dtype=np.uint32) & 0xFFFFFF


def _share(pixels: np.ndarray, palette: str) -> float:
    colours = [int(theme.PALETTES[palette][name][1:], 16) for name in GROUNDS]
    return float(np.isin(pixels, colours).mean())


def test_a_choice_is_applied_checked_and_remembered(
    menu: tuple[ThemeMenu, list[str]], settings: QSettings
) -> None:
    one, applied = menu
    light = next(each for each in one.menu.actions() if plain(each.text()) == "Light")
    light.trigger()
    assert applied == ["light"]
    assert light.isChecked()
    assert remembered_theme(settings) == "light"


def test_what_the_settings_hold_of_another_version_is_the_systems(settings: QSettings) -> None:
    settings.setValue("theme", "sepia")
    assert remembered_theme(settings) == "system"


def test_the_system_is_followed_while_it_changes(
    menu: tuple[ThemeMenu, list[str]], system: list[theme.Theme]
) -> None:
    one, applied = menu
    one.choose("system")
    assert applied == ["dark"]
    system[:] = ["light"]
    QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert applied == ["dark", "light"]


def test_a_chosen_theme_stays_when_the_system_changes(
    menu: tuple[ThemeMenu, list[str]], system: list[theme.Theme]
) -> None:
    one, applied = menu
    one.choose("dark")
    system[:] = ["light"]
    QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert applied == ["dark"]


@pytest.mark.parametrize("name", ["light", "contrast"])
def test_all_panels_of_an_open_window_follow(
    qtbot: QtBot, window: MainWindow, name: theme.Theme
) -> None:
    panels = {
        "window": window,
        "curves": window.curve_view,
        "decision": window.class_panel,
        "tools": window.image_view.tools,
        "header": window.image_view.header,
    }
    before = {each: _share(_pixels(panel), "dark") for each, panel in panels.items()}
    style.change_theme(name)
    QApplication.processEvents()
    for each, panel in panels.items():
        pixels = _pixels(panel)
        assert before[each] > 0.25, each
        assert _share(pixels, name) > 0.25, each
        assert _share(pixels, "dark") < 0.02, each


def test_a_theme_that_is_changed_back_leaves_the_same_curves(window: MainWindow) -> None:
    before = _pixels(window.curve_view)
    style.change_theme("light")
    assert np.mean(_pixels(window.curve_view) != before) > 0.5
    style.change_theme("dark")
    assert np.mean(_pixels(window.curve_view) != before) < 0.001


def test_colours_that_a_table_and_a_label_keep_follow(qtbot: QtBot, qapp: QApplication) -> None:
    style.apply(qapp, folder("resources"))
    table, text = QTableWidget(1, 1), QLabel(f"<span style='color:{theme.WARNING}'>!</span>")
    for one in (table, text):
        qtbot.addWidget(one)
    item = QTableWidgetItem("2")
    item.setForeground(QColor(theme.WARNING))
    table.setItem(0, 0, item)
    style.change_theme("light")
    assert item.foreground().color().name() == theme.LIGHT["WARNING"]
    assert theme.LIGHT["WARNING"] in text.text()
    style.change_theme("dark")
    assert item.foreground().color().name() == theme.DARK["WARNING"]
    qapp.setStyleSheet("")
