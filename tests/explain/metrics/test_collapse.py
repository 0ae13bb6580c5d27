"""Collapse, worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from saliency_cases import GRID, volume_of, volumes

from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.explain.metrics.collapse import (
    class_similarity,
    collapse_class_token,
    collapse_excess,
    collapse_top1pct,
)
from focus_viewer.explain.metrics.truth import Truth

TRIPLES = GRID.flatmap(lambda grid: st.lists(volumes(grid), min_size=2, max_size=3))


def test_one_percent_of_two_hundred_tokens_is_two() -> None:
    values = np.ones((10, 5, 4))
    values[3, 2, 1], values[0, 0, 0], values[9, 4, 3] = 50, 30, 20
    assert collapse_top1pct(volume_of(values)) == pytest.approx(80 / (197 + 100))


def test_the_last_token_counts_in_part() -> None:
    values = np.ones((10, 5, 3))  # 1 % of them is one and a half
    values[0, 0, 0], values[1, 0, 0] = 20, 10
    assert collapse_top1pct(volume_of(values)) == pytest.approx((20 + 10 / 2) / (148 + 30))


@pytest.mark.parametrize("grid", [(10, 10, 1), (9, 7, 5), (64, 8, 1)])
def test_an_even_spread_is_one_percent(grid: tuple[int, int, int]) -> None:
    assert collapse_top1pct(volume_of(np.full(grid, 0.25))) == pytest.approx(0.01)


def test_what_speaks_against_a_class_is_no_attention() -> None:
    values = np.full((10, 10, 1), -5.0)
    values[0, 0, 0], values[0, 1, 0] = 3, 1
    assert collapse_top1pct(volume_of(values)) == pytest.approx(0.75)
    assert math.isnan(collapse_top1pct(volume_of(-np.ones((10, 10, 1)))))


@given(GRID.flatmap(volumes), st.sampled_from([0.5, 8.0]))
def test_top_share_is_a_share_whatever_the_scale(volume: SaliencyVolume, scale: float) -> None:
    found = collapse_top1pct(volume)
    assert math.isnan(found) == (volume.values.max() <= 0)
    if not math.isnan(found):
        assert max(0.01, 1 / volume.values.size) <= found + 1e-9 <= 1 + 2e-9
    scaled = collapse_top1pct(volume_of(scale * volume.values))
    assert scaled == pytest.approx(found, nan_ok=True)


def test_class_token() -> None:
    assert collapse_class_token(0.3, 0.9) == pytest.approx(0.25)
    assert collapse_class_token(0, 2) == 0
    assert collapse_class_token(2, 0) == 1


@pytest.mark.parametrize("masses", [(0, 0), (-0.1, 1), (1, -0.1), (math.nan, 1)])
def test_masses_that_are_none_are_refused(masses: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="expected masses"):
        collapse_class_token(*masses)


def test_class_similarity_is_the_mean_over_pairs() -> None:
    one, half, opposite = ([[values]] for values in ([1, 2, 3], [0, 2, 1], [3, 2, 1]))
    found = class_similarity([volume_of(one), volume_of(half), volume_of(opposite)])
    assert found == pytest.approx((0.5 - 1 - 0.5) / 3)


@given(TRIPLES)
def test_class_similarity_bounds_and_symmetry(found: list[SaliencyVolume]) -> None:
    similarity = class_similarity(found)
    assert -1 <= similarity <= 1
    assert class_similarity(found[::-1]) == pytest.approx(similarity)


@given(GRID.flatmap(volumes))
def test_maps_that_are_the_same_but_for_scale_and_level_are_alike(volume: SaliencyVolume) -> None:
    assert class_similarity([volume, volume_of(2 * volume.values + 1)]) == pytest.approx(1)


def test_class_similarity_needs_two_volumes_on_one_grid() -> None:
    volume = volume_of([[[1, 2]]])
    with pytest.raises(ValueError, match="got 1"):
        class_similarity([volume])
    with pytest.raises(ValueError, match="one grid"):
        class_similarity([volume, volume_of([[[1, 2, 3]]])])


def test_the_truth_itself_has_no_excess() -> None:
    lesion = np.zeros((10, 10), dtype=np.bool_)
    lesion[0, :4] = True
    truth = Truth(lesion, np.array([1.0, 3.0]))
    values = (lesion[:, :, None] * truth.importance).astype(np.float32)
    edges = np.array([[400.0, 450.0], [450.0, 500.0]])
    volume = SaliencyVolume(values, edges, (20, 20), "x", "evidence")
    assert collapse_top1pct(volume) == pytest.approx(6 / 16)  # two of 200 tokens
    assert collapse_excess(volume, truth) == pytest.approx(0.0)
    values[0, 0, 1] = 100
    sharper = SaliencyVolume(values, edges, (20, 20), "x", "evidence")
    assert collapse_excess(sharper, truth) > 0.5
