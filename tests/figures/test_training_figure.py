"""The picture of a training run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from focus_viewer.cli.research.training_plot import stage_curves
from focus_viewer.explain.training.log import Row
from focus_viewer.figures.figure_file import save_png
from focus_viewer.figures.training_figure import StageCurves, spread, training_figure

TWO = np.array([0.5, 0.25])
FULL = StageCurves(
    loss={"loss": TWO},
    accuracy={"training": TWO, "held out": np.full(2, np.nan)},
    parts={"coalitions": TWO, "attraction": np.zeros(2)},
    fit={"in training": TWO},
    sink={"planted noise": TWO, "clean tokens": TWO / 2},
)


def test_every_curve_is_drawn_and_named_where_there_are_several() -> None:
    loss, _, parts, accuracy, fit, sink = training_figure(FULL, FULL).axes
    np.testing.assert_array_equal(loss.lines[0].get_ydata(), TWO)
    np.testing.assert_array_equal(loss.lines[0].get_xdata(), [1, 2])
    np.testing.assert_array_equal(fit.lines[0].get_ydata(), TWO)
    assert [text.get_text() for text in sink.texts] == ["planted noise", "clean tokens"]
    assert sink.get_ylim() == accuracy.get_ylim() == fit.get_ylim() == (0, 1)
    assert parts.get_yscale() == "log"
    assert len(parts.lines) == 1  # attraction, which weighs nothing, has no logarithm
    assert len(accuracy.lines) == 1


def test_figures_of_the_log_are_drawn_where_they_belong() -> None:
    rows: list[Row] = [
        {
            "stage": "backbone",
            "epoch": 1,
            "loss": 1.5,
            "cross_entropy": 1.0,
            "traits": 0.5,
            "accuracy": 0.25,
            "held_out_accuracy": 0.5,
        },
        {
            "stage": "prompts",
            "epoch": 1,
            "loss": 0.75,
            "coalitions": 0.5,
            "attraction": 0.25,
            "coalition_r2": 0.875,
            "sink_noise": 0.625,
            "sink_clean": 0.125,
        },
    ]
    backbone, prompts = (stage_curves(rows, stage) for stage in ("backbone", "prompts"))
    assert backbone.loss["loss"].tolist() == [1.5]
    assert {name: values.tolist() for name, values in backbone.accuracy.items()} == {
        "training": [0.25],
        "held out": [0.5],
    }
    assert list(backbone.parts) == ["cross-entropy", "traits"]
    assert {name: values.tolist() for name, values in prompts.parts.items()} == {
        "coalitions": [0.5],
        "attraction": [0.25],
    }
    assert prompts.fit["in training"].tolist() == [0.875]
    assert {name: values.tolist() for name, values in prompts.sink.items()} == {
        "planted noise": [0.625],
        "clean tokens": [0.125],
    }


def test_names_are_drawn_beside_the_ends_of_their_curves() -> None:
    sink = training_figure(FULL, FULL).axes[5]
    assert [text.get_position()[1] for text in sink.texts] == pytest.approx([0.25, 0.125])


def test_what_is_not_there_yet_is_told(tmp_path: Path) -> None:
    figure = training_figure(FULL, StageCurves())
    told = [[text.get_text() for text in axes.texts] for axes in figure.axes]
    assert [told[place] for place in (1, 2, 4, 5)] == [["not yet"]] * 4
    save_png(figure, tmp_path / "training.png")


def test_one_epoch_is_a_dot(tmp_path: Path) -> None:
    one = StageCurves({"loss": np.ones(1)}, {"training": np.ones(1), "held out": np.zeros(1)})
    save_png(training_figure(one, StageCurves()), tmp_path / "training.png")
    assert (tmp_path / "training.png").read_bytes().startswith(b"\x89PNG")


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_names_keep_their_order_and_their_distance(heights: list[float]) -> None:
    before = np.array(heights)
    after = spread(before, 0.1)
    order = np.argsort(before, kind="stable")
    assert (np.diff(after[order]) > 0.1 - 1e-9).all()
    assert after.mean() == pytest.approx(before.mean())


def test_names_that_are_far_apart_stay() -> None:
    assert spread(np.array([0.9, 0.1]), 0.1).tolist() == [0.9, 0.1]
    assert spread(np.array([0.5, 0.5]), 0.1) == pytest.approx([0.45, 0.55])
