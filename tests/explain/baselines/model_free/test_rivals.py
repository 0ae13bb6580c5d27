"""Detectors without a model find a planted spot and its bands, and know no class or do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.baselines.method import Baseline, Question, explain
from focus_viewer.explain.baselines.model_free.departure import MedianDeparture, Rx, SpectralAngle
from focus_viewer.explain.baselines.model_free.leaf_pixels import find_leaf
from focus_viewer.explain.baselines.model_free.matched_filter import MatchedFilter
from focus_viewer.explain.model.backbone import BandPureBackbone

EDGES_NM = np.stack([np.arange(450, 950, 50), np.arange(500, 1000, 50)], axis=1).astype(np.float64)
LEAF = np.array([0.05, 0.12, 0.08, 0.06, 0.05, 0.4, 0.45, 0.46, 0.47, 0.47])
CHANGED = np.log(np.where(np.arange(10) == 2, 2.0, 1.0))
SIGNATURES = np.stack([np.zeros(10), CHANGED, np.eye(10)[8]])


def planted(background: float | None = None) -> Question:
    """A leaf of uneven brightness, twice as bright at 575 nm in the patch (1, 1).

    On the right there may be a flat background.
    """
    rng = np.random.default_rng(0)
    light = rng.uniform(0.9, 1.1, (16, 16, 1))
    data = LEAF * light * rng.normal(1, 0.01, (16, 16, 10))
    data[4:8, 4:8] *= np.exp(CHANGED)
    if background is not None:
        data[:, 12:] = background
    return Question(
        torch.ones(1, 10, 16, 16), torch.arange(10), 1, EDGES_NM, "planted", data.astype(np.float32)
    )


RIVALS = (SpectralAngle(), MedianDeparture(), Rx(), MatchedFilter(SIGNATURES))


def values_of(rival: Baseline, backbone: BandPureBackbone, question: Question) -> DoubleArray:
    return explain(rival, backbone, question).volume.values.astype(np.float64)


@pytest.mark.parametrize("rival", RIVALS, ids=lambda rival: rival.name)
@pytest.mark.parametrize("background", [None, 0.3])
def test_a_planted_spot_is_found_in_space_and_wavelength(
    rival: Baseline, background: float | None, lively: BandPureBackbone
) -> None:
    found = explain(rival, lively, planted(background))
    strongest = np.unravel_index(np.argmax(found.volume.values), (4, 4, 10))
    assert strongest == (1, 1, 2)
    assert (found.forward_passes, found.backward_passes) == (0, 0)


def test_what_is_no_leaf_gets_nothing(lively: BandPureBackbone) -> None:
    for rival in RIVALS:
        assert not values_of(rival, lively, planted(0.3))[:, 3].any()


def test_what_the_model_is_not_shown_is_no_leaf(lively: BandPureBackbone) -> None:
    question = planted()
    images = question.images.clone()
    images[..., 4:8, 4:8] = 0
    hidden = replace(question, images=images)
    assert not find_leaf(lively, hidden).leaf[4:8, 4:8].any()
    assert not values_of(SpectralAngle(), lively, hidden)[1, 1].any()


@pytest.mark.parametrize("rival", RIVALS[:3], ids=lambda rival: rival.name)
def test_detectors_of_departure_know_no_class(rival: Baseline, lively: BandPureBackbone) -> None:
    question = planted()
    first = values_of(rival, lively, question)
    np.testing.assert_array_equal(values_of(rival, lively, replace(question, target=2)), first)


def test_a_matched_filter_looks_for_its_class_alone(lively: BandPureBackbone) -> None:
    question = planted()
    other = values_of(RIVALS[3], lively, replace(question, target=2))
    assert other[..., 8].sum() > 0
    assert not other[..., 2].any()
    assert not values_of(RIVALS[3], lively, replace(question, target=0)).any()


def test_brightness_is_no_angle(lively: BandPureBackbone) -> None:
    question = planted()
    assert question.data is not None
    brighter = replace(question, data=3 * question.data)
    np.testing.assert_allclose(
        values_of(SpectralAngle(), lively, brighter),
        values_of(SpectralAngle(), lively, question),
        rtol=1e-2,
        atol=1e-4,
    )


def test_a_question_without_reflectance_is_refused(lively: BandPureBackbone) -> None:
    with pytest.raises(ValueError, match="reflectance"):
        find_leaf(lively, replace(planted(), data=None))


def test_the_margin_of_a_leaf_is_left_out(lively: BandPureBackbone) -> None:
    leaf = find_leaf(lively, planted(0.3)).leaf
    assert leaf[:, :10].all()
    assert not leaf[:, 10:].any()
