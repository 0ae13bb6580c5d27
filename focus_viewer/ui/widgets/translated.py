"""Translation of the texts that widgets are made with, as each is styled for the first time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QObject, QTranslator
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QTabWidget,
    QWidget,
)

from focus_viewer.ui.widgets.mnemonics import plain
from focus_viewer.ui.widgets.translate import translate

_TEXTS: Final[tuple[tuple[type[QWidget], str, str], ...]] = (
    (QLabel, "text", "setText"),
    (QAbstractButton, "text", "setText"),
    (QGroupBox, "title", "setTitle"),
    (QLineEdit, "placeholderText", "setPlaceholderText"),
    (QWidget, "windowTitle", "setWindowTitle"),
    (QWidget, "toolTip", "setToolTip"),
    (QWidget, "accessibleName", "setAccessibleName"),
)


class Translated(QObject):
    """Filter of an application's events that translates each widget before it is first seen.

    Only what the translation has word for word is replaced; texts that hold numbers or names are
    put together in code and stay English. It is there only where a translation is.
    """

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Translate a widget that is being styled."""
        if event.type() == QEvent.Type.Polish and isinstance(watched, QWidget):
            translate_widget(watched)
        return False


def install(
    app: QCoreApplication, resources: Path, locale: QLocale | None = None
) -> QTranslator | None:
    """Install the translations of a language, by default the system's; None without any."""
    translator = QTranslator(app)
    place = str(resources / "translations")
    if not translator.load(locale or QLocale.system(), "focus_viewer", "_", place):
        return None
    app.installTranslator(translator)
    app.installEventFilter(Translated(translator))
    return translator


def translate_widget(widget: QWidget) -> None:
    """Translate the texts of a widget."""
    for kind, get, put in _TEXTS:
        if isinstance(widget, kind):
            _replace(getattr(widget, get)(), getattr(widget, put))
    if isinstance(widget, QComboBox):
        _replace_items(widget.count(), widget.itemText, widget.setItemText)
    if isinstance(widget, QTabWidget):
        _replace_items(widget.count(), widget.tabText, widget.setTabText)


def _replace(text: str, put: Callable[[str], Any]) -> None:
    english = plain(text)
    found = translate(english) if english else english
    if found != english:
        put(found)


def _replace_items(count: int, get: Callable[[int], str], put: Callable[[int, str], Any]) -> None:
    for index in range(count):
        _replace(get(index), partial(put, index))
