"""Where a class is by what departs: worked out on the toy, which takes no brightness off."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from focus_viewer.explain.experiments.class_directions import measure_class_directions, projection
from focus_viewer.explain.model.focus_model import FocusModel


def scenes() -> tuple[Tensor, Tensor]:
    """Of three classes: a lesion at 425 nm, one at 525 nm, and none; four patches each.

    The last patch is off the leaf and departs most of all.
    """
    log_ratios = torch.zeros(3, 4, 3)
    log_ratios[0, 0, 0], log_ratios[0, 1, 0] = 2, 1
    log_ratios[1, 2, 1] = -3
    log_ratios[2, :3, 2] = 0.05
    log_ratios[:, 3] = 9
    leaf = torch.ones(3, 4, dtype=torch.bool)
    leaf[:, 3] = False
    return log_ratios, leaf


def measured(toy: FocusModel) -> tuple[Tensor, Tensor]:
    log_ratios, leaf = scenes()
    return measure_class_directions(toy.backbone, log_ratios, leaf, torch.arange(3), classes=3)


def test_anchors_are_what_the_lesions_do(toy: FocusModel) -> None:
    anchors, _ = measured(toy)
    # Shares of 4/5 and 1/5, by the square of how far patches go, where neither goes all the way.
    # The way is then 9/5: the first patch has gone all of it, the second 5/9.
    first = 1 / (1 + (5 / 9) ** 2)
    assert anchors[0, 0].item() == pytest.approx(2 * first + (1 - first), abs=0.03)
    assert anchors[0, 1:].tolist() == [0, 0]
    assert anchors[1].tolist() == pytest.approx([0, -3, 0])


def test_a_class_is_where_patches_go_its_way(toy: FocusModel) -> None:
    _, patch_weights = measured(toy)
    assert patch_weights.sum(-1).tolist() == pytest.approx([1, 1, 1])
    assert patch_weights[0, 0] > 3 * patch_weights[0, 1] > 0
    assert patch_weights[1].tolist() == pytest.approx([0, 0, 1, 0])
    assert patch_weights[:, 3].tolist() == [0, 0, 0]


def test_a_class_without_tissue_of_its_own_is_all_over_the_leaf(toy: FocusModel) -> None:
    _, patch_weights = measured(toy)
    assert patch_weights[2].tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0])


def test_a_scene_without_leaf_says_nothing(toy: FocusModel) -> None:
    log_ratios, leaf = scenes()
    leaf[0] = False
    anchors, patch_weights = measure_class_directions(
        toy.backbone, log_ratios, leaf, torch.arange(3), classes=4
    )
    assert patch_weights[0].tolist() == [0, 0, 0, 0]
    assert anchors.isfinite().all()
    assert anchors[3].tolist() == [0, 0, 0]  # a class that no scene shows


def test_along_is_in_shares_of_the_way() -> None:
    log_ratios = torch.tensor([[[3.0, 4], [6, 8], [-4, 3], [-3, -4]]])
    assert projection(log_ratios, torch.tensor([[6.0, 8]])).flatten().tolist() == [0.5, 1, 0, -0.5]
