"""Hooks on a backbone that count passes, report progress and allow cancellation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from torch import nn

from focus_viewer.explain.model.backbone import BandPureBackbone


@dataclass
class PassCounter:
    """Counter of the passes through a backbone."""

    forward: int = 0
    backward: int = 0


@contextmanager
def progress_hooks(
    backbone: BandPureBackbone, tick: Callable[[float], None]
) -> Iterator[PassCounter]:
    """Count passes, and call `tick` ahead of every layer, which may raise to leave the pass.

    The hooks are removed when the block ends, however it ends.

    Parameters
    ----------
    tick : callable
        Called with the completed share of the pass, 0 to 1: its layers up to the feature block.
    """
    passes = PassCounter()
    layers = [m for block in backbone.vit.blocks[: backbone.block_index] for m in block.modules()]
    done = 0

    def begin(*_: Any) -> None:
        nonlocal done
        done = 0

    def forward(*_: Any) -> None:
        passes.forward += 1

    def backward(*_: Any) -> None:
        passes.backward += 1

    def layer(module: nn.Module, inputs: Any) -> None:
        nonlocal done
        tick(min(done / max(len(layers), 1), 1.0))
        done += 1

    handles = [
        backbone.register_forward_pre_hook(begin),
        backbone.register_forward_hook(forward),
        backbone.register_full_backward_pre_hook(backward),
    ]
    try:
        handles += [m.register_forward_pre_hook(layer) for m in backbone.vit.blocks.modules()]
        yield passes
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def count_passes(backbone: BandPureBackbone, groups: int) -> Iterator[PassCounter]:
    """Count images taken through a backbone, to the feature block or the head, in any batches.

    The hooks are removed when the block ends, however it ends.

    Parameters
    ----------
    groups : int
        Spectral groups of an image.

    Yields
    ------
    PassCounter
        Forward: images that entered the ViT. Backward: images whose own decision was followed
        back.
    """
    passes = PassCounter()

    def forward(module: nn.Module, inputs: Any, output: Any) -> None:
        passes.forward += len(inputs[0]) // groups

    def backward(module: nn.Module, gradients: Any) -> None:
        passes.backward += len(gradients[0])

    handles = [
        backbone.vit.patch_embed.register_forward_hook(forward),
        backbone.vit.head.register_full_backward_pre_hook(backward),
    ]
    try:
        yield passes
    finally:
        for handle in handles:
            handle.remove()
