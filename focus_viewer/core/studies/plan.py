"""Plan of a comparison: what is compared, between which groups, with what as a unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from focus_viewer.core.studies.study import DECIDED, VERDICT, Study

PLANT, CUBE = "plant", "cube"
"""Columns of units: the usual one, and the cube itself."""

PROBABILITY = "probability of"
"""Name of a value, before that of a class."""

Kind = Literal["value", "importance", "spectrum"]
Parts = Literal["cubes", "regions"]
Design = Literal["by the units", "independent"]

_FEWEST_GROUPS = 2
_PLANTS = re.compile(r"plants?([ _.-]*(id|no|nr|number|name))?\.?", re.IGNORECASE)
"""Columns of plants by their usual names: images of one plant must not count as plants."""

_TREATMENTS = ("treatment", "class", "group", "variety", "genotype")
_RECORDED = ("day", "date", "camera", DECIDED, VERDICT)
_NOTHING = frozenset(["healthy", "control", "normal", "none", "background", "no disease"])


@dataclass(frozen=True)
class Quantity:
    """Quantity that is compared.

    Attributes
    ----------
    kind : {"value", "importance", "spectrum"}
    name : str
        Of the value, or the class of the importance curve.
    """

    kind: Kind
    name: str = ""

    @property
    def title(self) -> str:
        """Name for people."""
        if self.kind == "value":
            return self.name
        return f"importance curve of {self.name}" if self.kind == "importance" else "mean spectrum"


@dataclass(frozen=True)
class StudyPlan:
    """Plan of a comparison.

    Attributes
    ----------
    column : str
        Column of the groups that are compared.
    unit : str
        Column of the units: rows with the same value are averaged before anything is tested.
    value : str
        Value that is compared beside curves and spectra.
    class_name : str
        Class of the importance curves.
    parts : {"cubes", "regions"}
        Which rows are compared.
    design : {"by the units", "independent"}
        "by the units" compares within units that occur in all groups; "independent" takes equal
        names of units in different groups for different units.
    level : float
        Chance of a false difference.
    """

    column: str
    unit: str = PLANT
    value: str = ""
    class_name: str = ""
    parts: Parts = "cubes"
    design: Design = "by the units"
    level: float = 0.05

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """Return what is compared, those that the plan names."""
        named = (
            Quantity("value", self.value) if self.value else None,
            Quantity("importance", self.class_name) if self.class_name else None,
            Quantity("spectrum"),
        )
        return tuple(each for each in named if each is not None)


def usual_plan(study: Study) -> StudyPlan:
    """Return the plan that a study suggests: its likeliest column with groups, plants as units."""
    unit = next((name for name in study.columns if _PLANTS.fullmatch(name)), CUBE)
    columns = [name for name in study.columns if name != unit and _compares(study, name)]
    column = min(columns, key=_rank, default=DECIDED)
    class_name = _usual_class(study.classes)
    return StudyPlan(column, unit, _usual_value(study.value_names, class_name), class_name)


def _rank(column: str) -> int:
    """Return the place of a column among those that may be compared, the likeliest first."""
    if column in _RECORDED:
        return 2
    return 0 if column.lower() in _TREATMENTS else 1


def _compares(study: Study, column: str) -> bool:
    """Return whether a column has several groups with several rows each."""
    found = [row.group(column) for row in study.rows if not row.region and row.group(column)]
    return sum(found.count(name) > 1 for name in set(found)) >= _FEWEST_GROUPS


def _usual_class(classes: Sequence[str]) -> str:
    """Return the class that was decided on most often, other than that nothing is there."""
    telling = [name for name in classes if name.lower() not in _NOTHING]
    return next(iter([*telling, *classes]), "")


def _usual_value(values: Sequence[str], class_name: str) -> str:
    likely = f"{PROBABILITY} {class_name}"  # the others are of each row's own class, or of none
    return likely if likely in values else next(iter(values), "")
