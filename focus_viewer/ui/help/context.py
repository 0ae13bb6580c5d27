"""Page of the guide that belongs to a widget: the nearest that a widget around it names."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QWidget

from focus_viewer.ui.help.pages import INDEX

PANEL_PAGES: Final = {
    "decision": "explanation.md",
    "volume": "explanation.md",
    "trust": "explanation.md",
    "curve": "spectra.md",
    "regions": "spectra.md",
    "metadata": "formats.md",
    "teach": "teaching.md",
}
"""Page of each panel, by its name."""
WINDOW_PAGES: Final = {
    "BandMathDialog": "picture.md",
    "ComparisonDialog": "your-vit.md",
    "ComponentsDialog": "picture.md",
    "ContrastDialog": "picture.md",
    "FigureDialog": "asks.md",
    "HistoryDialog": "picture.md",
    "LayersDialog": "picture.md",
    "LibraryWindow": "picture.md",
    "LogWindow": "troubleshooting.md",
    "MaskDialog": "picture.md",
    "StudyDialog": "studies.md",
}
"""Page of each window that stays open beside the main one, by its class."""
_PROPERTY: Final = "guide"


def name_page(widget: QWidget, page: str) -> None:
    """Name the page of a widget and of all that is in it."""
    widget.setProperty(_PROPERTY, page)


def page_of(widget: QWidget | None) -> str:
    """Return the page of a widget; the index where none is named."""
    while widget is not None:
        page = widget.property(_PROPERTY) or WINDOW_PAGES.get(type(widget).__name__)
        if page:
            return str(page)
        widget = widget.parentWidget()
    return INDEX
