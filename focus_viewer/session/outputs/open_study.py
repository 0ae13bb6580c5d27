"""Study of the open cubes: their explanations and regions, grouped by their labels."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from focus_viewer.core.studies.explained import ExplainedCube, Part
from focus_viewer.session.state.document import Document

CLASS_COLUMN = "class"


def explained_cube(document: Document) -> ExplainedCube:
    """Return what a study needs of a document, without its groups."""
    done, problem = document.explanation, document.problem
    shape = document.cube.shape[0], document.cube.shape[1]
    if done is not None and done.within:
        problem = f"explained within {done.within} alone: explain the whole cube"
        done = None
    parts = tuple(
        Part(
            region.name,
            region.class_name or "",
            region.outline.crop(shape),
            document.decisions.get(region.outline),
        )
        for region in document.annotations
    )
    return ExplainedCube(study_place(document), document.cube, done, {}, parts, problem)


def study_place(document: Document) -> Path:
    """Return the place of a document in a study: its file, or its name where it has none."""
    return document.cube.path or Path(document.cube.name)


def groups_of(document: Document) -> Mapping[str, str]:
    """Return the groups of a document: the columns of its labels, and their class."""
    labels = document.labels
    own = {CLASS_COLUMN: labels.text} if labels.classes else {}
    return {**own, **labels.groups}


def study_source(document: Document) -> object:
    """Return what the rows of a document depend on, compared at no cost; its groups apart."""
    regions = document.annotations.regions
    return document.cube, document.explanation, document.problem, regions, document.decisions
