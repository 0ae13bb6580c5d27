"""Style of the application: Fusion with the dark palette of the theme."""

from __future__ import annotations

from pathlib import Path
from string import Template

from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from focus_viewer.ui.widgets import theme


def apply(app: QApplication, resources: Path) -> None:
    """Apply style, palette, and the style sheet and icon in a folder to the application."""
    app.setStyle("Fusion")
    app.setPalette(_palette())
    names = {name: value for name, value in vars(theme).items() if isinstance(value, str | int)}
    names["RESOURCES"] = resources.as_posix()
    sheet = (resources / "style.qss").read_text(encoding="utf-8")
    app.setStyleSheet(Template(sheet).substitute(names))
    app.setWindowIcon(QIcon(str(resources / "icon.svg")))


def _palette() -> QPalette:
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.PANEL,
        role.Base: theme.WINDOW,
        role.AlternateBase: theme.PANEL,
        role.Button: theme.RAISED,
        role.Text: theme.TEXT,
        role.WindowText: theme.TEXT,
        role.ButtonText: theme.TEXT,
        role.PlaceholderText: theme.MUTED,
        role.ToolTipBase: theme.RAISED,
        role.ToolTipText: theme.TEXT,
        role.Highlight: theme.ACCENT,
        role.HighlightedText: theme.WINDOW,
        role.Link: theme.ACCENT,
        role.Mid: theme.EDGE,
        role.Dark: theme.WINDOW,
        role.Shadow: theme.WINDOW,
    }
    palette = QPalette()
    for part, colour in colours.items():
        palette.setColor(part, QColor(colour))
    muted = QColor(theme.MUTED)
    for part in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, part, muted)
    return palette
