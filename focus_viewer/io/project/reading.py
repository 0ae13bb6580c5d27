"""Reader of projects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from focus_viewer.core.cubes.array_choice import NeedsChoice
from focus_viewer.core.documents.project import (
    METHOD_VERSION,
    Project,
    ProjectCube,
    ProjectReading,
)
from focus_viewer.core.errors import FocusError, translated_errors
from focus_viewer.core.progress import Step, part, silent
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.trust import TrustReport
from focus_viewer.io.annotations.refusal import Unreadable
from focus_viewer.io.identity.content_hash import fingerprint
from focus_viewer.io.identity.relative_paths import path_exists, side_folder
from focus_viewer.io.project.results import method_of, read_result, result_key
from focus_viewer.io.project.trust_results import read_trust
from focus_viewer.io.reader import read_cube
from focus_viewer.io.references.reference_identity import with_current_references

if TYPE_CHECKING:
    from focus_viewer.io.project.parsing import ProjectDocument

_CHECK_SHARE = 0.7
_MOST_BYTES = 500_000_000


class ProjectError(FocusError):
    """Project file that cannot be read or written."""


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
        `FocusError` of it means that the model is missing: its results are taken as they are, with
        the card that was saved with them.

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
    cubes, anew = list(reading.project.cubes), list[str]()
    for index, name in document.results.items():
        if index in (*reading.changed, *reading.recalibrated):
            continue  # reported already
        done = _CHECK_SHARE + (1 - _CHECK_SHARE) * index / len(cubes)
        explanation = _result(side_folder(path) / name, cubes[index], sha256, anew, step, done)
        trust = _trust(side_folder(path), name, cubes[index], explanation, notes)
        cubes[index] = replace(cubes[index], explanation=explanation, trust=trust)
    project = replace(reading.project, cubes=tuple(cubes))
    return replace(reading, project=project, notes=(*notes, *anew), anew=tuple(anew))


def _sha256_of(model: str, model_sha256: Callable[[str], str], notes: list[str]) -> str:
    try:
        return model_sha256(model)
    except FocusError as error:
        notes.append(f"The model {model} of the project cannot be used: {error}")
        return ""


def _result(
    path: Path, cube: ProjectCube, sha256: str, anew: list[str], step: Step, done: float
) -> Explanation | None:
    """Return the result of a cube if it is valid, else None and add why to `anew`."""

    def at_once(fraction: float, text: str) -> None:
        step(done, text)

    try:
        if sha256 and not path.name.startswith(f"{result_key(cube.fingerprint, sha256)}-"):
            raise Unreadable(_why_another(path))
        explanation = read_result(path, cube.fingerprint, at_once)
        own = explanation.card.sha256
        if not path.name.startswith(f"{result_key(cube.fingerprint, own)}-"):
            raise Unreadable(_why_another(path))
        if (sha256 or own) != own or explanation.image_shape != cube.shape[:2]:
            raise Unreadable("its file is that of another model or cube")
    except Unreadable as error:
        anew.append(f"{cube.path.name} must be explained anew: {error.problem}.")
        return None
    return explanation


def _trust(
    folder: Path, name: str, cube: ProjectCube, explanation: Explanation | None, notes: list[str]
) -> TrustReport | None:
    """Return what a test of a result found; None if there is none, or it is damaged."""
    if explanation is None:
        return None
    try:
        return read_trust(folder, name, explanation)
    except Unreadable as error:
        notes.append(
            f"The test of {cube.path.name} cannot be read: {error.problem}. Put it to the test "
            "again."
        )
        return None


def _why_another(path: Path) -> str:
    """Return why a result is not of the present model and method."""
    method = method_of(path)
    if method is None or method == METHOD_VERSION:
        return "the model is another now"
    return f"its result was of version {method} of the method, this one is {METHOD_VERSION}"


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
    after = replace(project, cubes=tuple(cubes))
    return ProjectReading(after, tuple(missing), tuple(changed), tuple(notes), tuple(recalibrated))


def _difference(cube: ProjectCube, step: Step) -> str:
    """Return how the cube differs from the saved one; empty if it does not."""
    if not cube.fingerprint:
        return ""
    try:
        current = fingerprint(read_cube(cube.path, cube.choice), step)
    except NeedsChoice:  # the user is asked when it is opened, and then it is compared
        return ""
    except FocusError as error:
        return str(error)
    if current == cube.fingerprint:
        return ""
    return f"{cube.path} is not what it was when the project was saved: header or data differ."


def _with_references(cube: ProjectCube, step: Step) -> tuple[ProjectCube, str]:
    try:
        return with_current_references(cube, read_cube(cube.path, cube.choice), step)
    except FocusError:  # reported when it is opened
        return cube, ""


def read_document(path: Path) -> ProjectDocument:
    """Read a project file.

    Parameters
    ----------
    path : Path
        Absolute.

    Raises
    ------
    ProjectError
        If the file is not a project, broken, of a later version, or cannot be read.
    """
    return parsed_project(_content(path), path)


def parsed_project(content: bytes, path: Path) -> ProjectDocument:
    """Parse the content of a project file.

    Raises
    ------
    ProjectError
        If it is not a project, broken, or of a later version.
    """
    from focus_viewer.io.project.parsing import parse_document

    try:
        return parse_document(content, path.parent)
    except Unreadable as error:
        raise ProjectError(
            f"{path} cannot be read as a project: {error.problem}. {error.advice}"
        ) from error


def _content(path: Path) -> bytes:
    with translated_errors(path, error_type=ProjectError):
        if not path.is_file():
            raise ProjectError(
                f"{path}: there is no such file. Expected a project (NAME.focus.json): choose "
                "another, or look where it was moved to."
            )
        if path.stat().st_size > _MOST_BYTES:
            raise ProjectError(
                f"{path} is larger than {_MOST_BYTES:,} bytes, too large for a project. Open the "
                "file NAME.focus.json."
            )
        return path.read_bytes()
