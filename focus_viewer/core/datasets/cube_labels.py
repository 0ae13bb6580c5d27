"""Labels of a whole cube: its classes, and its groups such as plant, plot and day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

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

    def amended(self, more: CubeLabels) -> CubeLabels:
        """Return the labels with others on top: groups that those lack stay, classes likewise."""
        return CubeLabels(more.classes or self.classes, {**self.groups, **more.groups})


NO_LABELS = CubeLabels()

K = TypeVar("K")


@dataclass(frozen=True)
class LabelReading(Generic[K]):
    """Labels that a table gives to cubes.

    Attributes
    ----------
    labels : mapping
        By the key of the cube.
    unmatched : tuple of (int, str)
        Rows that fit no cube: line, and the name in it.
    left_out : tuple of str
        Rows that contradict each other or fit several cubes, a sentence each.
    notes : tuple of str
        What else was assumed or not used.
    """

    labels: Mapping[K, CubeLabels]
    unmatched: tuple[tuple[int, str], ...] = ()
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SuggestedLabels:
    """Labels of files, as a table beside them or the names of their folders suggest.

    Attributes
    ----------
    source : str
        Where they come from, for people; empty without any.
    """

    labels: Mapping[Path, CubeLabels] = field(default_factory=dict)
    source: str = ""


def class_names(text: str) -> Classes:
    """Return the classes in a text, such as a cell: several are separated by ; or |."""
    names = (part.strip() for part in _BETWEEN_CLASSES.split(text))
    return tuple(dict.fromkeys(name for name in names if name))
