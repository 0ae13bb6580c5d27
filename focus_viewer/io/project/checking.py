"""Whether the cubes of a project are there, and still what they were."""

from __future__ import annotations

from dataclasses import replace

from focus_viewer.core.cubes.array_choice import NeedsChoice
from focus_viewer.core.documents.project import Project, ProjectCube, ProjectReading
from focus_viewer.core.errors import FocusError
from focus_viewer.core.progress import Step, part, silent
from focus_viewer.io.identity.content_hash import fingerprint
from focus_viewer.io.identity.relative_paths import path_exists
from focus_viewer.io.reader import read_cube
from focus_viewer.io.references.reference_identity import with_current_references


def check_cubes(project: Project, step: Step = silent) -> ProjectReading:
    """Check that the cubes of a project exist, and compare their fingerprints.

    Parameters
    ----------
    project : Project
        A cube without a fingerprint, as in work kept against a crash, only needs to be there.

    Returns
    -------
    ProjectReading
        Its project lacks the results of cubes that changed, or whose references did; what is
        missing keeps its own.
    """
    count = max(len(project.cubes), 1)
    missing, changed, recalibrated, notes, cubes = [], [], [], [], []
    for index, cube in enumerate(project.cubes):
        share = part(step, index / count, (index + 1) / count)
        cubes.append(cube)
        if not path_exists(cube.path):
            missing.append(index)
        elif problem := _difference(cube, share):
            changed.append(index)
            notes.append(problem)
            cubes[index] = replace(cube, explanation=None)
        elif cube.preprocessing.references is not None:
            cubes[index], problem = _with_references(cube, share)
            if problem:
                recalibrated.append(index)
                notes.append(problem)
                cubes[index] = replace(cubes[index], explanation=None)
    found = replace(project, cubes=tuple(cubes))
    return ProjectReading(found, tuple(missing), tuple(changed), tuple(notes), tuple(recalibrated))


def _difference(kept: ProjectCube, step: Step) -> str:
    """Return how the cube differs from the saved one; empty if it does not."""
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
    except FocusError:  # reported when it is opened
        return kept, ""
