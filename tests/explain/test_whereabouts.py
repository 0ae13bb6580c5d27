"""Where a frozen backbone sees a class, worked out on paper."""

from __future__ import annotations

import pytest
import torch
from explain_models import LN2
from torch import Tensor

from focus_viewer.explain.focus_model import FocusModel
from focus_viewer.explain.whereabouts import whereabouts


@pytest.fixture
def tokens(toy: FocusModel) -> Tensor:
    """Of an image that is ln 2 in its upper left patch: there class 0 gets ln 2 / 2, else 0."""
    toy.backbone.vit.head.weight[0, 0] = 1 / 2
    image = torch.zeros(1, 3, 4, 4)
    image[..., :2, :2] = LN2
    return toy.backbone.tokens(image, torch.arange(3))


def seen(toy: FocusModel, tokens: Tensor, departures: Tensor, label: int) -> list[float]:
    """Shares of the four patches."""
    labels = torch.tensor([label])
    shares = whereabouts(toy.backbone, tokens, departures, torch.arange(3), labels)
    assert shares.shape == (1, 4)
    found: list[float] = shares[0].tolist()
    return found


def test_patches_share_by_how_far_the_class_is_ahead(toy: FocusModel, tokens: Tensor) -> None:
    # Ahead of the other class by ln 2 / 2, twice as sharp: exp(ln 2) beside three times 1.
    level = torch.zeros(1, 4, 3)
    assert seen(toy, tokens, level, 0) == pytest.approx([2 / 5, 1 / 5, 1 / 5, 1 / 5])
    assert seen(toy, tokens, level, 1) == pytest.approx([1 / 7, 2 / 7, 2 / 7, 2 / 7])


def test_what_is_far_too_bright_or_dark_is_no_leaf(toy: FocusModel, tokens: Tensor) -> None:
    toy.backbone.deviation.copy_(torch.tensor([0.1, 0.1, 0.2]))
    toy.backbone.steadiness.copy_(torch.tensor([1.0, 1, 2]))
    departures = torch.zeros(1, 4, 3)
    departures[0, 0] = torch.tensor([1.0, 1, 0.5])  # brighter by exp(0.1): leaf all the same
    departures[0, 1] = torch.tensor([5.0, 5, 2.5])  # brighter by exp(0.5) at every group
    departures[0, 2] = -torch.tensor([5.0, 5, 2.5])
    departures[0, 3] = torch.tensor([9.0, -9, 0])  # off in colour, not in brightness
    assert seen(toy, tokens, departures, 0) == pytest.approx([2 / 3, 0, 0, 1 / 3])


def test_an_image_without_leaf_is_looked_at_nowhere(toy: FocusModel, tokens: Tensor) -> None:
    toy.backbone.steadiness.fill_(1)
    assert seen(toy, tokens, torch.full((1, 4, 3), 0.5), 0) == [0, 0, 0, 0]
