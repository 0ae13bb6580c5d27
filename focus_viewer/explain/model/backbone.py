"""Backbone: a timm ViT that takes each spectral group as a separate image.

The ViT is wrapped: it is neither copied, nor subclassed, nor changed. Up to the feature block each
group passes alone, so that a token speaks for one patch at one band and the cost grows linearly
with the number of groups.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

import torch
from timm.layers.attention import Attention
from timm.models.vision_transformer import Block, VisionTransformer
from torch import Tensor, nn
from torch.nn import functional

from focus_viewer.core.errors import ModelError
from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.model.head import pooled
from focus_viewer.explain.model.vit_layout import check_layout
from focus_viewer.explain.model.vits import project

_SHORTEST_NM, _LONGEST_NM = 100.0, 4000.0
# Tokens that a CPU takes through the layers together: what a layer leaves is then still in the
# cache for the next one, and no memory is taken and given back, which is half the time.
_CACHED_TOKENS = 4096


class Reading(NamedTuple):
    """Features of a frozen backbone, without prefix tokens.

    Attributes
    ----------
    keys, values : Tensor, shape (batch, groups, patches, heads * head_dim)
        Of the feature block: each belongs to one patch at one group.
    patches : Tensor, shape (batch, patches, dim)
        What the head pools: each patch, all groups together.
    """

    keys: Tensor
    values: Tensor
    patches: Tensor


_Part = tuple[Tensor, Tensor | None]

Listener = Callable[[Tensor, Tensor], None]
"""Listener to keys and values, of shapes as in `Reading`: views that do not outlive the call.

It hears some windows at a time, in their order.
"""


def ignore(keys: Tensor, values: Tensor) -> None:
    """Listen to nothing."""


class _Keeper:
    """Listener that keeps copies."""

    def __init__(self) -> None:
        self._heard: list[tuple[Tensor, Tensor]] = []

    def __call__(self, keys: Tensor, values: Tensor) -> None:
        self._heard.append((keys.clone(), values.clone()))

    @property
    def kept(self) -> tuple[Tensor, Tensor]:
        """Keys and values of the whole pass."""
        keys, values = (torch.cat(each) for each in zip(*self._heard, strict=True))
        return keys, values


class UsualLeaf(NamedTuple):
    """Features of a window that is everywhere as the leaf usually is: constants of a sensor.

    Attributes
    ----------
    values : Tensor, shape (groups, 1 or patches, heads * head_dim)
    patches : Tensor, shape (1 or patches, dim)
        One patch where all are the same, as they are without position embeddings.
    """

    values: Tensor
    patches: Tensor


def _through(block: nn.Module, x: Tensor, mask: Tensor | None) -> Tensor:
    """Take sequences, (n, tokens, dim), through a block: on a CPU as many as its cache holds."""
    size = max(1, _CACHED_TOKENS // x.shape[1])
    if x.device.type != "cpu" or len(x) <= size:
        whole: Tensor = block(x, attn_mask=mask)
        return whole
    some = torch.split(x, size)
    masks = [None] * len(some) if mask is None else torch.split(mask, size)
    return torch.cat([block(own, attn_mask=each) for own, each in zip(some, masks, strict=True)])


def cat_windows(values: Sequence[Tensor]) -> Tensor:
    """Join windows' values, (windows, ..., patches, channels), at as many patches for all."""
    most = max(each.shape[-2] for each in values)
    return torch.cat([functional.pad(each, (0, 0, 0, most - each.shape[-2])) for each in values])


