"""Work list: the cubes that folders, patterns, tables, projects and data sets name, each once."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from glob import glob, has_magic
from pathlib import Path

from focus_viewer.batch.inputs.items import Item, Opening
from focus_viewer.batch.inputs.lists import is_list, listed_items, with_groups
from focus_viewer.core.datasets.cube_labels import CubeLabels
from focus_viewer.core.datasets.data_set import Sample
from focus_viewer.core.documents.project import ProjectCube
from focus_viewer.core.errors import CubeError, FocusError
from focus_viewer.core.progress import Step, silent
from focus_viewer.io.cube_labels.table_labels import suggested_from_tables
from focus_viewer.io.datasets import deephs_fruit, hyperleaf, hyperview, read_data_set
from focus_viewer.io.datasets.class_folders import suggested_from_folders
from focus_viewer.io.datasets.references import split_references
from focus_viewer.io.datasets.wavelengths import read_wavelengths
from focus_viewer.io.folder import cubes_below
from focus_viewer.io.formats.envi.file_pairs import data_of, header_of, is_header
from focus_viewer.io.formats.recognise import recognise_format
from focus_viewer.io.identity.relative_paths import PROJECT_SUFFIX, path_exists
from focus_viewer.io.metadata.wavelength_list import read_wavelength_list
from focus_viewer.io.project.reading import read_document

_ANNOTATED: tuple[Callable[[Path], bool], ...] = (
    hyperleaf.recognises,
    hyperview.recognises,
    deephs_fruit.recognises,
)
"""Data sets that name their cubes in files of their own."""

STARTED = "focus-batch.json"
"""File in the folder of a batch that says what it was started with."""

PARTS = "parts"
"""Folder of its records."""

PARQUET, CSV, CURVES = "cubes.parquet", "cubes.csv", "curves.nc"
"""Files that it writes beside."""

_MOST_NAMED = 4


@dataclass(frozen=True)
class WorkList:
    """Cubes of a batch, each once.

    Attributes
    ----------
    notes : tuple of str
        What was left out and not used, a sentence each.
    """

    items: tuple[Item, ...]
    notes: tuple[str, ...] = ()


def work_list(
    inputs: Sequence[str | Path],
    groups: Path | None = None,
    step: Step = silent,
    wavelengths: Path | None = None,
) -> WorkList:
    """Return the cubes that inputs name.

    Parameters
    ----------
    inputs : sequence of str or Path
        Files of cubes, folders, patterns such as `day*/*.hdr`, tables (CSV) with a column of files,
        projects (NAME.focus.json), and data sets.
    groups : Path or None
        Table with a column of files; its other columns are groups.
    wavelengths : Path or None
        Table of wavelengths for cubes that state none; else one beside them counts.

    Raises
    ------
    FocusError
        If an input is not there, or a table, project or data set cannot be read.
    """
    notes: list[str] = []
    found = [item for each in inputs for item in _items(str(each), notes, step)]
    items = _labelled(_with_wavelengths(_once(found, notes), wavelengths))
    if not items:
        raise FocusError("There is no cube in what was given. Name cubes, or folders of cubes.")
    if groups is not None:
        items, more = with_groups(items, groups)
        notes += more
    return WorkList(tuple(items), tuple(dict.fromkeys(notes)))


def _items(text: str, notes: list[str], step: Step) -> list[Item]:
    path = Path(text).absolute()
    if not os.path.lexists(path) and has_magic(text):
        matches = sorted(glob(text, recursive=True))  # noqa: PTH207 - it may be absolute
        if not matches:
            raise FocusError(f"{text}: no file has such a name. Check the pattern.")
        return [item for match in matches for item in _of_match(Path(match).absolute(), notes)]
    if not os.path.lexists(path):
        raise FocusError(f"{text}: there is no such file or folder. Check its path.")
    if path.name.lower().endswith(PROJECT_SUFFIX):
        return [_of_project(cube) for cube in read_document(path).project.cubes]
    if any(recognises(path) for recognises in _ANNOTATED):
        data_set = read_data_set(path, step=step)
        notes += data_set.notes
        return [_of_sample(sample) for sample in data_set.samples]
    if is_list(path):
        return listed_items(path)
    return _of_folder(path, notes) if _is_folder(path) else [Item(path)]


def _of_match(path: Path, notes: list[str]) -> list[Item]:
    """Return the items of a path that a pattern matches; a folder without cubes is a problem."""
    return _of_folder(path, notes) if _is_folder(path) else [Item(path)]


def _is_folder(path: Path) -> bool:
    """Return whether a path is a folder of files, and not a cube that is a folder."""
    return path.is_dir() and recognise_format(path) is None


def _of_folder(folder: Path, notes: list[str]) -> list[Item]:
    try:
        cubes, others = cubes_below(folder)
    except CubeError as error:
        return [Item(folder, problem=str(error))]
    results = [path for path in (*cubes, *others) if _is_result(path)]
    cubes, references = split_references([path for path in cubes if not _is_result(path)])
    others = [path for path in others if not _is_result(path)]
    for left, what in (
        (others, "no cubes"),
        (references, "references or raw data"),
        (results, "results of a batch"),
    ):
        if left:
            names = ", ".join(path.name for path in left[:_MOST_NAMED])
            more = f" and {len(left) - _MOST_NAMED} more" if len(left) > _MOST_NAMED else ""
            notes.append(f"{folder}: left out as {what}: {names}{more}")
    if not cubes:
        problem = f"{folder} is a folder without cubes. Name the folder that contains the files."
        return [Item(folder, problem=problem)]
    suggested = suggested_from_tables(folder, cubes)
    labels = (suggested if suggested.labels else suggested_from_folders(folder, cubes)).labels
    opening = Opening(wavelengths_nm=read_wavelengths(folder))
    none = CubeLabels()
    return [Item(path, groups=_groups(labels.get(path, none)), opening=opening) for path in cubes]


def _is_result(path: Path) -> bool:
    """Return whether a batch has written a file: its cubes may be in the same folder."""
    folder = path.parent
    if folder.name == PARTS and (folder.parent / STARTED).is_file():
        return True
    return path.name in (STARTED, PARQUET, CSV, CURVES) and (folder / STARTED).is_file()


def _groups(labels: CubeLabels) -> dict[str, str]:
    own = {"class": labels.text} if labels.classes else {}
    return {**own, **labels.groups}


def _of_project(cube: ProjectCube) -> Item:
    problem = "" if path_exists(cube.path) else f"{cube.path} is not there. Open the project."
    return Item(
        cube.path,
        groups=_groups(cube.labels),
        opening=Opening(cube.choice, preprocessing=cube.preprocessing),
        regions=tuple(cube.annotations),
        problem=problem,
    )


def _of_sample(sample: Sample) -> Item:
    labels = CubeLabels(sample.classes, sample.groups)
    opening = Opening(sample.choice, sample.wavelengths_nm, sample.background, sample.preprocessing)
    return Item(sample.path.absolute(), groups=_groups(labels), opening=opening)


def _with_wavelengths(items: Iterable[Item], table: Path | None) -> list[Item]:
    """Return the items with wavelengths for files without: of a table, or of a list beside them."""
    named = None if table is None else read_wavelength_list(table)
    beside = cache(read_wavelengths)
    found = []
    for item in items:
        opening = item.opening
        if named is not None:
            opening = replace(opening, wavelengths_nm=named)
        elif opening.wavelengths_nm is None and not item.problem:
            opening = replace(opening, wavelengths_nm=beside(item.path.parent))
        found.append(replace(item, opening=opening))
    return found


def _once(items: Iterable[Item], notes: list[str]) -> list[Item]:
    """Return the items without repetition: header and data file are one cube, as are links to it.

    The first one counts, with the groups that later ones add.
    """
    found: dict[object, Item] = {}
    for item in items:
        # A file may hold several cubes, of which a choice selects one.
        place = os.path.realpath(_data_file(item.path))
        before = found.get((place, item.opening.choice), replace(item, place=place))
        if item.settings != before.settings:
            notes.append(
                f"{item.path} is named twice, with other regions or settings: the first ones count"
            )
        groups = {**item.groups, **before.groups}
        found[place, item.opening.choice] = replace(before, groups=groups)
    return list(found.values())


def _data_file(path: Path) -> Path:
    """Return the data file of an ENVI header, of any other file itself."""
    try:
        if is_header(path):
            return data_of(path)
        if path.is_file() and recognise_format(path) is None:
            return data_of(header_of(path))
    except FocusError:  # reported when it is opened
        return path
    return path


def _labelled(items: Sequence[Item]) -> list[Item]:
    """Return the items with a label each: the file's stem, or as much of its path as is needed."""
    stems = Counter(item.path.stem for item in items)
    shared = [item.path.parent for item in items if stems[item.path.stem] > 1]
    root = Path(os.path.commonpath(shared)) if shared else Path()
    taken: Counter[str] = Counter()
    labelled = []
    for item in items:
        label = item.path.stem
        if stems[label] > 1:
            label = item.path.relative_to(root).with_suffix("").as_posix()
        taken[label] += 1
        label = label if taken[label] == 1 else f"{label} ({taken[label]})"
        labelled.append(replace(item, label=label))
    return labelled
