"""Project file as a data set: its cubes that have a class, or regions that have one."""

from __future__ import annotations

from pathlib import Path

from focus_viewer.core.counted import left_out_without_class
from focus_viewer.core.datasets.data_set import DataSet, DataSetError, Sample
from focus_viewer.core.documents.labelled_cube import sample_of
from focus_viewer.core.documents.project import ProjectCube
from focus_viewer.io.datasets.gathering import Gathering, ReadingOptions
from focus_viewer.io.identity.content_hash import fingerprint
from focus_viewer.io.identity.relative_paths import PROJECT_SUFFIX, path_exists
from focus_viewer.io.project.reading import read_document
from focus_viewer.io.reader import read_cube
from focus_viewer.io.references.reference_identity import with_current_references

_LAYOUT = "a project"


def recognises(source: Path) -> bool:
    """Return whether a file is a project, by its name."""
    return source.is_file() and source.name.lower().endswith(PROJECT_SUFFIX)


def read(source: Path, options: ReadingOptions) -> DataSet:
    """Read a project; cubes that are missing or changed since it was saved are left out."""
    gathering = Gathering(source, options)
    cubes = read_document(source.absolute()).project.cubes
    for done, cube in enumerate(cubes):
        gathering.step(done, len(cubes), cube.path)
        with gathering.refusing(cube.path.name):
            gathering.samples.append(_sample(cube, gathering))
    return gathering.data_set(_LAYOUT)


def _sample(cube: ProjectCube, gathering: Gathering) -> Sample:
    labelled = sample_of(cube, "")
    regions = labelled.regions
    if not labelled.examples:
        raise DataSetError(
            "neither it nor any of its regions has a class. Give it or some regions a class, and "
            "save."
        )
    if regions and cube.labels.classes:
        gathering.note(
            f"{cube.path.name}: its regions have classes, which count; its own class "
            f"{cube.labels.text!r} was not used."
        )
    if regions and (rest := len(cube.annotations) - len(regions)):
        gathering.note(f"{cube.path.name}: {left_out_without_class(rest)}")
    if not path_exists(cube.path):
        raise DataSetError(f"{cube.path} is not there. Open the project and say where it is.")
    as_read = read_cube(cube.path, cube.choice)
    current = fingerprint(as_read)
    if cube.fingerprint not in ("", current):
        raise DataSetError(
            f"{cube.path} is not what it was when the project was saved. Open the project, check "
            "its regions, and save it again."
        )
    cube, problem = with_current_references(cube, as_read)
    if problem:
        raise DataSetError(problem)
    return sample_of(cube, current)
