"""Translation of the window's texts: the one place that asks Qt for another language.

Texts in code are English. A file of translations, `focus_viewer_LANGUAGE.qm`, is made by Qt's own
tools; texts that it does not have stay English.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

CONTEXT = "focus_viewer"


def translate(text: str) -> str:
    """Return a text in the language in use."""
    return QCoreApplication.translate(CONTEXT, text)


def install(
    app: QCoreApplication, resources: Path, locale: QLocale | None = None
) -> QTranslator | None:
    """Install the translations of a language, by default the system's; None without any."""
    translator = QTranslator(app)
    place = str(resources / "translations")
    if not translator.load(locale or QLocale.system(), "focus_viewer", "_", place):
        return None
    app.installTranslator(translator)
    return translator
