"""Labels of whole cubes from a table, for cubes that are open or listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.datasets.cube_labels import (
    NO_LABELS,
    CubeLabels,
    LabelReading,
    SuggestedLabels,
)
from focus_viewer.core.datasets.data_set import DataSetError
from focus_viewer.core.errors import FocusError, translated_errors
from focus_viewer.core.preprocessing.settings import as_read
from focus_viewer.core.progress import Step, silent
from focus_viewer.io.cube_labels.matching import KnownCubes
from focus_viewer.io.datasets.cube_names import CubeNames
from focus_viewer.io.datasets.gathering import ReadingOptions
from focus_viewer.io.datasets.table import columns_of, label_tables, names_files
from focus_viewer.io.datasets.table_file import TABLE_SUFFIXES, Table, read_table
from focus_viewer.io.identity.content_hash import fingerprint
from focus_viewer.io.reader import read_cube
from focus_viewer.io.storage.files import size_bytes
from focus_viewer.io.studies import study_table

K = TypeVar("K")
_MOST_BYTES = 10_000_000


class LabelRow(NamedTuple):
    """Row of a table: its line, what it calls the cube, and the cube's labels."""

    line: int
    name: str
    labels: CubeLabels


def is_label_table(path: Path) -> bool:
    """Return whether a file is a table with columns of files, and of classes or groups."""
    return bool(_small_tables(path))


def read_table_labels(path: Path, cubes: Mapping[K, Cube], step: Step = silent) -> LabelReading[K]:
    """Read a table, and give its rows to cubes by path, name or, if need be, content.

    Raises
    ------
    FocusError
        If it has no columns of files, and of classes or groups.
    """
    table = _table(path)
    taken = _Taken[K]()
    known = KnownCubes(path.parent, {key: _place(cube) for key, cube in cubes.items()})
    unknown, unmatched = [row for row in _rows(table) if not taken.find(row, known)], []
    if unknown:
        rest = {key: cube for key, cube in cubes.items() if key not in taken.rows}
        contents = _Contents(path.parent, rest, step)
        for row in unknown:
            key = contents.find(row.name)
            if key is None:
                unmatched.append((row.line, row.name))
            else:
                taken.take(row, key)
    return LabelReading(taken.labels, tuple(unmatched), tuple(taken.left_out), _notes(table))


def table_cubes(path: Path) -> SuggestedLabels:
    """Return the cubes beside a table that it names, with their labels.

    Raises
    ------
    FocusError
        If it has no columns of files, and of classes or groups.
    """
    table, found = _table(path), dict[Path, CubeLabels]()
    names = CubeNames(path.parent)
    for row in _rows(table):
        try:
            found.setdefault(names.find(row.name), row.labels)
        except FocusError:
            continue
    return SuggestedLabels(found, path.name)


def suggested_from_tables(folder: Path, paths: Sequence[Path]) -> SuggestedLabels:
    """Return the labels of files that tables in a folder give."""
    with translated_errors(folder):
        paths_in = sorted(folder.iterdir()) if folder.is_dir() else []
    for table in (table for path in paths_in for table in _small_tables(path)):
        taken = _Taken[Path]()
        known = KnownCubes(table.path.parent, {path: path for path in paths})
        for row in _rows(table):
            taken.find(row, known)
        labels = {path: own for path, own in taken.labels.items() if own != NO_LABELS}
        if labels:
            return SuggestedLabels(labels, table.path.name)
    return SuggestedLabels()


def _small_tables(path: Path) -> list[Table]:
    """Return the table of labels that a file is; none if it is too large to look into for that.

    The column `label` in the table of a batch holds names, not classes.
    """
    try:
        if study_table(path) is not None:
            return []
        if path.suffix.lower() in TABLE_SUFFIXES and path.is_file():
            return _tables_of_files(path) if size_bytes(path) <= _MOST_BYTES else []
    except (FocusError, OSError):
        return []
    return []


