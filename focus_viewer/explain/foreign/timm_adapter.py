"""Adapter of timm's plain ViTs: vit, deit, deit3, dinov2, siglip, clip; eva02, dinov3.

Their patch embedding is one convolution whose stride is the patch: it is linear in the bands, and
the part of a group is the same convolution over its bands alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import torch
from timm.layers.patch_embed import PatchEmbed
from timm.models.eva import Eva
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn
from torch.nn import functional

from focus_viewer.core.errors import ModelError
from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.foreign.adapter import Decision, Described, Option
from focus_viewer.explain.foreign.bands import SpectralGroups
from focus_viewer.explain.model.cards import Recipe
from focus_viewer.explain.model.head import take_apart
from focus_viewer.explain.model.vits import create_vit, project

_EXACT = ("avg", "max")


class TimmAdapter(nn.Module):
    """Adapter of a timm ViT whose first block is read.

    Parameters
    ----------
    vit : nn.Module
        Kept as it is.

    Raises
    ------
    ModelError
        If its layout cannot be read, or bands are mixed ahead of its first block.
    """

    usual: Tensor

    def __init__(self, vit: nn.Module, groups: SpectralGroups) -> None:
        super().__init__()
        self.vit: Any = check_layout(vit)
        self._groups = groups
        self.register_buffer("usual", torch.zeros(len(groups.of_bands)))

    @property
    def frozen(self) -> nn.Module:
        """See `Adapter`."""
        return cast(nn.Module, self.vit)

    @property
    def window_px(self) -> int:
        """See `Adapter`."""
        return int(self.vit.patch_embed.img_size[0])

    @property
    def patch_px(self) -> int:
        """See `Adapter`."""
        return int(self.vit.patch_embed.patch_size[0])

    @property
    def prefix_tokens(self) -> int:
        """See `Adapter`."""
        return int(self.vit.num_prefix_tokens)

    @property
    def tokens(self) -> int:
        """See `Adapter`."""
        return len(self._groups.edges_nm)

    @property
    def dim(self) -> int:
        """See `Adapter`."""
        return int(self.vit.embed_dim)

    @property
    def width(self) -> int:
        """See `Adapter`."""
        attention = self.vit.blocks[0].attn
        return int(attention.num_heads * attention.head_dim)

    @property
    def rows(self) -> Tensor:
        """See `Adapter`."""
        return cast(Tensor, self.vit.head.weight)

    def parts(self, images: Tensor) -> Tensor:
        """See `Adapter`: a part for each group."""
        weight, stride = self.vit.patch_embed.proj.weight, self.vit.patch_embed.proj.stride
        own = images - self.usual[:, None, None]
        found = [
            functional.conv2d(own[:, bands], weight[:, bands], stride=stride).flatten(2).mT
            for bands in map(torch.from_numpy, self._groups.members)
        ]
        return torch.stack(found, dim=1)

    def keep(self, parts: Tensor, kept: Tensor) -> Tensor:
        """See `Adapter`."""
        return parts * kept[..., None]

    def keys_values(self, parts: Tensor) -> tuple[Tensor, Tensor]:
        """See `Adapter`: a usual token plus the group's own part, by the first block."""
        tokens = (self._usual_tokens() + parts).flatten(0, 1)
        placed = self.vit._pos_embed(self._as_embedded(tokens))
        placed = placed[0] if isinstance(placed, tuple) else placed  # with rotations
        placed = self.vit.norm_pre(placed)[:, self.prefix_tokens :]
        _, keys, values = self.project(placed.reshape(*parts.shape[:3], -1))
        return keys.flatten(-2), values.flatten(-2)

    def project(self, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """See `Adapter`."""
        return project(self.vit.blocks[0], tokens)

    def decide(self, parts: Tensor) -> Decision:
        """See `Adapter`."""
        tokens = self._usual_tokens() + parts.sum(1)
        with _given_tokens(self.vit.patch_embed):
            features = self.vit.forward_features(self._as_embedded(tokens))
        pooled = self.vit.forward_head(features, pre_logits=True)
        return Decision(self.vit.head(pooled), pooled, features[:, self.prefix_tokens :])

    def shares(self, context: Tensor, usual: Tensor, shown: Tensor | None = None) -> Tensor | None:
        """See `Adapter`: those of a mean or a maximum over patches."""
        vit = self.vit
        if getattr(vit, "attn_pool", None) is not None or vit.global_pool not in _EXACT:
            return None
        if getattr(vit, "pool_include_prefix", False):
            return None
        return take_apart(vit, context, usual[0], shown).shares

    def _usual_tokens(self) -> Tensor:
        """Return the embedding of a usual window, ahead of its positions: (1, patches, dim)."""
        side = self.window_px
        image = self.usual[None, :, None, None].expand(1, -1, side, side)
        found: Tensor = self.vit.patch_embed(image)
        return found if found.ndim == 3 else found.flatten(1, 2)

    def _as_embedded(self, tokens: Tensor) -> Tensor:
        """Return tokens as the embedding would: on a grid, where the ViT takes any size."""
        if self.vit.patch_embed.flatten:
            return tokens
        side = self.window_px // self.patch_px
        return tokens.reshape(len(tokens), side, side, -1)


@contextmanager
def _given_tokens(embedding: nn.Module) -> Iterator[None]:
    """Let a ViT's own forward start from tokens: its embedding passes them on for a while."""
    embedding.forward = lambda tokens: tokens
    try:
        yield
    finally:
        del embedding.forward


def build_timm(recipe: Recipe, bands_nm: DoubleArray, groups: SpectralGroups) -> TimmAdapter:
    """Build a timm ViT with random weights, and its adapter.

    Raises
    ------
    ModelError
        If timm cannot build it, or it cannot be read.
    """
    options: dict[str, Any] = {**recipe.options, "in_chans": len(bands_nm)}
    return TimmAdapter(create_vit(recipe.architecture, **options), groups)


def describe_timm(
    architecture: str, state: Mapping[str, Tensor], options: Mapping[str, Option]
) -> Described:
    """Describe how to build the ViT that a state dict is of; options as timm takes them.

    Number of bands and classes are those of its first and last map, its side that of its position
    embeddings, unless the options state it.

    Raises
    ------
    ModelError
        If the state dict has no patch embedding or head where timm has them, or nothing says how
        large its images are.
    """
    names = "patch_embed.proj.weight", "head.weight"
    lacking = [name for name in names if name not in state]
    if lacking:
        raise ModelError(
            f"the state dict has no {' and no '.join(lacking)}: it is of no timm ViT with one "
            "convolution as patch embedding and a linear head. Bands that are mixed ahead of the "
            "first block, and other layouts, cannot be read."
        )
    embedding, head = (state[name] for name in names)
    found: dict[str, Option] = {"num_classes": len(head)}
    places = state.get("pos_embed")
    if places is not None and places.ndim == 3:
        # Ahead of the patches there are a few prefix tokens.
        found["img_size"] = math.isqrt(places.shape[1]) * embedding.shape[-1]
    elif "img_size" not in options:
        raise ModelError(
            "the state dict has no position embeddings, which say how large its images are. State "
            "it with --image-size."
        )
    recipe = Recipe(architecture, 0, {**found, **options}, adapter="timm")
    return Described(recipe, embedding.shape[1])


def check_layout(vit: nn.Module) -> nn.Module:
    """Refuse models that cannot be read, or whose bands are mixed ahead of the first block.

    Raises
    ------
    ModelError
    """
    found = type(vit).__name__
    if not isinstance(vit, VisionTransformer | Eva):
        raise ModelError(
            f"{found}: expected timm's VisionTransformer (vit, deit, deit3, dinov2, siglip, clip) "
            "or Eva (eva02, dinov3). Its blocks are laid out differently, and cannot be read."
        )
    embedding = vit.patch_embed
    if type(embedding) is not PatchEmbed or not isinstance(embedding.norm, nn.Identity):
        raise ModelError(
            f"{found} embeds patches by {type(embedding).__name__}, which mixes bands by a step "
            "that is not linear ahead of the first block: no band has a part of its own there. "
            "Only one convolution over the patch can be read."
        )
    if not isinstance(vit.head, nn.Linear) or vit.head.out_features < 2:
        raise ModelError(
            f"{found}: its head is a {type(vit.head).__name__}, expected one Linear with a row for "
            "each of two classes or more. A head of one output can be written as two rows, one of "
            "zeros."
        )
    return vit
