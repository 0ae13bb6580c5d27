"""Comparison of models: what each decides on each open cube, and whether its label agrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from focus_viewer.core.counted import counted
from focus_viewer.core.datasets.metrics import found_shares, presence_tables
from focus_viewer.core.validation.sentences import number_text
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.slices.models import (
    ComparedDecision,
    ModelEntry,
    Models,
    compared_decision,
)
from focus_viewer.session.state.state import State

Agreement = Literal["agrees", "differs", "unknown class", "no label", "no decision"]


@dataclass(frozen=True)
class Cell:
    """Decision of a model on a cube; None until it was asked.

    Attributes
    ----------
    taught : bool or None
        Whether the model was taught from this cube, so that an agreement says nothing; None if
        that is not known.
    """

    entry: ModelEntry
    found: ComparedDecision | None
    agreement: Agreement
    taught: bool | None

    @property
    def is_judged(self) -> bool:
        """Whether decision and label can be compared."""
        return self.agreement in ("agrees", "differs")


@dataclass(frozen=True)
class Row:
    """Cube with its label, and a cell for each model."""

    document_id: int
    name: str
    labels: tuple[str, ...]
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Summary:
    """Sum of a column of decisions for each model."""

    title: str
    texts: tuple[str, ...]


def comparison_rows(state: State, places: Sequence[str]) -> tuple[Row, ...]:
    """Return a row for each open cube, with a cell for each known model of these places."""
    entries = [entry for place in places if (entry := state.models.find(place)) is not None]
    return tuple(
        Row(
            document.id,
            document.cube.name,
            document.labels.classes,
            document.labels.text,
            tuple(_cell(state.models, document, entry) for entry in entries),
        )
        for document in state.documents.items
    )


def summaries(rows: Sequence[Row]) -> tuple[Summary, ...]:
    """Return how often models agree with labels: of new cubes, of taught ones, by class."""
    columns = range(len(rows[0].cells)) if rows else range(0)
    return tuple(
        Summary(title, tuple(text(rows, column) for column in columns))
        for title, text in (
            ("New cubes", agreement_text),
            ("Cubes taught from", training_text),
            ("Accuracy by class", class_text),
        )
    )


def agreement_text(rows: Sequence[Row], column: int) -> str:
    """Return how often a model agrees with the label, of the cubes that it was not taught from."""
    cells = [row.cells[column] for row in _new(rows, column)]
    if not cells:
        return ""
    doubt = "; may be training accuracy" if any(cell.taught is None for cell in cells) else ""
    return f"{_agreed(cells)}{doubt}"


def training_text(rows: Sequence[Row], column: int) -> str:
    """Return the same of the cubes that it was taught from."""
    cells = [row.cells[column] for row in rows]
    taught = [cell for cell in cells if cell.is_judged and cell.taught]
    return f"{_agreed(taught)}: training accuracy" if taught else ""


def class_text(rows: Sequence[Row], column: int) -> str:
    """Return the balanced accuracy of each class on new cubes, where several may hold at once."""
    new = _new(rows, column)
    if not new or not new[0].cells[column].entry.card.several:
        return ""
    classes = new[0].cells[column].entry.card.classes
    true = [[name in row.labels for name in classes] for row in new]
    found = [[name in _present(row.cells[column]) for name in classes] for row in new]
    shares = found_shares(presence_tables(np.array(true), np.array(found)), several=True)
    return ", ".join(
        f"{name} {number_text(share)}" for name, share in zip(classes, shares, strict=True)
    )


def known_decision(
    models: Models, document: Document, entry: ModelEntry
) -> ComparedDecision | None:
    """Return the decision of a model on a cube, where it is still valid."""
    found = document.explanation
    if found is not None and not found.within and found.card.sha256 == entry.card.sha256:
        return compared_decision(document.cube, found)
    compared = models.compared.get((document.id, entry.place))
    if compared is None or compared.cube is not document.cube:
        return None
    return compared if compared.sha256 == entry.card.sha256 else None


def _new(rows: Sequence[Row], column: int) -> list[Row]:
    """Return the rows where the decision can be judged and was not taught."""
    return [row for row in rows if row.cells[column].is_judged and not row.cells[column].taught]


def _agreed(cells: Sequence[Cell]) -> str:
    count = sum(cell.agreement == "agrees" for cell in cells)
    if cells[0].entry.card.several:
        return f"all classes right in {count} of {len(cells)}"
    return f"agrees with {count} of {counted(len(cells), 'label')}"


def _cell(models: Models, document: Document, entry: ModelEntry) -> Cell:
    found = known_decision(models, document, entry)
    return Cell(entry, found, _agreement(document, entry, found), _taught(models, document, entry))


def _taught(models: Models, document: Document, entry: ModelEntry) -> bool | None:
    content = models.fingerprints.get(document.id, "")
    if not content and entry.card.teaching:
        return None  # not computed yet, or its file cannot be read any more
    return entry.card.was_taught_from(content)


def _agreement(document: Document, entry: ModelEntry, found: ComparedDecision | None) -> Agreement:
    labels, card = document.labels.classes, entry.card
    if not labels:
        return "no label"
    if found is None or not found.decision.diagnosis:
        return "no decision"
    known = set(labels) & set(card.classes)
    if not known:
        return "unknown class"
    if card.several:
        right = {name for name, _ in found.present} == known
    else:
        right = found.decision.diagnosis in known
    return "agrees" if right else "differs"


def _present(cell: Cell) -> set[str]:
    return {name for name, _ in cell.found.present} if cell.found else set()
