"""Start of pre-training: a backbone that passes the mean spectrum of each patch on, unmixed."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from focus_viewer.explain.model.backbone import BandPureBackbone
from focus_viewer.explain.model.focus_model import FocusModel

_SMALL = 0.1
_OFFSET = 2.0


@torch.no_grad()
def start_linear(backbone: BandPureBackbone) -> None:
    """Set a backbone's weights so that what it says of a patch is linear in its mean spectrum.

    Each group gets a direction of its own, at right angles to the others', so that a linear head
    can read every group, whichever others there are. At right angles to all of them a token also
    has an offset that says which group it is: without it a block's norm would leave of a token no
    more than its sign. Blocks add little at first.

    Parameters
    ----------
    backbone : BandPureBackbone
        With more channels than groups.
    """
    embedding = backbone.vit.patch_embed.proj
    embedding.weight.fill_(1 / backbone.patch_px**2)
    if embedding.bias is not None:
        embedding.bias.zero_()
    mix, features = backbone.wavelength.mix, backbone.wavelength.features
    groups, dim = len(features), backbone.vit.embed_dim
    square, _ = torch.linalg.qr(torch.randn(dim, dim, dtype=torch.float64))
    own, spare = square[:groups] * dim**0.5, square[groups:]
    known = torch.cat([features, torch.ones(groups, 1)], dim=1).double()
    gain = torch.linalg.lstsq(known, own - 1, driver="gelsd").solution
    mix.weight[:dim], mix.bias[:dim] = gain[:-1].T.float(), gain[-1].float()
    mix.weight[dim:], mix.bias[dim:] = _offsets(features.shape[1], spare).float(), 0.0
    for each in backbone.vit.blocks:
        block: Any = each
        block.attn.proj.weight.mul_(_SMALL)
        block.mlp.fc2.weight.mul_(_SMALL)


def _offsets(features: int, spare: Tensor) -> Tensor:
    """Map sinusoids of a group's wavelength to its offset, (dim, features), of equal length."""
    dim, half = spare.shape[1], features // 2
    periods = max(1, len(spare) // 2)
    chosen = torch.linspace(0, half - 1, periods).round().long()
    weight = torch.zeros(dim, features, dtype=torch.float64)
    size = _OFFSET * (dim / periods) ** 0.5
    for place, column in enumerate(torch.cat([chosen, half + chosen])):
        weight[:, column] = size * spare[place]
    return weight


@torch.no_grad()
def take_tissue(model: FocusModel, source: FocusModel) -> None:
    """Take over what leaf tissue looks like, by which whole cubes of leaves are cut out."""
    for name in ("mean", "log_std", "residual_std", "brightness_weights", "tissue", "background"):
        getattr(model, name).copy_(getattr(source, name))
