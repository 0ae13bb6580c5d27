"""Familiarity of spectra: whether a frozen model was attached with spectra like them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from focus_viewer.core.typing import DoubleArray, FloatArray

_RANK, _NEIGHBOUR = 8, 3
_QUANTILE = 0.99
_MARGIN = 1.6
# Of the largest spread, and of the mean level: what counts as noise at the least.
_LEAST_SHARE, _LEAST_NOISE = 0.02, 0.005
_TINY = 1e-12


class Familiarity(NamedTuple):
    """Measure of how far spectra are from those that were seen.

    Attributes
    ----------
    center : DoubleArray, shape (groups,)
    directions : DoubleArray, shape (rank, groups)
        In which they vary, each over its spread.
    examples : DoubleArray, shape (spectra, rank)
    noise : float
        Usual size of what is in none of the directions.
    limit : float
        Of the distance to the third nearest example: what nearly all keep, with a margin.
    """

    center: DoubleArray
    directions: DoubleArray
    examples: DoubleArray
    noise: float
    limit: float

    @classmethod
    def of(cls, spectra: FloatArray) -> Familiarity:
        """Fit to spectra, (n, groups), brightness included: frozen models see it too."""
        center = spectra.mean(axis=0, dtype=np.float64)
        own = spectra - center
        _, lengths, directions = np.linalg.svd(own, full_matrices=False)
        spread = lengths / np.sqrt(len(own))
        spread = np.maximum(spread, _LEAST_SHARE * spread[0] + _TINY)[:_RANK]
        scaled = directions[:_RANK] / spread[:, None]
        along = own @ scaled.T
        rest = own - along * spread @ directions[:_RANK]
        noise = max(float(rest.std()), _LEAST_NOISE * float(np.abs(center).mean()), _TINY)
        found = cls(center, scaled, along, noise, np.inf)
        limit = _MARGIN * float(np.quantile(found._distances(own, themselves=1), _QUANTILE))
        return found._replace(limit=max(limit, _TINY))

    def strangeness(self, spectra: FloatArray) -> DoubleArray:
        """Return the distance of spectra, (n, groups), over the limit: up to 1 is familiar."""
        return self._distances(spectra - self.center) / self.limit

    def _distances(self, own: DoubleArray, themselves: int = 0) -> DoubleArray:
        along = own @ self.directions.T
        squares = np.square(along).sum(axis=1)[:, None] - 2 * along @ self.examples.T
        squares += np.square(self.examples).sum(axis=1)
        place = min(_NEIGHBOUR - 1 + themselves, squares.shape[1] - 1)
        near = np.maximum(np.partition(squares, place, axis=1)[:, place], 0)
        lengths = np.square(self.directions).sum(axis=1, keepdims=True)
        rest = own - along @ (self.directions / np.maximum(lengths, _TINY))
        return np.asarray(np.sqrt(near + np.square(rest / self.noise).mean(axis=1)))
