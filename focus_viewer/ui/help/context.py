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
_PROPERTY: Final = "guide"


def name_page(widget: QWidget, page: str) -> None:
    """Name the page of a widget and of all that is in it."""
    widget.setProperty(_PROPERTY, page)


def page_of(widget: QWidget | None) -> str:
    """Return the page of a widget; the index where none is named."""
    while widget is not None:
        page = widget.property(_PROPERTY)
        if page:
            return str(page)
        widget = widget.parentWidget()
    return INDEX
