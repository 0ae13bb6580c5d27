"""Hooks on a backbone that count passes, report progress and allow cancellation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
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
        Called with the completed share of the pass, 0 to 1.
    """
    passes = PassCounter()
    layers = [m for block in backbone.vit.blocks for m in block.modules()]
    done, total, inside = 0, 1, False

    def begin(_: nn.Module, inputs: Any) -> None:
        nonlocal done, total, inside
        done, total, inside = 0, max(1, len(layers) * backbone.parts(inputs[0], *inputs[3:])), True

    def forward(*_: Any) -> None:
        nonlocal inside
        passes.forward += 1
        inside = False

    def backward(*_: Any) -> None:
        passes.backward += 1

    def layer(module: nn.Module, inputs: Any) -> None:
        nonlocal done
        if inside:  # prompts, and the usual leaf, pass layers too
            tick(min(done / total, 1.0))
            done += 1

    with ExitStack() as hooks:
        hooks.enter_context(backbone.register_forward_pre_hook(begin))
        hooks.enter_context(backbone.register_forward_hook(forward))
        hooks.enter_context(backbone.register_full_backward_pre_hook(backward))
        for module in layers:
            hooks.enter_context(module.register_forward_pre_hook(layer))
        yield passes


@contextmanager
def count_passes(backbone: BandPureBackbone, groups: int) -> Iterator[PassCounter]:
    """Count images of so many groups that enter a backbone's ViT, in any batches.

    Backward passes are images whose own decision was followed back. The hooks are removed when the
    block ends, however it ends.
    """
    passes = PassCounter()

    def forward(module: nn.Module, inputs: Any, output: Any) -> None:
        if output.shape[-2:].numel() > 1:  # a usual leaf is one patch: a hundredth of a pass
            passes.forward += len(inputs[0]) // groups

    def backward(module: nn.Module, gradients: Any) -> None:
        passes.backward += len(gradients[0])

    # All images enter by it, whole ones or some of their patches.
    entry = backbone.vit.patch_embed.proj.register_forward_hook(forward)
    with entry, backbone.vit.head.register_full_backward_pre_hook(backward):
        yield passes
