"""The guide's window: contents, search, links, pictures, and the page of a panel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt, QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication, QDialog, QDockWidget, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, ImmediateRunner, make_cube

from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.help.context import PANEL_PAGES, WINDOW_PAGES, page_of
from focus_viewer.ui.help.guide_window import GuideWindow
from focus_viewer.ui.help.pages import find, guide_folder, pages
from focus_viewer.ui.shell.main_window import MainWindow


@pytest.fixture
def guide(qtbot: QtBot) -> GuideWindow:
    one = GuideWindow()
    qtbot.addWidget(one)
    one.show()
    qtbot.waitExposed(one)
    return one


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    session = Session()
    workbench = Workbench(session, ImmediateRunner(), FakeServices({"leaf.hdr": make_cube()}))
    one = MainWindow(session, workbench, tmp_path / "leaf.hdr", settings)
    qtbot.addWidget(one)
    one.show()
    one.activateWindow()
    qtbot.waitUntil(one.isActiveWindow)
    yield one
    one.leave()


def _titles(guide: GuideWindow) -> list[str]:
    return [guide.contents.item(row).text() for row in range(guide.contents.count())]


def test_the_index_lists_every_page_that_there_is() -> None:
    listed = [page.path for page in pages()]
    glossary = guide_folder().parent / "glossary.md"
    assert sorted(listed) == sorted([*guide_folder().glob("*.md"), glossary])
    assert len({page.title for page in pages()}) == len(listed)


def test_it_opens_with_its_contents_and_first_page(guide: GuideWindow) -> None:
    assert _titles(guide) == [page.title for page in pages()]
    assert guide.browser.path.name == "index.md"
    assert guide.contents.currentRow() == 0


def test_a_page_is_opened_by_the_contents_and_left_by_back(
    qtbot: QtBot, guide: GuideWindow
) -> None:
    item = guide.contents.item(2)
    place = guide.contents.visualItemRect(item).center()
    qtbot.mouseClick(guide.contents.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert guide.browser.path.name == "explanation.md"
    assert "sink" in guide.browser.toPlainText()
    assert guide.back.isEnabled()
    qtbot.mouseClick(guide.back, Qt.MouseButton.LeftButton)
    assert guide.browser.path.name == "index.md"
    assert guide.contents.currentRow() == 0


def test_a_link_leads_to_its_page_also_outside_of_the_guide(guide: GuideWindow) -> None:
    guide.show_page("explanation.md")
    guide.browser.anchorClicked.emit(QUrl("../applicability.md"))
    assert guide.browser.path == guide_folder().parent / "applicability.md"
    assert len(guide.browser.toPlainText()) > 500


def test_an_anchor_leads_to_its_heading(qtbot: QtBot, guide: GuideWindow) -> None:
    guide.resize(700, 300)
    guide.show_page("explanation.md", "attention")
    qtbot.waitUntil(lambda: guide.browser.verticalScrollBar().value() > 100)


def test_a_page_that_is_not_installed_says_so(guide: GuideWindow) -> None:
    guide.browser.anchorClicked.emit(QUrl("../nowhere.md"))
    assert "nowhere.md" in guide.browser.toPlainText()


def test_pictures_are_there_and_no_wider_than_the_window(guide: GuideWindow) -> None:
    guide.resize(700, 500)
    guide.show_page("first-hour.md")
    kind = QTextDocument.ResourceType.ImageResource.value
    picture = guide.browser.loadResource(kind, QUrl("pictures/first-hour.webp"))
    assert 0 < picture.width() <= guide.browser.viewport().width()


def test_search_finds_pages_by_all_words_and_marks_the_first(
    qtbot: QtBot, guide: GuideWindow
) -> None:
    qtbot.keyClicks(guide.search, "white reference")
    assert _titles(guide)[0].startswith("Formats and units")
    qtbot.keyClick(guide.search, Qt.Key.Key_Return)
    assert guide.browser.path.name == "formats.md"
    assert guide.browser.textCursor().selectedText().casefold() == "white"
    guide.search.clear()
    assert _titles(guide) == [page.title for page in pages()]


def test_a_search_without_result_says_so(qtbot: QtBot, guide: GuideWindow) -> None:
    qtbot.keyClicks(guide.search, "zebra")
    assert _titles(guide) == []
    assert guide.nothing.isVisible()
    assert "zebra" in guide.nothing.text()


def test_pages_that_name_the_word_in_their_title_come_first() -> None:
    assert find("teaching")[0].page.path.name == "teaching.md"


def test_every_panel_has_a_page(window: MainWindow) -> None:
    docks = {dock.objectName(): dock for dock in window.findChildren(QDockWidget)}
    assert docks.keys() == PANEL_PAGES.keys()
    for name, dock in docks.items():
        assert (guide_folder() / page_of(dock.widget())).is_file(), name
    assert page_of(window) == "index.md"


def test_every_window_beside_it_has_a_page(window: MainWindow) -> None:
    window.open_paths([Path("leaf.hdr")])
    for command in (
        *("contrast", "band_math", "components", "history", "libraries", "mask", "layers"),
        *("figure", "compare_models", "study", "log"),
    ):
        window.commands[command].trigger()
    windows = QApplication.topLevelWidgets()
    beside = [each for each in windows if each.isVisible() and each.parentWidget() is window]
    assert {type(each).__name__ for each in beside} == set(WINDOW_PAGES)
    for each in beside:
        assert (guide_folder() / page_of(each)).is_file()
        assert page_of(each.findChildren(QWidget)[-1]) != "index.md", each


def test_no_letter_of_a_tool_window_is_one_of_a_menu(window: MainWindow) -> None:
    window.open_paths([Path("leaf.hdr")])
    menus = {each.text().partition("&")[2][:1].lower() for each in window.menuBar().actions()}
    for name in ("contrast", "components", "band_math", "history", "mask", "layers"):
        window.commands[name].trigger()
    for tool in window.findChildren(QDialog):
        letters = {each.text().partition("&")[2][:1] for each in tool.findChildren(QPushButton)}
        assert letters - {""}, tool
        assert not menus & {letter.lower() for letter in letters - {""}}, tool


def test_a_key_opens_the_page_of_the_panel_that_has_the_focus(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.open_paths([Path("leaf.hdr")])
    window.curve_view.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is window.curve_view)
    qtbot.keyClick(window.curve_view, Qt.Key.Key_F1)
    guide = window.help_menu.guide
    assert guide is not None
    assert guide.isVisible()
    assert guide.browser.path.name == "spectra.md"
