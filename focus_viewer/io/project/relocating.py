"""Cubes that were moved."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from focus_viewer.core.project import Project
from focus_viewer.io.pair import data_of, is_header
from focus_viewer.io.project.places import is_there


def relocated(project: Project, old_path: Path, new_path: Path) -> Project:
    """The project with a cube at its new place, and with it the others that were moved alike.

    A cube that is not at its place is looked for as far from the new place as it was from the old
    one: who moves a folder of cubes only shows one of them.

    Parameters
    ----------
    project : Project
    old_path : Path
        As the project tells it.
    new_path : Path
        The header or the data file. Whether it is the same cube is told by `check_cubes`.

    Raises
    ------
    CubeError
        If a header has no data file beside it.
    """
    new_path = new_path.absolute()
    found = data_of(new_path) if is_header(new_path) else new_path
    cubes = tuple(replace(cube, path=_moved(cube.path, old_path, found)) for cube in project.cubes)
    return replace(project, cubes=cubes)


def _moved(path: Path, old: Path, new: Path) -> Path:
    if path == old:
        return new
    if is_there(path):
        return path
    try:
        way = os.path.relpath(path, old.parent)
    except ValueError:  # another drive
        return path
    candidate = Path(os.path.normpath(new.parent / way))
    return candidate if is_there(candidate) else path
