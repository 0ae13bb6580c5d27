"""Folder of cubes with a table of their classes and groups.

The table (CSV, with any usual separator) has a row for each cube: a column with its file, one with
its class, or one with its label raster or region file, and columns of groups. Tomato BLS is read in
this form; the layout of its own files is not public.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from focus_viewer.core.datasets.cube_labels import CubeLabels, class_names
from focus_viewer.core.datasets.data_set import DataSet, DataSetError
from focus_viewer.core.errors import FocusError, translated_errors
from focus_viewer.io.datasets.class_list import CLASS_LISTS, ClassList, read_class_list
from focus_viewer.io.datasets.cube_names import CubeNames
from focus_viewer.io.datasets.gathering import Gathering, ReadingOptions
from focus_viewer.io.datasets.labels import LabelFile
from focus_viewer.io.datasets.samples import Source, make_sample
from focus_viewer.io.datasets.table_file import TABLE_SUFFIXES, Table, key_of, read_table
from focus_viewer.io.datasets.wavelengths import WAVELENGTH_LISTS, Wavelengths, read_wavelengths

_LAYOUT = "a folder of cubes with a table"
_PATH = ("path", "file", "filename", "filepath", "image", "imagepath", "imagefile", "cube", "img")
_IDS = ("imageid", "imagename", "cubeid", "name", "id")
_CLASS = ("class", "label", "classname", "labels", "classes", "category")
_MASK = ("mask", "labelfile", "labelraster", "maskfile", "annotation", "annotations", "regions")
_GROUPS = (
    *("plant", "plantid", "leaf", "leafid", "plot", "plotid", "block", "replicate", "rep", "tray"),
    *("pot", "field", "site", "day", "date", "dai", "dpi", "session", "year", "season", "camera"),
    *(
        "sensor",
        "treatment",
        "genotype",
        "cultivar",
        "variety",
        "species",
        "group",
        "side",
        "batch",
    ),
    *("operator", "subject", "split", "fold", "set"),
)


@dataclass(frozen=True)
class Columns:
    """Keys of a table's columns."""

    path: str
    classes: str | None
    mask: str | None
    groups: Mapping[str, str]

    def labels(self, cells: Mapping[str, str]) -> CubeLabels:
        """Return classes and groups in a row."""
        groups = {title: cells[key] for key, title in self.groups.items() if cells[key]}
        return CubeLabels(class_names(cells.get(self.classes or "", "")), groups)

    def unused(self, table: Table) -> tuple[str, ...]:
        """Return the titles of all other columns."""
        used = {self.path, self.classes, self.mask, *self.groups}
        titles = zip(table.keys, table.titles, strict=True)
        return tuple(title for key, title in titles if key and key not in used)


class Beside(NamedTuple):
    """Files beside a table: cubes by name, names of classes by number, and wavelengths."""

    cubes: CubeNames
    classes: ClassList
    wavelengths_nm: Wavelengths | None


def recognises(source: Path) -> bool:
    """Return whether a source is a table of cubes, or a folder with one."""
    return bool(label_tables(source))


def read(source: Path, options: ReadingOptions) -> DataSet:
    """Read the cubes of a table; of several tables in a folder, each says which one it was."""
    gathering = Gathering(source, options)
    tables = label_tables(source)
    folder = source if source.is_dir() else source.parent
    beside = Beside(CubeNames(folder), read_class_list(folder), read_wavelengths(folder))
    for table in tables:
        columns = columns_of(table, options)
        _note_unused(table, columns, gathering)
        extra = {"table": table.path.stem} if len(tables) > 1 else {}
        _Rows(gathering, table, columns, beside, extra).read()
    return gathering.data_set(_LAYOUT)


def label_tables(source: Path) -> list[Table]:
    """Return tables with columns of files, and of classes or masks: a file, or all in a folder."""
    paths = [source]
    if source.is_dir():
        with translated_errors(source):
            paths = sorted(source.iterdir())
    tables = []
    for path in paths:
        if _may_be_table(path):
            try:
                table = read_table(path)
            except FocusError:
                if not source.is_dir():
                    raise
                continue
            if table.first_of(*_PATH, *_IDS) and table.first_of(*_CLASS, *_MASK):
                tables.append(table)
    return tables


def names_files(table: Table) -> bool:
    """Return whether a table has a column of files, by its title."""
    return table.first_of(*_PATH) is not None


def _may_be_table(path: Path) -> bool:
    suffix, name = path.suffix.lower(), path.name.lower()
    return (
        path.is_file()
        and suffix in TABLE_SUFFIXES
        and name not in (*CLASS_LISTS, *WAVELENGTH_LISTS)
    )


