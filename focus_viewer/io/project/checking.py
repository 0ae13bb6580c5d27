"""Whether the cubes of a project are there, and still what they were."""

from __future__ import annotations

from dataclasses import replace

from focus_viewer.core.errors import FocusError
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.project import Project, ProjectCube, ProjectReading
from focus_viewer.io.project.fingerprints import fingerprint
from focus_viewer.io.project.places import is_there
from focus_viewer.io.project.progress import between
from focus_viewer.io.reader import read_cube


def check_cubes(project: Project, step: Step = silent) -> ProjectReading:
    """Look for the cubes of a project and compare their fingerprints.

    Parameters
    ----------
    project : Project
        A cube without a fingerprint, as in work kept against a crash, only needs to be there.
    step : Step

    Returns
    -------
    ProjectReading
        Its project lacks the results of changed cubes; what is missing keeps its own.

    Raises
    ------
    Cancelled
        From `step`.
    """
    count = max(len(project.cubes), 1)
    missing, changed, notes = [], [], []
    for place, cube in enumerate(project.cubes):
        problem = ""
        if not is_there(cube.path):
            missing.append(place)
        elif problem := _difference(cube, between(step, place / count, (place + 1) / count)):
            changed.append(place)
            notes.append(problem)
    cubes = tuple(
        replace(cube, explanation=None) if place in changed else cube
        for place, cube in enumerate(project.cubes)
    )
    found = replace(project, cubes=cubes)
    return ProjectReading(found, tuple(missing), tuple(changed), tuple(notes))


def _difference(kept: ProjectCube, step: Step) -> str:
    """How the cube differs from what was kept; empty where it does not."""
    if not kept.fingerprint:
        return ""
    try:
        found = fingerprint(read_cube(kept.path), step)
    except FocusError as error:
        return str(error)
    if found == kept.fingerprint:
        return ""
    return f"{kept.path} is not what it was when the project was saved: header or data differ."
