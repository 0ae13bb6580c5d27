"""Training of Prompt-CAM's prompts on a frozen backbone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from focus_viewer.core.progress import Step, silent
from focus_viewer.explain.backbone import BandPureBackbone
from focus_viewer.explain.baselines.prompt_cam import ClassPrompts, PromptCam, tokens_ahead_of_last
from focus_viewer.explain.baselines.rival import require_frozen

_WEIGHT_DECAY = 0.01
_WARM_UP = 0.1
_GRADIENT_LIMIT = 1.0


class LabelledWindows(NamedTuple):
    """One step's windows.

    Attributes
    ----------
    images : Tensor, shape (batch, groups, height, width)
    groups : Tensor of int64, shape (groups,)
    labels : Tensor of int64, shape (batch,)
    """

    images: Tensor
    groups: Tensor
    labels: Tensor


@dataclass(frozen=True)
class PromptPlan:
    """How long and how fast to train.

    Attributes
    ----------
    epochs : int
    rate : float
        Highest learning rate.
    seed : int
        Of the weights to start from and of the order of steps.
    """

    epochs: int = 30
    rate: float = 1e-2
    seed: int = 0


def train_prompt_cam(
    backbone: BandPureBackbone,
    windows: Iterable[LabelledWindows],
    classes: int,
    plan: PromptPlan,
    step: Step = silent,
) -> PromptCam:
    """Train prompts and scorer by cross-entropy; the backbone is only read.

    Parameters
    ----------
    backbone : BandPureBackbone
        Frozen.
    windows : iterable of LabelledWindows
        Gone through once: the tokens that they become are kept.
    classes : int
    plan : PromptPlan
    step : Step
        Raises `Cancelled` to stop.

    Raises
    ------
    ValueError
        If the backbone is not frozen.
    Cancelled
    """
    require_frozen(backbone)
    with torch.no_grad():
        lessons = [
            (tokens_ahead_of_last(backbone, backbone.tokens(each.images, each.groups)), each.labels)
            for each in windows
        ]
    generator = torch.Generator().manual_seed(plan.seed)
    prompts = ClassPrompts(classes, backbone.vit.embed_dim, generator)
    prompts.to(next(backbone.parameters()).device)
    optimizer = torch.optim.AdamW(prompts.parameters(), lr=plan.rate, weight_decay=_WEIGHT_DECAY)
    total = plan.epochs * len(lessons)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=plan.rate, total_steps=max(total, 2), pct_start=_WARM_UP
    )
    for epoch in range(plan.epochs):
        order = torch.randperm(len(lessons), generator=generator).tolist()
        for done, position in enumerate(order, start=epoch * len(lessons)):
            step(done / total, f"Prompt-CAM, epoch {epoch + 1}")
            tokens, labels = lessons[position]
            optimizer.zero_grad()
            loss = functional.cross_entropy(prompts.read(backbone.vit, tokens).logits, labels)
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(prompts.parameters(), _GRADIENT_LIMIT)
            optimizer.step()
            schedule.step()
    return PromptCam(prompts.requires_grad_(False).eval())
