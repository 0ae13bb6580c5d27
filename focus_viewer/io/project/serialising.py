"""JSON values of a project, without the arrays of its results."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from focus_viewer.core.datasets.cube_labels import NO_LABELS
from focus_viewer.core.documents.project import Project, ProjectCube, ProjectLibrary, ProjectView
from focus_viewer.core.masks.rules import NO_MASK
from focus_viewer.core.pictures.stretch import USUAL_STRETCH
from focus_viewer.core.preprocessing.settings import NO_PREPROCESSING
from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.io.annotations.regions import about, described
from focus_viewer.io.identity.relative_paths import stored_model, stored_path
from focus_viewer.io.project.mask_values import mask_values

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
    """Return the content of a project file: the same bytes for the same project.

    Parameters
    ----------
    folder : Path or None
        Folder of the file; None stores the paths of cubes as they are.
    results : mapping of int to str
    autosave_of : str or None
        In work kept against a crash: the project that it belongs to, "" for none.

    Raises
    ------
    ValueError
        If a number is not finite.
    """
    content: dict[str, object] = {"format": FORMAT, "version": VERSION}
    if autosave_of is not None:
        content["autosave_of"] = autosave_of
    content["model"] = stored_model(project.model, folder)
    content["cubes"] = [
        _cube(cube, folder, results.get(index)) for index, cube in enumerate(project.cubes)
    ]
    content["view"] = _view(project.view)
    content["figure"] = asdict(project.figure)
    if project.libraries:  # earlier versions refuse entries that they do not know
        content["libraries"] = [_library(library, folder) for library in project.libraries]
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    # Half a surrogate pair, which no keyboard types, is not text: better a "?" than no project.
    return (text + "\n").encode("utf-8", errors="replace")


def _view(view: ProjectView) -> dict[str, object]:
    content = asdict(view)
    for name in ("formula", "components"):  # earlier versions refuse entries they do not know
        if not getattr(view.recipe, name):
            del content["recipe"][name]
    if not view.layers:
        del content["layers"]
    return content


def _library(library: ProjectLibrary, folder: Path | None) -> dict[str, object]:
    return {
        "path": stored_path(library.path, folder),
        "sha256": library.sha256,
        "drawn": list(library.drawn),
    }


def _cube(cube: ProjectCube, folder: Path | None, result: str | None) -> dict[str, object]:
    # Only where there are some: earlier versions of the program refuse entries they do not know.
    labels = {} if cube.labels == NO_LABELS else {"labels": asdict(cube.labels)}
    stretch = {} if cube.stretch == USUAL_STRETCH else {"stretch": asdict(cube.stretch)}
    mask = {} if cube.mask == NO_MASK else {"mask": mask_values(cube.mask)}
    return (
        labels
        | stretch
        | mask
        | {
            "path": stored_path(cube.path, folder),
            "fingerprint": cube.fingerprint,
            "shape": [int(side) for side in cube.shape],
            "annotations": {
                "next_id": cube.annotations.next_id,
                "regions": [_region(annotation) for annotation in cube.annotations],
            },
            "decisions": _decisions(cube),
            "pins": [[int(row), int(col), colour] for row, col, colour in cube.pins],
            "class_name": cube.class_name,
            "against": cube.against,
            "extent": None if cube.extent is None else asdict(cube.extent),
            "result": result,
            "treatment": _treatment(cube, folder),
            "choice": None if cube.choice is None else asdict(cube.choice),
        }
    )


def _decisions(cube: ProjectCube) -> list[dict[str, object]]:
    """Return the decisions on regions that are still there, with null for NaN."""
    found = [(region.id, cube.decisions.get(region.outline)) for region in cube.annotations]
    return [
        {"region": region_id} | {name: _known(value) for name, value in asdict(decision).items()}
        for region_id, decision in found
        if decision is not None
    ]


def _known(value: object) -> object:
    return None if isinstance(value, float) and math.isnan(value) else value


def _treatment(cube: ProjectCube, folder: Path | None) -> dict[str, object] | None:
    """Return the settings as JSON takes them, with stored paths of references."""
    preprocessing = cube.preprocessing
    if preprocessing == NO_PREPROCESSING:
        return None
    content = asdict(preprocessing)
    if preprocessing.references is not None:
        for name, value in content["references"].items():
            if isinstance(value, Path):
                content["references"][name] = stored_path(value, folder)
        content["references"]["fingerprints"] = asdict(cube.reference_fingerprints)
    if preprocessing.flat_field is not None:
        content["flat_field"] = {
            "spectrum": preprocessing.flat_field.spectrum,
            "told": preprocessing.flat_field.text,
        }
    return content


def _region(region: Annotation) -> dict[str, object]:
    return {"id": region.id, **about(region), "outline": described(region.outline)}
