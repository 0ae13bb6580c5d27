"""Style of the application: Fusion with the palette, style sheet and icons of a theme."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import Protocol, runtime_checkable

from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from focus_viewer.assets import folder
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.recolour import exchanged, recolour
from focus_viewer.ui.widgets.theme import Theme


@runtime_checkable
class Themed(Protocol):
    """Widget that renders again what it cannot keep when the theme changes, such as icons."""

    def show_theme(self) -> None:
        """Render in the colours of the theme in use."""


def apply(app: QApplication, resources: Path, name: Theme = "dark") -> None:
    """Apply style, palette, and the style sheet and icons in a folder to the application."""
    app.setStyle("Fusion")
    _dress(app, resources, name)


def _dress(app: QApplication, resources: Path, name: Theme) -> None:
    """Apply palette, style sheet and icons; the style that is the same for all stays."""
    theme.use(name)
    app.setPalette(_palette())
    names = {name: value for name, value in vars(theme).items() if isinstance(value, str | int)}
    names["RESOURCES"] = _icons(resources, name).as_posix()
    sheet = (resources / "style.qss").read_text(encoding="utf-8")
    app.setStyleSheet(Template(sheet).substitute(names))
    app.setWindowIcon(QIcon(str(resources / "icon.svg")))


def change_theme(name: Theme) -> None:
    """Apply a theme to all windows that are open."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        return
    _dress(app, folder("resources"), name)
    widgets = app.allWidgets()
    recolour(widgets, theme.exchange())
    for widget in widgets:
        if isinstance(widget, Themed):
            widget.show_theme()


def _icons(resources: Path, name: Theme) -> Path:
    """Return a folder of the small icons, which are drawn in the colours of the dark theme."""
    return resources if name == "dark" else _recoloured_icons(resources, name)


@cache
def _recoloured_icons(resources: Path, name: Theme) -> Path:
    place = Path(_icon_folder().name) / name
    place.mkdir()
    for path in resources.glob("*.svg"):
        drawing = exchanged(path.read_text(encoding="utf-8"), theme.exchange())
        (place / path.name).write_text(drawing, encoding="utf-8")
    return place


@cache
def _icon_folder() -> TemporaryDirectory[str]:
    """Return a folder that is removed with the process."""
    return TemporaryDirectory(prefix="focus-viewer-icons-")


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
        role.LinkVisited: theme.ACCENT,
        role.Light: theme.RAISED,
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
