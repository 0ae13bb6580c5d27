"""The whole card of a model, to read before believing it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.wording import range_text
from focus_viewer.ui.widgets.labels import label

_OWN = "focus-evidence"
_NO_RIVALS = (_OWN, "focus-attention", "random")
_LOW_IS_GOOD = ("deletion", "collapse_top1pct")
_IN_WORDS = {
    "band_iou_top_n": "band IoU (top n)",
    "volume_ap": "volume AP",
    "spatial_iou": "spatial IoU",
    "collapse_top1pct": "collapse",
}


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
        ("Bands", f"{len(edges) - 1} groups, {range_text(edges[0], edges[-1])}"),
        ("Training data", card.training_data),
        ("Validated", "yes" if card.validated else "no"),
        ("Measured", "; ".join(f"{name} {value}" for name, value in card.measured.items()) or "-"),
        *_benchmark_rows(card),
        ("Extra parameters", f"{card.extra_parameters_percent:.2f} % of the backbone's"),
        ("Made by", card.command),
        ("SHA-256", card.sha256),
    ]


def _benchmark_rows(card: ModelCard) -> list[tuple[str, str]]:
    """One row a sensor: the model's own figures, and which rival comes next in each."""
    return [
        (f"Benchmark, {sensor}", "; ".join(_beside_the_best(methods)))
        for sensor, methods in card.benchmark.items()
    ]


def _beside_the_best(methods: Mapping[str, Mapping[str, float]]) -> list[str]:
    told = []
    for metric, value in methods.get(_OWN, {}).items():
        rivals = {name: own[metric] for name, own in methods.items() if name not in _NO_RIVALS}
        best = min if metric in _LOW_IS_GOOD else max
        name = best(rivals, key=lambda rival: rivals[rival])
        told.append(f"{_IN_WORDS.get(metric, metric)} {value:.2f} ({name} {rivals[name]:.2f})")
    return told
