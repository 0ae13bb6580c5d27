"""Comparison of models: what each decides on each open cube, and whether its label agrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from focus_viewer.core.saliency.region_decision import RegionDecision, decision_of
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.models import ModelEntry, Models
from focus_viewer.session.state.state import State

Agreement = Literal["agrees", "differs", "unknown class", "no label", "no decision"]


@dataclass(frozen=True)
class Cell:
    """Decision of a model on a cube; None until it was asked."""

    entry: ModelEntry
    decision: RegionDecision | None
    agreement: Agreement


@dataclass(frozen=True)
class Row:
    """Cube with its label, and a cell for each model."""

    document_id: int
    name: str
    label: str
    cells: tuple[Cell, ...]


def comparison_rows(state: State, places: Sequence[str]) -> tuple[Row, ...]:
    """Return a row for each open cube, with a cell for each known model of these places."""
    entries = [entry for place in places if (entry := state.models.find(place)) is not None]
    return tuple(
        Row(
            document.id,
            document.cube.name,
            document.labels.text,
            tuple(_cell(state.models, document, entry) for entry in entries),
        )
        for document in state.documents.items
    )


def agreement_text(rows: Sequence[Row], column: int) -> str:
    """Return how often a model agrees with the label, of the cubes where it could."""
    found = [row.cells[column].agreement for row in rows]
    asked = [each for each in found if each in ("agrees", "differs")]
    if not asked:
        return ""
    return f"agrees with {asked.count('agrees')} of {len(asked)} labels"


def known_decision(models: Models, document: Document, entry: ModelEntry) -> RegionDecision | None:
    """Return the decision of a model on a cube, where it is still valid."""
    found = document.explanation
    if found is not None and not found.within and found.card.sha256 == entry.card.sha256:
        return decision_of(found)
    compared = models.compared.get((document.id, entry.place))
    if compared is None or compared.cube is not document.cube:
        return None
    return compared.decision if compared.sha256 == entry.card.sha256 else None


def _cell(models: Models, document: Document, entry: ModelEntry) -> Cell:
    decision = known_decision(models, document, entry)
    return Cell(entry, decision, _agreement(document, entry, decision))


def _agreement(document: Document, entry: ModelEntry, decision: RegionDecision | None) -> Agreement:
    labels = document.labels.classes
    if not labels:
        return "no label"
    if decision is None or not decision.diagnosis:
        return "no decision"
    if decision.diagnosis in labels:
        return "agrees"
    return "differs" if set(labels) & set(entry.card.classes) else "unknown class"
