"""What a person reads on a model's card."""

from __future__ import annotations

from dataclasses import replace

from ui.fakes import make_card

from focus_viewer.explain.model.cards import read_card
from focus_viewer.ui.panels.model_card_dialog import card_rows

CARD = make_card(("ill", "well"), (400.0, 500.0))


def test_a_card_without_a_benchmark_has_no_row_for_it() -> None:
    assert not [name for name, _ in card_rows(CARD) if name.startswith("Benchmark")]


def test_each_figure_stands_beside_the_best_rival() -> None:
    methods = {
        "focus-evidence": {"band_iou_top_n": 0.7, "volume_ap": 0.6, "sum_error": 0.0},
        "focus-attention": {"band_iou_top_n": 0.9, "volume_ap": 0.9},
        "rollout": {"band_iou_top_n": 0.2, "volume_ap": 0.1},
        "grad-cam": {"band_iou_top_n": 0.1, "volume_ap": 0.5},
        "own-shapley": {"band_iou_top_n": 1.0},
        "random": {"band_iou_top_n": 0.3, "volume_ap": 0.9},
    }
    card = replace(CARD, benchmark={"vnir": methods})
    rows = dict(card_rows(card))
    assert (
        rows["Benchmark, vnir"]
        == "band IoU (top n) 0.70 (rollout 0.20); volume AP 0.60 (grad-cam 0.50)"
    )


def test_what_was_measured_has_a_row_for_each_range_of_sensors() -> None:
    measured = {
        "accuracy": 0.75, "accuracy (VNIR)": 0.9, "sink_remainder (VNIR)": 0.07,
        "band_iou_half_max, chlorosis (VNIR)": 0.6,
    }  # fmt: skip
    rows = dict(card_rows(replace(CARD, measured=measured)))
    assert rows["Measured, all test sensors"] == "right decisions, as a share 0.75"
    assert rows["Measured, VNIR"] == "right decisions, as a share 0.90; not attributed 0.07"


def test_the_shipped_card_has_a_row_for_each_sensor_of_its_benchmark() -> None:
    card = read_card("focus-leaf")
    rows = dict(card_rows(card))
    assert [name for name in rows if name.startswith("Benchmark")] == [
        f"Benchmark, {sensor}" for sensor in card.benchmark
    ]
    assert all("volume AP" in rows[f"Benchmark, {sensor}"] for sensor in card.benchmark)
