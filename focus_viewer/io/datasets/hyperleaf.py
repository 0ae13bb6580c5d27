"""HyperLeaf 2024: images/00017.tiff and train.csv.

Sources: readers in public repositories, which agree on the columns ImageId, GrainWeight, Gsw,
PhiPS2, Fertilizer, Heerup, Kvium, Rembrandt and Sheriff (the cultivars, of which one is 1), on
names of five digits, on values of 0 to 65,535 that are divided by 65,535, and on 0 as background.
They differ in the order of the axes: in each file the axis of length 204 is the spectrum. The
camera is a Specim IQ; its wavelengths are the nominal ones.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.datasets.data_set import DataSet, DataSetError
from focus_viewer.core.errors import FocusError
from focus_viewer.core.preprocessing.sensors import sensor_named
from focus_viewer.io.datasets.cube_names import CubeNames
from focus_viewer.io.datasets.gathering import Gathering, ReadingOptions
from focus_viewer.io.datasets.samples import Source, choice_by_axes, make_sample
from focus_viewer.io.datasets.table_file import TABLE_SUFFIXES, Table, read_table
from focus_viewer.io.reader import arrays_of

_LAYOUT = "HyperLeaf 2024"
_BANDS = 204
_FULL_SCALE = 65_535.0
_CULTIVARS = ("Heerup", "Kvium", "Rembrandt", "Sheriff")
_TASKS = ("cultivar", "fertilizer")


def recognises(source: Path) -> bool:
    """Return whether a folder's train.csv, or a table, has HyperLeaf's columns."""
    path = source / "train.csv" if source.is_dir() else source
    if not path.is_file() or path.suffix.lower() not in TABLE_SUFFIXES:
        return False
    try:
        keys = read_table(path).keys
    except FocusError:
        return False
    return {"imageid", "fertilizer", *(name.lower() for name in _CULTIVARS)} <= set(keys)


def read(source: Path, options: ReadingOptions) -> DataSet:
    """Read the images of the table, for the task "cultivar" or "fertilizer"."""
    task = (options.class_column or _TASKS[0]).lower()
    if task not in _TASKS:
        raise DataSetError(
            f"{source}: expected the task {' or '.join(_TASKS)}, found {task!r}. Choose one."
        )
    table = read_table(source / "train.csv" if source.is_dir() else source)
    gathering = Gathering(source, options)
    gathering.note(
        "Its files state no wavelengths and no scale: they are taken as those of a Specim IQ "
        "(nominal), and as reflectance of 65,535 for 1."
    )
    names = CubeNames(table.path.parent)
    for done, (line, cells) in enumerate(table.rows):
        with gathering.refusing(f"{table.path.name}, line {line}"):
            path = names.find(cells["imageid"])
            gathering.step(done, len(table.rows), path)
            gathering.samples.append(make_sample(_source(path, cells, task), gathering.notes))
    _note_unused(table, gathering)
    return gathering.data_set(f"{_LAYOUT}, {task}")


def _source(path: Path, cells: dict[str, str], task: str) -> Source:
    cultivar, fertilizer = _cultivar(cells), _fertilizer(cells)
    classes, other = (cultivar, fertilizer) if task == "cultivar" else (fertilizer, cultivar)
    groups = {_TASKS[1] if task == "cultivar" else _TASKS[0]: other}
    return Source(path, (classes,), groups=groups, choice=_choice(path), background=0.0)


def _choice(path: Path) -> ArrayChoice:
    choice = choice_by_axes(path, arrays_of(path).candidates, _BANDS)
    sensor = sensor_named("IQ")
    nm = None if sensor is None or sensor.wavelengths_nm is None else sensor.wavelengths_nm
    wavelengths = None if nm is None else tuple(map(float, nm))
    return replace(choice, wavelengths_nm=wavelengths, units="reflectance", scale=_FULL_SCALE)


def _cultivar(cells: dict[str, str]) -> str:
    found = [name for name in _CULTIVARS if _number(cells[name.lower()]) == 1]
    if len(found) != 1:
        raise DataSetError(f"expected a 1 for one cultivar, found {len(found)}. Correct the row.")
    return found[0]


def _fertilizer(cells: dict[str, str]) -> str:
    if (amount := _number(cells["fertilizer"])) is None:
        raise DataSetError(f"expected a number, found {cells['fertilizer']!r}. Correct the row.")
    return f"fertilizer {amount:g}"


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _note_unused(table: Table, gathering: Gathering) -> None:
    measured = [title for title in ("GrainWeight", "Gsw", "PhiPS2") if title in table.titles]
    if measured:
        gathering.note(f"The measurements {', '.join(measured)} are not classes: not used.")
