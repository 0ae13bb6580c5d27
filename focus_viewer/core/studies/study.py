"""Study: explained cubes and regions, with their groups, values and curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from focus_viewer.core.datasets.natural_order import in_natural_order
from focus_viewer.core.typing import DoubleArray

NOT_EXPLAINED = "not explained"
"""Error of a row whose cube was not explained yet."""

DECIDED, VERDICT, REGION_CLASS = "decided class", "verdict", "class of the region"
"""Columns of groups that every study has."""

FOREIGN, DOUBTFUL = "does not apply", "doubtful"
"""Verdicts."""


@dataclass(frozen=True, eq=False)
class Curve:
    """Values over wavelengths.

    Attributes
    ----------
    edges_nm : DoubleArray, shape (n, 2)
        Lower and upper edge of each spectral group; both are the centre of a band.
    values : DoubleArray, shape (n,)
    """

    edges_nm: DoubleArray
    values: DoubleArray

    @classmethod
    def of_bands(cls, nm: DoubleArray, values: DoubleArray) -> Curve:
        """Return the curve of bands at their centres, those without a wavelength left out."""
        known = np.isfinite(nm)
        return cls(np.repeat(nm[known, None], 2, axis=1), np.asarray(values[known], np.float64))


@dataclass(frozen=True, eq=False)
class Row:
    """Cube of a study, or a region of one.

    Attributes
    ----------
    path : Path
        File of the cube.
    name : str
        Short name of the cube.
    region : str
        Name of the region; empty for the whole cube.
    groups : mapping of str to str
        Value of each column, such as {"plant": "17", "treatment": "drought"}.
    decided : str
        Class that the model decided on; empty where it does not apply or nothing was explained.
    verdict : str
        Whether the model applies; empty where nothing was explained.
    values : mapping of str to float
        Numbers by name; NaN or absent where they are not known.
    model_values : frozenset of str
        Names of the values that mean nothing where the model does not apply.
    explained : str
        Most probable class, whatever the verdict.
    class_values : frozenset of str
        Names of the values that are of that class, and mean another thing for another class.
    importance : mapping of str to Curve
        Importance curve of each class.
    spectrum : Curve or None
        Mean spectrum.
    units : str
        Of the spectrum.
    error : str
        Why it could not be explained.
    """

    path: Path
    name: str
    region: str = ""
    groups: Mapping[str, str] = field(default_factory=dict)
    decided: str = ""
    verdict: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    model_values: frozenset[str] = frozenset()
    explained: str = ""
    class_values: frozenset[str] = frozenset()
    importance: Mapping[str, Curve] = field(default_factory=dict)
    spectrum: Curve | None = None
    units: str = ""
    error: str = ""

    @property
    def title(self) -> str:
        """Name of the cube, with that of the region."""
        return f"{self.name}: {self.region}" if self.region else self.name

    @property
    def failed(self) -> bool:
        """Whether it could not be explained; a cube that waits for it has not failed."""
        return self.error not in ("", NOT_EXPLAINED)

    @property
    def foreign(self) -> bool:
        """Whether the model does not apply to it."""
        return self.verdict == FOREIGN

    def group(self, column: str) -> str:
        """Return its value of a column; empty where it has none."""
        own = {DECIDED: self.decided, VERDICT: self.verdict}
        return own[column] if column in own else self.groups.get(column, "")


@dataclass(frozen=True, eq=False)
class Study:
    """Rows to compare, in the order in which they were found.

    Attributes
    ----------
    source : str
        Where it comes from, for people.
    notes : tuple of str
        What must be known to read it.
    versions : mapping of str to str
        Of program and models, for the report.
    """

    rows: tuple[Row, ...]
    source: str = ""
    notes: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of groups: those of the user in natural order, then the model's."""
        own = in_natural_order({name for row in self.rows for name in row.groups})
        return (*own, DECIDED, VERDICT)

    @property
    def value_names(self) -> tuple[str, ...]:
        """Names of values that a row has, in the order in which they come first."""
        names = {
            name: None
            for row in self.rows
            for name, value in row.values.items()
            if np.isfinite(value)
        }
        return tuple(names)

    @property
    def classes(self) -> tuple[str, ...]:
        """Classes with importance curves; those decided on most often first."""
        names = list({name: None for row in self.rows for name in row.importance})
        decided = [row.decided for row in self.rows]
        return tuple(sorted(names, key=lambda name: (-decided.count(name), names.index(name))))

    @property
    def has_regions(self) -> bool:
        """Whether a row is a region."""
        return any(row.region for row in self.rows)

    def of(self, rows: Sequence[Row]) -> Study:
        """Return the study of some of its rows."""
        return replace(self, rows=tuple(rows))
