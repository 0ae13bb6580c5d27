"""Fonts for painted text, which the style sheet does not cover."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from focus_viewer.ui.widgets import theme


def small_font() -> QFont:
    """Return the font of captions, axes and labels."""
    font = QFont(QApplication.font())
    font.setPixelSize(theme.SMALL_PX)
    return font


def digits_font() -> QFont:
    """Return the fixed-width font of changing numbers, so that they do not jitter."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(theme.SMALL_PX)
    return font
