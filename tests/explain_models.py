"""A toy model that can be worked out on paper, and a small random one."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import torch
from timm.models.vision_transformer import VisionTransformer
from torch import nn

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.typing import FloatArray
from focus_viewer.explain.model.backbone import BandPureBackbone
from focus_viewer.explain.model.cards import Recipe
from focus_viewer.explain.model.checkpoint import build_model
from focus_viewer.explain.model.focus_model import FocusModel

LN2 = math.log(2)
EDGES_NM = tuple(float(edge) for edge in range(400, 901, 50))
CLASSES = ("left", "right", "none")
RECIPE = Recipe(
    "vit_tiny_patch16_224",
    tap=1,
    options={
        "img_size": 16,
        "patch_size": 4,
        "embed_dim": 16,
        "depth": 3,
        "num_heads": 2,
        "num_classes": len(CLASSES),
        "class_token": False,
        "global_pool": "max",
    },
)
ANY_SIZE = replace(
    RECIPE, options={**RECIPE.options, "pos_embed": "none", "dynamic_img_size": True}
)
"""The same without a position embedding: it takes windows of any size."""


def make_toy() -> FocusModel:
    """A model whose tokens are (mean of the patch, 1, 0, 0), and so are its keys.

    Three groups: 425 nm (blue), 525 and 575 nm (both green). Images of 4 x 4 px in patches of 2.
    Two classes; only class 0 looks anywhere: its green prompt asks for bright patches, and its
    evidence is what departs at 525 nm. No group counts as brightness, so none is taken off.
    """
    vit = VisionTransformer(
        img_size=4,
        patch_size=2,
        in_chans=1,
        num_classes=2,
        embed_dim=4,
        depth=1,
        num_heads=1,
        class_token=False,
        global_pool="avg",
        norm_layer=nn.Identity,
    )
    edges = np.array([[400.0, 450.0], [500.0, 550.0], [550.0, 600.0]])
    model = FocusModel(BandPureBackbone(vit, edges.mean(axis=1), block_index=0), edges, classes=2)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
        vit.patch_embed.proj.weight[0] = 0.25
        vit.patch_embed.proj.bias[1] = 1.0
        vit.blocks[0].attn.qkv.weight.copy_(torch.eye(4).repeat(3, 1))
        # Softly limited to 2, a match with ln 2 shall come out as ln 2; queries are scaled by 1/2.
        model.prompts.prompts[0, 1, 0] = 2 * 2 * math.atanh(LN2 / 2) / LN2
        # A patch is the mean over groups. Softly limited to 6, ln 2 in one of three groups shall
        # come out as ln 2.
        model.prompts.score_reader[0, 0] = 3 * 6 * math.atanh(LN2 / 6) / LN2
        # A gain of 1: twice the anchor's root and what was learned beside it.
        model.prompts.log_scale[0] = LN2
        model.prompts.anchor[0, 1] = 1 / 16
        model.prompts.off_anchor[0, 1] = 1 / 4
        model.prompts.bias[0] = 0.5
        model.backbone.brightness_weights.zero_()
    return model.requires_grad_(False).eval()


def make_small(seed: int = 3, recipe: Recipe = RECIPE) -> FocusModel:
    """A model with random, not tiny, weights: ten groups, three classes, 16 px windows."""
    torch.manual_seed(seed)
    edges = np.stack([EDGES_NM[:-1], EDGES_NM[1:]], axis=1)
    model = build_model(recipe, edges, len(CLASSES))
    with torch.no_grad():
        for parameter in model.prompts.parameters():
            parameter.copy_(torch.randn_like(parameter))
        model.anchor.normal_()
        model.mean.uniform_(0.2, 0.5)
        model.log_std.uniform_(0.05, 0.2)
        model.residual_std.uniform_(0.05, 0.2)
        model.brightness_weights.copy_(model.log_std**-2)
        # Any spectrum may be tissue.
        model.tissue.normal_(std=2.0)
    return model.requires_grad_(False).eval()


def make_card(name: str = "small") -> ModelCard:
    """Card of the small model."""
    return ModelCard(
        name=name,
        version="1",
        backbone="a small ViT",
        classes=CLASSES,
        group_edges_nm=EDGES_NM,
        training_data="none",
        validated=False,
        warning="random weights",
        extra_parameters_percent=1.5,
        sha256="",
        command="none",
        measured={"accuracy": 0.5},
    )


def make_cube(
    rows: int = 24, cols: int = 20, low_nm: float = 405, high_nm: float = 895, seed: int = 0
) -> Cube:
    """A cube of smooth random spectra, a band every 10 nm."""
    wavelengths = np.arange(low_nm, high_nm + 1, 10, dtype=np.float64)
    rng = np.random.default_rng(seed)
    level = rng.uniform(0.2, 0.6, (rows, cols, 1))
    tilt = rng.uniform(-0.1, 0.1, (rows, cols, 1)) * np.linspace(-1, 1, wavelengths.size)
    return cube_of((level + tilt).astype(np.float32), wavelengths)


def cube_of(values: FloatArray, wavelengths_nm: np.ndarray | None) -> Cube:
    """A cube around an array."""
    good = np.ones(values.shape[2], dtype=np.bool_)
    return Cube(ArraySource(values), "made", good, wavelengths_nm=wavelengths_nm)
