"""White and dark references of a project: found again, and whether they are what they were."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.project import ProjectCube, told_changed
from focus_viewer.core.errors import FocusError, translated_errors
from focus_viewer.core.preprocessing.settings import (
    REFERENCE_FILES,
    ReferenceMarks,
    WhiteAndDark,
    as_read,
)
from focus_viewer.core.progress import Step, silent
from focus_viewer.io.identity.content_hash import digest_of, fingerprint
from focus_viewer.io.identity.relative_paths import is_there
from focus_viewer.io.references.discovery import read_reference
from focus_viewer.io.storage.recent_results import file_stamp, memory, stamp


def found_again(references: WhiteAndDark, cube_path: Path | None) -> WhiteAndDark:
    """References that moved with their cube: one that is gone is looked for beside it.

    By its name alone: whether it is the same is told by its mark.
    """

    def place(path: Path) -> Path:
        beside = None if cube_path is None else cube_path.parent / path.name
        return path if beside is None or is_there(path) or not is_there(beside) else beside

    return references.at(place)


def reference_marks(cube: Cube, references: WhiteAndDark, step: Step = silent) -> ReferenceMarks:
    """Fingerprints of references as they are now.

    Parameters
    ----------
    cube : Cube
        That they are references of.
    references : WhiteAndDark
    step : Step

    Raises
    ------
    CubeError
        If a file is gone or does not fit.
    Cancelled
        From `step`.
    """
    first = as_read(cube)
    marks = {
        name: _mark(first, name, path, step)
        for name in REFERENCE_FILES
        if (path := getattr(references, name)) is not None
    }
    return ReferenceMarks(**marks)


def _mark(cube: Cube, name: str, path: Path, step: Step) -> str:
    if name == "panel_file":
        with translated_errors(path):
            return memory.recall(
                ("digest", *file_stamp(path)), lambda: f"sha256:{digest_of(path, step)}"
            )
    found = read_reference(cube, path)
    return memory.recall(("mark", *stamp(found)), lambda: fingerprint(found, step))


def with_current_references(
    kept: ProjectCube, cube: Cube, step: Step = silent
) -> tuple[ProjectCube, str]:
    """A cube of a project with its references where they are now, and what is wrong with them.

    Parameters
    ----------
    kept : ProjectCube
    cube : Cube
        As it was read.
    step : Step

    Returns
    -------
    ProjectCube
    str
        Empty where they are what they were.

    Raises
    ------
    Cancelled
        From `step`.
    """
    asked = kept.preprocessing.references
    if asked is None:
        return kept, ""
    references = found_again(asked, cube.path)
    kept = replace(kept, preprocessing=replace(kept.preprocessing, references=references))
    try:
        changed = kept.marks.changed(references, reference_marks(cube, references, step))
    except FocusError as error:
        return kept, str(error)
    return kept, told_changed(cube.name, changed) if changed else ""
