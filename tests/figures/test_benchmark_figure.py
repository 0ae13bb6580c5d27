"""The benchmark's figure shows what was measured."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
from benchmark_cases import FIGURES, cell, result
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from focus_viewer.figures.benchmark_figure import benchmark_figure, draw_metric
from focus_viewer.figures.benchmark_metrics import (
    BAND_IOU,
    DELETION,
    SHUFFLED,
    TIME,
    Metric,
    best,
    classes_of,
    known,
)
from focus_viewer.figures.figure_file import write_figure


def panel(metric: Metric) -> Axes:
    axes = Figure().add_subplot()
    draw_metric(axes, metric, result()["methods"], named=True)
    return axes


def dots(axes: Axes) -> dict[int, tuple[float, str]]:
    """Place and fill of each line's dot."""
    found = [line for line in axes.lines if line.get_marker() == "o"]
    return {
        int(np.asarray(dot.get_ydata()).item()): (
            float(np.asarray(dot.get_xdata()).item()),
            to_hex(dot.get_markerfacecolor()),
        )
        for dot in found
    }


def test_a_dot_a_method_stands_at_its_mean_and_the_best_is_filled() -> None:
    found = dots(panel(BAND_IOU))
    assert [x for x, _ in found.values()] == pytest.approx(
        [0.61 - 0.03 * place for place in range(len(FIGURES))]
    )
    assert [fill != "#ffffff" for _, fill in found.values()] == [True] + [False] * (
        len(FIGURES) - 1
    )


def test_names_and_direction_are_written() -> None:
    axes = panel(DELETION)
    assert axes.get_title() == "Deletion ←"
    assert panel(BAND_IOU).get_title() == "Band IoU (top n) →"
    told = {text.get_text(): text.get_fontweight() for text in axes.texts}
    assert told["FOCUS evidence"] == "bold"
    assert told["Grad-CAM"] == "normal"


def test_costs_are_drawn_by_orders_of_magnitude_and_without_chance() -> None:
    axes = panel(TIME)
    assert axes.get_xscale() == "log"
    assert len(dots(axes)) == len(FIGURES) - 1
    low, high = axes.get_xlim()
    assert low < 1 < 1.05 * 2**7 < high


def test_rows_hold_what_was_measured() -> None:
    figure = benchmark_figure(result())
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == [
        "Band IoU (top n) →", "Spatial IoU →", "Volume AP →",
        "Chlorosis →", "Water stress →",
        "Deletion ←", "Insertion →", "Shuffled weights →0←",
        "Curve at 30 dB →", "Curve at 10 dB →", "Time, one class ←",
    ]  # fmt: skip
    told = " ".join(text.get_text() for text in figure.texts)
    assert "Sensor: full. 120 simulated scenes, 3 seeds." in told
    assert "114,501 parameters, accuracy 0.90" in told


def test_the_best_is_above_below_or_nearest_to_zero() -> None:
    figures = result()["methods"]
    assert best(figures, BAND_IOU) == {"focus-evidence"}
    assert best(figures, DELETION) == {"focus-evidence"}
    assert best(figures, SHUFFLED) == {"focus-evidence"}
    figures["rollout"]["band_iou_top_n"] = cell(0.61)
    assert best(figures, BAND_IOU) == {"focus-evidence", "rollout"}
    assert best(figures, Metric("nothing", "nothing", "nothing", "high")) == set()


def test_what_is_not_known_is_left_out() -> None:
    figures = result()["methods"]
    figures["rollout"]["band_iou_top_n"] = {"mean": None, "sd": None}
    figures["grad-cam"]["band_iou_top_n"] = {"mean": float("nan"), "sd": float("nan")}
    assert not {"rollout", "grad-cam"} & set(known(figures, BAND_IOU))
    assert classes_of(figures) == ("chlorosis", "water stress")


@pytest.mark.parametrize(
    ("kind", "head"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")]
)
def test_every_format_is_written_whole_and_the_same_again(
    kind: str, head: bytes, tmp_path: Path
) -> None:
    path = tmp_path / f"figure.{kind}"
    write_figure(benchmark_figure(result()), path)
    first = path.read_bytes()
    assert first.startswith(head)
    write_figure(benchmark_figure(copy.deepcopy(result())), path)
    assert path.read_bytes() == first
    assert list(tmp_path.iterdir()) == [path]
