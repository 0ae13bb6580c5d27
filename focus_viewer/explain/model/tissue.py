"""Tissue test: which pixels have a spectrum that leaf tissue can have.

A pixel's log spectrum, its brightness taken off, is compared with those of training leaves, ill
ones among them: by the Mahalanobis distance, whose limit is the distance that nearly all tissue
keeps. Backgrounds, frames and hands are far from it, whatever their brightness.
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

_QUANTILE = 0.995
_MARGIN = 1.5
# Neighbouring pixels are averaged first, so that noise does not count as foreign.
_SIDE = 3
# Variance, of log reflectance, that no tissue falls below: sensors are calibrated so well at best.
_FLOOR = 0.02**2
_LIMIT = 2.5


@dataclass(frozen=True, eq=False)
class TissueTest:
    """Test for the present groups.

    Attributes
    ----------
    center : DoubleArray, shape (groups,)
    whitening : DoubleArray, shape (groups, groups)
    limit : float
        Of the squared distance.
    """

    statistics: GroupStatistics
    center: DoubleArray
    whitening: DoubleArray
    limit: float

    @classmethod
    def fit(cls, spectra: FloatArray, statistics: GroupStatistics) -> TissueTest:
        """Fit the test to log spectra of tissue, shape (spectra, groups), of the present groups."""
        own = _without_level(spectra.astype(np.float64), statistics.brightness_weights)
        center = own.mean(axis=0)
        covariance = np.cov(own, rowvar=False) + _FLOOR * np.eye(center.size)
        whitening = np.linalg.inv(np.linalg.cholesky(covariance))
        distances = _squared((own - center) @ whitening.T)
        return cls(
            statistics, center, whitening, _MARGIN * float(np.quantile(distances, _QUANTILE))
        )

    def pixels(self, images: FloatArray) -> BoolArray:
        """Return whether each pixel of (rows, cols, groups) can be tissue, shape (rows, cols)."""
        own = _without_level(tissue_logs(smoothed(images), self.statistics), self._weights)
        known = np.isfinite(own)
        own = np.where(known, own - self.center, 0)
        return np.asarray(
            (_squared(own @ self.whitening.T) <= self.limit) & (known.mean(axis=-1) >= 0.5)
        )

    @property
    def _weights(self) -> DoubleArray:
        return self.statistics.brightness_weights


def tissue_logs(images: FloatArray, statistics: GroupStatistics) -> FloatArray:
    """Return log spectra, (..., groups), as the test takes them: relative to the mean leaf."""
    level = np.nanmean(images, axis=-1, keepdims=True) / statistics.mean.mean()
    relative = images / np.maximum(level, 1e-6)
    return np.clip(log_ratios(relative, statistics.mean), -_LIMIT, _LIMIT)


def _without_level(logs: FloatArray | DoubleArray, weights: DoubleArray) -> DoubleArray:
    known = np.isfinite(logs)
    total = np.maximum(known @ weights, 1e-12)
    level = np.where(known, logs, 0) @ weights / total
    return np.asarray(logs - level[..., None], dtype=np.float64)


def _squared(values: DoubleArray) -> DoubleArray:
    return np.asarray(np.square(values).sum(axis=-1))


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
