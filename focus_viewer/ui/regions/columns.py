"""Rows and columns of the region table, independent of the widget that shows them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from focus_viewer.core.cubes.cube import Units
from focus_viewer.core.cubes.georeference import PixelArea
from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.core.regions.table import ClassRow, RegionRow
from focus_viewer.core.saliency.region_decision import RegionDecision
from focus_viewer.core.spectra.indices import IndexBands
from focus_viewer.core.spectra.wavelength_names import nm_number

Value = str | float | int | None


@dataclass(frozen=True)
class Group:
    """Group row of a class or a cube, above the rows of its regions; None: without a class.

    It counts the regions in all cubes, has the ids of those in the active cube, and a pooled row
    once all have been measured.
    """

    kind: Literal["class", "cube"]
    name: str | None
    region_ids: tuple[int, ...]
    regions: int
    row: ClassRow | None


@dataclass(frozen=True)
class RegionEntry:
    """Row of a region with its measurements if available; read-only unless its cube is active."""

    region: Annotation
    row: RegionRow | None
    document_id: int
    cube: str
    units: Units
    active: bool
    decision: RegionDecision | None = None

    @property
    def region_ids(self) -> tuple[int, ...]:
        """Id of the region, if it can be selected."""
        return (self.region.id,) if self.active else ()


Entry = RegionEntry | Group


@dataclass(frozen=True)
class Column:
    """Column of the region table.

    Attributes
    ----------
    value : callable
        Value for a region; None if unknown.
    digits : int
        Decimals of numbers.
    field : str
        Attribute of the region that editing changes; empty for read-only columns.
    of_group : callable
        Value for a group.
    """

    title: str
    tip: str
    value: Callable[[RegionEntry], Value]
    digits: int = 0
    field: str = ""
    of_group: Callable[[Group], Value] = lambda group: None

    def of(self, entry: Entry) -> Value:
        """Return the value of a cell."""
        return self.of_group(entry) if isinstance(entry, Group) else self.value(entry)


def columns(
    indices: tuple[IndexBands, ...] = (),
    area: PixelArea | None = None,
    with_cube: bool = False,
    with_decisions: bool = False,
) -> tuple[Column, ...]:
    """Return the columns, with the area if the pixel size is known and one per vegetation index."""
    decisions = _decision_columns() if with_decisions else ()
    cube_column = (_cube_column(),) if with_cube else ()
    area_column = () if area is None or area.m2 is None else (_area_column(area),)
    return (
        Column(
            "Name",
            "Double click to rename",
            lambda entry: entry.region.name,
            field="name",
            of_group=lambda group: _counted(group.regions),
        ),
        *cube_column,
        Column(
            "Class",
            "Class of the region",
            lambda entry: entry.region.class_name or "",
            field="class_name",
            of_group=lambda group: (group.name or "no class") if group.kind == "class" else "",
        ),
        *decisions,
        _measured("Pixels", _pixels_tip(area), "pixels"),
        *area_column,
        _measured("Mean", "Mean over the region's pixels and all good bands", "mean", 3),
        _measured("SD", "Standard deviation of the pixels' means over all good bands", "sd", 3),
        _share("For, %", "Share of all evidence for the class inside the region", "positive_share"),
        _share(
            "Against, %",
            "Share of all evidence against the class inside the region",
            "negative_share",
        ),
        Column(
            "Peaks, nm",
            "Wavelengths of highest importance, in descending order",
            _of(lambda row: ", ".join(nm_number(nm) for nm in row.peaks_nm[:3])),
        ),
        *(_index_column(index) for index in indices),
    )


def _decision_columns() -> tuple[Column, ...]:
    def of(value: Callable[[RegionDecision], Value]) -> Callable[[RegionEntry], Value]:
        return lambda entry: None if entry.decision is None else value(entry.decision)

    tip = "What the model decides where all else is blanked; empty where it does not apply"
    return (
        Column("Decision", tip, of(lambda found: found.diagnosis)),
        Column(
            "Probability, %",
            "Of the decision; empty where the model does not apply",
            of(lambda found: 100 * found.probability if found.diagnosis else None),
            0,
        ),
        Column("Verdict", "Whether the model applies to it", of(lambda found: found.verdict)),
    )


def _cube_column() -> Column:
    return Column(
        "Cube",
        "Click the image of a cube to edit its regions",
        lambda entry: entry.cube,
        of_group=lambda group: group.name if group.kind == "cube" else "",
    )


def _pixels_tip(area: PixelArea | None) -> str:
    """Return how pixels are counted and, if unknown, why there is no area."""
    tip = "Pixels whose centre is inside the region"
    return tip if area is None or area.m2 is not None else f"{tip}; no area: {area.reason}"


def _area_column(area: PixelArea) -> Column:
    tip = f"Area on the map: {area.value:g} m² per pixel"
    return Column(
        "Area, m²",
        tip,
        _of(lambda row: row.area),
        2,
        of_group=lambda group: None if group.row is None else group.row.pixels * area.value,
    )


def _counted(regions: int) -> str:
    return f"{regions} region{'s' if regions > 1 else ''}"


def _measured(title: str, tip: str, field: str, digits: int = 0, factor: int = 1) -> Column:
    """Return a column for a number that both regions and groups have."""

    def value(row: RegionRow | ClassRow | None) -> Value:
        return None if row is None else getattr(row, field) * factor

    return Column(
        title, tip, lambda entry: value(entry.row), digits, of_group=lambda group: value(group.row)
    )


def _share(title: str, tip: str, field: str) -> Column:
    return _measured(title, tip, field, 1, 100)


def _of(value: Callable[[RegionRow], Value]) -> Callable[[RegionEntry], Value]:
    return lambda entry: None if entry.row is None else value(entry.row)


def _index_column(bands: IndexBands) -> Column:
    name = bands.index.name
    tip = f"{bands.text}\nComputed from the region's mean spectrum"
    return Column(name, tip, _of(lambda row: row.indices.get(name)), 3)


def as_text(value: Value, digits: int) -> str:
    """Return a value as text; empty if unknown."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    # 0.0 is added since a share that rounds to zero is not "-0.0".
    return f"{round(value, digits) + 0.0:.{digits}f}" if isinstance(value, float) else str(value)


def sortable(value: Value) -> str | float:
    """Return a sort key; unknown values come first."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return -math.inf
    return value.lower() if isinstance(value, str) else float(value)
