"""Table models of the comparison of models: their decisions, and what is on their cards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from focus_viewer.core.card_limits import HELD_OUT, bands_text
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.wording import percent
from focus_viewer.session.outputs.model_comparison import Cell, Row, agreement_text
from focus_viewer.ui.widgets import theme

ModelIndex = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
_NO_PARENT = QModelIndex()
CUBE, LABEL, FIRST = 0, 1, 2
"""Columns; FIRST is that of the first model."""
_AGREES = "#44bb99"


class DecisionTable(QAbstractTableModel):
    """Table with a row for each cube, and a last one that counts how often labels agree."""

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
        return self.rows[row].cells[column] if row < len(self.rows) and column >= 0 else None

    def rowCount(self, parent: ModelIndex = _NO_PARENT) -> int:  # noqa: N802 - Qt's name
        """Return the number of cubes, and one for the sum."""
        return 0 if parent.isValid() or not self.rows else len(self.rows) + 1

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
        if index.row() == len(self.rows):
            if role == _ROLE.DisplayRole and column >= FIRST:
                return agreement_text(self.rows, column - FIRST)
            return QColor(theme.MUTED) if role == _ROLE.ForegroundRole else None
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
    decision = cell.decision
    if decision is None:
        return "…"
    if not decision.class_name:
        return "could not decide"
    if not decision.diagnosis:
        return "does not apply"
    mark = {"agrees": "✓ ", "differs": "✗ "}.get(cell.agreement, "")
    doubt = ", doubtful" if decision.verdict == "doubtful" else ""
    return f"{mark}{decision.class_name}  {percent(decision.probability)}{doubt}"


def _tip(row: Row, cell: Cell) -> str:
    if cell.decision is None:
        return ""
    label = f"label: {row.label or 'none'} ({cell.agreement})"
    return f"{cell.decision.why}\n{label}\nClick to see this cube with this model"


def _colour(cell: Cell) -> str:
    if cell.decision is None or not cell.decision.diagnosis:
        return theme.MUTED
    return {"agrees": _AGREES, "differs": theme.DANGER}.get(cell.agreement, theme.TEXT)


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
    if HELD_OUT in card.measured:
        share = percent(card.measured[HELD_OUT])
        return f"{share} balanced, held out of the fit; its report is stricter"
    by_range = [
        f"{percent(value)} ({name.removeprefix('accuracy (').rstrip(')')})"
        for name, value in card.measured.items()
        if name.startswith("accuracy (")
    ]
    return f"{', '.join(by_range)} of its test scenes" if by_range else ""
