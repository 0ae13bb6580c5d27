"""The wrapper: band-pure, faithful to the ViT inside, and clear about what it cannot wrap."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import timm
import torch
from explain_models import ANY_SIZE, make_small, make_toy
from torch import nn

from focus_viewer.core.errors import ModelError
from focus_viewer.explain.model.backbone import (
    BandPureBackbone,
    project,
)
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.model.vit_layout import check_layout, load_backbone

CENTERS = np.arange(425.0, 900, 50)
TINY = {"img_size": 16, "patch_size": 4, "embed_dim": 16, "depth": 2, "num_heads": 2}


def images(groups: int = 10, batch: int = 2, seed: int = 0) -> torch.Tensor:
    return torch.randn(batch, groups, 16, 16, generator=torch.Generator().manual_seed(seed))


def backbone_of(class_token: bool, pos_embed: str = "learn") -> BandPureBackbone:
    """A backbone of random weights, not tiny, that is read at its middle block."""
    torch.manual_seed(4)
    vit = load_backbone(
        "vit_tiny_patch16_224",
        pretrained=False,
        **{**TINY, "depth": 3},
        class_token=class_token,
        global_pool="avg",
        pos_embed=pos_embed,
        dynamic_img_size=True,
    )
    with torch.no_grad():
        for weight in vit.parameters():
            weight.normal_(std=0.3)
    return BandPureBackbone(vit, CENTERS, block_index=1).requires_grad_(False).eval()


def test_changing_a_group_changes_its_own_tokens_alone(small: FocusModel) -> None:
    groups = torch.arange(10)
    before = images()
    after = before.clone()
    after[:, 4] += 1
    changed = (small.backbone.tokens(before, groups) != small.backbone.tokens(after, groups)).any(
        dim=(0, 2, 3)
    )
    assert changed.tolist() == [group == 4 for group in range(10)]


def test_a_token_is_the_same_whichever_groups_come_along(small: FocusModel) -> None:
    chosen = torch.tensor([1, 4, 9])
    whole = small.backbone.read(images(), torch.arange(10))
    part = small.backbone.read(images()[:, chosen], chosen)
    torch.testing.assert_close(part.keys, whole.keys[:, chosen])
    torch.testing.assert_close(part.values, whole.values[:, chosen])


@pytest.mark.parametrize("prefix", [0, 1])
def test_keys_and_values_are_those_the_block_itself_computes(prefix: int) -> None:
    backbone, groups = backbone_of(class_token=prefix == 1), torch.arange(10)
    backbone.attention.k_norm = nn.LayerNorm(8)
    tokens = backbone.tokens(images(), groups)
    assert tokens.shape == (2, 10, prefix + 16, 16)
    _, keys, values = project(backbone.feature_block, tokens[:, :, prefix:])
    found = backbone.read(images(), groups)
    assert found.keys.shape == found.values.shape == (2, 10, 16, 16)
    torch.testing.assert_close(found.keys, keys.flatten(-2))
    torch.testing.assert_close(found.values, values.flatten(-2))


def test_projections_are_those_of_the_block(small: FocusModel) -> None:
    prompt = torch.randn(5, 16)
    block = small.backbone.feature_block
    raw = block.attn.qkv(block.norm1(prompt)).unflatten(-1, (3, 2, 8))
    queries, keys, values = small.backbone.project(prompt)
    torch.testing.assert_close(queries, raw[:, 0] * 8**-0.5)
    torch.testing.assert_close(keys, raw[:, 1])
    torch.testing.assert_close(values, raw[:, 2])


def test_patches_are_what_the_head_decides_on(small: FocusModel) -> None:
    backbone, groups = small.backbone, torch.arange(10)
    patches = backbone(images(), groups)
    assert patches.shape == (2, 16, 16)
    torch.testing.assert_close(
        backbone.vit.forward_head(patches), backbone.logits(images(), groups)
    )


def test_no_hook_is_left_after_a_pass(small: FocusModel) -> None:
    small.backbone(images(), torch.arange(10))
    assert not small.backbone.attention.qkv._forward_hooks


def test_own_decision_takes_any_groups(small: FocusModel) -> None:
    for chosen in ([0, 5, 9], list(range(10))):
        logits = small.backbone.logits(images()[:, chosen], torch.tensor(chosen))
        assert logits.shape == (2, 3)
        assert torch.isfinite(logits).all()


@pytest.mark.parametrize("position", ["learn", "none"])
@pytest.mark.parametrize("class_token", [False, True])
@pytest.mark.parametrize("chosen", [list(range(10)), [2, 7]])
def test_a_usual_leaf_is_a_window_of_zeros(
    position: str, class_token: bool, chosen: list[int]
) -> None:
    backbone, groups = (
        backbone_of(class_token=class_token, pos_embed=position),
        torch.tensor(chosen),
    )
    found = backbone.usual(groups, 16)
    expected = backbone.read(torch.zeros(1, len(chosen), 16, 16), groups)
    # Without positions one patch stands for all: they are the same.
    count = 1 if position == "none" else 16
    assert found.values.shape == (len(chosen), count, 16)
    assert found.patches.shape == (count, 16)
    for one_patch, window in zip(found, (expected.values, expected.patches), strict=True):
        torch.testing.assert_close(one_patch.expand_as(window[0]), window[0], atol=1e-5, rtol=1e-4)


def test_a_usual_leaf_counts_its_patches_beside_a_class_token() -> None:
    """A class token attends to four patches less than to sixty-four, and patches to it."""
    backbone, groups = backbone_of(class_token=True, pos_embed="none"), torch.arange(10)
    few, many = (backbone.usual(groups, count).patches for count in (4, 64))
    assert (few - many).abs().max() > 1e-3
    expected = backbone(torch.zeros(1, 10, 32, 32), groups)[0, :1]
    torch.testing.assert_close(many, expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("pool", ["max", "avg"])
def test_each_patch_is_decided_by_itself(pool: str) -> None:
    toy = make_toy(pool)
    bright = torch.zeros(1, 3, 4, 4)
    bright[0, 1, :2, :2] = 1  # a third of it once the three groups are mixed
    patches = toy.backbone(bright, torch.arange(3))
    own = float(toy.backbone.vit.head.weight[0, 0]) / 3
    found = toy.backbone.decide_patches(patches)[0]
    expected = torch.tensor([[0.5 + own, 0.25], [0.5, 0.25], [0.5, 0.25], [0.5, 0.25]])
    torch.testing.assert_close(found, expected)
    assert toy.backbone.logits(bright, torch.arange(3))[0].tolist() == pytest.approx([1.5, 0.25])


def test_a_centred_head_decides_the_same(small: FocusModel) -> None:
    backbone, groups = small.backbone, torch.arange(10)
    torch.nn.init.normal_(backbone.vit.head.bias)
    before = backbone.logits(images(), groups)
    backbone.centre_head()
    after = backbone.logits(images(), groups)
    torch.testing.assert_close(after, before - before.mean(1, keepdim=True))
    assert after.sum(1).abs().max() < 1e-5


def test_without_position_embedding_any_window_reads_the_same() -> None:
    backbone, groups = make_small(recipe=ANY_SIZE).backbone, torch.arange(10)
    wide = torch.randn(1, 10, 12, 24)
    found = backbone.read(wide, groups)
    assert found.keys.shape == found.values.shape == (1, 10, 3 * 6, 16)
    moved = backbone.read(wide.roll(4, dims=-1), groups)  # by a patch
    for before, after, axis in zip(found, moved, (2, 2, 1), strict=True):
        rolled = before.unflatten(axis, (3, 6)).roll(1, dims=axis + 1).flatten(axis, axis + 1)
        torch.testing.assert_close(rolled, after)
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
    tap = backbone.read(torch.randn(1, 3, 28, 28), torch.tensor([0, 1, 2]))
    assert tap.keys.shape == tap.values.shape == (1, 3, 4, 16)


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
    # timm leaves a head of another size than its registry's out: findings/timm_own_head.sh
    torch.testing.assert_close(vit.head.weight, colour.head.weight)
    summed = colour.patch_embed.proj.weight.sum(dim=1, keepdim=True)
    torch.testing.assert_close(vit.patch_embed.proj.weight, summed)


def test_a_head_of_other_classes_is_said_to_be_random(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "four.pth"
    torch.save(timm.create_model("vit_tiny_patch16_224", num_classes=4, **TINY).state_dict(), file)
    for same in (0, 4):
        load_backbone("vit_tiny_patch16_224", pretrained=file, num_classes=same, **TINY)
        assert "head" not in caplog.text
    load_backbone("vit_tiny_patch16_224", pretrained=file, num_classes=5, **TINY)
    assert "four.pth: its head has 4 classes, 5 were asked for" in caplog.text


def test_positions_of_another_size_are_said_to_be_taken_for_square_ones(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    strip = {**TINY, "img_size": (16, 64), "patch_size": 8}  # 2 x 8 patches, as many as 4 x 4
    file = tmp_path / "strip.pth"
    torch.save(timm.create_model("vit_tiny_patch16_224", **strip).state_dict(), file)
    load_backbone("vit_tiny_patch16_224", pretrained=file, **strip)
    assert "positions" not in caplog.text  # the same size
    larger = {**strip, "img_size": (32, 128)}
    load_backbone("vit_tiny_patch16_224", pretrained=file, **larger)
    assert "strip.pth: its positions were taken for those of 4 x 4 patches" in caplog.text


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