class WavelengthEmbedding(nn.Module):
    """Embedding of a group's wavelength: a gain and a shift for each channel of a token.

    Both are a learned mix of sinusoids of the group's centre. The gain lets a block separate "high
    at 550 nm" from "high at 1450 nm" without first having to learn to multiply.
    """

    features: Tensor

    def __init__(self, centers_nm: DoubleArray, dim: int) -> None:
        super().__init__()
        steps = torch.arange(dim // 2, dtype=torch.float64) / max(dim // 2 - 1, 1)
        periods = _SHORTEST_NM * (_LONGEST_NM / _SHORTEST_NM) ** steps
        angles = 2 * math.pi * torch.from_numpy(centers_nm)[:, None] / periods  # (groups, dim // 2)
        features = torch.cat([angles.sin(), angles.cos()], dim=1).float()
        self.register_buffer("features", features, persistent=False)
        self.mix = nn.Linear(features.shape[1], 2 * dim)

    def forward(self, tokens: Tensor, groups: Tensor) -> Tensor:
        """Mark tokens with their group.

        Parameters
        ----------
        tokens : Tensor, shape (batch, groups, tokens, dim)
        groups : Tensor of int64, shape (groups,)
            Positions among the model's groups.
        """
        gain, shift = self.mix(self.features[groups]).unsqueeze(1).chunk(2, dim=-1)
        marked: Tensor = tokens * (1 + gain) + shift
        return marked


class BandPureBackbone(nn.Module):
    """ViT over (batch, groups, height, width), read before groups are mixed.

    A token is as the leaf usually is where its image is 0.

    Parameters
    ----------
    vit : VisionTransformer
        Kept as it is.
    centers_nm : DoubleArray, shape (groups,)
        Of all the model's groups.
    block_index : int
        The block whose keys are read. Blocks before it keep groups apart; it and those behind it
        serve the backbone's own decision.

    Raises
    ------
    ModelError
        If the ViT's layout cannot be read or it has no such block.
    """

    def __init__(self, vit: VisionTransformer, centers_nm: DoubleArray, block_index: int) -> None:
        super().__init__()
        if not 0 <= block_index < len(vit.blocks):
            raise ModelError(
                f"block {block_index}: expected 0 to {len(vit.blocks) - 1}, a block's number."
            )
        self.vit = check_layout(vit)
        self.wavelength = WavelengthEmbedding(centers_nm, vit.embed_dim)
        self.block_index = block_index

    @property
    def window_px(self) -> int:
        """Height and width of the images it was built for."""
        return int(self.vit.patch_embed.img_size[0])

    @property
    def patch_px(self) -> int:
        """Height and width of a patch."""
        return int(self.vit.patch_embed.patch_size[0])

    @property
    def feature_block(self) -> Block:
        """The block whose keys are read."""
        return cast(Block, self.vit.blocks[self.block_index])

    @property
    def attention(self) -> Attention:
        """The feature block's attention."""
        return cast(Attention, self.feature_block.attn)

    @property
    def heads(self) -> int:
        """Attention heads of the feature block."""
        return int(self.attention.num_heads)

    @property
    def head_dim(self) -> int:
        """Width of a head."""
        return int(self.attention.head_dim)

    @property
    def counts_patches(self) -> bool:
        """Whether equal patches can be read as one: nothing says where in the window they are."""
        return self.vit.pos_embed is None

    def tokens(self, images: Tensor, groups: Tensor, counts: Tensor | None = None) -> Tensor:
        """Return the tokens before the feature block: (batch, groups, prefix + patches, dim).

        Parameters
        ----------
        images : Tensor, shape (batch, groups, height, width)
            Windows, or their kept patches side by side.
        groups : Tensor of int64, shape (groups,)
            Which of the model's groups the images are.
        counts : Tensor, shape (batch, patches), or None
            How often each patch counts; see `KeptPatches`.
        """
        batch, count = images.shape[:2]
        x = self._embedded(images.flatten(0, 1).unsqueeze(1))  # (batch * groups, patches, dim)
        x = self.vit.norm_pre(self.vit._pos_embed(x))
        x = self.wavelength(x.unflatten(0, (batch, count)), groups).flatten(0, 1)
        mask = self._counted(counts)
        mask = None if mask is None else mask.repeat_interleave(count, dim=0)
        for block in self.vit.blocks[: self.block_index]:
            x = _through(block, x, mask)
        return torch.unflatten(x, 0, (batch, count))

    def _embedded(self, images: Tensor) -> Tensor:
        """Return the tokens of images, (batch, 1, height, width), of any number of patches."""
        embed = self.vit.patch_embed
        if images.shape[-2:] == (self.window_px, self.window_px):
            whole: Tensor = embed(images)
            return whole
        row: Tensor = embed.norm(embed.proj(images).flatten(2).mT)
        return row

    def _counted(self, counts: Tensor | None) -> Tensor | None:
        """Return what is added to attention to tokens, shape (batch, 1, 1, prefix + patches).

        None where each counts once.
        """
        if counts is None or (counts == 1).all():
            return None
        prefix = counts.new_zeros(len(counts), self.vit.num_prefix_tokens)
        return torch.cat([prefix, counts.log()], dim=1)[:, None, None]

    def parts(self, images: Tensor, counts: Tensor | None = None) -> int:
        """Return in how many parts a pass takes images; `counts` as for `tokens`."""
        return len(self._parts(images, counts))

    def _parts(self, images: Tensor, counts: Tensor | None = None) -> list[_Part]:
        """Cut images in parts that a CPU's cache holds; a GPU takes all at once.

        Patches are counted in a window alone, so that it does not depend on what is read with it.
        """
        if images.device.type != "cpu":
            return [(images, counts)]
        if counts is not None:
            read = [int(each.count_nonzero()) for each in counts]
            return [
                (
                    images[place : place + 1, ..., : self.patch_px * count],
                    counts[place : place + 1, :count],
                )
                for place, count in enumerate(read)
            ]
        tokens = images[0].numel() // self.patch_px**2
        return [
            (each, None) for each in torch.split(images, max(1, _CACHED_TOKENS // max(1, tokens)))
        ]

    def forward(
        self,
        images: Tensor,
        groups: Tensor,
        listen: Listener = ignore,
        counts: Tensor | None = None,
    ) -> Tensor:
        """Run one pass up to the head: what it pools, shape (batch, patches, dim).

        Other parameters as for `tokens`.

        Parameters
        ----------
        listen : Listener
            Called as the pass reaches the feature block.
        """
        return cat_windows(
            [
                self._heard(self.tokens(some, groups, count), count, listen)
                for some, count in self._parts(images, counts)
            ]
        )

    def read(self, images: Tensor, groups: Tensor) -> Reading:
        """Run one pass and keep its keys and values; parameters as for `tokens`."""
        keeper = _Keeper()
        patches = self(images, groups, keeper)
        return Reading(*keeper.kept, patches)

    def _heard(self, tokens: Tensor, counts: Tensor | None, listen: Listener) -> Tensor:
        """Take tokens to what the head pools, and let the feature block's keys and values be heard.

        They are those that the block makes anyway while it mixes the groups: they are listened to,
        not computed again, and not kept.
        """
        first, batch = self.vit.num_prefix_tokens, len(tokens)

        def hook(_: nn.Module, given: tuple[Tensor, ...], output: Tensor) -> None:
            handle.remove()  # the listener may project its own prompts
            parts = (3, self.heads, self.head_dim)
            made = output.reshape(batch, -1, output.shape[1], *parts)[:, first:].transpose(1, 2)
            keys, values = made[..., 1, :, :], made[..., 2, :, :]
            listen(self.attention.k_norm(keys).flatten(-2), values.flatten(-2))

        handle = self.attention.qkv.register_forward_hook(hook)
        with handle:
            return self.patches(tokens, counts)

    def usual(self, groups: Tensor, patches: int) -> UsualLeaf:
        """Read what the ViT makes of a window of patches that are all as the leaf usually is.

        Without position embeddings all patches are the same. One then stands for all, which takes
        no more than a hundredth of a pass: it counts in attention as often as there are patches.

        Parameters
        ----------
        groups : Tensor of int64, shape (groups,)
        patches : int
            Of the window.
        """
        weight = self.wavelength.mix.weight
        side = self.patch_px if self.counts_patches else self.window_px
        counts = weight.new_full((1, 1), patches) if self.counts_patches else None
        nothing, keeper = weight.new_zeros(1, len(groups), side, side), _Keeper()
        # Not through hooks on this module, which count passes over images.
        found = self._heard(self.tokens(nothing, groups, counts), counts, keeper)
        return UsualLeaf(keeper.kept[1][0], found[0])

    def project(self, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Project tokens, shape (..., dim), by the feature block; see `project`."""
        return project(self.feature_block, tokens)

    @torch.no_grad()
    def centre_head(self) -> None:
        """Take off the head's rows, and its biases, their mean over the classes.

        No probability changes; a logit then says how far a class is ahead of the mean class.
        """
        head = cast(nn.Linear, self.vit.head)
        head.weight.copy_(head.weight - head.weight.mean(0))
        if head.bias is not None:
            head.bias.copy_(head.bias - head.bias.mean())

    def logits(self, images: Tensor, groups: Tensor, only: Tensor | None = None) -> Tensor:
        """Return the backbone's own logits, (batch, classes); `only` as for `head.pooled`."""
        return self.decide(self.tokens(images, groups), only)

    def decide(self, tokens: Tensor, only: Tensor | None = None) -> Tensor:
        """Decide on tokens before the feature block, shape (batch, classes)."""
        if only is None:
            decision: Tensor = self.vit.forward_head(self._mixed(tokens))
            return decision
        return cast(Tensor, self.vit.head(pooled(self.vit, self.patches(tokens), only)))

    def decide_patches(self, patches: Tensor) -> Tensor:
        """Return the head's logits for each patch alone, shape (batch, patches, classes).

        Where the backbone sees a class (Zhou et al., Learning Deep Features for Discriminative
        Localization, CVPR 2016).
        """
        decisions: Tensor = self.vit.head(self.vit.fc_norm(patches))
        return decisions

    def patches(self, tokens: Tensor, counts: Tensor | None = None) -> Tensor:
        """Return what the head pools, shape (batch, patches, dim); `counts` as for `tokens`."""
        return self._mixed(tokens, self._counted(counts))[:, self.vit.num_prefix_tokens :]

    def _mixed(self, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        """Take tokens from the feature block to the head, shape (batch, tokens, dim).

        The feature block mixes the groups of each patch, their mean goes through the blocks behind
        it: attention over groups, then over patches, never over both at once.
        """
        x = tokens.transpose(1, 2)  # (batch, tokens, groups, dim)
        mixed = self.feature_block(x.flatten(0, 1)).mean(dim=1)
        x = mixed.unflatten(0, x.shape[:2])  # (batch, tokens, dim)
        for block in self.vit.blocks[self.block_index + 1 :]:
            x = block(x) if mask is None else block(x, attn_mask=mask)
        normed: Tensor = self.vit.norm(x)
        return normed
