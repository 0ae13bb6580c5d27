"""Table models of the comparison of models: their decisions, and what is on their cards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from focus_viewer.core.card_limits import bands_text, held_out_text
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.wording import percent
from focus_viewer.session.outputs.model_comparison import Cell, Row
from focus_viewer.session.state.slices.models import ComparedDecision
from focus_viewer.ui.widgets import theme

ModelIndex = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
_NO_PARENT = QModelIndex()
CUBE, LABEL, FIRST = 0, 1, 2
"""Columns; FIRST is that of the first model."""
_TAUGHT_FROM = "The model was taught from this cube: to be right here says nothing about others."
_NOT_KNOWN = "Whether the model was taught from this cube is not known."


class DecisionTable(QAbstractTableModel):
    """Table with a row for each cube."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[Row, ...] = ()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows; the table is built anew only where cubes or models differ."""
        rows = tuple(rows)
        if _shape(rows) != _shape(self.rows):
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return
        self.rows = rows
        if rows:
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def cell(self, index: ModelIndex) -> Cell | None:
        """Return the decision at a place of the table, or None."""
        row, column = index.row(), index.column() - FIRST
        return self.rows[row].cells[column] if column >= 0 else None

    def rowCount(self, parent: ModelIndex = _NO_PARENT) -> int:  # noqa: N802 - Qt's name
        """Return the number of cubes."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: ModelIndex = _NO_PARENT) -> int:  # noqa: N802 - Qt's name
        """Return the number of models, and those of cube and label."""
        if parent.isValid() or not self.rows:
            return 0
        return FIRST + len(self.rows[0].cells)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole
    ) -> Any:
        """Return the title of a column; of a model also its place."""
        if orientation != Qt.Orientation.Horizontal or not self.rows:
            return None
        if role == _ROLE.DisplayRole:
            names = [f"{cell.entry.card.name} {cell.entry.card.version}" for cell in self._first]
            return ("Cube", "Label", *names)[section]
        if role == _ROLE.ToolTipRole and section >= FIRST:
            return self._first[section - FIRST].entry.place
        return None

    @property
    def _first(self) -> tuple[Cell, ...]:
        return self.rows[0].cells

    def data(self, index: ModelIndex, role: int = _ROLE.DisplayRole) -> Any:
        """Return text, reason or colour of a cell."""
        column = index.column()
        row, cell = self.rows[index.row()], self.cell(index)
        if cell is None:
            text = row.name if column == CUBE else row.label or "–"
            return text if role == _ROLE.DisplayRole else None
        if role == _ROLE.DisplayRole:
            return decision_text(cell)
        if role == _ROLE.ToolTipRole:
            return _tip(row, cell)
        return QColor(_colour(cell)) if role == _ROLE.ForegroundRole else None


def decision_text(cell: Cell) -> str:
    """Return a decision in a line; no class where the model does not apply."""
    if cell.found is None:
        return "…"
    decision = cell.found.decision
    if not decision.class_name:
        return "could not decide"
    if not decision.diagnosis:
        return "does not apply"
    mark = "" if cell.taught else {"agrees": "✓ ", "differs": "✗ "}.get(cell.agreement, "")
    doubt = ", doubtful" if decision.verdict == "doubtful" else ""
    taught = "(taught) " if cell.taught else ""
    return f"{taught}{mark}{_classes_text(cell.found, cell.entry.card)}{doubt}"


def _classes_text(found: ComparedDecision, card: ModelCard) -> str:
    """Return the class that was decided, or all that are there, with their probability."""
    likeliest = found.decision.class_name, found.decision.probability
    shares = found.present if card.several else (likeliest,)
    text = ", ".join(f"{name}  {percent(share)}" for name, share in shares)
    return text or f"none of its classes ({likeliest[0]}  {percent(likeliest[1])})"


def _tip(row: Row, cell: Cell) -> str:
    if cell.found is None:
        return ""
    label = f"label: {row.label or 'none'} ({cell.agreement})"
    about = {True: f"{_TAUGHT_FROM}\n", None: f"{_NOT_KNOWN}\n"}.get(cell.taught, "")
    found = f"{decision_text(cell)}\n{cell.found.decision.why}"
    return f"{found}\n{label}\n{about}Click to see this cube with this model"


def _colour(cell: Cell) -> str:
    if cell.found is None or not cell.found.decision.diagnosis or cell.taught:
        return theme.MUTED
    return {"agrees": theme.RIGHT, "differs": theme.DANGER}.get(cell.agreement, theme.TEXT)


def _shape(rows: Sequence[Row]) -> object:
    places = [(cell.entry.place, cell.entry.card) for cell in rows[0].cells] if rows else []
    return [row.document_id for row in rows], places


def card_rows(cards: Sequence[ModelCard]) -> list[tuple[str, list[str]]]:
    """Return what cards say of themselves, a row for each entry and a text for each card."""
    rows = [
        ("Classes", [", ".join(card.classes) for card in cards]),
        ("Several at once", ["yes" if card.several else "no" for card in cards]),
        ("Bands read", [bands_text(card) for card in cards]),
        ("Held-out accuracy", [_held_out(card) for card in cards]),
        ("Training data", [card.training_data for card in cards]),
        ("Validated", ["yes" if card.validated else "no" for card in cards]),
    ]
    return [(title, texts) for title, texts in rows if any(texts)]


def _held_out(card: ModelCard) -> str:
    """Return the balanced accuracy of a taught model, or right decisions on its test scenes."""
    if found := held_out_text(card):
        return f"{found}, balanced"
    by_range = [
        f"{percent(value)} ({name.removeprefix('accuracy (').rstrip(')')})"
        for name, value in card.measured.items()
        if name.startswith("accuracy (")
    ]
    return f"{', '.join(by_range)} of its test scenes" if by_range else ""
