"""Teaching slice: what is to be taught, what was taught, and the live preview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from focus_viewer.core.datasets.class_map import ClassMap
from focus_viewer.core.datasets.data_set import ClassCount
from focus_viewer.core.spectra.span_text import Span
from focus_viewer.core.validation.report import ValidationReport
from focus_viewer.core.validation.teaching import TaughtResult

FEWEST = 3
"""Regions or cubes from which a class can be taught."""

Marks = tuple[object, ...]
"""All that a data set depends on: cubes with their labels."""


@dataclass(frozen=True)
class TeachingChoice:
    """What the user says of the model to be taught.

    Attributes
    ----------
    unused : frozenset of str
        Classes that are left out.
    group : str or None
        Column of groups that are held out as a whole.
    several : bool
        Whether several classes may hold at once.
    bands_nm : tuple of Span
        Ranges that may be read; empty for all.
    folder : Path or None
        That holds the model's own folder; None for the user's folder of models.
    """

    unused: frozenset[str] = frozenset()
    group: str | None = None
    several: bool = False
    bands_nm: tuple[Span, ...] = ()
    backbone: str = "focus-leaf"
    name: str = "my-leaves"
    folder: Path | None = None


@dataclass(frozen=True)
class Counts:
    """Amount of data of each class, in cubes that are open or in the project.

    Attributes
    ----------
    columns : tuple of str
        Group columns.
    several : bool
        Whether an example has several classes.
    """

    classes: Mapping[str, ClassCount] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    several: bool = False


@dataclass(frozen=True)
class Teaching:
    """Teaching of a model of the user's classes.

    Attributes
    ----------
    result : TaughtResult or None
        What was taught last, of `taught_marks` as chosen in `taught_choice`.
    report : ValidationReport or None
        The whole validation, once it was asked for, of `reported_marks` as chosen in
        `reported_choice`.
    preview : bool
        Whether class maps are shown over the pictures.
    maps : mapping of int to ClassMap
        By document.
    problem : str
        Why the active cube has no class map.
    drawn_class : str
        Of regions that are drawn; empty for none.
    """

    choice: TeachingChoice = field(default_factory=TeachingChoice)
    counts: Counts = field(default_factory=Counts)
    backbones: tuple[str, ...] = ("focus-leaf",)
    result: TaughtResult | None = None
    taught_choice: TeachingChoice | None = None
    taught_marks: Marks = ()
    report: ValidationReport | None = None
    reported_choice: TeachingChoice | None = None
    reported_marks: Marks = ()
    preview: bool = False
    maps: Mapping[int, ClassMap] = field(default_factory=dict)
    problem: str = ""
    drawn_class: str = ""
