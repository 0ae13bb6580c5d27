"""Writer of projects.

First the results go to the disk under names of their own, then the project file takes the place of
the old one in one step, then results that nobody refers to any more are removed. A kill at any
moment leaves the old project or the new one, whole.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from focus_viewer.core.atomic_write import DRAFT_PREFIX, remove_drafts, write_atomically
from focus_viewer.core.documents.project import Project
from focus_viewer.core.errors import translated_errors
from focus_viewer.core.progress import Step, part, silent
from focus_viewer.io.annotations.refusal import Unreadable
from focus_viewer.io.identity.relative_paths import PROJECT_SUFFIX, side_folder
from focus_viewer.io.project.reading import ProjectError, parsed_project
from focus_viewer.io.project.results import RESULT_NAME, write_result
from focus_viewer.io.project.serialising import Results, project_bytes
from focus_viewer.io.project.trust_results import TRUST_NAME, write_trust
from focus_viewer.io.remembered_choices import recall


def write_project(path: Path, project: Project, step: Step = silent) -> None:
    """Write a project: at any moment the old file or the new one exists, whole.

    Results are stored beside it in NAME.focus-data. The result of a cube without fingerprint, or
    one that is not sound, is left out: it is computed again when the project is opened.

    Parameters
    ----------
    path : Path
        NAME.focus.json.
    project : Project
        With the fingerprints of its cubes.
    step : Step
        Not called any more once the old project is replaced.

    Raises
    ------
    ProjectError
        If the name does not end so, a value cannot be kept, or the disk refuses.
    Cancelled
        From `step`; the old project stays.
    """
    path = path.absolute()
    if not path.name.lower().endswith(PROJECT_SUFFIX) or path.name.lower() == PROJECT_SUFFIX:
        raise ProjectError(f"{path}: expected the name of a project, NAME{PROJECT_SUFFIX}.")
    checked_bytes(path, project, path.parent, {})
    with translated_errors(path, "written", ProjectError):
        results = _write_results(side_folder(path), project, step)
        tests = _write_tests(side_folder(path), project, results)
        step(1.0, "writing the project")
        write_checked(path, project, path.parent, results)
        _tidy(path, {*results.values(), *tests})


def checked_bytes(
    path: Path,
    project: Project,
    folder: Path | None,
    results: Results,
    autosave_of: str | None = None,
) -> bytes:
    """Return the content of a project file, after reading it back as a check.

    Raises
    ------
    ProjectError
        If a value cannot be kept.
    """
    try:
        content = project_bytes(_with_choices(project), folder, results, autosave_of)
    except ValueError as error:
        raise ProjectError(
            f"{path}: the project cannot be written, as a number in it is not finite ({error}). "
            "Undo the last change."
        ) from error
    parsed_project(content, path)
    return content


def _with_choices(project: Project) -> Project:
    """Return the project with the choices remembered on this machine, for other machines."""
    cubes = (
        cube if cube.choice else replace(cube, choice=recall(cube.path)) for cube in project.cubes
    )
    return replace(project, cubes=tuple(cubes))


def write_checked(
    path: Path,
    project: Project,
    folder: Path | None,
    results: Results,
    autosave_of: str | None = None,
) -> None:
    """Write a project file, without the files of its results.

    Raises
    ------
    ProjectError
        If a value cannot be kept.
    OSError
        If the disk refuses.
    """
    content = checked_bytes(path, project, folder, results, autosave_of)
    write_atomically(path, content)
    remove_drafts(path.resolve())


def _write_results(folder: Path, project: Project, step: Step) -> dict[int, str]:
    """Write the results; return the names of their files by the positions of the cubes."""
    names: dict[int, str] = {}
    count = len(project.cubes)
    for index, cube in enumerate(project.cubes):
        if cube.explanation is None or not cube.fingerprint:
            continue
        folder.mkdir(exist_ok=True)
        share = part(step, index / count, (index + 1) / count)
        with suppress(Unreadable):  # what would not be read again is not written
            names[index] = write_result(folder, cube.explanation, cube.fingerprint, share)
    return names


def _write_tests(folder: Path, project: Project, results: Results) -> set[str]:
    """Write what tests of the results found; return the names of their files."""
    return {
        write_trust(folder, name, cube.trust)
        for index, name in results.items()
        if (cube := project.cubes[index]).trust is not None
    }


def _tidy(path: Path, used: set[str]) -> None:
    """Remove unused results and drafts of killed writes."""
    folder = side_folder(path)
    # The project is saved: what cannot be removed now is so by the next save.
    with suppress(OSError):
        for file in list(folder.iterdir()):
            named = RESULT_NAME.fullmatch(file.name) or TRUST_NAME.fullmatch(file.name)
            ours = named or file.name.startswith(DRAFT_PREFIX)
            if ours and file.name not in used:
                file.unlink()
        if not used:
            folder.rmdir()
