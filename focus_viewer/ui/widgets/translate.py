"""Translation of a text: the one place that asks Qt for another language.

Texts in code are English, and listed in `resources/translations/focus_viewer.ts`. A file of
translations, `focus_viewer_LANGUAGE.qm`, is made of it by Qt's own tools; texts that it does not
have stay English.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

CONTEXT = "focus_viewer"


def translate(text: str) -> str:
    """Return a text in the language in use."""
    return QCoreApplication.translate(CONTEXT, text)
