"""Rollout against its definition: the full product of matrices, on every token at once."""

from __future__ import annotations

import pytest
import torch
from baseline_questions import any_images, ask, make_see_through, one_bright_patch
from torch import Tensor

from focus_viewer.explain.baselines.attention_maps import Trace
from focus_viewer.explain.baselines.rollout import Rollout, roll_down
from focus_viewer.explain.model.backbone import BandPureBackbone


def test_uniform_attention_on_paper() -> None:
    backbone = make_see_through(depth=3, tap=1, class_token=True)
    for block in backbone.vit.blocks:
        block.attn.qkv.weight.zero_()
    found = Rollout().attribute(backbone, ask(one_bright_patch(1)))
    # Last block: the class token keeps 1/2 + 1/10, each patch gets 1/10. A third of it for each
    # group. First block: half stays where it is, half goes to the 5 tokens of a group alike.
    torch.testing.assert_close(found.values, torch.full((4, 3), (1 / 30 + 1 / 15) / 2))
    assert found.off_patches == pytest.approx(3 * (1 / 5 + 1 / 15) / 2)


def test_the_way_down_is_the_product_of_all_blocks() -> None:
    torch.manual_seed(0)
    tokens, groups = 5, 3
    before = [torch.rand(groups, tokens, tokens).softmax(-1) for _ in range(2)]
    mixing = torch.rand(tokens, groups).softmax(-1)
    behind = [torch.rand(tokens, tokens).softmax(-1) for _ in range(2)]
    read = torch.rand(tokens).softmax(-1)

    def half(attention: Tensor) -> Tensor:
        return (attention + torch.eye(len(attention))) / 2

    # Tokens of all groups in one line, group by group; the tapped block leads to one a patch.
    spread = torch.cat([torch.diag(mixing[:, k] / 2 + 1 / groups / 2) for k in range(groups)], 1)
    product = half(behind[1]) @ half(behind[0]) @ spread
    for attention in reversed(before):
        product = product @ half(torch.block_diag(*attention))
    expected = (read @ product).reshape(groups, tokens).T
    flow = roll_down(Trace(before, mixing, behind, read))
    torch.testing.assert_close(flow, expected)
    assert flow.sum().item() == pytest.approx(1)


def test_every_block_counts(lively: BandPureBackbone) -> None:
    backbone = lively
    before = Rollout().attribute(backbone, ask(any_images())).values
    for block in backbone.vit.blocks:
        kept = block.attn.qkv.weight.clone()
        block.attn.qkv.weight[:32] = 0  # queries and keys alone: attention becomes uniform
        after = Rollout().attribute(backbone, ask(any_images())).values
        block.attn.qkv.weight.copy_(kept)
        assert not torch.allclose(before, after)
