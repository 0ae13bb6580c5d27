"""Adapter of timm's ViTs: parts that sum, the ViT's own decision, and what is refused."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import timm
import torch
from torch import nn
from torch.nn import functional

from focus_viewer.core.errors import ModelError
from focus_viewer.explain.foreign.bands import group_neighbours
from focus_viewer.explain.foreign.model import AttachedModel
from focus_viewer.explain.foreign.timm_adapter import TimmAdapter, check_layout, describe_timm

SMALL = {"img_size": 16, "patch_size": 4, "embed_dim": 32, "depth": 2, "num_heads": 2}
VITS: dict[str, tuple[str, dict[str, Any], int]] = {
    "class token": ("vit_tiny_patch16_224", {}, 12),
    "mean": ("vit_tiny_patch16_224", {"global_pool": "avg"}, 12),
    "maximum": ("vit_tiny_patch16_224", {"global_pool": "max"}, 12),
    "mean and maximum": ("vit_tiny_patch16_224", {"global_pool": "avgmax"}, 12),
    "one band": ("vit_tiny_patch16_224", {}, 1),
    "three bands": ("deit3_small_patch16_224", {}, 3),
    "distilled": ("deit_tiny_patch16_224", {}, 12),
    "registers": ("vit_small_patch14_reg4_dinov2", {}, 12),
    "attention pooling": ("vit_base_patch16_siglip_224", {}, 12),
    "norm ahead of blocks": ("vit_base_patch16_clip_224", {}, 12),
    "eva02": ("eva02_tiny_patch14_224", {}, 12),
    "dinov3": ("vit_small_patch16_dinov3", {}, 12),
    "dinov3 with qkv biases": ("vit_small_patch16_dinov3_qkvb", {}, 12),
}


def made(name: str) -> tuple[nn.Module, TimmAdapter]:
    """Return a ViT with random weights and its adapter, of two bands a group where it has more."""
    architecture, options, bands = VITS[name]
    torch.manual_seed(0)
    vit = timm.create_model(
        architecture, in_chans=bands, num_classes=3, **{**SMALL, **options}
    ).eval()
    with torch.no_grad():
        for parameter in vit.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))  # no bias and no scale is 0
    groups = group_neighbours(np.linspace(900, 450, bands), max(1, bands // 2))
    adapter = TimmAdapter(vit, groups)
    adapter.usual.copy_(torch.randn(bands))
    return vit, adapter.requires_grad_(False)


def windows(adapter: TimmAdapter, count: int = 2) -> torch.Tensor:
    """Return random windows."""
    return torch.randn(count, len(adapter.usual), 16, 16)


@pytest.mark.parametrize("name", VITS)
def test_parts_are_decided_on_as_the_vit_decides_on_the_image(name: str) -> None:
    vit, adapter = made(name)
    before = copy.deepcopy(vit.state_dict())
    images = windows(adapter)
    with torch.inference_mode():
        found = adapter.decide(adapter.parts(images))
        expected = vit(images)
    torch.testing.assert_close(found.logits, expected, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(
        found.pooled @ adapter.rows.T + (0 if vit.head.bias is None else vit.head.bias),
        found.logits, atol=1e-5, rtol=1e-4,
    )  # fmt: skip
    assert all(torch.equal(before[key], value) for key, value in vit.state_dict().items())


@pytest.mark.parametrize("name", VITS)
def test_the_sum_is_the_logit(name: str) -> None:
    vit, adapter = made(name)
    model = AttachedModel(adapter, adapter._groups).requires_grad_(False)
    images = windows(adapter)
    taken = model(images)
    torch.testing.assert_close(taken.baseline + taken.whole.sum((2, 3)), vit(images), atol=1e-4,
                               rtol=1e-4)  # fmt: skip
    usual = adapter.usual[None, :, None, None].expand(1, -1, 16, 16)
    torch.testing.assert_close(taken.baseline, vit(usual), atol=1e-5, rtol=1e-4)
    assert ((taken.absorbed > 0) & (taken.absorbed < 1)).all()


def test_a_part_that_is_not_kept_is_the_usual_spectrum_there() -> None:
    vit, adapter = made("class token")
    images = windows(adapter, 1)
    kept = torch.rand(1, 6, 16) < 0.5
    pixels = kept.reshape(1, 6, 4, 4).repeat_interleave(4, -1).repeat_interleave(4, -2)
    by_band = pixels[:, torch.from_numpy(adapter._groups.of_bands)]
    masked = torch.where(by_band, images, adapter.usual[:, None, None])
    found = adapter.decide(adapter.keep(adapter.parts(images), kept)).logits
    torch.testing.assert_close(found, vit(masked), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("name", ["class token", "registers", "eva02", "dinov3 with qkv biases"])
def test_keys_and_values_are_those_of_the_first_block(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, adapter = made(name)
    own = functional.scaled_dot_product_attention
    heard: list[tuple[torch.Tensor, torch.Tensor]] = []

    def listen(queries: torch.Tensor, *others: torch.Tensor, **options: Any) -> torch.Tensor:
        heard.append((others[0], others[1]))
        return own(queries, *others, **options)

    parts = adapter.parts(windows(adapter, 1))
    monkeypatch.setattr(functional, "scaled_dot_product_attention", listen)
    adapter.decide(parts)
    # All groups together are the token that the ViT's own block meets.
    found = adapter.keys_values(parts.sum(1, keepdim=True))
    rotated = "eva" in name or "dinov3" in name
    for mine, theirs in list(zip(found, heard[0], strict=True))[rotated:]:
        patches = theirs.transpose(1, 2).flatten(2)[:, adapter.prefix_tokens :]
        torch.testing.assert_close(mine[:, 0], patches, atol=1e-5, rtol=1e-4)


def test_patches_that_are_not_shown_have_no_part() -> None:
    for name in ("mean", "class token"):
        _, adapter = made(name)
        model = AttachedModel(adapter, adapter._groups).requires_grad_(False)
        parts = adapter.parts(windows(adapter))
        shown = torch.rand(2, 16) < 0.5
        found = adapter.decide(parts)
        taken = model.take_apart(parts, found, model.usual(parts), torch.tensor([0, 3]), shown)
        assert taken.whole.shape[-1] == 2
        assert not taken.whole.transpose(1, 2)[~shown].any()
        total = taken.baseline + taken.whole.sum((2, 3))
        torch.testing.assert_close(total, found.logits, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(
    ("architecture", "reason"),
    [
        ("swin_tiny_patch4_window7_224", "laid out differently"),
        ("xcit_nano_12_p16_224", "laid out differently"),
        ("vit_tiny_r_s16_p8_224", "not linear"),
    ],
)
def test_others_are_refused_with_the_reason(architecture: str, reason: str) -> None:
    with torch.device("meta"):
        vit = timm.create_model(architecture)
    with pytest.raises(ModelError, match=reason):
        check_layout(vit)


def test_a_head_of_one_output_is_refused() -> None:
    vit = timm.create_model("vit_tiny_patch16_224", num_classes=1, **SMALL)
    with pytest.raises(ModelError, match="two rows"):
        check_layout(vit)


def test_a_state_dict_says_bands_classes_and_side() -> None:
    vit, _ = made("registers")
    found = describe_timm("vit_small_patch14_reg4_dinov2", vit.state_dict(), {"depth": 2})
    assert found.bands == 12
    assert found.recipe.options == {"num_classes": 3, "img_size": 16, "depth": 2}
    with pytest.raises(ModelError, match=r"head\.weight"):
        describe_timm("x", {"patch_embed.proj.weight": torch.zeros(1, 1, 1, 1)}, {})


def test_how_large_images_are_is_asked_for_where_nothing_says_it() -> None:
    vit, _ = made("dinov3")
    with pytest.raises(ModelError, match="--image-size"):
        describe_timm("vit_small_patch16_dinov3", vit.state_dict(), {"depth": 2})
    found = describe_timm("vit_small_patch16_dinov3", vit.state_dict(), {"img_size": 16})
    assert found.recipe.options["img_size"] == 16


@pytest.mark.parametrize("name", ["mean", "class token"])
def test_effects_of_groups_change_the_evidence_and_not_its_sum(name: str) -> None:
    _, adapter = made(name)
    model = AttachedModel(adapter, adapter._groups).requires_grad_(False)
    images = windows(adapter)
    shown = torch.rand(2, 16) < 0.7
    parts = adapter.parts(images)
    found, usual = adapter.decide(parts), model.usual(parts)
    before = model.take_apart(parts, found, usual, shown=shown).whole
    model.reader.effects[:, 1] += 1
    after = model.take_apart(parts, found, usual, shown=shown).whole
    torch.testing.assert_close(before.sum((2, 3)), after.sum((2, 3)), atol=1e-4, rtol=1e-4)
    assert (after - before)[..., 1].sum(2).abs().max() > 0.1
    assert not after.transpose(1, 2)[~shown].any()
    nothing = model.take_apart(*usual[:1], usual[1], usual)
    assert nothing.whole.abs().max() < 1e-6  # as usual, none has an effect
