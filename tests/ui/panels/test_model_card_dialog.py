"""What a person reads on a model's card."""

from __future__ import annotations

from dataclasses import replace

from ui.fakes import make_card

from focus_viewer.ui.panels.model_card_dialog import card_rows

CARD = make_card(("ill", "well"), (400.0, 500.0))


def test_a_card_without_a_benchmark_has_no_row_for_it() -> None:
    assert not [name for name, _ in card_rows(CARD) if name.startswith("Benchmark")]


def test_each_figure_stands_beside_the_best_rival() -> None:
    methods = {
        "focus-evidence": {"band_iou_top_n": 0.7, "deletion": 0.3},
        "focus-attention": {"band_iou_top_n": 0.9, "deletion": 0.1},
        "rollout": {"band_iou_top_n": 0.2, "deletion": 0.8},
        "grad-cam": {"band_iou_top_n": 0.1, "deletion": 0.5},
        "random": {"band_iou_top_n": 0.3, "deletion": 0.1},
    }
    card = replace(CARD, benchmark={"vnir": methods})
    rows = dict(card_rows(card))
    assert (
        rows["Benchmark, vnir"]
        == "band IoU (top n) 0.70 (rollout 0.20); deletion 0.30 (grad-cam 0.50)"
    )
