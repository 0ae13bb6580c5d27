"""The frozen model under coalitions, on weights that can be worked out on paper."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from baseline_questions import make_see_through

from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.explain.metrics.coalitions import (
    FrozenModel,
    coalition_errors,
    coarse_map,
    cosine,
    draw_coalitions,
)
from focus_viewer.explain.metrics.shapley import shapley_values
from focus_viewer.explain.model.focus_model import FocusModel


def linear() -> FrozenModel:
    """Class 0's logit is twice the mean of the image, class 1's nothing; 16 patches, 3 groups.

    The first group is 1 in the first patch, the second 3 everywhere, the third 0.
    """
    backbone = make_see_through(1, 0, class_token=False)
    with torch.no_grad():
        backbone.vit.head.weight[0, 0] = 2.0
        backbone.vit.head.bias[0] = 0.5
    backbone.vit.patch_embed.strict_img_size = False
    backbone.vit.pos_embed = None  # so that it takes windows of any size
    images = torch.zeros(1, 3, 4, 4)
    images[0, 0, :2, :2] = 1
    images[0, 1] = 3
    return FrozenModel(backbone, images, torch.arange(3))


def test_a_linear_model_s_groups_are_worth_their_own_part() -> None:
    frozen = linear()
    found = shapley_values(frozen.by_groups, 3, 8, np.random.default_rng(0)).values
    # Twice the mean over 4 patches and 3 groups; of two classes, less the other's logit.
    np.testing.assert_allclose(found[:, 0], [2 * 1 / 12, 2 * 12 / 12, 0], atol=1e-6)
    np.testing.assert_allclose(found[:, 1], -found[:, 0], atol=1e-6)


def test_tokens_of_a_group_are_those_of_a_window_without_the_others(small: FocusModel) -> None:
    images = torch.randn(1, 10, 16, 16, generator=torch.Generator().manual_seed(0))
    frozen = FrozenModel(small.backbone, images, torch.arange(10))
    joined = draw_coalitions(10, 7, np.random.default_rng(0))
    expected = frozen.values(joined[:, :, None, None])
    np.testing.assert_allclose(frozen.by_groups(joined), expected, atol=1e-5)


def test_coalitions_of_nobody_and_all_are_the_blank_and_the_whole_image() -> None:
    frozen = linear()
    ends = frozen.values(np.array([False, True])[:, None, None, None])
    np.testing.assert_allclose(ends[:, 0], [0.5, 0.5 + 2 * 13 / 12], atol=1e-6)


def test_cells_are_blanked_where_they_are() -> None:
    model = linear()
    wide = torch.zeros(1, 3, 8, 8)
    wide[0, 0, 2:4, 4:6] = 1  # patch (1, 2) of 4 x 4, which is the coarse cell 6
    frozen = FrozenModel(model.backbone, wide, model.groups)
    kept = np.eye(16, dtype=np.bool_)
    found = frozen.by_cells(kept)[:, 0] - frozen.by_cells(~kept.any(axis=0)[None])[0, 0]
    np.testing.assert_allclose(found, np.eye(16)[6] * 2 / 48, atol=1e-6)


def test_a_map_is_gathered_to_the_same_cells() -> None:
    values = np.zeros((8, 8, 2), dtype=np.float32)
    values[2:4, 4:6] = 1
    edges = np.array([[400.0, 500.0], [500.0, 600.0]])
    found = coarse_map(SaliencyVolume(values, edges, (16, 16), "x", "evidence"))
    np.testing.assert_array_equal(found, np.eye(16)[6] * 8)


def test_nothing_is_missed_by_the_parts_themselves_and_all_by_none() -> None:
    rng = np.random.default_rng(0)
    parts = rng.normal(size=6)
    joined = draw_coalitions(6, 200, rng)
    values = 2 + joined @ parts
    added = np.square(joined @ parts).mean()
    for scale, missed in ((1, 0), (2, added), (0, added), (-1, 4 * added)):
        found = coalition_errors(scale * parts, joined, values, 2.0)
        assert found == pytest.approx((missed, added))


def test_coalitions_of_every_size_are_drawn_and_never_nobody_or_all() -> None:
    sizes = draw_coalitions(5, 500, np.random.default_rng(0)).sum(axis=1)
    assert set(sizes) == {1, 2, 3, 4}
    assert np.bincount(sizes)[1:].min() > 80


def test_a_cosine_ignores_scale_and_is_0_of_nothing() -> None:
    first = np.array([1.0, 2.0])
    assert cosine(first, 3 * first) == pytest.approx(1.0)
    assert cosine(first, np.zeros(2)) == 0.0
