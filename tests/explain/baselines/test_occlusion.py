"""Occlusion on paper, where a linear decision loses just what is blanked."""

from __future__ import annotations

import torch
from baseline_questions import ask, make_see_through, one_bright_patch

from focus_viewer.explain.baselines.method import explain
from focus_viewer.explain.baselines.occlusion import Occlusion
from focus_viewer.explain.model.backbone import BandPureBackbone


def linear() -> BandPureBackbone:
    """The logit of class 0 is six times the mean brightness."""
    backbone = make_see_through(depth=1, tap=0, class_token=False)
    backbone.vit.head.weight[0, 0] = 6.0
    return backbone


def test_single_tokens_on_paper() -> None:
    found = explain(Occlusion(cells=1, groups=1), linear(), ask(one_bright_patch(2.0)))
    expected = torch.zeros(2, 2, 3)
    expected[0, 0, 1] = 1.0
    torch.testing.assert_close(torch.from_numpy(found.volume.values), expected)
    assert found.forward_passes == 1 + 12


def test_a_block_shares_what_it_loses() -> None:
    found = Occlusion(cells=1, groups=2).attribute(linear(), ask(one_bright_patch(2.0))).values
    expected = torch.zeros(4, 3)
    expected[0, :2] = 1.0
    torch.testing.assert_close(found, expected)


def test_a_block_larger_than_the_image_is_the_image() -> None:
    found = explain(Occlusion(cells=9, groups=9), linear(), ask(one_bright_patch(2.0)))
    torch.testing.assert_close(torch.from_numpy(found.volume.values), torch.ones(2, 2, 3))
    assert found.forward_passes == 1 + 1
