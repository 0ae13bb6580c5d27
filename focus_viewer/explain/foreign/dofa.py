"""Adapter of torchgeo's DOFA, whose embedding is made for the wavelengths of its bands.

A small network gives the kernel of each band from its wavelength and those of the others (in µm);
with the bands fixed, the embedding is one convolution, linear in them. DOFA is an optional extra:
torchgeo is imported when one is built.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from importlib import import_module
from types import SimpleNamespace
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from focus_viewer.core.errors import ModelError
from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.foreign.adapter import Decision, Described, Option
from focus_viewer.explain.foreign.bands import SpectralGroups
from focus_viewer.explain.model.cards import Recipe
from focus_viewer.explain.model.head import take_apart
from focus_viewer.explain.model.vits import project

_NAMES = ("patch_embed.weight_generator.fc_weight.weight", "pos_embed", "head.weight")
_NM_IN_UM = 1000.0
_PERIOD = 10_000.0
_PADDING = 1  # of its convolution
_HEADS, _USUAL_HEADS = {768: 12}, 16  # of the base model, and of the larger ones


class DofaAdapter(nn.Module):
    """Adapter of a DOFA whose first block is read.

    Parameters
    ----------
    dofa : nn.Module
        Kept as it is.
    """

    usual: Tensor
    bands_um: Tensor

    def __init__(self, dofa: nn.Module, bands_nm: DoubleArray, groups: SpectralGroups) -> None:
        super().__init__()
        self.dofa: Any = dofa
        self._groups = groups
        self.register_buffer("usual", torch.zeros(len(bands_nm)))
        bands_um = torch.from_numpy(bands_nm / _NM_IN_UM).float()
        self.register_buffer("bands_um", bands_um, persistent=False)

    @property
    def frozen(self) -> nn.Module:
        """See `Adapter`."""
        return cast(nn.Module, self.dofa)

    @property
    def window_px(self) -> int:
        """See `Adapter`."""
        return int(self.dofa.img_size)

    @property
    def patch_px(self) -> int:
        """See `Adapter`."""
        return int(self.dofa.patch_size)

    @property
    def prefix_tokens(self) -> int:
        """See `Adapter`: the class token."""
        return 1

    @property
    def tokens(self) -> int:
        """See `Adapter`."""
        return len(self._groups.edges_nm)

    @property
    def dim(self) -> int:
        """See `Adapter`."""
        return int(self.dofa.embed_dim)

    @property
    def width(self) -> int:
        """See `Adapter`."""
        return self.dim

    @property
    def rows(self) -> Tensor:
        """See `Adapter`."""
        return cast(Tensor, self.dofa.head.weight)

    def parts(self, images: Tensor) -> Tensor:
        """See `Adapter`: a part for each group."""
        kernel, _ = self._kernel()
        own = images - self.usual[:, None, None]
        found = [
            functional.conv2d(own[:, bands], kernel[:, bands], None, self.patch_px, _PADDING)
            for bands in map(torch.from_numpy, self._groups.members)
        ]
        return torch.stack([each.flatten(2).mT for each in found], dim=1)

    def keep(self, parts: Tensor, kept: Tensor) -> Tensor:
        """See `Adapter`."""
        return parts * kept[..., None]

    def keys_values(self, parts: Tensor) -> tuple[Tensor, Tensor]:
        """See `Adapter`: a usual token plus the group's own part, by the first block."""
        placed = self._usual_tokens() + parts + self.dofa.pos_embed[:, 1:]
        _, keys, values = self.project(placed)
        return keys.flatten(-2), values.flatten(-2)

    def project(self, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """See `Adapter`."""
        return project(self.dofa.blocks[0], tokens)

    def decide(self, parts: Tensor) -> Decision:
        """See `Adapter`."""
        dofa = self.dofa
        tokens = self._usual_tokens() + parts.sum(1) + dofa.pos_embed[:, 1:]
        first = (dofa.cls_token + dofa.pos_embed[:, :1]).expand(len(tokens), -1, -1)
        tokens = torch.cat([first, tokens], dim=1)
        for block in dofa.blocks:
            tokens = block(tokens)
        if dofa.global_pool:
            pooled = dofa.fc_norm(tokens[:, 1:].mean(1))
        else:
            tokens = dofa.norm(tokens)
            pooled = tokens[:, 0]
        return Decision(dofa.head(pooled), pooled, tokens[:, 1:])

    def shares(self, context: Tensor, usual: Tensor, shown: Tensor | None = None) -> Tensor | None:
        """See `Adapter`: those of a mean over patches."""
        if not self.dofa.global_pool:
            return None
        head: Any = SimpleNamespace(
            global_pool="avg", fc_norm=self.dofa.fc_norm, head=self.dofa.head
        )
        return take_apart(head, context, usual[0], shown).shares

    def _usual_tokens(self) -> Tensor:
        """Return the embedding of a usual window, ahead of its positions: (1, patches, dim)."""
        kernel, bias = self._kernel()
        side = self.window_px
        image = self.usual[None, :, None, None].expand(1, -1, side, side)
        found = functional.conv2d(image, kernel, bias, self.patch_px, _PADDING)
        return found.flatten(2).mT

    def _kernel(self) -> tuple[Tensor, Tensor]:
        """Return the kernel (dim, bands, patch, patch) and bias for its wavelengths."""
        embedding = self.dofa.patch_embed
        half = embedding.dynamic_embed_dim // 2
        rates = _PERIOD ** -(torch.arange(half, device=self.usual.device) / half)
        angles = self.bands_um[:, None] * _NM_IN_UM * rates
        waves = embedding.fclayer(torch.cat([angles.sin(), angles.cos()], dim=1))
        weight, bias = embedding.weight_generator(waves)
        side = embedding.kernel_size
        kernel = weight.reshape(len(self.bands_um), side, side, self.dim).permute(3, 0, 1, 2)
        return kernel * embedding.scaler, bias.reshape(-1) * embedding.scaler


def describe_dofa(
    architecture: str, state: Mapping[str, Tensor], options: Mapping[str, Option]
) -> Described:
    """Describe the DOFA that a state dict is of; options as torchgeo's DOFA takes them.

    Raises
    ------
    ModelError
        If the state dict is not DOFA's, or has no head.
    """
    lacking = [name for name in _NAMES if name not in state]
    if lacking:
        raise ModelError(
            f"the state dict is not that of a DOFA with a head: missing {', '.join(lacking)}."
        )
    kernel, places, head = (state[name] for name in _NAMES)
    patch = math.isqrt(len(kernel) // places.shape[-1])
    found: dict[str, Option] = {
        "img_size": math.isqrt(places.shape[1] - 1) * patch,
        "patch_size": patch,
        "embed_dim": places.shape[-1],
        "depth": len({name.split(".")[1] for name in state if name.startswith("blocks.")}),
        "num_heads": _HEADS.get(places.shape[-1], _USUAL_HEADS),
        "num_classes": len(head),
        "global_pool": "fc_norm.weight" in state,
    }
    recipe = Recipe("dofa", 0, {**found, **options}, adapter="dofa")
    return Described(recipe, None)


def build_dofa(recipe: Recipe, bands_nm: DoubleArray, groups: SpectralGroups) -> DofaAdapter:
    """Build a DOFA with random weights, and its adapter.

    Raises
    ------
    ModelError
        If torchgeo is not installed, or cannot build it.
    """
    try:
        made = import_module("torchgeo.models").DOFA(**recipe.options)
    except ImportError as error:
        raise ModelError(
            f"DOFA needs torchgeo ({error}). Install it: pip install focus-viewer[dofa]."
        ) from error
    except (TypeError, ValueError, RuntimeError, AssertionError) as error:
        raise ModelError(f"torchgeo could not build DOFA: {error}") from error
    return DofaAdapter(made, bands_nm, groups)
