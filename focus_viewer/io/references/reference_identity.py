"""Paths and fingerprints of a project's white and dark references."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.project import ProjectCube, changed_references_note
from focus_viewer.core.errors import FocusError, translated_errors
from focus_viewer.core.preprocessing.settings import (
    REFERENCE_FILES,
    ReferenceFingerprints,
    WhiteAndDark,
    as_read,
)
from focus_viewer.core.progress import Step, silent
from focus_viewer.io.identity.content_hash import digest_of, fingerprint
from focus_viewer.io.identity.relative_paths import path_exists
from focus_viewer.io.references.discovery import read_reference
from focus_viewer.io.storage.recent_results import cube_stamp, file_stamp, recent_results


def located_references(references: WhiteAndDark, cube_path: Path | None) -> WhiteAndDark:
    """Locate references that moved with their cube: a missing one is searched beside it.

    By name only: its fingerprint shows whether it is the same.
    """

    def locate(path: Path) -> Path:
        beside = None if cube_path is None else cube_path.parent / path.name
        return path if beside is None or path_exists(path) or not path_exists(beside) else beside

    return references.at(locate)


def read_fingerprints(
    cube: Cube, references: WhiteAndDark, step: Step = silent
) -> ReferenceFingerprints:
    """Compute the fingerprints of references.

    Parameters
    ----------
    cube : Cube
        That they are references of.

    Raises
    ------
    CubeError
        If a file is missing or does not fit.
    """
    first = as_read(cube)
    reference_fingerprints = {
        name: _fingerprint(first, name, path, step)
        for name in REFERENCE_FILES
        if (path := getattr(references, name)) is not None
    }
    return ReferenceFingerprints(**reference_fingerprints)


def _fingerprint(cube: Cube, name: str, path: Path, step: Step) -> str:
    if name == "panel_file":
        with translated_errors(path):
            return recent_results.recall(
                ("digest", *file_stamp(path)), lambda: f"sha256:{digest_of(path, step)}"
            )
    found = read_reference(cube, path)
    return recent_results.recall(("mark", *cube_stamp(found)), lambda: fingerprint(found, step))


def with_current_references(
    saved: ProjectCube, cube: Cube, step: Step = silent
) -> tuple[ProjectCube, str]:
    """Return a project's cube with present paths of references, and their problems.

    Parameters
    ----------
    cube : Cube
        As it was read.

    Returns
    -------
    ProjectCube
    str
        Empty where they are what they were.
    """
    stored = saved.preprocessing.references
    if stored is None:
        return saved, ""
    references = located_references(stored, cube.path)
    saved = replace(saved, preprocessing=replace(saved.preprocessing, references=references))
    try:
        changed = saved.reference_fingerprints.changed(
            references, read_fingerprints(cube, references, step)
        )
    except FocusError as error:
        return saved, str(error)
    return saved, changed_references_note(cube.name, changed) if changed else ""