def _tables_of_files(path: Path) -> list[Table]:
    """Return the table of labels, or of groups: with mere names it may be of anything."""
    return label_tables(path) or [table for table in _group_tables(path) if names_files(table)]


class _Taken(Generic[K]):
    """Rows by their cube; of rows that contradict each other none is taken."""

    def __init__(self) -> None:
        self.rows: dict[K, LabelRow] = {}
        self.left_out: list[str] = []
        self._refused: set[K] = set()

    @property
    def labels(self) -> dict[K, CubeLabels]:
        return {key: row.labels for key, row in self.rows.items() if key not in self._refused}

    def find(self, row: LabelRow, known: KnownCubes[K]) -> bool:
        """Take a row whose cube is known; return False if none is."""
        try:
            key = known.find(row.name)
        except DataSetError as error:
            self.left_out.append(f"Line {row.line}: {error}")
            return True
        if key is not None:
            self.take(row, key)
        return key is not None

    def take(self, row: LabelRow, key: K) -> None:
        """Take a row of a cube."""
        before = self.rows.setdefault(key, row)
        if before.labels != row.labels:
            self._refused.add(key)
            self.left_out.append(
                f"Line {row.line}: {row.name!r} is also in line {before.line} with other labels. "
                "Neither was used: correct one, or write both classes in one cell with a semicolon."
            )


class _Contents(Generic[K]):
    """Cubes by the content of files beside a table, which were copied or moved since."""

    def __init__(self, folder: Path, cubes: Mapping[K, Cube], step: Step) -> None:
        self._names = CubeNames(folder)
        self._cubes = {key: as_read(cube) for key, cube in cubes.items()}
        self._step = step
        self._marks: dict[K, str] = {}

    def find(self, name: str) -> K | None:
        """Return the cube with the content of the file that a row names, or None."""
        try:
            beside = read_cube(self._names.find(name))
        except FocusError:
            return None
        same = [key for key, cube in self._cubes.items() if cube.shape == beside.shape]
        if not same:
            return None
        mark = fingerprint(beside, self._step)
        return next((key for key in same if self._mark(key) == mark), None)

    def _mark(self, key: K) -> str:
        if key not in self._marks:
            self._marks[key] = fingerprint(self._cubes[key], self._step)
        return self._marks[key]


def _rows(table: Table) -> Iterator[LabelRow]:
    columns = columns_of(table, ReadingOptions())
    for line, cells in table.rows:
        name, labels = cells.get(columns.path, ""), columns.labels(cells)
        if cells.get(columns.mask or ""):  # the class holds where the label file says, not in all
            labels = replace(labels, classes=())
        if name and labels != NO_LABELS:
            yield LabelRow(line, name, labels)


def _notes(table: Table) -> tuple[str, ...]:
    columns, notes = columns_of(table, ReadingOptions()), []
    if columns.mask is not None:
        notes.append("Its label files were not read: open them with Regions > Open regions.")
    if unused := columns.unused(table):
        notes.append(f"The columns {', '.join(unused)} were not used.")
    return tuple(notes)


def _table(path: Path) -> Table:
    tables = label_tables(path) or _group_tables(path)
    if not tables:
        raise DataSetError(
            f"{path}: expected a table with a column of files (path, image, cube, ...) and one of "
            "classes (class, label, ...) or groups (plant, treatment, ...), found none. Give the "
            "columns such titles."
        )
    return tables[0]


def _group_tables(path: Path) -> list[Table]:
    """Return the table of files and groups that a file is: a study of groups needs no class."""
    if path.suffix.lower() not in TABLE_SUFFIXES or not path.is_file():
        return []
    table = read_table(path)
    columns = columns_of(table, ReadingOptions())
    return [table] if columns.path and columns.groups else []


def _place(cube: Cube) -> Path:
    return cube.path if cube.path is not None else Path(cube.name)
