"""What a head takes of each patch sums to its logit, or the head is refused with the reason."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn

from focus_viewer.core.errors import ModelError
from focus_viewer.explain.model.head import check_head, pooled, take_apart

SHARP = torch.tensor(4.0)


def vit_of(pool: str, norm: type[nn.Module] = nn.LayerNorm, **options: Any) -> VisionTransformer:
    """A ViT with a random head and norm: only these are asked."""
    torch.manual_seed(2)
    vit = VisionTransformer(
        img_size=8,
        patch_size=4,
        in_chans=1,
        num_classes=3,
        embed_dim=8,
        depth=1,
        num_heads=2,
        class_token=pool == "token",
        global_pool=pool,
        norm_layer=norm,
        **options,
    )
    with torch.no_grad():
        for part in (vit.head, vit.fc_norm):
            for parameter in part.parameters():
                parameter.normal_()
    return vit.requires_grad_(False).eval()


def patches_of(count: int = 6, batch: int = 2, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Patches of a batch, and the one patch of a usual leaf."""
    generator = torch.Generator().manual_seed(seed)
    usual = torch.randn(1, 8, generator=generator)
    return usual + torch.randn(batch, count, 8, generator=generator), usual


POOLS = pytest.mark.parametrize("pool", ["max", "avg"])


@POOLS
@pytest.mark.parametrize("norm", ["LayerNorm", "Identity", "Tanh"])
def test_shares_sum_to_the_logit(pool: str, norm: str) -> None:
    vit, (patches, usual) = vit_of(pool), patches_of()
    if norm != "LayerNorm":
        vit.fc_norm = getattr(nn, norm)()
    taken = take_apart(vit, patches, usual, SHARP)
    whole = taken.baseline + taken.shares.sum(1) @ vit.head.weight.T
    torch.testing.assert_close(whole, taken.logits, atol=1e-5, rtol=0)
    torch.testing.assert_close(taken.logits, vit.forward_head(patches))
    torch.testing.assert_close(taken.baseline, vit.forward_head(usual[None]))


@POOLS
def test_patches_that_are_not_shown_get_nothing_and_the_sum_stays(pool: str) -> None:
    vit, (patches, usual) = vit_of(pool), patches_of()
    shown = torch.tensor([[True, False, True, True, False, False]])
    taken = take_apart(vit, patches, usual, SHARP, shown)
    assert torch.equal(taken.shares[:, ~shown[0]], torch.zeros(2, 3, 8))
    assert taken.shares[:, shown[0]].abs().sum(2).min() > 1e-3
    whole = taken.baseline + taken.shares.sum(1) @ vit.head.weight.T
    torch.testing.assert_close(whole, taken.logits, atol=1e-5, rtol=0)


@POOLS
def test_where_nothing_is_shown_all_patches_share(pool: str) -> None:
    vit, (patches, usual) = vit_of(pool), patches_of()
    nothing = torch.zeros(1, 6, dtype=torch.bool)
    found = take_apart(vit, patches, usual, SHARP, nothing).shares
    torch.testing.assert_close(found, take_apart(vit, patches, usual, SHARP).shares)


@POOLS
def test_a_usual_leaf_has_no_shares(pool: str) -> None:
    vit, (_, usual) = vit_of(pool), patches_of()
    taken = take_apart(vit, usual.expand(1, 6, -1), usual, SHARP)
    assert taken.shares.abs().max() < 1e-6
    torch.testing.assert_close(taken.logits, taken.baseline)


def test_a_maximum_is_the_patch_that_reaches_it() -> None:
    vit, usual = vit_of("max", nn.Identity), torch.zeros(1, 8)
    patches = torch.zeros(1, 3, 8)
    patches[0, 0, 0], patches[0, 1, 1], patches[0, :2, 2] = 2.0, 3.0, 4.0
    shares = take_apart(vit, patches, usual, torch.tensor(20.0)).shares[0]
    torch.testing.assert_close(shares[:, 0], torch.tensor([2.0, 0, 0]), atol=1e-5, rtol=0)
    torch.testing.assert_close(shares[:, 1], torch.tensor([0.0, 3, 0]), atol=1e-5, rtol=0)
    torch.testing.assert_close(shares[:, 2], torch.tensor([2.0, 2, 0]), atol=1e-5, rtol=0)


def test_a_mean_takes_of_each_patch_its_own_part() -> None:
    vit, (patches, usual) = vit_of("avg", nn.Identity), patches_of()
    taken = take_apart(vit, patches, usual, SHARP)
    torch.testing.assert_close(taken.shares, (patches - usual) / 6)


def test_a_norm_behind_a_mean_divides_by_the_image_s_own_spread() -> None:
    """With the spread of a usual leaf nothing is left over, and patches add linearly."""
    vit = vit_of("avg")
    usual = torch.tensor([[3.0, -1, 0, 0, 0, 0, 0, 0]])
    patches = usual.expand(1, 2, -1).clone()
    # The mean over both patches has the same numbers in another order: the same spread.
    patches[0, 0] = torch.tensor([0.0, 0, 6, -2, 0, 0, 0, 0])
    patches[0, 1] = 0
    taken = take_apart(vit, patches, usual, SHARP)
    own = (patches - usual)[0] / 2
    spread = (usual.var(correction=0) + vit.fc_norm.eps).sqrt()
    expected = (own - own.mean(1, keepdim=True)) / spread * vit.fc_norm.weight
    torch.testing.assert_close(taken.shares[0], expected, atol=1e-5, rtol=0)


def test_what_is_left_over_goes_by_the_squared_distance() -> None:
    vit = vit_of("avg", nn.Identity)
    vit.fc_norm = nn.Tanh()
    usual = torch.zeros(1, 8)
    patches = torch.zeros(1, 3, 8)
    patches[0, 0, 0], patches[0, 1, 1] = 1.0, 2.0
    taken = take_apart(vit, patches, usual, SHARP)
    difference = pooled(vit, patches)[0]
    expected = torch.tensor([1 / 5, 4 / 5, 0])[:, None] * difference
    torch.testing.assert_close(taken.shares[0], expected)


@pytest.mark.parametrize(
    ("pool", "options", "reason"),
    [
        ("token", {}, "'token': expected 'max' or 'avg'.*class token has mixed"),
        ("map", {}, "attention pooling"),
        ("avgmax", {}, "'avgmax'"),
        ("avg", {"pool_include_prefix": True}, "global_pool='avg' or 'max'"),
    ],
)
def test_other_ways_of_pooling_are_refused_with_the_reason(
    pool: str, options: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ModelError, match=reason):
        check_head(vit_of(pool, **options))


def test_a_head_of_features_is_refused() -> None:
    vit = vit_of("avg")
    vit.reset_classifier(0)
    with pytest.raises(ModelError, match=r"head is a Identity.*num_classes"):
        check_head(vit)


@POOLS
def test_heads_that_can_be_taken_apart_pass(pool: str) -> None:
    check_head(vit_of(pool))
