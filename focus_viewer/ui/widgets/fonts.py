"""Fonts for what is drawn rather than laid out, where the style sheet does not reach."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from focus_viewer.ui.widgets import theme


def small_font() -> QFont:
    """Captions, axes and labels."""
    font = QFont(QApplication.font())
    font.setPixelSize(theme.SMALL_PX)
    return font


def digits_font() -> QFont:
    """Numbers that change under the eye: each character is as wide as the next."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(theme.SMALL_PX)
    return font
