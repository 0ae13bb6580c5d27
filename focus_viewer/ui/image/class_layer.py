"""Class map over a picture: its colours, its legend, and its words for the read-out."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel

from focus_viewer.core.datasets.class_map import ClassMap
from focus_viewer.core.typing import ByteArray
from focus_viewer.core.wording import percent
from focus_viewer.ui.widgets import theme

_LEAST_ALPHA = 0.25
_AT_LEAST = 0.5  # where several classes may hold at once
_MOST_NAMES = 8


def class_image(found: ClassMap, colours: Mapping[str, str]) -> ByteArray:
    """Paint each cell in the colour of its likeliest class, fainter where that is less sure.

    Returns
    -------
    ByteArray, shape (grid_rows, grid_cols, 4)
        Clear where nothing was read, where it is unlike what is labelled, and where none of several
        classes holds.
    """
    likely = found.probabilities
    known = np.asarray(np.isfinite(likely).all(axis=-1))
    filled = np.where(known[..., None], likely, 0)
    best, top = filled.argmax(axis=-1), filled.max(axis=-1)
    chance = _AT_LEAST if found.several else 1 / len(found.classes)
    sure = np.clip((top - chance) / (1 - chance), 0, 1)
    if found.several:
        known = known & (top >= _AT_LEAST)
    table = np.array(
        [
            (colour.red(), colour.green(), colour.blue())
            for colour in (QColor(colours.get(name, theme.MUTED)) for name in found.classes)
        ],
        dtype=np.uint8,
    )
    image = np.zeros((*known.shape, 4), dtype=np.uint8)
    image[..., :3] = table[best]
    alpha = np.where(known, _LEAST_ALPHA + (1 - _LEAST_ALPHA) * sure, 0)
    image[..., 3] = np.round(255 * alpha)
    return image


def class_text(found: ClassMap, row: int, col: int) -> str:
    """Return the likeliest class at a pixel with its probability, such as `rust 87 %`."""
    if found.is_unlike(row, col):
        return "unlike what is labelled"
    best = found.at(row, col)
    return "class –" if best is None else f"{best[0]} {percent(best[1])}"


class ClassLegend(QLabel):
    """Legend of a class map; clicks fall through to the picture."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setStyleSheet(
            f"color: {theme.TEXT}; background: {theme.PANEL}; border: 1px solid {theme.EDGE};"
            f"border-radius: 4px; padding: 4px 9px; margin: 8px; font-size: {theme.SMALL_PX}px;"
        )
        self.hide()

    def show_map(self, found: ClassMap | None, colours: Mapping[str, str]) -> None:
        """Name the classes in their colours, and say what the map is."""
        self.setVisible(found is not None)
        if found is None:
            return
        shown = found.classes[:_MOST_NAMES]
        names = [
            f"<span style='color:{colours.get(name, theme.MUTED)}'>■</span>&nbsp;{_name(name)}"
            for name in shown
        ]
        if more := len(found.classes) - len(shown):
            names.append(f"and {more} more")
        part = "" if found.finished else f", {percent(found.read)} read"
        fit = f"<span style='color:{theme.MUTED}'>preview{part}: fit, not validated</span>"
        self.setText("&nbsp;&nbsp; ".join([*names, fit]))


def _name(name: str) -> str:
    return escape(name).replace(" ", "&nbsp;")
