"""Guide in a window of its own: contents, search over all pages, back and forward."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.ui.help.browser import PageBrowser
from focus_viewer.ui.help.pages import INDEX, find, guide_folder, pages
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.labels import label, text_field, tool_button

_SIZE_PX = (1040, 760)
_CONTENTS_PX = 250
_PATH = Qt.ItemDataRole.UserRole


class GuideWindow(QWidget):
    """Window of the guide, beside the main window: it stays open while one works."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Guide - FOCUS Viewer")
        self.search = text_field("Search all pages")
        self.search.setAccessibleName("Search all pages of the guide")
        self.contents = QListWidget()
        self.contents.setAccessibleName("Pages of the guide")
        self.contents.setWordWrap(True)
        self.nothing = label("", "muted", wrapped=True)
        self.browser = PageBrowser()
        self.back = tool_button("←", "Back (Alt+Left)")
        self.forward = tool_button("→", "Forward (Alt+Right)")
        self._lay_out()
        self._listen()
        self._show_contents()
        room = self.screen().availableGeometry()
        self.resize(min(_SIZE_PX[0], room.width()), min(_SIZE_PX[1], room.height()))
        self.show_page(INDEX)

    def _lay_out(self) -> None:
        aside = QWidget()
        column = QVBoxLayout(aside)
        column.setContentsMargins(theme.GAP_PX, theme.GAP_PX, 0, theme.GAP_PX)
        row = QHBoxLayout()
        for step in (self.back, self.forward):
            step.setEnabled(False)
            row.addWidget(step)
        row.addWidget(self.search, 1)
        column.addLayout(row)
        column.addWidget(self.nothing)
        column.addWidget(self.contents, 1)
        split = QSplitter()
        split.addWidget(aside)
        split.addWidget(self.browser)
        split.setSizes([_CONTENTS_PX, _SIZE_PX[0] - _CONTENTS_PX])
        split.setStretchFactor(1, 1)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(split)

    def _listen(self) -> None:
        self.search.textChanged.connect(self._on_search)
        self.search.returnPressed.connect(lambda: self._open(self.contents.item(0)))
        self.contents.itemClicked.connect(self._open)
        self.contents.itemActivated.connect(self._open)
        self.back.clicked.connect(self.browser.backward)
        self.forward.clicked.connect(self.browser.forward)
        self.browser.backwardAvailable.connect(self.back.setEnabled)
        self.browser.forwardAvailable.connect(self.forward.setEnabled)
        self.browser.went.connect(self._select)
        for keys, run in (
            ("Ctrl+F", self._to_search),
            ("Alt+Left", self.browser.backward),
            ("Alt+Right", self.browser.forward),
            ("Esc", self.close),
        ):
            QShortcut(QKeySequence(keys), self, run)

    def show_page(self, name: str, anchor: str = "") -> None:
        """Show a page by its file name."""
        self.browser.show_page(guide_folder() / name, anchor)

    def _to_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _show_contents(self) -> None:
        self.contents.clear()
        for page in pages():
            self._add(page.title, page.path)
        self.nothing.hide()

    def _add(self, text: str, path: Path, tip: str = "") -> None:
        item = QListWidgetItem(text)
        item.setData(_PATH, str(path))
        item.setToolTip(tip)
        self.contents.addItem(item)

    @Slot(str)
    def _on_search(self, words: str) -> None:
        if not words.strip():
            self._show_contents()
            self._select(self.browser.path)
            return
        self.contents.clear()
        found = find(words)
        for each in found:
            self._add(f"{each.page.title}\n{each.excerpt}", each.page.path, each.excerpt)
        self.nothing.setText(f"No page has all of “{words.strip()}”. Try one word of it.")
        self.nothing.setVisible(not found)

    @Slot(QListWidgetItem)
    def _open(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        self.browser.show_page(Path(item.data(_PATH)))
        words = self.search.text().split()
        if words:
            self.browser.find(words[0])

    @Slot(object)
    def _select(self, path: Path) -> None:
        """Mark the page that is shown in the contents."""
        for row in range(self.contents.count()):
            if self.contents.item(row).data(_PATH) == str(path):
                self.contents.setCurrentRow(row)
                return
