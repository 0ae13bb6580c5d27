"""Labels of a whole cube: its classes, and its groups such as plant, plot and day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Classes = tuple[str, ...]
"""Names of the classes that hold at once; usually one."""

_BETWEEN_CLASSES = re.compile(r"[;|]")


@dataclass(frozen=True)
class CubeLabels:
    """Labels of a whole cube.

    Attributes
    ----------
    classes : tuple of str
        Those that hold at once; empty where it has none.
    groups : mapping of str to str
        Value of each column, such as {"plant": "17", "day": "3"}.
    """

    classes: Classes = ()
    groups: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Classes as they are typed: "rust; drought"."""
        return "; ".join(self.classes)


NO_LABELS = CubeLabels()


def class_names(text: str) -> Classes:
    """Return the classes in a text, such as a cell: several are separated by ; or |."""
    names = (part.strip() for part in _BETWEEN_CLASSES.split(text))
    return tuple(dict.fromkeys(name for name in names if name))
