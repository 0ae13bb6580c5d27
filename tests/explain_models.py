"""Toy models that can be worked out on paper, and a small random one."""

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
from focus_viewer.explain.model.prompts import SpectralPrompts

TOY_EDGES_NM = np.array([[400.0, 450.0], [500.0, 550.0], [550.0, 600.0]])
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
AVERAGED = replace(RECIPE, options={**RECIPE.options, "global_pool": "avg"})
"""The same with a mean over patches in place of the maximum."""

ANY_SIZE = replace(
    RECIPE, options={**RECIPE.options, "pos_embed": "none", "dynamic_img_size": True}
)
"""The first without a position embedding: it takes windows of any size."""


def make_toy(pool: str = "avg") -> FocusModel:
    """A model whose logits, their Shapley values and its evidence are known on paper.

    Three groups: 425 nm (blue), 525 and 575 nm (both green). Images of 4 x 4 px in patches of 2. A
    token is (mean of the patch where it is green, 1, the mean where it is blue, how chequered the
    patch is). Blocks change nothing, and a patch is the mean over its groups.

    Class 0 weighs green, class 1 blue, so that one token of 1 adds 1 to its logit: by a mean over
    patches always, by a maximum as far as no other patch has as much. Prompts look at tokens that
    depart by 1 in their class's region, the sink at chequered ones. Departures are 0 or 1.
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
        global_pool=pool,
        pos_embed="learn" if pool == "avg" else "none",
        norm_layer=nn.Identity,
    )
    backbone = BandPureBackbone(vit, TOY_EDGES_NM.mean(axis=1), block_index=0)
    model = FocusModel(backbone, TOY_EDGES_NM, classes=2)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
        _weigh_backbone(backbone, weight=12.0 if pool == "avg" else 3.0)
        _weigh_prompts(model.prompts)
        model.anchor[0, 1] = model.anchor[1, 0] = -1.0
    return model.requires_grad_(False).eval()


def _weigh_backbone(backbone: BandPureBackbone, weight: float) -> None:
    vit = backbone.vit
    vit.patch_embed.proj.weight[[0, 2]] = 0.25
    vit.patch_embed.proj.weight[3] = torch.tensor([[0.25, -0.25], [-0.25, 0.25]])
    vit.patch_embed.proj.bias[1] = 1.0
    # Gains of the channels less 1: blue tokens have no green channel, green ones no blue.
    gains = torch.tensor([[-1.0, 0, 0, 0], [0, 0, -1, 0], [0, 0, -1, 0]])
    features = backbone.wavelength.features.double()
    backbone.wavelength.mix.weight[:4] = (torch.linalg.pinv(features) @ gains.double()).T
    vit.blocks[0].attn.qkv.weight.copy_(torch.eye(4).repeat(3, 1))
    vit.head.weight[0, 0] = vit.head.weight[1, 2] = weight
    vit.head.bias.copy_(torch.tensor([0.5, 0.25]))


def _weigh_prompts(prompts: SpectralPrompts) -> None:
    """Ask so that a token that departs has a score of 36, and others -36: limited to 6 and -6.

    Queries are scaled by 1/2, and match keys; values are those of the tokens, less a usual leaf's.
    """
    prompts.value_map.copy_(torch.eye(4))
    prompts.prompts[..., 1] = -72.0
    prompts.prompts[0, :, 1, 0] = prompts.prompts[1, :, 0, 2] = 48.0
    prompts.sink[:, 3] = 60.0
    prompts.sink_bias.fill_(-45.0)
    prompts.log_sharpness.fill_(math.log(60.0))


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
