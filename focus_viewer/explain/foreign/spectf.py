"""Adapter of SpecTf, a transformer over the bands of one pixel: a token for each band.

EMIT's cloud screening (github.com/emit-sds/SpecTf, Apache-2.0), built from its description: a band
is embedded by tanh of a linear map of (reflectance, wavelength); pre-norm encoder layers without
residual connections, a maximum over bands, a linear head.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from focus_viewer.core.errors import ModelError
from focus_viewer.core.preprocessing.sensors import SENSORS
from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.foreign.adapter import Decision, Described, Option
from focus_viewer.explain.foreign.bands import SpectralGroups
from focus_viewer.explain.model.cards import Recipe

_MIDDLE_NM, _SCALE_NM = 1440.0, 600.0
# Of EMIT's bands these were not used.
_LEFT_OUT_NM = ((0.0, 405.0), (1275.0, 1321.0), (2455.0, np.inf))
_HEADS = 8
_NAMES = ("spectral_embed.linear.weight", "layers.0.ff.linear1.weight", "head.weight")


class _Attention(nn.Module):
    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(dim, heads, batch_first=True)

    def project(self, normed: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Project to queries, keys and values, each of shape (..., heads, head_dim)."""
        own = self.attention
        made = functional.linear(normed, own.in_proj_weight, own.in_proj_bias)
        shape = (*normed.shape[:-1], own.num_heads, own.head_dim)
        queries, keys, values = (each.reshape(shape) for each in made.chunk(3, dim=-1))
        return queries * own.head_dim**-0.5, keys, values

    def forward(self, normed: Tensor) -> Tensor:
        """Attend over bands, (pixels, bands, dim)."""
        queries, keys, values = (each.transpose(1, 2) for each in self.project(normed))
        mixed = functional.scaled_dot_product_attention(queries, keys, values, scale=1.0)
        found: Tensor = self.attention.out_proj(mixed.transpose(1, 2).flatten(2))
        return found


class _FeedForward(nn.Module):
    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.linear1 = nn.Linear(dim, hidden)
        self.linear2 = nn.Linear(hidden, dim)

    def forward(self, tokens: Tensor) -> Tensor:
        """Transform each token."""
        found: Tensor = self.linear2(functional.gelu(self.linear1(tokens)))
        return found


class _Layer(nn.Module):
    def __init__(self, dim: int, hidden: int, heads: int) -> None:
        super().__init__()
        self.attention = _Attention(dim, heads)
        self.ff = _FeedForward(dim, hidden)
        self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)

    def forward(self, tokens: Tensor) -> Tensor:
        """Run the layer, which has no residual connections."""
        mixed = self.attention(self.norm1(tokens))
        found: Tensor = self.ff(self.norm2(mixed))
        return found


class _Embedding(nn.Module):
    def __init__(self, dim: int) -> None:
        super().__init__()
        self.linear = nn.Linear(2, dim)


class SpecTf(nn.Module):
    """SpecTf with the names of its own weights."""

    def __init__(self, classes: int, dim: int, hidden: int, depth: int, heads: int) -> None:
        super().__init__()
        self.spectral_embed = _Embedding(dim)
        self.layers = nn.ModuleList([_Layer(dim, hidden, heads) for _ in range(depth)])
        self.head = nn.Linear(dim, classes)

    def embed(self, spectra: Tensor, bands_nm: Tensor) -> Tensor:
        """Compute tokens of spectra, (..., bands), one a band: (..., bands, dim)."""
        places = ((bands_nm - _MIDDLE_NM) / _SCALE_NM).to(spectra).expand_as(spectra)
        return torch.tanh(self.spectral_embed.linear(torch.stack([spectra, places], dim=-1)))

    def pool(self, tokens: Tensor) -> Tensor:
        """Return the maximum over bands of what the layers make of tokens, (pixels, dim)."""
        for layer in self.layers:
            tokens = layer(tokens)
        return tokens.amax(1)


