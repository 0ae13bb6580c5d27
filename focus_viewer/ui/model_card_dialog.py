"""The whole card of a model, to read before believing it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from focus_viewer.core.model_card import ModelCard
from focus_viewer.ui.labels import label


class ModelCardDialog(QDialog):
    """Shows what a model is, what it was trained on and what it was not tested for.

    Parameters
    ----------
    card : ModelCard
    """

    def __init__(self, card: ModelCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Model card: {card.name}")
        self.setMinimumWidth(620)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        warning = label(f"\u26a0 {card.warning}", "warning", wrapped=True)
        warning.setVisible(bool(card.warning))
        column.addWidget(warning)
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        form.setHorizontalSpacing(16)
        for name, text in card_rows(card):
            form.addRow(label(name, "muted"), label(text, wrapped=True))
        column.addLayout(form)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)


def card_rows(card: ModelCard) -> list[tuple[str, str]]:
    """The card as names and texts."""
    edges = card.group_edges_nm
    return [
        ("Name", f"{card.name} {card.version}"),
        ("Backbone", card.backbone),
        ("Classes", ", ".join(card.classes)),
        ("Bands", f"{len(edges) - 1} groups from {edges[0]:.0f} to {edges[-1]:.0f} nm"),
        ("Training data", card.training_data),
        ("Validated", "yes" if card.validated else "no"),
        ("Measured", "; ".join(f"{name} {value}" for name, value in card.measured.items()) or "-"),
        ("Extra parameters", f"{card.extra_parameters_percent:.2f} % of the backbone's"),
        ("Made by", card.command),
        ("SHA-256", card.sha256),
    ]
