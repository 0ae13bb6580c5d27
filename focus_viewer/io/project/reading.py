"""Reader of projects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from focus_viewer.core.documents.project import ProjectCube, ProjectReading
from focus_viewer.core.errors import FocusError
from focus_viewer.core.progress import Step, part, silent
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.io.annotations.refusal import Unreadable
from focus_viewer.io.identity.relative_paths import side_folder
from focus_viewer.io.project.checking import check_cubes
from focus_viewer.io.project.content import read_document
from focus_viewer.io.project.results import read_result, result_key

_CHECK_SHARE = 0.7


def read_project(
    path: Path, model_sha256: Callable[[str], str], step: Step = silent
) -> ProjectReading:
    """Read a project, check its cubes, and take the results that are still valid.

    Parameters
    ----------
    path : Path
        NAME.focus.json, or work kept against a crash.
    model_sha256 : callable
        Returns the SHA-256 of the weights of a model, by the name or folder in the project. A
        `FocusError` of it means that the model is missing: then no result is taken.

    Returns
    -------
    ProjectReading
        Cubes that are missing or changed, and in its notes the results that could not be taken.

    Raises
    ------
    ProjectError
        If the file is not a project, broken, of a later version, or cannot be read.
    """
    path = path.absolute()
    document = read_document(path)
    reading = check_cubes(document.project, part(step, 0.0, _CHECK_SHARE))
    notes = list(reading.notes)
    sha256 = _sha256_of(document.project.model, model_sha256, notes) if document.results else ""
    cubes = list(reading.project.cubes)
    for index, name in document.results.items():
        if index in (*reading.changed, *reading.recalibrated):
            continue  # reported already
        done = _CHECK_SHARE + (1 - _CHECK_SHARE) * index / len(cubes)
        found = _result(side_folder(path) / name, cubes[index], sha256, notes, step, done)
        cubes[index] = replace(cubes[index], explanation=found)
    project = replace(reading.project, cubes=tuple(cubes))
    return replace(reading, project=project, notes=tuple(notes))


def _sha256_of(model: str, model_sha256: Callable[[str], str], notes: list[str]) -> str:
    try:
        return model_sha256(model)
    except FocusError as error:
        notes.append(f"The model {model} of the project cannot be used: {error}")
        return ""


def _result(
    path: Path, cube: ProjectCube, sha256: str, notes: list[str], step: Step, done: float
) -> Explanation | None:
    """Return the result of a cube if it is valid, else None with a note."""

    def at_once(fraction: float, text: str) -> None:
        step(done, text)

    try:
        if not sha256 or not path.name.startswith(f"{result_key(cube.fingerprint, sha256)}-"):
            raise Unreadable("the model or the method is another now")
        found = read_result(path, cube.fingerprint, at_once)
        if found.card.sha256 != sha256 or found.image_shape != cube.shape[:2]:
            raise Unreadable("its file is that of another model or cube")
    except Unreadable as error:
        notes.append(f"{cube.path.name} must be explained anew: {error.problem}.")
        return None
    return found