class SpecTfAdapter(nn.Module):
    """Adapter of SpecTf: a window is one pixel, and a part is the token of one band."""

    usual: Tensor
    bands_nm: Tensor
    of_bands: Tensor

    def __init__(self, net: SpecTf, bands_nm: DoubleArray, groups: SpectralGroups) -> None:
        super().__init__()
        self.net = net
        self.register_buffer("usual", torch.zeros(len(bands_nm)))
        self.register_buffer("bands_nm", torch.from_numpy(bands_nm).float(), persistent=False)
        self.register_buffer("of_bands", torch.from_numpy(groups.of_bands), persistent=False)

    @property
    def frozen(self) -> nn.Module:
        """See `Adapter`."""
        return self.net

    @property
    def window_px(self) -> int:
        """See `Adapter`."""
        return 1

    @property
    def patch_px(self) -> int:
        """See `Adapter`."""
        return 1

    @property
    def prefix_tokens(self) -> int:
        """See `Adapter`."""
        return 0

    @property
    def tokens(self) -> int:
        """See `Adapter`."""
        return len(self.usual)

    @property
    def dim(self) -> int:
        """See `Adapter`."""
        return int(self.net.head.in_features)

    @property
    def width(self) -> int:
        """See `Adapter`."""
        return self.dim

    @property
    def rows(self) -> Tensor:
        """See `Adapter`."""
        return self.net.head.weight

    def parts(self, images: Tensor) -> Tensor:
        """See `Adapter`: a band's token less that of the usual value there."""
        tokens = self.net.embed(images.flatten(1), self.bands_nm)
        return (tokens - self._usual_tokens())[:, :, None]

    def keep(self, parts: Tensor, kept: Tensor) -> Tensor:
        """See `Adapter`."""
        return parts * kept[:, self.of_bands, :, None]

    def keys_values(self, parts: Tensor) -> tuple[Tensor, Tensor]:
        """See `Adapter`: means over the bands of each group."""
        _, keys, values = self.project(self._usual_tokens()[:, None] + parts)
        return self._by_group(keys.flatten(-2)), self._by_group(values.flatten(-2))

    def _by_group(self, values: Tensor) -> Tensor:
        count = torch.bincount(self.of_bands)
        sums = values.new_zeros(len(values), len(count), *values.shape[2:])
        return sums.index_add_(1, self.of_bands, values) / count[:, None, None]

    def project(self, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """See `Adapter`: by the first layer."""
        layer = cast(_Layer, self.net.layers[0])
        return layer.attention.project(layer.norm1(tokens))

    def decide(self, parts: Tensor) -> Decision:
        """See `Adapter`."""
        pooled = self.net.pool(self._usual_tokens() + parts[:, :, 0])
        return Decision(self.net.head(pooled), pooled, pooled[:, None])

    def shares(self, context: Tensor, usual: Tensor, shown: Tensor | None = None) -> Tensor | None:
        """See `Adapter`: a window has one patch, which has all."""
        return context - usual

    def _usual_tokens(self) -> Tensor:
        """Return the tokens of the usual spectrum, (bands, dim)."""
        return self.net.embed(self.usual, self.bands_nm)


def describe_spectf(
    architecture: str, state: Mapping[str, Tensor], options: Mapping[str, Option]
) -> Described:
    """Describe the SpecTf that a state dict is of; `num_heads` is the only option.

    Its bands are those of EMIT that it was trained with, unless others are stated.

    Raises
    ------
    ModelError
        If the state dict is not SpecTf's.
    """
    lacking = [name for name in _NAMES if name not in state]
    if lacking or state[_NAMES[0]].shape[1:] != (2,):
        raise ModelError(
            f"the state dict is not SpecTf's: expected {', '.join(_NAMES)}, the first of two "
            f"columns; missing: {', '.join(lacking) or 'none'}."
        )
    embedding, hidden, head = (state[name] for name in _NAMES)
    depth = len({name.split(".")[1] for name in state if name.startswith("layers.")})
    found: dict[str, Option] = {
        "num_classes": len(head),
        "embed_dim": len(embedding),
        "hidden_dim": len(hidden),
        "depth": depth,
        "num_heads": _HEADS,
    }
    recipe = Recipe(architecture, 0, {**found, **options}, adapter="spectf")
    return Described(recipe, None, trained_bands())


def trained_bands() -> DoubleArray:
    """Return the bands of EMIT that SpecTf's cloud screening was trained with, (268,)."""
    emit = next(each.wavelengths_nm for each in SENSORS if each.table == "emit")
    found = np.asarray(emit, dtype=np.float64)
    for low, high in _LEFT_OUT_NM:
        found = found[(found < low) | (found > high)]
    return found


def build_spectf(recipe: Recipe, bands_nm: DoubleArray, groups: SpectralGroups) -> SpecTfAdapter:
    """Build a SpecTf with random weights, and its adapter.

    Raises
    ------
    ModelError
        If the recipe has other options, or sizes that do not fit together.
    """
    names = ("num_classes", "embed_dim", "hidden_dim", "depth", "num_heads")
    sizes = {name: recipe.options.get(name) for name in names}
    if set(recipe.options) != set(names) or not all(isinstance(n, int) for n in sizes.values()):
        raise ModelError(f"SpecTf takes whole numbers for {', '.join(names)}, and no other option.")
    classes, dim, hidden, depth, heads = (int(cast(int, sizes[name])) for name in names)
    if dim % heads:
        raise ModelError(f"SpecTf of width {dim} cannot have {heads} heads.")
    return SpecTfAdapter(SpecTf(classes, dim, hidden, depth, heads), bands_nm, groups)
