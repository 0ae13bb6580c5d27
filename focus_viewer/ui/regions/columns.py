"""Rows and columns of the table of regions: what each tells, whoever shows it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from focus_viewer.core.cubes.georeference import PixelArea
from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.core.regions.classes import ClassRow
from focus_viewer.core.regions.table import RegionRow
from focus_viewer.core.spectra.indices import IndexBands

Value = str | float | int | None


@dataclass(frozen=True)
class Group:
    """A class or a cube that stands over its regions.

    Attributes
    ----------
    kind : {"class", "cube"}
    name : str or None
        None for regions without a class.
    region_ids : tuple of int
        Of those of the cube on the screen.
    regions : int
        Number of all.
    row : ClassRow or None
        None until they have been measured.
    """

    kind: Literal["class", "cube"]
    name: str | None
    region_ids: tuple[int, ...]
    regions: int
    row: ClassRow | None


@dataclass(frozen=True)
class RegionEntry:
    """A region and what was measured of it, if anything.

    Attributes
    ----------
    region : Annotation
    row : RegionRow or None
    document_id : int
    cube : str
        Name of its cube.
    active : bool
        Whether that is the one on the screen; regions of another are only looked at.
    """

    region: Annotation
    row: RegionRow | None
    document_id: int
    cube: str
    active: bool

    @property
    def region_ids(self) -> tuple[int, ...]:
        """Its own id, if it can be selected."""
        return (self.region.id,) if self.active else ()


Entry = RegionEntry | Group


@dataclass(frozen=True)
class Column:
    """A column of the table.

    Attributes
    ----------
    title, tip : str
    value : callable
        Of a region; None where nothing is known.
    digits : int
        Of numbers, behind the point.
    field : str
        Attribute of the region that editing changes; empty where nothing is edited.
    of_group : callable
        Of a class or a cube.
    """

    title: str
    tip: str
    value: Callable[[RegionEntry], Value]
    digits: int = 0
    field: str = ""
    of_group: Callable[[Group], Value] = lambda group: None

    def of(self, entry: Entry) -> Value:
        """What stands in its cell."""
        return self.of_group(entry) if isinstance(entry, Group) else self.value(entry)


def columns(
    indices: tuple[IndexBands, ...] = (), area: PixelArea | None = None, with_cube: bool = False
) -> tuple[Column, ...]:
    """All columns: the area where a map tells it, and each vegetation index that is wanted."""
    cube_column = (_cube_column(),) if with_cube else ()
    area_column = () if area is None or area.m2 is None else (_area_column(area),)
    return (
        Column(
            "Name",
            "Double click to rename",
            lambda one: one.region.name,
            field="name",
            of_group=lambda group: _counted(group.regions),
        ),
        *cube_column,
        Column(
            "Class",
            "What it shows",
            lambda one: one.region.class_name or "",
            field="class_name",
            of_group=lambda group: (group.name or "no class") if group.kind == "class" else "",
        ),
        _measured("Pixels", _pixels_tip(area), "pixels"),
        *area_column,
        _measured("Mean", "Over its pixels and all good bands", "mean", 3),
        _measured("SD", "Among its pixels, over all good bands", "sd", 3),
        _share("For, %", "Share of all evidence for the class that lies in it", "positive_share"),
        _share(
            "Against, %",
            "Share of all evidence against the class that lies in it",
            "negative_share",
        ),
        Column(
            "Peaks, nm",
            "Where its importance is highest, the highest first",
            _of(lambda row: ", ".join(f"{nm:.0f}" for nm in row.peaks_nm[:3])),
        ),
        *(_index_column(one) for one in indices),
    )


def _cube_column() -> Column:
    return Column(
        "Cube",
        "Click in its image to work on its regions",
        lambda one: one.cube,
        of_group=lambda group: group.name if group.kind == "cube" else "",
    )


def _pixels_tip(area: PixelArea | None) -> str:
    """What is counted, and why it is told in no other unit."""
    tip = "Pixels whose middle lies in it"
    return tip if area is None or area.m2 is not None else f"{tip}; no area: {area.reason}"


def _area_column(area: PixelArea) -> Column:
    tip = f"A pixel covers {area.value:g} m² of the map"
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
    """A number that regions and classes both have."""

    def value(row: RegionRow | ClassRow | None) -> Value:
        return None if row is None else getattr(row, field) * factor

    return Column(
        title, tip, lambda one: value(one.row), digits, of_group=lambda group: value(group.row)
    )


def _share(title: str, tip: str, field: str) -> Column:
    return _measured(title, tip, field, 1, 100)


def _of(value: Callable[[RegionRow], Value]) -> Callable[[RegionEntry], Value]:
    return lambda one: None if one.row is None else value(one.row)


def _index_column(one: IndexBands) -> Column:
    name = one.index.name
    tip = f"{one.text}\nOf its mean spectrum"
    return Column(name, tip, _of(lambda row: row.indices.get(name)), 3)


def as_text(value: Value, digits: int) -> str:
    """A value for people; nothing for what is not known."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{value:.{digits}f}" if isinstance(value, float) else str(value)


def sortable(value: Value) -> str | float:
    """A value to sort by; what is not known comes first."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return -math.inf
    return value.lower() if isinstance(value, str) else float(value)
