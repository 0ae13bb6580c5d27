"""Names of classes in a text, such as a cell of a table or the class of a region."""

from __future__ import annotations

import re

from focus_viewer.core.datasets.data_set import Classes

_BETWEEN_CLASSES = re.compile(r"[;|]")


def class_names(text: str) -> Classes:
    """Return the classes in a cell or of a region: several are separated by ; or |."""
    names = (part.strip() for part in _BETWEEN_CLASSES.split(text))
    return tuple(dict.fromkeys(name for name in names if name))
