"""The wrapper: band-pure, faithful to the ViT inside, and clear about what it cannot wrap."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import timm
import torch
from explain_models import ANY_SIZE, LN2, make_small
from torch import nn

from focus_viewer.core.errors import ModelError
from focus_viewer.explain.model.backbone import BandPureBackbone, check_layout, load_backbone
from focus_viewer.explain.model.focus_model import FocusModel

CENTERS = np.arange(425.0, 900, 50)
TINY = {"img_size": 16, "patch_size": 4, "embed_dim": 16, "depth": 2, "num_heads": 2}


def images(groups: int = 10, batch: int = 2, seed: int = 0) -> torch.Tensor:
    return torch.randn(batch, groups, 16, 16, generator=torch.Generator().manual_seed(seed))


def test_brightness_shares_by_hand(toy: FocusModel) -> None:
    toy.backbone.brightness_weights.copy_(torch.tensor([1.0, 0, 3]))
    shares = toy.backbone.brightness_shares
    assert shares(torch.arange(3)).tolist() == pytest.approx([1 / 4, 0, 3 / 4])
    assert shares(torch.tensor([1, 2])).tolist() == [0, 1]
    assert shares(torch.tensor([1])).tolist() == [0]


def test_contrasts_by_hand(toy: FocusModel) -> None:
    backbone = toy.backbone
    backbone.log_std.copy_(torch.tensor([1.0, 2, 4]))
    backbone.brightness_weights.copy_(torch.tensor([1.0, 1, 2]))
    backbone.residual_std.copy_(torch.tensor([1.0, 2, 0.1]))
    pixels = torch.tensor([[2.0, 2, 0.5], [0, 0, -1]])
    # Logarithms 2, 4, 2 with a level of (2 + 4 + 2 * 2) / 4, and 0, 0, -4 with one of -2; the
    # last is -20 times its spread, and limited to 5.
    expected = torch.tensor([[-0.5, 0.75, -5], [2, 1, -5]])
    found = backbone.contrasts(pixels[:, :, None, None], torch.arange(3))
    torch.testing.assert_close(found[:, :, 0, 0], expected)


def test_without_steady_groups_no_brightness_is_taken_off(toy: FocusModel) -> None:
    pixels = torch.randn(2, 3, 4, 4)
    assert torch.equal(toy.backbone.contrasts(pixels, torch.arange(3)), pixels)


@pytest.mark.parametrize("chosen", [list(range(10)), [1, 4, 9], [3]])
def test_light_changes_no_contrast_and_no_token(small: FocusModel, chosen: list[int]) -> None:
    groups, backbone = torch.tensor(chosen), small.backbone
    before = images()[:, groups]
    light = torch.randn(2, 1, 16, 16)  # as many logarithms brighter, pixel by pixel
    after = before + light / backbone.log_std[groups, None, None]
    found, expected = (backbone.contrasts(each, groups) for each in (after, before))
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=0)
    found, expected = (backbone.tokens(each, groups) for each in (after, before))
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=0)


def test_changing_a_group_changes_its_own_tokens_alone(small: FocusModel) -> None:
    small.backbone.brightness_weights[4] = 0  # it is no part of the brightness
    groups = torch.arange(10)
    before = images()
    after = before.clone()
    after[:, 4] += 1
    changed = (small.backbone.tokens(before, groups) != small.backbone.tokens(after, groups)).any(
        dim=(0, 2, 3)
    )
    assert changed.tolist() == [group == 4 for group in range(10)]


def test_a_token_is_the_same_whichever_groups_come_along(small: FocusModel) -> None:
    small.backbone.brightness_weights.zero_()
    chosen = torch.tensor([1, 4, 9])
    whole = small.backbone(images(), torch.arange(10))
    part = small.backbone(images()[:, chosen], chosen)
    torch.testing.assert_close(part.keys, whole.keys[:, chosen])


def test_keys_are_those_the_block_itself_computes(small: FocusModel) -> None:
    seen: list[torch.Tensor] = []
    backbone = small.backbone
    block = backbone.feature_block
    hook = block.attn.qkv.register_forward_hook(lambda module, given, out: seen.append(out))
    tokens = backbone.tokens(images(), torch.arange(10))
    block(tokens.flatten(0, 1))
    hook.remove()
    found = backbone(images(), torch.arange(10))
    _, keys, _ = seen[0].unflatten(0, (2, 10))[:, :, 1:].chunk(3, dim=-1)
    torch.testing.assert_close(found.keys.flatten(-2), keys)


def test_patches_are_what_the_head_decides_on(small: FocusModel) -> None:
    backbone, groups = small.backbone, torch.arange(10)
    tokens = backbone.tokens(images(), groups)
    patches = backbone(images(), groups).patches
    assert patches.shape == (2, 16, 16)
    torch.testing.assert_close(backbone.vit.head(patches), backbone.decide_patches(tokens))


def test_queries_carry_the_blocks_scale(small: FocusModel) -> None:
    prompt = torch.randn(5, 16)
    block = small.backbone.feature_block
    raw = block.attn.qkv(block.norm1(prompt))[:, :16].unflatten(-1, (2, 8))
    torch.testing.assert_close(small.backbone.project(prompt)[0], raw * 8**-0.5)


def test_own_decision_takes_any_groups(small: FocusModel) -> None:
    for chosen in ([0, 5, 9], list(range(10))):
        logits = small.backbone.logits(images()[:, chosen], torch.tensor(chosen))
        assert logits.shape == (2, 3)
        assert torch.isfinite(logits).all()


def test_each_patch_is_decided_by_itself(toy: FocusModel) -> None:
    vit = toy.backbone.vit
    vit.head.weight[0, 0] = 3
    vit.head.bias.copy_(torch.tensor([0.5, 0.25]))
    bright = torch.zeros(1, 3, 4, 4)
    bright[0, 1, :2, :2] = LN2  # a third of it once the three groups are mixed
    tokens = toy.backbone.tokens(bright, torch.arange(3))
    found = toy.backbone.decide_patches(tokens)
    expected = torch.tensor([[0.5 + LN2, 0.25], [0.5, 0.25], [0.5, 0.25], [0.5, 0.25]])
    torch.testing.assert_close(found[0], expected)
    assert toy.backbone.decide(tokens)[0].tolist() == pytest.approx([0.5 + LN2 / 4, 0.25])
    vit.global_pool = "max"
    assert toy.backbone.decide(tokens)[0].tolist() == pytest.approx([0.5 + LN2, 0.25])


def test_patches_are_decided_without_the_prefix(small: FocusModel) -> None:
    tokens = small.backbone.tokens(images(), torch.arange(10))
    assert tokens.shape == (2, 10, 17, 16)
    assert small.backbone.decide_patches(tokens).shape == (2, 16, 3)


def test_without_position_embedding_any_window_reads_the_same() -> None:
    backbone, groups = make_small(recipe=ANY_SIZE).backbone, torch.arange(10)
    wide = torch.randn(1, 10, 12, 24)
    found = backbone(wide, groups)
    assert found.keys.shape == (1, 10, 3 * 6, 2, 8)
    moved = backbone(wide.roll(4, dims=-1), groups)  # by a patch
    for one, other, axis in zip(found, moved, (2, 1), strict=True):
        rolled = one.unflatten(axis, (3, 6)).roll(1, dims=axis + 1).flatten(axis, axis + 1)
        torch.testing.assert_close(rolled, other)
    logits = backbone.logits(wide.roll(4, dims=-1), groups)
    torch.testing.assert_close(logits, backbone.logits(wide, groups))


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("vit_tiny_patch16_224", 1),
        ("deit_tiny_distilled_patch16_224", 2),
        ("deit3_small_patch16_224", 1),
        ("vit_small_patch14_reg4_dinov2", 5),
        ("vit_base_patch16_siglip_224", 0),
        ("vit_small_patch16_18x2_224", None),
        ("resnet10t", None),
        ("samvit_base_patch16", None),
    ],
)
def test_layouts(name: str, prefix: int | None) -> None:
    options = {} if name == "resnet10t" else {"embed_dim": 16, "depth": 2, "num_heads": 2}
    if prefix is None:
        with pytest.raises(ModelError):
            load_backbone(name, pretrained=False, **options)
        return
    vit = load_backbone(name, pretrained=False, img_size=28, patch_size=14, **options)
    backbone = BandPureBackbone(vit, CENTERS, block_index=1)
    assert vit.num_prefix_tokens == prefix
    tap = backbone(torch.randn(1, 3, 28, 28), torch.tensor([0, 1, 2]))
    assert tap.keys.shape == (1, 3, 4, 2, 8)


def test_colour_models_are_refused_with_the_fix() -> None:
    with pytest.raises(ModelError, match="in_chans=1"):
        check_layout(timm.create_model("vit_tiny_patch16_224", **TINY))


def test_other_blocks_are_refused() -> None:
    vit = timm.create_model("vit_tiny_patch16_224", in_chans=1, **TINY)
    vit.blocks[1].attn = nn.Identity()
    with pytest.raises(ModelError, match="block 1 is a Block with Identity"):
        check_layout(vit)


def test_a_tap_beyond_the_last_block_is_refused() -> None:
    vit = load_backbone("vit_tiny_patch16_224", pretrained=False, **TINY)
    with pytest.raises(ModelError, match="0 to 1"):
        BandPureBackbone(vit, CENTERS, block_index=2)


def test_weights_come_from_a_local_file(tmp_path: Path) -> None:
    torch.manual_seed(0)
    colour = timm.create_model("vit_tiny_patch16_224", num_classes=4, **TINY)
    file = tmp_path / "colour.pth"
    torch.save(colour.state_dict(), file)
    vit = load_backbone("vit_tiny_patch16_224", pretrained=file, num_classes=4, **TINY)
    torch.testing.assert_close(vit.blocks[0].attn.qkv.weight, colour.blocks[0].attn.qkv.weight)
    summed = colour.patch_embed.proj.weight.sum(dim=1, keepdim=True)
    torch.testing.assert_close(vit.patch_embed.proj.weight, summed)


def test_a_missing_weights_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.pth"):
        load_backbone("vit_tiny_patch16_224", pretrained=tmp_path / "none.pth", **TINY)


def test_a_broken_weights_file_is_a_model_error(tmp_path: Path) -> None:
    file = tmp_path / "broken.pth"
    file.write_bytes(b"not weights")
    with pytest.raises(ModelError, match="could not build"):
        load_backbone("vit_tiny_patch16_224", pretrained=file, **TINY)


def test_an_unknown_architecture_is_a_model_error() -> None:
    with pytest.raises(ModelError, match="no_such_vit"):
        load_backbone("no_such_vit", pretrained=False)
