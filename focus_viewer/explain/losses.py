"""What prompts and sink are trained for."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional

from focus_viewer.explain.focus_model import FocusOutput

_TINY = 1e-6


@dataclass(frozen=True)
class LossWeights:
    """How much each part of the loss counts beside the cross-entropy.

    Attributes
    ----------
    attraction : float
        Absent classes into the sink (lambda).
    presence : float
        The true class out of the sink (mu).
    distillation : float
        Towards the frozen backbone's own decision.
    valve : float
        Attention on noise into the sink.
    """

    attraction: float = 0.1
    presence: float = 0.05
    distillation: float = 0.1
    valve: float = 0.5


def attraction(sink: Tensor, labels: Tensor) -> Tensor:
    """Mean over absent classes of -log(sink mass): a class that is not there attends to nothing.

    Parameters
    ----------
    sink : Tensor, shape (batch, classes)
    labels : Tensor of int64, shape (batch,)
    """
    absent = ~functional.one_hot(labels, sink.shape[1]).bool()
    return -sink[absent].clamp_min(_TINY).log().mean()


def presence(sink: Tensor, labels: Tensor) -> Tensor:
    """Mean over true classes of -log(1 - sink mass): a class that is there does not drain away."""
    own = sink.gather(1, labels[:, None])
    return -(1 - own).clamp_min(_TINY).log().mean()


def distillation(logits: Tensor, teacher: Tensor) -> Tensor:
    """Kullback-Leibler divergence from the backbone's own decision, shapes (batch, classes)."""
    return functional.kl_div(
        logits.log_softmax(-1), teacher.log_softmax(-1), log_target=True, reduction="batchmean"
    )


def valve(attention: Tensor, noisy: Tensor) -> Tensor:
    """Mean share of attention that lies on noise.

    Parameters
    ----------
    attention : Tensor, shape (batch, classes, patches, groups)
    noisy : Tensor of bool, shape (batch, patches, groups)
    """
    return (attention * noisy[:, None]).sum((2, 3)).mean()


def focus_loss(
    output: FocusOutput, labels: Tensor, teacher: Tensor, noisy: Tensor, weights: LossWeights
) -> Tensor:
    """Cross-entropy and the four parts above.

    Parameters
    ----------
    output : FocusOutput
    labels : Tensor of int64, shape (batch,)
    teacher : Tensor, shape (batch, classes)
        The frozen backbone's own logits.
    noisy : Tensor of bool, shape (batch, patches, groups)
    weights : LossWeights
    """
    return (
        functional.cross_entropy(output.logits, labels)
        + weights.attraction * attraction(output.sink, labels)
        + weights.presence * presence(output.sink, labels)
        + weights.distillation * distillation(output.logits, teacher)
        + weights.valve * valve(output.attention, noisy)
    )
