"""Reader of projects that knows the installed models."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from focus_viewer.core.documents.project import ProjectCube, ProjectReading
from focus_viewer.core.progress import Step
from focus_viewer.core.saliency.model_card import ModelCard


def read_project(path: Path, step: Step) -> ProjectReading:
    """Read a project; its results have the card of the installed model, not the saved one.

    See `focus_viewer.io.project.read_project`.
    """
    from focus_viewer.explain.model.cards import read_card
    from focus_viewer.io import project

    cards: dict[str, ModelCard] = {}

    def sha256_of(model: str) -> str:
        card = read_card(model)
        cards[card.sha256] = card
        return card.sha256

    reading = project.read_project(path, sha256_of, step)
    cubes = tuple(_with_installed_card(cube, cards) for cube in reading.project.cubes)
    return replace(reading, project=replace(reading.project, cubes=cubes))


def _with_installed_card(cube: ProjectCube, cards: dict[str, ModelCard]) -> ProjectCube:
    """Replace the card that was saved with a result, unless the arrays are of other classes."""
    explanation = cube.explanation
    card = None if explanation is None else cards.get(explanation.card.sha256)
    if explanation is None or card is None or card == explanation.card:
        return cube
    saved = explanation.card
    if (card.classes, card.group_edges_nm) != (saved.classes, saved.group_edges_nm):
        return cube
    renewed = replace(explanation, card=card)
    renewed.settle()
    return replace(cube, explanation=renewed)
