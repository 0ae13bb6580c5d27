"""Plan of teaching: what may be read, how it is held out, and how long prompts are trained."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from focus_viewer.core.typing import BoolArray, DoubleArray

Span = tuple[float, float]
"""Lowest and highest wavelength, in nm."""


@dataclass(frozen=True)
class TeachingPlan:
    """Plan of teaching.

    Attributes
    ----------
    bands_nm : tuple of Span
        Ranges that may be read; empty for all.
    group : str or None
        Column of groups that are held out as a whole.
    folds : int
        Of the validation.
    windows : int
        Windows, at most, on which prompts and sink learn; each holds coalitions.
    pairs : int
        Of coalitions a window are drawn three times as many pairs.
    epochs : int
        Of prompts and sink.
    """

    bands_nm: tuple[Span, ...] = ()
    group: str | None = None
    folds: int = 5
    seed: int = 0
    windows: int = 20
    pairs: int = 6
    epochs: int = 20

    def allows(self, edges_nm: DoubleArray) -> BoolArray:
        """Return which groups, (groups, 2), have their centre in a range that may be read."""
        centers = edges_nm.mean(axis=1)
        allowed = np.full(centers.shape, not self.bands_nm)
        for low, high in self.bands_nm:
            allowed |= (centers >= low) & (centers <= high)
        return allowed
