"""Whether the arrays of an explanation are what they must be."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.io.annotations.refusal import Unreadable

# Of the sum of all magnitudes: float32 sums in another order differ by less.
_TOLERANCE = 1e-4


def check_explanation(explanation: Explanation) -> None:
    """Check shapes, types and numbers, and that the evidence explains the logits.

    Raises
    ------
    Unreadable
        If anything is not as `Explanation` says.
    """
    _check_arrays(explanation)
    parts, bias = explanation.evidence, explanation.bias.astype(np.float64)
    explained = bias + parts.sum(axis=(1, 2, 3), dtype=np.float64)
    magnitude = np.abs(bias) + np.abs(parts).sum(axis=(1, 2, 3), dtype=np.float64)
    slack = _TOLERANCE * (magnitude + 1e-3)
    if (np.abs(explained - explanation.logits) > slack).any():
        raise Unreadable("bias and evidence do not add up to the logits")


def _check_arrays(explanation: Explanation) -> None:
    classes, groups = len(explanation.card.classes), explanation.edges_nm.shape[:1]
    curve = (classes,)
    volume = (classes, *explanation.evidence.shape[1:3], *groups)
    if explanation.evidence.ndim != 4 or not explanation.evidence.size:
        raise Unreadable(f"evidence has shape {explanation.evidence.shape}")
    for name in ("logits", "bias", "sink"):
        _check(explanation, name, curve, np.float32)
    for name in ("attention", "evidence", "saliency"):
        _check(explanation, name, volume, np.float32)
    _check(explanation, "edges_nm", (*groups, 2), np.float64)


def _check(explanation: Explanation, name: str, shape: tuple[int, ...], dtype: DTypeLike) -> None:
    array = getattr(explanation, name)
    if array.shape != shape or array.dtype != dtype:
        raise Unreadable(f"expected {name} of shape {shape}, found {array.dtype} {array.shape}")
    if not np.isfinite(array).all():
        raise Unreadable(f"{name} holds numbers that are not finite")
