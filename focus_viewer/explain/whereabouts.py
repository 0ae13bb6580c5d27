"""Where a frozen backbone sees what it sees: what its prompts are shown to look at."""

from __future__ import annotations

from torch import Tensor

from focus_viewer.explain.backbone import BandPureBackbone
from focus_viewer.explain.focus_model import contrast

_SHARPNESS = 2.0
# A patch much darker or brighter than the leaf (natural logarithm) is hardly leaf.
_MOST_OFF = 0.4


def whereabouts(
    backbone: BandPureBackbone, tokens: Tensor, departures: Tensor, groups: Tensor, labels: Tensor
) -> Tensor:
    """Share of each patch in what the backbone sees of an image's own class.

    Only labels of whole images are needed, never masks.

    Parameters
    ----------
    backbone : BandPureBackbone
    tokens : Tensor, shape (batch, groups, prefix + patches, dim)
        Ahead of the tap.
    departures : Tensor, shape (batch, patches, groups)
    groups : Tensor of int64, shape (groups,)
    labels : Tensor of int64, shape (batch,)

    Returns
    -------
    Tensor, shape (batch, patches)
        Sums to 1, or is all 0 where no patch is like a leaf.
    """
    decisions = contrast(backbone.decide_patches(tokens).mT)  # (batch, classes, patches)
    own = decisions[range(len(labels)), labels]
    shares = backbone.brightness_shares(groups) * backbone.deviation[groups]
    leaf = (departures @ shares).abs() < _MOST_OFF
    seen = (_SHARPNESS * own).softmax(-1) * leaf
    return seen / seen.sum(-1, keepdim=True).clamp_min(1e-9)
