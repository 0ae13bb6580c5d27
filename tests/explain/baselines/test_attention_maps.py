"""The attention that is formed again is the one that the blocks really used."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from baseline_questions import any_images, ask
from torch import nn

from focus_viewer.core.errors import ModelError
from focus_viewer.explain.baselines.attention_maps import outputs_of, read_shares, recorded, trace
from focus_viewer.explain.model.backbone import BandPureBackbone
from focus_viewer.explain.model.vit_layout import load_backbone


def test_maps_are_those_of_timms_own_unfused_attention(lively: BandPureBackbone) -> None:
    attentions = [block.attn for block in lively.vit.blocks]
    own: list[torch.Tensor] = []
    handles = []
    for attention in attentions:
        attention.fused_attn = False
        handles.append(
            attention.attn_drop.register_forward_hook(
                lambda module, inputs, out: own.append(out.mean(dim=1))
            )
        )
    with recorded(attentions) as maps:
        lively.logits(any_images(), torch.arange(10))
    for handle in handles:
        handle.remove()
    assert [tuple(m.shape) for m in maps] == [(10, 17, 17), (17, 10, 10), (1, 17, 17)]
    for found, expected in zip(maps, own, strict=True):
        torch.testing.assert_close(found, expected)


def test_a_trace_keeps_the_blocks_asked_for_apart(lively: BandPureBackbone) -> None:
    whole = trace(lively, ask(any_images()), range(3))
    assert [len(whole.before), len(whole.behind)] == [1, 1]
    assert whole.mixing.shape == (17, 10)
    torch.testing.assert_close(whole.mixing.sum(1), torch.ones(17))
    last = trace(lively, ask(any_images()), [2])
    assert [len(last.before), len(last.behind)] == [0, 1]
    torch.testing.assert_close(last.behind[0], whole.behind[0])


def test_a_patch_is_the_mean_of_its_groups_as_a_trace_takes_it_to_be(
    lively: BandPureBackbone,
) -> None:
    taken: list[torch.Tensor] = []
    handle = lively.vit.blocks[2].register_forward_pre_hook(
        lambda module, inputs: taken.append(inputs[0])
    )
    with outputs_of(lively.feature_block) as mixed:
        lively.logits(any_images(), torch.arange(10))
    handle.remove()
    torch.testing.assert_close(mixed[0].mean(dim=1)[None], taken[0])


TOKENS = torch.tensor([[9.0, 9, 9, 9], [1, 0, 0, 5], [0, 2, 0, 0], [0, 0, 3, 0]])


@pytest.mark.parametrize(
    ("pool", "expected"),
    [
        ("token", [1, 0, 0, 0]),
        ("avg", [0, 1 / 3, 1 / 3, 1 / 3]),
        ("max", [0, 2 / 4, 1 / 4, 1 / 4]),
        ("avgmax", [0, 5 / 12, 7 / 24, 7 / 24]),
    ],
)
def test_what_the_head_reads(lively: BandPureBackbone, pool: str, expected: list[float]) -> None:
    lively.vit.global_pool = pool
    assert read_shares(lively.vit, TOKENS).tolist() == pytest.approx(expected)


def test_the_class_token_counts_where_the_pooling_includes_it(lively: BandPureBackbone) -> None:
    vit = lively.vit
    vit.global_pool, vit.pool_include_prefix = "max", True
    assert read_shares(vit, TOKENS).tolist() == [1, 0, 0, 0]


def test_other_poolings_are_refused() -> None:
    options = {"img_size": 16, "patch_size": 4, "embed_dim": 16, "depth": 2, "num_heads": 2}
    vit = load_backbone("vit_base_patch16_siglip_224", pretrained=False, **options)
    backbone = BandPureBackbone(vit.eval(), np.arange(10.0), block_index=1)
    with pytest.raises(ModelError, match="'map'"):
        trace(backbone, ask(any_images()), [])


def test_hooks_go_when_the_pass_fails(lively: BandPureBackbone) -> None:
    lively.vit.blocks[2] = nn.Linear(1, 1)
    with pytest.raises(RuntimeError):
        trace(lively, ask(any_images()), [0])
    assert not lively.vit.blocks[0].attn.qkv._forward_hooks
    assert not lively.vit.norm._forward_hooks
