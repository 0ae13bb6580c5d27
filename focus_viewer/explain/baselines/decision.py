"""The backbone's decision as a module of images alone, as the libraries want it."""

from __future__ import annotations

from torch import Tensor, nn

from focus_viewer.explain.model.backbone import BandPureBackbone


class Decision(nn.Module):
    """`BandPureBackbone.logits` for fixed groups.

    Parameters
    ----------
    groups : Tensor of int64, shape (groups,)
    """

    def __init__(self, backbone: BandPureBackbone, groups: Tensor) -> None:
        super().__init__()
        self.backbone = backbone
        self.groups = groups

    def forward(self, images: Tensor) -> Tensor:
        """Decide on images, shape (batch, groups, height, width), giving (batch, classes)."""
        return self.backbone.logits(images, self.groups)
