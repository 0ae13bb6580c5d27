"""Where a frozen backbone sees a class, worked out on paper."""

from __future__ import annotations

import pytest
import torch
from explain_models import LN2
from focus_viewer.explain.training.localisation import head_patch_weights, localise
from torch import Tensor

from focus_viewer.explain.model.focus_model import FocusModel


@pytest.fixture
def tokens(toy: FocusModel) -> Tensor:
    """Of an image that is ln 2 in its upper left patch: there class 0 gets ln 2 / 2, else 0."""
    toy.backbone.vit.head.weight[0, 0] = 1 / 2
    image = torch.zeros(1, 3, 4, 4)
    image[..., :2, :2] = LN2
    return toy.backbone.tokens(image, torch.arange(3))


LEAF = torch.ones(1, 4, dtype=torch.bool)
GROUPS = torch.arange(3)


def patch_weights(toy: FocusModel, tokens: Tensor, label: int, leaf: Tensor = LEAF) -> list[float]:
    """Shares of the four patches."""
    shares = head_patch_weights(toy.backbone, tokens, torch.tensor([label]), leaf)
    assert shares.shape == (1, 4)
    found: list[float] = shares[0].tolist()
    return found


def test_patches_share_by_how_far_the_class_is_ahead(toy: FocusModel, tokens: Tensor) -> None:
    # Ahead of the other class by ln 2 / 2, twice as sharp: exp(ln 2) beside three times 1.
    assert patch_weights(toy, tokens, 0) == pytest.approx([2 / 5, 1 / 5, 1 / 5, 1 / 5])
    assert patch_weights(toy, tokens, 1) == pytest.approx([1 / 7, 2 / 7, 2 / 7, 2 / 7])


def test_what_is_no_leaf_is_not_looked_at(toy: FocusModel, tokens: Tensor) -> None:
    leaf = torch.tensor([[True, False, False, True]])
    assert patch_weights(toy, tokens, 0, leaf) == pytest.approx([2 / 3, 0, 0, 1 / 3])


def test_an_image_without_leaf_is_looked_at_nowhere(toy: FocusModel, tokens: Tensor) -> None:
    assert patch_weights(toy, tokens, 0, ~LEAF) == [0, 0, 0, 0]
    place = localise(
        toy.backbone,
        tokens,
        torch.ones(1, 4, 3),
        GROUPS,
        torch.tensor([0]),
        ~LEAF,
        torch.ones(2, 3),
    )
    assert place.tolist() == [[0, 0, 0, 0]]


def place(toy: FocusModel, tokens: Tensor, anchor: list[float], leaf: Tensor = LEAF) -> list[float]:
    """Shares of patches that go an eighth, half, all and twice of the way (2, 0, 0)."""
    log_ratios = torch.zeros(1, 4, 3)
    log_ratios[0, :, 0] = torch.tensor([1 / 4, 1, 2, 4])
    anchors = torch.tensor([anchor, [0.0, 0, 0]])
    shares = localise(toy.backbone, tokens, log_ratios, GROUPS, torch.tensor([0]), leaf, anchors)
    found: list[float] = shares[0].tolist()
    return found


def test_the_head_is_multiplied_by_the_square_of_how_far_a_patch_departs(
    toy: FocusModel, tokens: Tensor
) -> None:
    # The head is ahead by ln 2 / 2 in the first patch: root of 2. Squares: 1/64, 1/4, 1, and 1
    # again, for no more than all of the way counts.
    head = [2**0.5, 1, 1, 1]
    weights = [h * s for h, s in zip(head, [1 / 64, 1 / 4, 1, 1], strict=True)]
    expected = [weight / sum(weights) for weight in weights]
    assert place(toy, tokens, [2, 0, 0]) == pytest.approx(expected)


def test_the_other_way_is_not_looked_at(toy: FocusModel, tokens: Tensor) -> None:
    assert place(toy, tokens, [-2, 0, 0]) == [0, 0, 0, 0]


def test_a_class_without_tissue_of_its_own_is_where_the_head_sees_it(
    toy: FocusModel, tokens: Tensor
) -> None:
    expected = [2**0.5 / (3 + 2**0.5), *[1 / (3 + 2**0.5)] * 3]
    assert place(toy, tokens, [0.4, 0, 0]) == pytest.approx(expected)
