"""Sanity check: dependence of an explanation on the learned weights.

Adebayo et al., Sanity Checks for Saliency Maps, NeurIPS 2018, arXiv 1810.03292.
"""

from __future__ import annotations

import copy
from typing import TypeVar

import torch
from torch import Tensor, nn

from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.explain.metrics.agreement import spearman
from focus_viewer.explain.metrics.localisation import known_values
from focus_viewer.explain.model.focus_model import FocusModel

Module = TypeVar("Module", bound=nn.Module)


def randomised(model: Module, seed: int) -> Module:
    """Copy a model with the entries of each weight in random order.

    What was learned is removed, while every weight keeps its mean and spread: the model still works
    at the scales it was built for. The model itself is left alone.
    """
    shuffled = copy.deepcopy(model)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in shuffled.parameters():
            order = torch.randperm(weight.numel(), generator=generator).to(weight.device)
            weight.copy_(weight.flatten()[order].view_as(weight))
    return shuffled


def randomised_similarity(trained: SaliencyVolume, random: SaliencyVolume) -> float:
    """Return the rank correlation of volumes under trained and randomised weights; 0 is best."""
    return spearman(known_values(trained).ravel(), known_values(random).ravel())


def prompts_swapped(model: FocusModel, shift: int = 1) -> FocusModel:
    """Copy a model with the prompts of each class given to another, `shift` places further.

    Buffers that belong to classes go with them: what a class is known by must not stay behind.
    """
    swapped = copy.deepcopy(model)
    with torch.no_grad():
        for values in _of_prompts(swapped):
            if values.ndim and len(values) == classes_of(model):
                values.copy_(values.roll(shift, dims=0))
    return swapped


def prompts_shuffled(model: FocusModel, seed: int) -> FocusModel:
    """Copy a model with the entries of each of its prompts' weights and buffers in random order.

    The backbone stays as it is.
    """
    shuffled = copy.deepcopy(model)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for values in _of_prompts(shuffled):
            order = torch.randperm(values.numel(), generator=generator).to(values.device)
            values.copy_(values.flatten()[order].view_as(values))
    return shuffled


def classes_of(model: FocusModel) -> int:
    """Return the number of classes that a model decides between."""
    return int(model.backbone.vit.num_classes)


def _of_prompts(model: FocusModel) -> list[Tensor]:
    """Return all that was learned of classes beside the backbone, an anchor of each among it."""
    prompts = model.prompts
    anchors = [
        values
        for values in model.buffers(recurse=False)
        if values.ndim == 2 and len(values) == classes_of(model)
    ]
    return [*prompts.parameters(), *prompts.buffers(), *anchors]
