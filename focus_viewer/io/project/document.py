"""A project as JSON values, without the arrays of its results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from focus_viewer.core.documents.project import Project, ProjectCube
from focus_viewer.core.preprocessing.settings import NO_PREPROCESSING
from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.io.annotations.regions import about, described
from focus_viewer.io.identity.relative_paths import told_path

FORMAT = "focus-viewer project"
VERSION = 1

Results = Mapping[int, str]
"""File of the result of the cube at each place that has one."""


def project_bytes(
    project: Project,
    folder: Path | None,
    results: Results,
    autosave_of: str | None = None,
) -> bytes:
    """A project as the content of a project file: the same bytes for the same project.

    Parameters
    ----------
    project : Project
    folder : Path or None
        Where the file will be; None tells the paths of cubes as they are.
    results : mapping of int to str
    autosave_of : str or None
        In work kept against a crash: the project that it belongs to, "" for none.

    Raises
    ------
    ValueError
        If a number is not finite.
    """
    told: dict[str, object] = {"format": FORMAT, "version": VERSION}
    if autosave_of is not None:
        told["autosave_of"] = autosave_of
    told["model"] = project.model
    told["cubes"] = [
        _cube(cube, folder, results.get(place)) for place, cube in enumerate(project.cubes)
    ]
    told["view"] = asdict(project.view)
    told["figure"] = asdict(project.figure)
    text = json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False)
    # Half a surrogate pair, which no keyboard types, is no text: better a "?" than no project.
    return (text + "\n").encode("utf-8", errors="replace")


def _cube(cube: ProjectCube, folder: Path | None, result: str | None) -> dict[str, object]:
    return {
        "path": told_path(cube.path, folder),
        "fingerprint": cube.fingerprint,
        "shape": [int(side) for side in cube.shape],
        "annotations": {
            "next_id": cube.annotations.next_id,
            "regions": [_region(one) for one in cube.annotations],
        },
        "pins": [[int(row), int(col), colour] for row, col, colour in cube.pins],
        "class_name": cube.class_name,
        "against": cube.against,
        "extent": None if cube.extent is None else asdict(cube.extent),
        "result": result,
        "treatment": _treatment(cube, folder),
        "choice": None if cube.choice is None else asdict(cube.choice),
    }


def _treatment(cube: ProjectCube, folder: Path | None) -> dict[str, object] | None:
    """As its dataclasses, with the paths of references told as those of cubes are."""
    preprocessing = cube.preprocessing
    if preprocessing == NO_PREPROCESSING:
        return None
    told = asdict(preprocessing)
    if preprocessing.references is not None:
        for name, value in told["references"].items():
            if isinstance(value, Path):
                told["references"][name] = told_path(value, folder)
        told["references"]["fingerprints"] = asdict(cube.marks)
    return told


def _region(region: Annotation) -> dict[str, object]:
    return {"id": region.id, **about(region), "outline": described(region.outline)}
