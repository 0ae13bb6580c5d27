"""Dialog with the complete model card."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.wording import range_text
from focus_viewer.ui.widgets.labels import label

_METHOD = "focus-evidence"
_NOT_BASELINES = (_METHOD, "focus-attention", "random")
_LOW_IS_GOOD = ("deletion", "collapse_top1pct")
_METRIC_NAMES = {
    "band_iou_top_n": "band IoU (top n)",
    "volume_ap": "volume AP",
    "spatial_iou": "spatial IoU",
    "collapse_top1pct": "collapse",
}


class ModelCardDialog(QDialog):
    """Dialog that shows a model's backbone, classes, training data, validation and benchmark."""

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
    """Return the card's rows as names and texts."""
    edges = card.group_edges_nm
    return [
        ("Name", f"{card.name} {card.version}"),
        ("Backbone", card.backbone),
        ("Classes", ", ".join(card.classes)),
        ("Bands", f"{len(edges) - 1} groups, {range_text(edges[0], edges[-1])}"),
        ("Training data", card.training_data),
        ("Validated", "yes" if card.validated else "no"),
        ("Measured", "; ".join(f"{name} {value}" for name, value in card.measured.items()) or "-"),
        *_temperature_rows(card),
        *_benchmark_rows(card),
        ("Extra parameters", f"{card.extra_parameters_percent:.2f} % of the backbone's"),
        ("Created with", card.command),
        ("SHA-256", card.sha256),
    ]


def _temperature_rows(card: ModelCard) -> list[tuple[str, str]]:
    """Return a row of what the logits are divided by to give probabilities, if it was measured."""
    texts = [f"{sensors} {value:.2f}" for sensors, value in card.temperatures.items()]
    return [("Temperature", "; ".join(texts))] if texts else []


def _benchmark_rows(card: ModelCard) -> list[tuple[str, str]]:
    """Return a row per sensor: the model's scores, each with the best baseline's."""
    return [
        (f"Benchmark, {sensor}", "; ".join(_with_best_baseline(methods)))
        for sensor, methods in card.benchmark.items()
    ]


def _with_best_baseline(methods: Mapping[str, Mapping[str, float]]) -> list[str]:
    texts = []
    for metric, value in methods.get(_METHOD, {}).items():
        baselines = {
            name: scores[metric] for name, scores in methods.items() if name not in _NOT_BASELINES
        }
        best = min if metric in _LOW_IS_GOOD else max
        name = best(baselines, key=lambda baseline: baselines[baseline])
        title = _METRIC_NAMES.get(metric, metric)
        texts.append(f"{title} {value:.2f} ({name} {baselines[name]:.2f})")
    return texts
