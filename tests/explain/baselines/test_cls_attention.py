"""CLS attention against values worked out on paper."""

from __future__ import annotations

import math

import pytest
import torch
from baseline_questions import any_images, ask, make_see_through, one_bright_patch

from focus_viewer.explain.baselines.cls_attention import ClsAttention
from focus_viewer.explain.model.backbone import BandPureBackbone

ROOT = math.sqrt(2 * math.log(2))
"""A token of this length attends to itself with a score of ln 2."""


def test_mean_of_the_patches_on_paper() -> None:
    backbone = make_see_through(depth=1, tap=0, class_token=False)
    found = ClsAttention().attribute(backbone, ask(one_bright_patch(ROOT)))
    # The bright group attends to itself twice as much as to the dark ones, these to all alike.
    mixing = torch.full((4, 3), 1 / 3)
    mixing[0] = torch.tensor([11 / 36, 7 / 18, 11 / 36])
    torch.testing.assert_close(found.values, mixing / 4)
    assert found.off_patches == 0


def test_class_token_on_paper() -> None:
    backbone = make_see_through(depth=3, tap=1, class_token=True)
    with torch.no_grad():
        backbone.vit.cls_token[0, 0, 0] = ROOT
    found = ClsAttention().attribute(backbone, ask(one_bright_patch(3 * ROOT)))
    # The mean of the bright patch's groups is as bright as the class token: both score ln 2, the
    # dark patches 0. Within the bright patch its bright group scores 9 ln 2 with itself.
    bright = (1 / 3 + 512 / 514 + 1 / 3) / 3
    dark = (1 / 3 + 1 / 514 + 1 / 3) / 3
    expected = torch.full((4, 3), 1 / 7 / 3)
    expected[0] = 2 / 7 * torch.tensor([dark, bright, dark])
    torch.testing.assert_close(found.values, expected)
    assert found.off_patches == pytest.approx(2 / 7)


@pytest.mark.parametrize("pool", ["token", "avg", "max"])
def test_all_attention_is_accounted_for(lively: BandPureBackbone, pool: str) -> None:
    lively.vit.global_pool = pool
    found = ClsAttention().attribute(lively, ask(any_images()))
    assert found.off_patches is not None
    assert found.values.sum().item() + found.off_patches == pytest.approx(1, abs=1e-5)
    assert found.values.min() >= 0
