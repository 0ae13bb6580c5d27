"""Losses of the backbone, and of prompts and sink."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from focus_viewer.explain.model.focus_model import FocusOutput

_TINY = 1e-6
_SMOOTHING = 0.05

LossParts = dict[str, Tensor]
"""Scalars by name, each times its weight already: the loss is their sum."""


@dataclass(frozen=True)
class LossWeights:
    """Weights of the parts of the loss beside the cross-entropy.

    Attributes
    ----------
    attraction : float
        Absent classes into the sink (lambda).
    sink_presence : float
        The true class out of the sink (mu).
    distillation : float
        Towards the frozen backbone's own decision.
    noise : float
        Attention on noise, and off the leaf, into the sink.
    localisation : float
        The true class's patches: those in which the frozen backbone sees it.
    gain_l2 : float
        Gains near their anchors.
    """

    attraction: float = 1.0
    sink_presence: float = 1.0
    distillation: float = 1.0
    noise: float = 0.5
    localisation: float = 0.5
    gain_l2: float = 0.02


class Target(NamedTuple):
    """Target of an output.

    Attributes
    ----------
    labels : Tensor of int64, shape (batch,)
    teacher : Tensor, shape (batch, classes)
        The frozen backbone's own logits.
    noisy : Tensor of bool, shape (batch, patches, groups)
        Tokens that say nothing: replaced with noise, or off the leaf.
    patch_weights : Tensor, shape (batch, patches)
        Where the true class is (see `localise`).
    """

    labels: Tensor
    teacher: Tensor
    noisy: Tensor
    patch_weights: Tensor


def backbone_losses(logits: Tensor, labels: Tensor) -> LossParts:
    """Return the backbone's losses, shapes (batch, classes) and (batch,)."""
    smoothed = functional.cross_entropy(logits, labels, label_smoothing=_SMOOTHING)
    return {"cross_entropy": smoothed}


def focus_losses(
    output: FocusOutput, target: Target, off_anchor: Tensor, weights: LossWeights
) -> LossParts:
    """Return the losses of prompts and sink, by the names of their weights.

    Training adds the parts up, logs each under its name and draws it: a new part needs a function
    here, a weight and a line below, and nothing elsewhere.
    """
    labels, teacher, noisy, patch_weights = target
    return {
        "cross_entropy": functional.cross_entropy(output.logits, labels),
        "attraction": weights.attraction * attraction(output.sink, labels),
        "sink_presence": weights.sink_presence * sink_presence(output.sink, labels),
        "distillation": weights.distillation * distillation(output.logits, teacher),
        "noise": weights.noise * noise_attention(output.attention, noisy),
        "localisation": weights.localisation * localisation(output.weight, labels, patch_weights),
        "gain_l2": weights.gain_l2 * off_anchor.square().sum(),
    }


def total(parts: LossParts) -> Tensor:
    """Return the sum of the parts."""
    return torch.stack(list(parts.values())).sum()


def attraction(sink: Tensor, labels: Tensor) -> Tensor:
    """Return the mean over absent classes of -log(sink mass), shape (batch, classes).

    An absent class uses the sink.
    """
    return -sink[absent(labels, sink.shape[1])].clamp_min(_TINY).log().mean()


def sink_presence(sink: Tensor, labels: Tensor) -> Tensor:
    """Return the mean over true classes of -log(1 - sink mass): a present class avoids the sink."""
    own = sink.gather(1, labels[:, None])
    return -(1 - own).clamp_min(_TINY).log().mean()


def distillation(logits: Tensor, teacher: Tensor) -> Tensor:
    """Return the Kullback-Leibler divergence from the backbone's decision, (batch, classes)."""
    return functional.kl_div(
        logits.log_softmax(-1), teacher.log_softmax(-1), log_target=True, reduction="batchmean"
    )


def noise_attention(attention: Tensor, noisy: Tensor) -> Tensor:
    """Return the mean share of attention, (batch, classes, patches, groups), on noise.

    Noisy tokens are a mask of shape (batch, patches, groups).
    """
    return (attention * noisy[:, None]).sum((2, 3)).mean()


def localisation(weight: Tensor, labels: Tensor, patch_weights: Tensor) -> Tensor:
    """Return the mean cross-entropy of the true class's patch weights against their targets.

    Weights have shape (batch, classes, patches), targets (batch, patches).
    """
    own = weight[range(len(labels)), labels]
    return -(patch_weights * own.clamp_min(_TINY).log()).sum(-1).mean()


def absent(labels: Tensor, classes: int) -> Tensor:
    """Return a mask of the classes that an example does not show, shape (batch, classes)."""
    return ~functional.one_hot(labels, classes).bool()
