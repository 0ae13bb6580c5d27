"""Dialog with the complete model card."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QTabWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.counted import counted
from focus_viewer.core.saliency.metric_names import in_words
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.wording import range_text
from focus_viewer.ui.panels.card_page import card_page
from focus_viewer.ui.widgets.fitting import fit
from focus_viewer.ui.widgets.labels import label
from focus_viewer.ui.widgets.mnemonics import letter_buttons

_METHOD = "focus-evidence"
_NOT_BASELINES = (_METHOD, "focus-attention", "focus-signature", "own-shapley", "random")
_METRIC_NAMES = {
    "shapley_curve": "curve, cosine with the model's own",
    "shapley_map": "map, cosine with the model's own",
    "band_iou_top_n": "band IoU (top n)",
    "volume_ap": "volume AP",
    "spatial_iou": "spatial IoU",
}
_SIZE_PX = (680, 620)


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
        page = QWidget()
        form = QFormLayout(page)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        form.setHorizontalSpacing(16)
        for name, text in card_rows(card):
            form.addRow(label(name, "muted"), _text(text))
        scroll = QScrollArea()
        scroll.setWidget(page)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.page = QTextBrowser()
        self.page.setHtml(card_page(card))
        tabs = QTabWidget()
        tabs.addTab(self.page, "In plain words")
        tabs.addTab(scroll, "All figures")
        column.addWidget(tabs)
        fit(self, *_SIZE_PX)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        letter_buttons(buttons)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)


def _text(text: str) -> QLabel:
    """Return a label that is as wide as there is room, whatever its longest word."""
    made = label(text, wrapped=True)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    made.setSizePolicy(policy)
    return made


def card_rows(card: ModelCard) -> list[tuple[str, str]]:
    """Return the card's rows as names and texts."""
    edges = card.group_edges_nm
    return [
        ("Name", f"{card.name} {card.version}"),
        ("Backbone", card.backbone),
        ("Classes", ", ".join(card.classes)),
        ("Bands", f"{counted(len(edges) - 1, 'group')}, {range_text(edges[0], edges[-1])}"),
        ("Training data", card.training_data),
        ("Validated", "yes" if card.validated else "no"),
        *_measured_rows(card),
        *_temperature_rows(card),
        *_benchmark_rows(card),
        ("Extra parameters", f"{card.extra_parameters_percent:.2f} % of the backbone's"),
        ("Created with", card.command),
        ("SHA-256", card.sha256),
    ]


def _measured_rows(card: ModelCard) -> list[tuple[str, str]]:
    """Return a row of main figures for all test sensors, and one for each range of them.

    Figures of single classes, with a comma in their names, are in the card's file alone.
    """
    rows: dict[str, list[str]] = {}
    for name, value in card.measured.items():
        metric, _, sensors = name.partition(" (")
        if "," not in metric:
            text = f"{in_words(metric)} {value:.2f}"
            rows.setdefault(sensors.rstrip(")"), []).append(text)
    return [
        (f"Measured, {sensors or 'all test sensors'}", "; ".join(texts))
        for sensors, texts in rows.items()
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
    """Return the main figures; in all of them high is good."""
    texts = []
    own = methods.get(_METHOD, {})
    for metric, title in _METRIC_NAMES.items():
        baselines = {
            name: scores[metric]
            for name, scores in methods.items()
            if name not in _NOT_BASELINES and metric in scores
        }
        if metric in own and baselines:
            name = max(baselines, key=lambda baseline: baselines[baseline])
            texts.append(f"{title} {own[metric]:.2f} ({name} {baselines[name]:.2f})")
    return texts
