"""Whether the cubes of a project are there, and still what they were."""

from __future__ import annotations

from dataclasses import replace

from focus_viewer.core.cubes.array_choice import NeedsChoice
from focus_viewer.core.documents.project import Project, ProjectCube, ProjectReading
from focus_viewer.core.errors import FocusError
from focus_viewer.core.progress import Step, part, silent
from focus_viewer.io.identity.content_hash import fingerprint
from focus_viewer.io.identity.relative_paths import is_there
from focus_viewer.io.reader import read_cube
from focus_viewer.io.references.reference_identity import with_current_references


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
        Its project lacks the results of cubes that changed, or whose references did; what is
        missing keeps its own.

    Raises
    ------
    Cancelled
        From `step`.
    """
    count = max(len(project.cubes), 1)
    missing, changed, recalibrated, notes, cubes = [], [], [], [], []
    for place, cube in enumerate(project.cubes):
        share = part(step, place / count, (place + 1) / count)
        cubes.append(cube)
        if not is_there(cube.path):
            missing.append(place)
        elif problem := _difference(cube, share):
            changed.append(place)
            notes.append(problem)
            cubes[place] = replace(cube, explanation=None)
        elif cube.preprocessing.references is not None:
            cubes[place], problem = _with_references(cube, share)
            if problem:
                recalibrated.append(place)
                notes.append(problem)
                cubes[place] = replace(cubes[place], explanation=None)
    found = replace(project, cubes=tuple(cubes))
    return ProjectReading(found, tuple(missing), tuple(changed), tuple(notes), tuple(recalibrated))


def _difference(kept: ProjectCube, step: Step) -> str:
    """How the cube differs from what was kept; empty where it does not."""
    if not kept.fingerprint:
        return ""
    try:
        found = fingerprint(read_cube(kept.path, kept.choice), step)
    except NeedsChoice:  # the user is asked when it is opened, and then it is compared
        return ""
    except FocusError as error:
        return str(error)
    if found == kept.fingerprint:
        return ""
    return f"{kept.path} is not what it was when the project was saved: header or data differ."


def _with_references(kept: ProjectCube, step: Step) -> tuple[ProjectCube, str]:
    try:
        return with_current_references(kept, read_cube(kept.path, kept.choice), step)
    except FocusError:  # told when it is opened
        return kept, ""
