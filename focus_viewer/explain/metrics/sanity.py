"""Sanity check: dependence of an explanation on the learned weights.

Adebayo et al., Sanity Checks for Saliency Maps, NeurIPS 2018, arXiv 1810.03292.
"""

from __future__ import annotations

import copy
from typing import TypeVar

import torch
from torch import nn

from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.explain.metrics.agreement import spearman
from focus_viewer.explain.metrics.localisation import known_values

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
