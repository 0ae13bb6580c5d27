"""What the panels are made of."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch

from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.figures.publication.colours import tinted
from focus_viewer.figures.publication.spectral_panels import (
    draw_steps,
    mark_window,
    quantity,
    with_gaps,
)
from focus_viewer.figures.region_strip import name_regions

# Two groups, a hole, a third: the sensor lacks 600-700 nm.
EDGES_NM = np.array([[400.0, 500.0], [500.0, 600.0], [700.0, 800.0]])


def volume(*sums: float) -> SaliencyVolume:
    values = np.broadcast_to(np.array(sums, dtype=np.float32) / 4, (2, 2, 3))
    return SaliencyVolume(values, EDGES_NM, (8, 8), "spot", "evidence")


def test_a_hole_in_the_spectrum_is_a_hole_in_the_curve() -> None:
    curve, edges = with_gaps(np.array([1.0, 2.0, 3.0]), EDGES_NM)
    np.testing.assert_array_equal(curve, [1, 2, np.nan, 3])
    np.testing.assert_array_equal(edges, [400, 500, 600, 700, 800])


def test_steps_show_the_curve_red_for_and_blue_against() -> None:
    axes = Figure().add_subplot()
    power = draw_steps(axes, volume(8, -4, 2), ("#b2182b", "#2166ac"))
    steps = [patch for patch in axes.patches if isinstance(patch, StepPatch)]
    found = [step.get_data().values for step in steps]
    np.testing.assert_array_equal(found[0], [8, np.nan, np.nan, 2])
    np.testing.assert_array_equal(found[1], [np.nan, -4, np.nan, np.nan])
    red, _, blue, _ = steps[0].get_facecolor()
    assert red > blue
    assert quantity(volume(8, -4, 2), power) == "Evidence (logit)"


def test_small_evidence_is_told_in_its_own_unit() -> None:
    axes = Figure().add_subplot()
    small = volume(0.002, -0.004, 0.001)
    power = draw_steps(axes, small, ("#b2182b", "#2166ac"))
    low, high = axes.get_ylim()
    assert -10 < low < -4 < 2 < high < 10
    assert quantity(small, power) == "Evidence (10⁻³ logit)"


def test_evidence_of_nearly_one_logit_is_not_1000_of_another_unit() -> None:
    nearly = volume(0.99, -0.2, 0.1)
    power = draw_steps(Figure().add_subplot(), nearly, ("#b2182b", "#2166ac"))
    assert quantity(nearly, power) == "Evidence (logit)"


def test_regions_are_named_and_what_is_missing_is_hatched() -> None:
    axes = Figure().add_subplot()
    axes.set_xlim(400, 800)
    draw_steps(axes, volume(1, 2, 3), ("#b2182b", "#2166ac"))
    name_regions(axes)
    mark_window(axes, 700, 800, "b")
    names = {text.get_text().replace("\n", " ") for text in axes.texts}
    assert names == {"blue", "green", "red", "red edge", "NIR", "b"}
    hatched = [patch.get_extents() for patch in axes.patches if patch.get_hatch()]
    (extent,) = [axes.transData.inverted().transform_bbox(box) for box in hatched]
    assert (extent.x0, extent.x1) == pytest.approx((600, 700))


def test_the_tint_is_grey_where_evidence_is_zero_or_missing() -> None:
    picture = np.full((1, 4, 3), (10, 200, 90), dtype=np.uint8)
    heat = np.array([[-1.0, 0.0, np.nan, 1.0]], dtype=np.float32)
    against, zero, missing, speaks = tinted(picture, heat, (-1, 1), "RdBu_r")[0].astype(int)
    assert np.ptp(zero) <= 3
    assert np.ptp(missing) == 0
    assert speaks[0] > speaks[2] + 30
    assert against[2] > against[0] + 30


def test_the_tint_keeps_the_picture_visible() -> None:
    picture = np.array([[[0, 0, 0], [255, 255, 255]]], dtype=np.uint8)
    dark, light = tinted(picture, np.full((1, 2), 0.3, np.float32), (-1, 1), "RdBu_r")[0].sum(1)
    assert light > 1.5 * dark
