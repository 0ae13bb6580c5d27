"""Backbones whose explanations can be worked out on paper, and the questions put to them."""

from __future__ import annotations

import numpy as np
import torch
from explain_models import WITH_TOKEN, make_small
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn

from focus_viewer.explain.baselines.method import Question
from focus_viewer.explain.model.backbone import BandPureBackbone

EDGES_NM = np.array([[400.0, 450.0], [500.0, 550.0], [550.0, 600.0]])


def make_see_through(depth: int, tap: int, class_token: bool) -> BandPureBackbone:
    """A backbone whose blocks attend but change no token: token (brightness, 1, 0, 0).

    Three groups, images of 4 x 4 px in patches of 2, one head; queries and keys are the tokens
    themselves, halved by the head's scale. All else is zero, class token and head included.
    """
    vit = VisionTransformer(
        img_size=4,
        patch_size=2,
        in_chans=1,
        num_classes=2,
        embed_dim=4,
        depth=depth,
        num_heads=1,
        class_token=class_token,
        global_pool="token" if class_token else "avg",
        norm_layer=nn.Identity,
    )
    backbone = BandPureBackbone(vit, EDGES_NM.mean(axis=1), tap)
    with torch.no_grad():
        for parameter in backbone.parameters():
            parameter.zero_()
        vit.patch_embed.proj.weight[0] = 0.25
        vit.patch_embed.proj.bias[1] = 1.0
        for block in vit.blocks:
            block.attn.qkv.weight.copy_(torch.eye(4).repeat(3, 1))
    return backbone.requires_grad_(False).eval()


def make_lively() -> BandPureBackbone:
    """A random backbone whose decision depends clearly on its images: ten groups, 16 px windows.

    As timm draws them, weights are so small that the decision hardly moves.
    """
    backbone = make_small(recipe=WITH_TOKEN).backbone
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weight in backbone.vit.parameters():
            if weight.ndim > 1:
                fan_in = weight[0].numel()
                weight.copy_(torch.randn(weight.shape, generator=generator) / fan_in**0.5)
    return backbone


def ask(images: Tensor, target: int = 0) -> Question:
    """A question about all groups of an image."""
    groups = images.shape[1]
    edges = EDGES_NM if groups == 3 else np.stack([np.arange(groups), np.arange(groups) + 1], 1)
    return Question(images, torch.arange(groups), target, edges.astype(np.float64), "planted")


def one_bright_patch(level: float) -> Tensor:
    """Dark everywhere, but for the upper left patch at 525 nm."""
    images = torch.zeros(1, 3, 4, 4)
    images[0, 1, :2, :2] = level
    return images


def any_images(seed: int = 0) -> Tensor:
    """A window for the small random model."""
    return torch.randn(1, 10, 16, 16, generator=torch.Generator().manual_seed(seed))
