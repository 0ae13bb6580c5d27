"""Tables that list the cubes of a batch, or the groups of cubes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from focus_viewer.batch.inputs.items import Item
from focus_viewer.core.datasets.data_set import DataSetError
from focus_viewer.core.errors import FocusError
from focus_viewer.io.cube_labels.matching import KnownCubes
from focus_viewer.io.datasets.cube_names import CubeNames
from focus_viewer.io.datasets.gathering import ReadingOptions
from focus_viewer.io.datasets.table import Columns, columns_of
from focus_viewer.io.datasets.table_file import TABLE_SUFFIXES, Table, read_table

_MOST_NAMES = 3


def is_list(path: Path) -> bool:
    """Return whether a file is a table, by its name."""
    return path.suffix.lower() in TABLE_SUFFIXES and path.is_file()


def listed_items(path: Path) -> list[Item]:
    """Return the cubes that a table lists, each with its row's other cells as groups.

    A column of masks or regions is a file of regions of each cube. A cube that is not there is an
    item with a problem.

    Raises
    ------
    FocusError
        If the table has no column of files, cannot be read, or two of its rows contradict.
    """
    rows = _read(path)
    names = None
    items: dict[Path, Item] = {}
    for name, groups, mask in rows.cells:
        place, problem = (path.parent / name.replace("\\", "/")).absolute(), ""
        if not place.exists():
            names = names or CubeNames(path.parent)
            try:
                place = names.find(name).absolute()
            except FocusError as error:
                problem = f"{path.name}: {error}"
        regions = (path.parent / mask).absolute() if mask else None
        item = Item(place, groups=groups, regions_path=regions, problem=problem)
        if items.setdefault(place, item) != item:
            raise DataSetError(
                f"{path}: {name} has two rows with different groups or regions. Give each cube one "
                "row, and one file with all of its regions."
            )
    return list(items.values())


def with_groups(items: Sequence[Item], path: Path) -> tuple[list[Item], list[str]]:
    """Return items with the groups that a table gives them, and what of it was not used.

    Raises
    ------
    FocusError
        If the table has no column of files, cannot be read, or two of its rows contradict.
    """
    known = KnownCubes(path.parent, {place: item.path for place, item in enumerate(items)})
    found: dict[int, Mapping[str, str]] = {}
    unmatched = []
    for name, groups, _ in _read(path).cells:
        place = known.find(name)
        if place is None:
            unmatched.append(name)
        elif found.setdefault(place, groups) != groups:
            raise DataSetError(
                f"{path}: {name} has two rows with different groups. Correct one of them."
            )
    notes = []
    if unmatched:
        listed = _listed(unmatched)
        notes.append(f"{path.name}: rows of cubes that are not in this batch: {listed}")
    missing = [item.path.name for place, item in enumerate(items) if place not in found]
    if missing:
        count = f"{len(missing)} of {len(items)} cubes"
        notes.append(f"{path.name}: {count} have no row in it: {_listed(missing)}")
    grouped = [
        replace(item, groups={**item.groups, **found.get(place, {})})
        for place, item in enumerate(items)
    ]
    return grouped, notes


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True)
class _Rows:
    """Rows of a table: name of the cube, groups, and name of a file of regions."""

    cells: tuple[tuple[str, Mapping[str, str], str], ...]


def _read(path: Path) -> _Rows:
    table = read_table(path)
    columns = columns_of(table, ReadingOptions())
    if not columns.path:
        raise DataSetError(
            f"{path}: expected a column of files (path, file, image, cube, ...), found "
            f"{', '.join(table.titles)}. Name the column of the cubes' files `path`."
        )
    return _Rows(tuple(_row(table, columns, line, cells) for line, cells in table.rows))


def _row(
    table: Table, columns: Columns, line: int, cells: Mapping[str, str]
) -> tuple[str, Mapping[str, str], str]:
    name = cells.get(columns.path, "")
    if not name:
        raise DataSetError(f"{table.path}, line {line}: expected a file, found an empty cell.")
    titles = zip(table.keys, table.titles, strict=True)
    groups = {
        title.strip().lower(): cells[key]
        for key, title in titles
        if key and key not in (columns.path, columns.mask) and cells.get(key)
    }
    return name, groups, cells.get(columns.mask or "", "")
