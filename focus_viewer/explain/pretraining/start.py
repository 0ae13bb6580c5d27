"""Start of pre-training: a backbone that passes the mean spectrum of each patch on, unmixed."""

from __future__ import annotations

import torch
from torch import Tensor

from focus_viewer.explain.model.backbone import BandPureBackbone
from focus_viewer.explain.model.focus_model import FocusModel

_SMALL = 0.1


@torch.no_grad()
def start_linear(backbone: BandPureBackbone) -> None:
    """Set a backbone's weights so that what it says of a patch is linear in its mean spectrum.

    Each group gets a direction of its own, at right angles to the others', so that a linear head
    can read every group, whichever others there are. Blocks add little at first.

    Parameters
    ----------
    backbone : BandPureBackbone
        With at least as many channels as groups.
    """
    embedding = backbone.vit.patch_embed.proj
    embedding.weight.fill_(1 / backbone.patch_px**2)
    if embedding.bias is not None:
        embedding.bias.zero_()
    wavelength = backbone.wavelength
    groups, dim = len(wavelength.features), backbone.vit.embed_dim
    wanted = _orthogonal(groups, dim)
    known = torch.cat([wavelength.features, torch.ones(groups, 1)], dim=1).double()
    found = torch.linalg.lstsq(known, (wanted - 1).double(), driver="gelsd").solution.float()
    wavelength.mix.weight.zero_()
    wavelength.mix.bias.zero_()
    wavelength.mix.weight[:dim] = found[:-1].T
    wavelength.mix.bias[:dim] = found[-1]
    for block in backbone.vit.blocks:
        block.attn.proj.weight.mul_(_SMALL)
        block.mlp.fc2.weight.mul_(_SMALL)


def _orthogonal(groups: int, dim: int) -> Tensor:
    """Return directions of length sqrt(dim) at right angles, (groups, dim)."""
    square, _ = torch.linalg.qr(torch.randn(max(groups, dim), dim))
    return square[:groups] * dim**0.5 if groups <= dim else square * dim**0.5


@torch.no_grad()
def take_tissue(model: FocusModel, source: FocusModel) -> None:
    """Take over what leaf tissue looks like, by which whole cubes of leaves are cut out."""
    for name in ("mean", "log_std", "residual_std", "brightness_weights", "tissue", "background"):
        getattr(model, name).copy_(getattr(source, name))
