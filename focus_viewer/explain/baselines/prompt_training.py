"""Training of Prompt-CAM's prompts on a frozen backbone."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, cast

import torch
from timm.models.vision_transformer import Block
from torch import Tensor
from torch.nn import functional

from focus_viewer.core.progress import Step, part, silent
from focus_viewer.explain.baselines.method import require_frozen
from focus_viewer.explain.baselines.prompt_cam import ClassPrompts, PromptCam, tokens_ahead_of_last
from focus_viewer.explain.model.backbone import BandPureBackbone
from focus_viewer.explain.model.vits import project

_WARM_UP = 0.1
_GRADIENT_LIMIT = 1.0


class LabelledWindows(NamedTuple):
    """Windows that share a sensor.

    Attributes
    ----------
    images : Tensor, shape (batch, groups, height, width)
    groups : Tensor of int64, shape (groups,)
    labels : Tensor of int64, shape (batch,)
    """

    images: Tensor
    groups: Tensor
    labels: Tensor


class _Cached(NamedTuple):
    """Cached projections of the frozen backbone.

    Attributes
    ----------
    keys, values : Tensor, shape (windows, tokens, heads, head_dim)
        Of the last block.
    labels : Tensor of int64, shape (windows,)
    """

    keys: Tensor
    values: Tensor
    labels: Tensor


@dataclass(frozen=True)
class PromptPlan:
    """Training plan: epochs, rate, batch, starts, seed.

    Attributes
    ----------
    rate : float
        Highest learning rate.
    batch : int
        Windows of a step, of whatever sensors.
    starts : int
        Trainings, of which the one with the lowest loss is kept: some end where two classes share
        a prompt's work.
    seed : int
        Of the weights to start from and of the order of windows.
    """

    epochs: int = 100
    rate: float = 0.1
    batch: int = 64
    starts: int = 3
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
        All of one size. Read once: their keys and values are cached.
    step : Step
        Raises `Cancelled` to stop.

    Raises
    ------
    ValueError
        If the backbone is not frozen.
    Cancelled
    """
    require_frozen(backbone)
    cached = _projected(backbone, windows, step)
    starts = []
    for start in range(plan.starts):
        report = part(step, start / plan.starts, (start + 1) / plan.starts)
        prompts = ClassPrompts(classes, backbone.vit.embed_dim, _generator(plan, start))
        prompts.to(cached.labels.device)
        starts.append((_train(backbone, prompts, cached, plan, start, report), start, prompts))
    return PromptCam(min(starts)[2].requires_grad_(False).eval())


def _generator(plan: PromptPlan, start: int) -> torch.Generator:
    return torch.Generator().manual_seed(plan.seed * plan.starts + start)


def _train(
    backbone: BandPureBackbone,
    prompts: ClassPrompts,
    cached: _Cached,
    plan: PromptPlan,
    start: int,
    step: Step,
) -> float:
    """Train prompts in place; return the mean loss of the last epoch."""
    optimizer = torch.optim.AdamW(prompts.parameters(), lr=plan.rate, weight_decay=0.0)
    count = len(cached.labels)
    steps = max(plan.epochs * math.ceil(count / plan.batch), 2)
    # Torch divides by zero where the warm-up is one step.
    warm_up = max(_WARM_UP, 1.5 / steps)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=plan.rate, total_steps=steps, pct_start=warm_up
    )
    generator = _generator(plan, start)
    total = 0.0
    for epoch in range(plan.epochs):
        step(epoch / plan.epochs, f"Prompt-CAM, start {start + 1}, epoch {epoch + 1}")
        total = 0.0
        for picked in torch.split(torch.randperm(count, generator=generator), plan.batch):
            optimizer.zero_grad()
            keys, values, labels = (part[picked] for part in cached)
            logits = prompts.read_projected(backbone.vit, keys, values).logits
            loss = functional.cross_entropy(logits, labels)
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(prompts.parameters(), _GRADIENT_LIMIT)
            optimizer.step()
            schedule.step()
            total += len(labels) * loss.item()
    return total / count


@torch.no_grad()
def _projected(
    backbone: BandPureBackbone, windows: Iterable[LabelledWindows], step: Step
) -> _Cached:
    last = cast(Block, backbone.vit.blocks[-1])
    keys, values, labels = [], [], []
    for each in windows:
        step(0.0, "Prompt-CAM, tokens")
        # One by one: batches take a CPU longer, they outgrow its cache.
        for image in torch.split(each.images, 1):
            tokens = tokens_ahead_of_last(backbone, backbone.tokens(image, each.groups))
            _, key, value = project(last, tokens)
            keys.append(key)
            values.append(value)
        labels.append(each.labels)
    return _Cached(torch.cat(keys), torch.cat(values), torch.cat(labels))
