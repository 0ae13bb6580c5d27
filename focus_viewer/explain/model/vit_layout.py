"""Layout of a timm ViT that can be wrapped, checked as it is built."""

from __future__ import annotations

import logging
import math
from pathlib import Path
from pickle import PickleError
from typing import Any

from timm.layers.attention import Attention
from timm.models import load_state_dict
from timm.models.vision_transformer import Block, VisionTransformer
from torch import Tensor, nn

from focus_viewer.core.errors import ModelError
from focus_viewer.explain.model.vits import NOT_BUILT, create_vit

_LOG = logging.getLogger(__name__)


def load_backbone(architecture: str, pretrained: bool | Path, **options: Any) -> VisionTransformer:
    """Build a timm ViT that takes images of one channel.

    Parameters
    ----------
    architecture : str
        Name in timm's registry, e.g. "vit_small_patch16_224".
    pretrained : bool or Path
        True fetches timm's weights (summed over the input channels), a path reads them from a
        local file, False leaves them random. It is logged where positions of an image of another
        size are taken for those of a square one, and where the head has other classes.
    **options
        Passed to timm: `img_size`, `embed_dim`, `num_classes`, ...

    Raises
    ------
    ModelError
        If timm has no such model, its layout cannot be read, or the weights cannot be had.
    """
    source: dict[str, Any] = {"pretrained": bool(pretrained)}
    stored: dict[str, Tensor] = {}
    if isinstance(pretrained, Path):
        stored = _read_weights(pretrained, architecture)
        # Without the number of its classes timm leaves the head of the file out.
        classes = len(stored["head.weight"]) if "head.weight" in stored else -1
        source["pretrained_cfg_overlay"] = {"file": str(pretrained), "num_classes": classes}
    vit = check_layout(create_vit(architecture, in_chans=1, **source, **options))
    if isinstance(pretrained, Path):
        _warn_of_changes(vit, stored, pretrained.name)
    return vit


def _read_weights(file: Path, architecture: str) -> dict[str, Tensor]:
    if not file.is_file():
        raise ModelError(f"{file}: expected a file of timm weights, found none.")
    try:
        return load_state_dict(str(file))
    except (*NOT_BUILT, PickleError) as error:
        raise ModelError(f"timm could not build {architecture!r} from {file}: {error}") from error


def _warn_of_changes(vit: VisionTransformer, stored: dict[str, Tensor], name: str) -> None:
    """Log what is not in the model as it is in the file."""
    head, positions = stored.get("head.weight"), stored.get("pos_embed")
    if head is not None and vit.num_classes and len(head) != vit.num_classes:
        _LOG.warning(
            "%s: its head has %d classes, %d were asked for: ours is random until it is trained.",
            name, len(head), vit.num_classes,
        )  # fmt: skip
    if positions is None or vit.pos_embed is None or positions.shape == vit.pos_embed.shape:
        return
    # Files do not say how many rows and columns there were: findings/timm_square_grid.sh
    side, (rows, cols) = math.isqrt(positions.shape[1]), vit.patch_embed.grid_size
    _LOG.warning(
        "%s: its positions were taken for those of %d x %d patches and resized to %d x %d. If its "
        "images were not square, patches are taken for others: use one size.",
        name, side, side, rows, cols,
    )  # fmt: skip


def check_layout(vit: nn.Module) -> VisionTransformer:
    """Refuse models whose keys are not where this wrapper reads them.

    Raises
    ------
    ModelError
        Unless it is timm's VisionTransformer of plain blocks with one input channel, and its image
        is a whole number of patches.
    """
    found = type(vit).__name__
    if not isinstance(vit, VisionTransformer):
        raise ModelError(
            f"expected a timm VisionTransformer (vit, deit, deit3, dinov2, siglip), found {found}: "
            "its attention is laid out differently. Choose another backbone."
        )
    for index, block in enumerate(vit.blocks):
        attention = getattr(block, "attn", None)
        if type(block) is not Block or type(attention) is not Attention:
            raise ModelError(
                f"{found}: block {index} is a {type(block).__name__} with "
                f"{type(attention).__name__}, expected timm's Block with Attention. Choose another "
                "backbone."
            )
    channels = vit.patch_embed.proj.in_channels
    if channels != 1:
        raise ModelError(
            f"{found} takes {channels} channels, expected 1: each spectral group is an image of "
            "its own. Build it with in_chans=1."
        )
    sides, patches = vit.patch_embed.img_size, vit.patch_embed.patch_size
    if any(side % patch for side, patch in zip(sides, patches, strict=True)):
        raise ModelError(
            f"{found}: its image of {sides[0]} px is not a whole number of patches of {patches[0]} "
            "px. Build it with an img_size that is a multiple of patch_size."
        )
    return vit