def columns_of(table: Table, options: ReadingOptions) -> Columns:
    """Return the columns of a table that are used."""
    classes = _named(table, options.class_column) or table.first_of(*_CLASS)
    path = table.first_of(*_PATH, *_IDS) or ""
    wanted = options.group_columns
    if wanted is None:
        keys = [key for key in table.keys if key in _GROUPS and key not in (classes, path)]
    else:
        keys = [key for name in wanted if (key := _named(table, name))]
    titles = dict(zip(table.keys, table.titles, strict=True))
    groups = {key: titles[key].lower() for key in keys}
    return Columns(path, classes, table.first_of(*_MASK), groups)


def _named(table: Table, title: str | None) -> str | None:
    """Return the key of a column that the user names."""
    if title is None:
        return None
    if (key := table.first_of(key_of(title))) is None:
        raise DataSetError(
            f"{table.path}: expected a column {title!r}, found {', '.join(table.titles)}. Choose "
            "one of them."
        )
    return key


def _note_unused(table: Table, columns: Columns, gathering: Gathering) -> None:
    if unused := columns.unused(table):
        gathering.note(
            f"{table.path.name}: the columns {', '.join(unused)} were not used; name those that "
            "group cubes as group columns."
        )


@dataclass(frozen=True)
class _Rows:
    """Rows of a table that become samples."""

    gathering: Gathering
    table: Table
    columns: Columns
    beside: Beside
    extra: Mapping[str, str]

    def read(self) -> None:
        """Read all rows; those that cannot be used are left out by name."""
        sources: dict[Path, tuple[int, Source]] = {}
        refused: set[Path] = set()
        for line, cells in self.table.rows:
            with self.gathering.refusing(self._at(line)):
                self._take(line, self._source(cells), sources, refused)
        kept = [entry for path, entry in sources.items() if path not in refused]
        for done, (line, source) in enumerate(kept):
            self.gathering.step(done, len(kept), source.path)
            with self.gathering.refusing(f"{self._at(line)} ({source.path.name})"):
                sample = make_sample(source, self.gathering.notes)
                self.gathering.samples.append(sample)

    def _take(
        self,
        line: int,
        source: Source,
        sources: dict[Path, tuple[int, Source]],
        refused: set[Path],
    ) -> None:
        first, before = sources.setdefault(source.path, (line, source))
        if before is source:
            return
        if _repeats(source, before):
            self.gathering.note(f"{self._at(line)} repeats line {first} and counts once.")
            return
        if _adds_labels(source, before):
            sources[source.path] = first, replace(before, labels=(*before.labels, *source.labels))
            return
        refused.add(source.path)
        found = f"{_words(before)} and {_words(source)}"
        raise DataSetError(
            f"{source.path.name} is also in line {first}: expected the same class and groups, "
            f"found {found}. Neither was used: correct one, or, if both classes hold, write them "
            "in one cell with a semicolon between them."
        )

    def _source(self, cells: Mapping[str, str]) -> Source:
        name = cells.get(self.columns.path, "")
        if not name:
            raise DataSetError("expected the file of a cube, found an empty cell. Fill it in.")
        labels = self.columns.labels(cells)
        classes, groups = labels.classes, labels.groups
        mask = cells.get(self.columns.mask or "", "")
        if not classes and not mask:
            raise DataSetError(f"{name} has no class. Fill it in, or remove the row.")
        path, nm = self.beside.cubes.find(name), self.beside.wavelengths_nm
        if mask:
            file = LabelFile(self._mask(mask), self.beside.classes, classes, groups)
            return Source(path, labels=(file,), groups=self.extra, wavelengths_nm=nm)
        return Source(path, classes, groups={**groups, **self.extra}, wavelengths_nm=nm)

    def _mask(self, text: str) -> Path:
        path = self.table.path.parent / text.replace("\\", "/")
        if not path.is_file():
            raise DataSetError(f"there is no label file {path}. Correct its name in the table.")
        return path

    def _at(self, line: int) -> str:
        return f"{self.table.path.name}, line {line}"


def _repeats(source: Source, before: Source) -> bool:
    if source.classes != before.classes or source.groups != before.groups:
        return False
    return all(label in before.labels for label in source.labels)


def _adds_labels(source: Source, before: Source) -> bool:
    """Return whether a row has another label file of a cube, such as a mask for each class."""
    paths = {label.path for label in before.labels}
    return (
        bool(paths)
        and bool(source.labels)
        and not any(label.path in paths for label in source.labels)
    )


def _words(source: Source) -> str:
    groups = [f"{name} {value}" for name, value in source.groups.items()]
    files = [label.path.name for label in source.labels]
    return ", ".join([" + ".join(source.classes) or "no class", *groups, *files])
