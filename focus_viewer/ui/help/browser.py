"""Browser of Markdown pages: pictures as wide as the window, anchors at headings."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import (
    QDesktopServices,
    QImage,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QTextBrowser, QWidget

from focus_viewer.ui.help.pages import heading_anchor
from focus_viewer.ui.widgets import theme

_AFTER_RESIZE_MS = 120
_MARGIN_PX = 56
_ABOVE_HEADING_PX = 14
_BELOW_PX = 8


class PageBrowser(QTextBrowser):
    """Browser that shows a page by its path and follows its links.

    Pages and their pictures are small files of the program itself.
    """

    went = Signal(object)
    """Another page is shown: its path."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.anchorClicked.connect(self._follow)
        self.sourceChanged.connect(self._arrive)
        self._resized = QTimer(self, singleShot=True, interval=_AFTER_RESIZE_MS)
        self._resized.timeout.connect(self._fit_pictures)

    @property
    def path(self) -> Path:
        """The page that is shown."""
        return Path(self.source().toLocalFile())

    def show_page(self, path: Path, anchor: str = "") -> None:
        """Show a page, from the heading of an anchor on."""
        url = QUrl.fromLocalFile(str(path))
        url.setFragment(anchor)
        self.setSource(url, QTextDocument.ResourceType.MarkdownResource)

    def show_theme(self) -> None:
        """Lay the page out again in the colours of the theme in use."""
        self._fit_pictures()

    def loadResource(self, kind: int, name: QUrl | str) -> object:  # noqa: N802 - Qt's name
        """Load a page, or a picture no wider than the window."""
        path = self.source().resolved(QUrl(name)).toLocalFile()
        if kind == QTextDocument.ResourceType.ImageResource.value:
            picture = QImage(path)
            room = max(self.viewport().width() - _MARGIN_PX, 1)
            return picture if picture.width() <= room else _narrowed(picture, room)
        page = Path(path)
        return page.read_text(encoding="utf-8") if page.is_file() else _missing(page)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fit the pictures once the size stays."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._resized.start()

    @Slot()
    def _fit_pictures(self) -> None:
        if self.source().isEmpty():
            return
        seen = self.verticalScrollBar().value()
        self.document().clear()
        self.reload()
        self._dress()
        self.verticalScrollBar().setValue(seen)

    @Slot(QUrl)
    def _follow(self, link: QUrl) -> None:
        if link.scheme() in ("http", "https"):
            QDesktopServices.openUrl(link)
            return
        there = self.source().resolved(link)
        if there.fileName().endswith(".md"):
            self.setSource(there, QTextDocument.ResourceType.MarkdownResource)
        else:
            QDesktopServices.openUrl(there)

    @Slot(QUrl)
    def _arrive(self, url: QUrl) -> None:
        self._dress()
        self.went.emit(Path(url.toLocalFile()))
        if url.hasFragment():
            self._scroll_to(url.fragment())

    def _dress(self) -> None:
        """Give room to the page at its edges, to paragraphs, and to headings above them."""
        self.document().setDocumentMargin(2 * theme.GAP_PX)
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        block = self.document().begin()
        while block.isValid():
            if cursor.currentTable() is None and not block.textList():
                spaced = block.blockFormat()
                spaced.setTopMargin(_ABOVE_HEADING_PX if _is_heading(block) else 0)
                spaced.setBottomMargin(_BELOW_PX)
                cursor.setBlockFormat(spaced)
            block = block.next()
            cursor.setPosition(block.position() if block.isValid() else 0)
        cursor.endEditBlock()

    def _scroll_to(self, anchor: str) -> None:
        block = self.document().begin()
        while block.isValid():
            if _is_heading(block) and heading_anchor(block.text()) == anchor:
                top = self.document().documentLayout().blockBoundingRect(block).top()
                self.verticalScrollBar().setValue(int(top))
                return
            block = block.next()


def _missing(page: Path) -> str:
    return (
        f"# Not here\n\n{page.name} comes with the source of FOCUS Viewer, "
        "not with what is installed."
    )


def _is_heading(block: QTextBlock) -> bool:
    return block.blockFormat().headingLevel() > 0


def _narrowed(picture: QImage, width_px: int) -> QImage:
    return picture.scaledToWidth(width_px, Qt.TransformationMode.SmoothTransformation)
