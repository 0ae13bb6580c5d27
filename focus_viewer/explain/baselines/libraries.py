"""Optional libraries, imported when a method needs them, and the decision as they want it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from torch import Tensor, nn

from focus_viewer.core.errors import FocusError
from focus_viewer.explain.model.backbone import BandPureBackbone
from focus_viewer.explain.model.focus_model import contrast


def load_library(module: str, package: str) -> Any:
    """Import a module of an optional package; both packages take seconds to load.

    Raises
    ------
    FocusError
        If the package is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise FocusError(
            f"the package {package!r} is needed for this method and {error.name!r} was not found. "
            'Install the extra "benchmark": pip install "focus-viewer[benchmark]".'
        ) from error


class Decision(nn.Module):
    """Backbone's logits for fixed groups, int64 of shape (groups,), each over the others' mean.

    What speaks for a class speaks for it against others: so is the evidence of FOCUS shown, and
    other methods are asked the same.
    """

    def __init__(self, backbone: BandPureBackbone, groups: Tensor) -> None:
        super().__init__()
        self.backbone = backbone
        self.groups = groups

    def forward(self, images: Tensor) -> Tensor:
        """Decide on images, shape (batch, groups, height, width), giving (batch, classes)."""
        return contrast(self.backbone.logits(images, self.groups))
