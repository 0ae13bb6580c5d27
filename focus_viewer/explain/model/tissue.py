"""Tissue test: which pixels have a spectrum that leaf tissue can have.

A pixel's log spectrum, its brightness taken off, is compared with those of training leaves, ill
ones among them. It must be near some of them, in the few directions in which tissue varies, and
have little besides. Both limits are what nearly all tissue keeps. Backgrounds, frames and hands are
beyond, whatever their brightness; a sensor of few groups separates less.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray
from focus_viewer.explain.model.preprocessing import GroupStatistics, log_ratios

SPECTRA = 800
"""Spectra of tissue that a model keeps."""

_RANK, _NEIGHBOUR = 8, 3
# Neighbouring pixels are averaged first, so that noise does not count as foreign.
_SIDE = 3
_QUANTILE = 0.99
_NEAR_MARGIN, _REST_MARGIN = 1.6, 4.0
# Standard deviations, of log reflectance, that no tissue falls below: of what sensors can measure.
_LEAST_SPREAD, _LEAST_NOISE = 0.03, 0.02
_LIMIT = 2.5
_MOST_PIXELS = 10_000


@dataclass(frozen=True, eq=False)
class TissueTest:
    """Test for the present groups.

    Attributes
    ----------
    center : DoubleArray, shape (groups,)
    directions : DoubleArray, shape (rank, groups)
        In which tissue varies.
    spread : DoubleArray, shape (rank,)
    noise : DoubleArray, shape (groups,)
        Usual size of what is in none of the directions.
    examples : DoubleArray, shape (spectra, rank)
        Tissue along the directions, in units of the spread.
    near, rest : float
        Limits of the distance to the third nearest example, and of the mean square besides.
    """

    statistics: GroupStatistics
    center: DoubleArray
    directions: DoubleArray
    spread: DoubleArray
    noise: DoubleArray
    examples: DoubleArray
    near: float = np.inf
    rest: float = np.inf

    @classmethod
    def fit(cls, spectra: FloatArray, statistics: GroupStatistics) -> TissueTest:
        """Fit the test to log spectra of tissue, shape (spectra, groups), of the present groups."""
        own = _without_level(spectra, statistics.brightness_weights)
        center = own.mean(axis=0)
        own -= center
        _, lengths, directions = np.linalg.svd(own, full_matrices=False)
        directions = directions[:_RANK]
        spread = np.maximum(lengths[:_RANK] / np.sqrt(len(own)), _LEAST_SPREAD)
        along = own @ directions.T
        noise = np.maximum(np.sqrt(np.square(own - along @ directions).mean(axis=0)), _LEAST_NOISE)
        test = cls(statistics, center, directions, spread, noise, along / spread)
        near, rest = test._distances(own, themselves=1)
        return cls(
            *(statistics, center, directions, spread, noise, along / spread),
            near=_NEAR_MARGIN * float(np.quantile(near, _QUANTILE)),
            rest=_REST_MARGIN * float(np.quantile(rest, _QUANTILE)),
        )

    def pixels(self, images: FloatArray) -> BoolArray:
        """Return whether each pixel of (rows, cols, groups) can be tissue, shape (rows, cols)."""
        own = _without_level(
            tissue_logs(smoothed(images), self.statistics), self.statistics.brightness_weights
        )
        known = np.isfinite(own)
        own = np.where(known, own - self.center, 0).reshape(-1, own.shape[-1])
        found = [self._passes(part) for part in np.array_split(own, -(-len(own) // _MOST_PIXELS))]
        passed = np.concatenate(found).reshape(images.shape[:2])
        return np.asarray(passed & (known.mean(axis=-1) >= 0.5))

    def _passes(self, own: DoubleArray) -> BoolArray:
        near, rest = self._distances(own)
        return (near <= self.near) & (rest <= self.rest)

    def _distances(self, own: DoubleArray, themselves: int = 0) -> tuple[DoubleArray, DoubleArray]:
        """Return the distances of spectra, (n, groups), to tissue, each of shape (n,).

        Parameters
        ----------
        themselves : int
            1 if the spectra are the examples, each of which is its own nearest.
        """
        along = own @ self.directions.T
        scaled = along / self.spread
        squared = -2 * scaled @ self.examples.T
        squared += np.square(scaled).sum(axis=1)[:, None] + np.square(self.examples).sum(axis=1)
        nearest = min(_NEIGHBOUR - 1 + themselves, squared.shape[1] - 1)
        near = np.partition(squared, nearest, axis=1)[:, nearest]
        rest = np.square((own - along @ self.directions) / self.noise).mean(axis=1)
        return np.sqrt(np.maximum(near, 0)), rest


def tissue_logs(images: FloatArray, statistics: GroupStatistics) -> FloatArray:
    """Return log spectra, (..., groups), as the test takes them: relative to the mean leaf."""
    known = np.isfinite(images)
    total = np.where(known, images, 0).sum(axis=-1, keepdims=True)
    level = total / np.maximum(known.sum(axis=-1, keepdims=True), 1) / statistics.mean.mean()
    relative = images / np.maximum(level, 1e-6)
    return np.clip(log_ratios(relative, statistics.mean), -_LIMIT, _LIMIT)


def _without_level(logs: FloatArray | DoubleArray, weights: DoubleArray) -> DoubleArray:
    known = np.isfinite(logs)
    total = np.maximum(known @ weights, 1e-12)
    level = np.where(known, logs, 0) @ weights / total
    return np.asarray(logs - level[..., None], dtype=np.float64)


def smoothed(images: FloatArray) -> FloatArray:
    """Average each pixel with its neighbours; what has no data does not count."""
    planes = torch.from_numpy(np.ascontiguousarray(np.moveaxis(images, -1, 0)))
    known = torch.isfinite(planes)
    filled = torch.where(known, planes, torch.zeros(()))
    means = [
        functional.avg_pool2d(values[None], _SIDE, stride=1, padding=_SIDE // 2)[0]
        for values in (filled, known.float())
    ]
    found = torch.where(known, means[0] / means[1].clamp_min(1e-9), torch.nan)
    return np.asarray(np.moveaxis(found.numpy(), 0, -1))
