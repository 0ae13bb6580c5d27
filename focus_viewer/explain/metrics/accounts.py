"""Accounts of a decision taken apart: whether the parts sum to it, and what is left over."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

_TINY = 1e-9


class Parts(Protocol):
    """Logits and their parts, as `FocusModel` returns them."""

    @property
    def logits(self) -> Tensor:
        """Logits of the frozen backbone, shape (batch, classes)."""
        ...

    @property
    def baseline(self) -> Tensor:
        """Logits where all is as the leaf usually is, shape (batch or 1, classes)."""
        ...

    @property
    def evidence(self) -> Tensor:
        """What each token adds, shape (batch, classes, patches, groups)."""
        ...

    @property
    def unattributed(self) -> Tensor:
        """What the sink took of each token, same shape."""
        ...


def sum_error(parts: Parts, logits: Tensor) -> float:
    """Return the largest distance of the parts' sum from the frozen backbone's logits.

    Parameters
    ----------
    logits : Tensor, shape (batch, classes)
        As the backbone itself returns them.
    """
    total = parts.baseline + (parts.evidence + parts.unattributed).sum((2, 3))
    return float((total - logits).abs().max())


def sink_remainder(parts: Parts, target: int) -> float:
    """Return the share of a class's logit, less its baseline, that could not be attributed."""
    left = parts.unattributed[0, target].sum().abs()
    whole = (parts.logits[0, target] - parts.baseline[0, target]).abs()
    return float(left / whole.clamp_min(_TINY))
