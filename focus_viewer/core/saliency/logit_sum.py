"""Sum of a class's logit: what the frozen model gives where nothing is shown, and what is added."""

from __future__ import annotations

from dataclasses import astuple, dataclass

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


def contrast_sum(explanation: Explanation, class_name: str, against: str | None = None) -> LogitSum:
    """Return the sum of a class's logit less that of `against`, or less all others' mean.

    Its evidence is that of the curve and of the volume with the same contrast.

    Raises
    ------
    ValueError
        If the model has no such class.
    """
    own = logit_sum(explanation, class_name)
    rivals = [name for name in explanation.classes if name != class_name]
    if against in rivals:
        rivals = [against]
    sums = [astuple(logit_sum(explanation, name)) for name in rivals]
    mean = np.mean(sums, axis=0) if sums else np.zeros(4)
    return LogitSum(*(astuple(own) - mean).tolist())


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
