"""Report of a validation: figures, their spread, and what they were measured on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from focus_viewer.core.datasets.metrics import Interval, chance_level
from focus_viewer.core.typing import DoubleArray
from focus_viewer.core.validation.doubt import Place
from focus_viewer.core.validation.learning_curve import LearningCurve

SHUFFLED = "shuffled-labels"


@dataclass(frozen=True)
class ClassRow:
    """Class in the report.

    Attributes
    ----------
    examples, units, pixels : int
        That have it.
    judged : float
        Held-out examples that count; without any, recall, precision and F1 are not known.
    balanced_accuracy : float
        Its recall; where several classes may hold at once, the mean of presence and absence found.
    """

    name: str
    examples: int
    units: int
    pixels: int
    judged: float
    balanced_accuracy: float
    recall: Interval
    precision: float
    f1: Interval


@dataclass(frozen=True, eq=False)
class FoldRow:
    """Fold in the report.

    Attributes
    ----------
    repeat : int
        From 1.
    taught_from, held_out : int
        Examples in each part.
    judged : int
        Held-out examples whose classes the training part has.
    """

    repeat: int
    taught_from: int
    held_out: int
    judged: int
    table: DoubleArray
    balanced_accuracy: float


@dataclass(frozen=True)
class Rival:
    """Baseline on the same folds.

    Attributes
    ----------
    score : Interval or None
        Balanced accuracy; None where it was not run.
    difference : Interval or None
        What the classifier has more, by a bootstrap of both on the same units.
    """

    name: str
    score: Interval | None = None
    difference: Interval | None = None


@dataclass(frozen=True)
class Measured:
    """Data set of a validation."""

    name: str
    fingerprint: str
    cubes: int
    regions: int
    pixels: int
    columns: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class ValidationReport:
    """Result of validating a classifier.

    Attributes
    ----------
    name : str
        Of the classifier.
    several : bool
        Whether several classes may hold at once: then a table of (2, 2) for each class.
    by : str
        What was held out as a whole: "cube", "region", or a group column.
    repeats : int
        Splits into folds, each with another seed.
    table : DoubleArray
        Confusion in sum, each example once.
    training_accuracy : float
        Balanced accuracy on the examples it was taught from.
    shuffled : Interval or None
        Balanced accuracy with shuffled labels and its range; None where it was not run.
    warnings : tuple of str
        Limits of what the figures say, a sentence each.
    notes : tuple of str
        Of the data set and the splits.
    versions : mapping of str to str
    all_right : float
        Share of held-out examples all of whose classes are right; NaN where classes exclude one
        another.
    model : str
        Name of the model that was taught with the classifier; empty for none.
    """

    name: str
    data: Measured
    several: bool
    by: str
    units: int
    repeats: int
    seed: int
    classes: tuple[ClassRow, ...]
    folds: tuple[FoldRow, ...]
    table: DoubleArray
    balanced_accuracy: Interval
    macro_f1: Interval
    training_accuracy: float
    rivals: tuple[Rival, ...]
    shuffled: Interval | None
    curve: LearningCurve | None
    places: tuple[Place, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    versions: Mapping[str, str]
    all_right: float = math.nan
    model: str = ""

    @property
    def title(self) -> str:
        """What was validated, and on what."""
        on = f" on {self.data.name}" if self.data.name else ""
        return f"Validation of {self.model or self.name}{on}"

    @property
    def chance(self) -> float:
        """Balanced accuracy of a guess among the validated classes."""
        return chance_level(len(self.validated), self.several)

    @property
    def validated(self) -> tuple[ClassRow, ...]:
        """Classes with judged examples."""
        return tuple(row for row in self.classes if row.judged)

    @property
    def folds_a_repeat(self) -> int:
        """Number of folds of each split."""
        return len(self.folds) // self.repeats
