"""Localisation on a volume that can be worked out on paper, and laws that hold for any."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from saliency_cases import cases, truth_of, volume_of

from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.explain.metrics.localisation import localisation
from focus_viewer.explain.metrics.truth import Truth

# Two cells and four groups; the lesion is the left cell, its groups the two in the middle.
TRUTH = truth_of([[1, 0]], [0.5, 4, 3, 1])
VALUES = [[[1, 6, 2, -1], [3, 0, 0, 4]]]


def test_by_hand() -> None:
    # Curve 4 6 2 3, cells 8 and 7. Voxels in order: 6 (true) 4 3 2 (true) 1 0 0 -1.
    assert localisation(volume_of(VALUES), TRUTH) == pytest.approx(
        {
            "band_iou_top_n": 1 / 3,  # groups 1 and 0, of 1 and 2
            "band_iou_half_max": 1 / 4,  # 0, 1 and 3 reach half of 6; 1 and 2 are true
            "band_spearman": 0.2,  # ranks 3 4 1 2 and 1 4 3 2: 1 - 6 * 8 / 60
            "spatial_iou": 1,
            "volume_ap": 0.75,  # at ranks 1 and 4: (1/1 + 2/4) / 2
            "off_target_mass": 0.5,  # 8 of 16
            "off_lesion_mass": 7 / 16,
            "pointing": 1,
            "scene_band_iou_top_n": 1 / 3,
            "scene_band_iou_half_max": 1 / 4,
        }
    )


def test_no_data_counts_as_nothing() -> None:
    holes = np.array(VALUES, dtype=np.float32)
    holes[0, 1, 1] = np.nan
    assert localisation(volume_of(holes), TRUTH) == localisation(volume_of(VALUES), TRUTH)


def test_what_is_only_against_the_class_points_nowhere() -> None:
    found = localisation(volume_of(-np.ones((1, 2, 4))), TRUTH)
    assert found["band_iou_half_max"] == 0
    assert found["off_target_mass"] == 1


@pytest.mark.parametrize("truth", [truth_of([[0, 0]], [0] * 4), truth_of([[0, 0]], [2] * 4)])
def test_without_a_lesion_there_is_nothing_to_find(truth: Truth) -> None:
    found = localisation(volume_of(VALUES), truth)
    assert {name for name, value in found.items() if math.isnan(value)} >= {
        "band_spearman",
        "spatial_iou",
        "volume_ap",
        "off_target_mass",
        "pointing",
    }
    assert math.isnan(found["band_iou_top_n"]) == (not truth.true_groups.any())
    assert math.isnan(found["band_iou_half_max"]) == (not truth.true_groups.any())


def test_another_grid_is_refused() -> None:
    with pytest.raises(ValueError, match="as the truth"):
        localisation(volume_of(np.ones((2, 2, 4))), TRUTH)


@given(cases())
def test_bounds(case: tuple[SaliencyVolume, Truth]) -> None:
    for name, value in localisation(*case).items():
        low = -1 if name == "band_spearman" else 0
        assert low <= value <= 1 or (name == "band_spearman" and math.isnan(value))


@given(cases(), st.sampled_from([0.25, 2.0, 1024.0]))
def test_scale_does_not_matter(case: tuple[SaliencyVolume, Truth], scale: float) -> None:
    volume, truth = case
    scaled = localisation(volume_of(scale * volume.values), truth)
    assert scaled == pytest.approx(localisation(volume, truth), nan_ok=True)


@given(cases())
def test_saliency_as_the_truth_is_is_best(case: tuple[SaliencyVolume, Truth]) -> None:
    _, truth = case
    found = localisation(volume_of(truth.lesion_cells[..., None] * truth.importance), truth)
    del found["off_target_mass"]  # below half of the maximum there is importance too
    assert found.pop("off_lesion_mass") == 0
    for name, value in found.items():
        assert value == pytest.approx(1) or (name == "band_spearman" and math.isnan(value))
    exact = localisation(volume_of(truth.true_voxels), truth)
    assert exact["off_target_mass"] == 0
    assert exact["volume_ap"] == 1


@given(cases())
def test_a_constant_is_chance(case: tuple[SaliencyVolume, Truth]) -> None:
    _, truth = case
    cells, groups = truth.lesion_cells, truth.true_groups
    found = localisation(volume_of(np.full(truth.true_voxels.shape, 3)), truth)
    if np.ptp(truth.importance):
        assert found["band_spearman"] == 0
    assert found["band_iou_top_n"] == pytest.approx(groups.sum() / (2 * groups.size - groups.sum()))
    assert found["band_iou_half_max"] == pytest.approx(groups.mean())
    assert found["spatial_iou"] == pytest.approx(cells.sum() / (2 * cells.size - cells.sum()))
    assert found["volume_ap"] == pytest.approx(truth.true_voxels.mean())
    assert found["off_target_mass"] == pytest.approx(1 - truth.true_voxels.mean())
    assert found["pointing"] == pytest.approx(cells.mean())


def scene_truth() -> Truth:
    """A lesion in one cell, at group 1 for the class and at group 2 in this scene."""
    lesion = np.array([[True, False], [False, False]])
    return Truth(lesion, np.array([0.0, 2.0, 0.0]), np.array([0.0, 0.0, 3.0]))


def test_a_scene_s_own_bands_are_a_truth_of_their_own() -> None:
    values = np.zeros((2, 2, 3), dtype=np.float32)
    values[0, 0, 2] = 1
    edges = np.array([[400.0, 450.0], [450.0, 500.0], [500.0, 550.0]])
    found = localisation(SaliencyVolume(values, edges, (4, 4), "x", "evidence"), scene_truth())
    assert found["band_iou_top_n"] == 0
    assert found["scene_band_iou_top_n"] == found["scene_band_iou_half_max"] == 1
    assert found["off_target_mass"] == 1
    assert found["off_lesion_mass"] == 0


def test_a_scene_whose_own_bands_are_not_known_has_no_such_figure() -> None:
    values = np.ones((2, 2, 3), dtype=np.float32)
    edges = np.array([[400.0, 450.0], [450.0, 500.0], [500.0, 550.0]])
    truth = Truth(scene_truth().lesion_cells, scene_truth().importance)
    found = localisation(SaliencyVolume(values, edges, (4, 4), "x", "evidence"), truth)
    assert np.isnan(found["scene_band_iou_top_n"])
    assert np.isnan(found["scene_band_iou_half_max"])
    assert found["off_lesion_mass"] == 0.75
