"""Sum of a class's logit: what the frozen model gives where nothing is shown, and what is added."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.typing import DoubleArray


@dataclass(frozen=True)
class LogitSum:
    """Logit of a class as a sum: `baseline + evidence + unattributed == logit`.

    Attributes
    ----------
    baseline : float
        Logit of an image that is everywhere as this leaf usually is: nothing is shown.
    evidence : float
        Sum over all cells and groups.
    unattributed : float
        What the sink took.
    logit : float
        The frozen model's own.
    """

    baseline: float
    evidence: float
    unattributed: float
    logit: float


def logit_sum(explanation: Explanation, class_name: str) -> LogitSum:
    """Return the sum of a class's logit.

    Raises
    ------
    ValueError
        If the model has no such class.
    """
    own = explanation.card.class_index(class_name)
    return LogitSum(
        float(explanation.baseline[own]),
        float(explanation.evidence[own].sum(dtype=np.float64)),
        float(explanation.unattributed[own]),
        float(explanation.logits[own]),
    )


def unattributed_curve(
    explanation: Explanation, class_name: str, against: str | None = None
) -> DoubleArray:
    """Return what could not be attributed at each group, shape (groups,).

    It is contrasted as the evidence that is shown: less that of `against`, or less the mean of all
    other classes, so that both curves can be compared.

    Raises
    ------
    ValueError
        If the model has no such class.
    """
    curves = explanation.unattributed_curve
    own = explanation.card.class_index(class_name)
    if against is not None and against != class_name:
        return np.asarray(curves[own] - curves[explanation.card.class_index(against)])
    others = np.delete(curves, own, axis=0)
    return np.asarray(curves[own] - (others.mean(axis=0) if len(others) else 0.0))
