"""Tissue test: which pixels have a spectrum that leaf tissue can have.

A pixel's log spectrum, its brightness taken off, is compared with those of training leaves, ill
ones among them. It must be near some of them, in the few directions in which tissue varies, and
have little besides. Both limits are what nearly all tissue keeps. Brown tissue is like soil, wood
and rock in all but some bands: a linear discriminant of tissue from other materials, whose limit
nearly all tissue keeps too, separates them. Brightness does not count; a sensor of few groups
separates less.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional

from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray, IntArray
from focus_viewer.explain.model.preprocessing import GroupStatistics, log_ratios

SPECTRA = 800
"""Spectra of tissue that a model keeps, and of other materials."""

_RANK, _NEIGHBOUR = 8, 3
# Neighbouring pixels are averaged first, so that noise does not count as foreign.
_SIDE = 3
_QUANTILE = 0.99
_NEAR_MARGIN, _REST_MARGIN = 1.6, 4.0
# Standard deviations, of log reflectance, that no tissue falls below: of what sensors can measure.
_LEAST_SPREAD, _LEAST_NOISE = 0.03, 0.02
# Limits of labelled pixels that hardly differ: so much differs anyway in what sensors measure.
_LEAST_TAUGHT = 1.0
_LIMIT = 2.5
# In log reflectance: materials that no training scene shows differ in bands where these do not.
_RIDGE = 0.02
# Of a part of an image: what is computed of it fits in a processor's cache.
_MOST_PIXELS = 500
# Most tissue is near several of these.
_FIRST = slice(None, None, 8)


class Likeness(NamedTuple):
    """Likeness of pixels to tissue, each of shape (rows, cols).

    Attributes
    ----------
    passed : BoolArray
        Whether it can be tissue.
    strangeness : FloatArray
        What tissue does not vary in, over what 99 % of training tissue keeps: up to 1 is usual.
    likeness : FloatArray
        Along the discriminant: 0 as other materials are, 1 as tissue is; 1 where none are known.
    """

    passed: BoolArray
    strangeness: FloatArray
    likeness: FloatArray


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
    slope : DoubleArray, shape (groups,)
        Of the discriminant: upwards towards tissue. Zeros where no other materials are known.
    near, rest, least : float
        Limits of the distance to the third nearest example, of the mean square besides, and of the
        discriminant.
    others, own : float
        Medians of the discriminant, of other materials and of tissue.
    """

    statistics: GroupStatistics
    center: DoubleArray
    directions: DoubleArray
    spread: DoubleArray
    noise: DoubleArray
    examples: DoubleArray
    slope: DoubleArray
    near: float = np.inf
    rest: float = np.inf
    least: float = -np.inf
    others: float = -1.0
    own: float = 0.0

    @classmethod
    def fit(
        cls,
        spectra: FloatArray,
        statistics: GroupStatistics,
        background: FloatArray | None = None,
    ) -> TissueTest:
        """Fit the test to log spectra of the present groups.

        Parameters
        ----------
        spectra : FloatArray, shape (spectra, groups)
            Of tissue, see `tissue_logs`.
        background : FloatArray, shape (n, groups), or None
            The same of other materials.
        """
        own = _without_level(spectra, statistics.brightness_weights)
        center = own.mean(axis=0)
        own -= center
        _, lengths, directions = np.linalg.svd(own, full_matrices=False)
        directions = directions[:_RANK]
        spread = np.maximum(lengths[:_RANK] / np.sqrt(len(own)), _LEAST_SPREAD)
        along = own @ directions.T
        noise = np.maximum(np.sqrt(np.square(own - along @ directions).mean(axis=0)), _LEAST_NOISE)
        test = cls(
            *(statistics, center, directions, spread, noise, along / spread),
            slope=np.zeros_like(center),
        )
        near, rest = test._distances(own, themselves=1)
        least = _LEAST_TAUGHT if statistics.taught else 0.0
        test = replace(
            test,
            near=max(_NEAR_MARGIN * float(np.quantile(near, _QUANTILE)), least),
            rest=max(_REST_MARGIN * float(np.quantile(rest, _QUANTILE)), least),
        )
        return test if background is None else test._against(own, background)

    def _against(self, own: DoubleArray, background: FloatArray) -> TissueTest:
        """Add the discriminant of tissue, (spectra, groups), from other materials."""
        others = _without_level(background, self.statistics.brightness_weights) - self.center
        slope = _discriminant(own, others)
        scores = own @ slope
        return replace(
            self,
            slope=slope,
            least=float(np.quantile(scores, 1 - _QUANTILE)),
            others=float(np.median(others @ slope)),
            own=float(np.median(scores)),
        )

    def pixels(self, images: FloatArray) -> BoolArray:
        """Return whether each pixel of (rows, cols, groups) can be tissue, shape (rows, cols)."""
        return self.measure(images).passed

    def measure(self, images: FloatArray) -> Likeness:
        """Measure how much each pixel of (rows, cols, groups) is like tissue."""
        return self.measure_smooth(smoothed(images))

    def measure_smooth(self, images: FloatArray) -> Likeness:
        """Measure the same of pixels that were averaged with their neighbours."""
        pixels = images.reshape(-1, images.shape[-1])
        parts = [
            self._of_pixels(part)
            for part in np.array_split(pixels, -(-len(pixels) // _MOST_PIXELS))
        ]
        return Likeness(
            *(np.concatenate(each).reshape(images.shape[:2]) for each in zip(*parts, strict=True))
        )

    def _of_pixels(self, pixels: FloatArray) -> Likeness:
        """Measure pixels, shape (n, groups)."""
        logs = tissue_logs(pixels, self.statistics)
        own = _without_level(logs, self.statistics.brightness_weights)
        known = np.isfinite(own)
        found = self._likeness(np.where(known, own - self.center, 0))
        # Without light there is no spectrum; its logs, all the same, would be those of a mean leaf.
        lit = (pixels > 0).any(axis=-1)
        return found._replace(passed=found.passed & lit & (known.mean(axis=-1) >= 0.5))

    def _likeness(self, own: DoubleArray) -> Likeness:
        along = own @ self.directions.T
        rest = self._besides(own, along)
        score = own @ self.slope
        passed = (rest <= self.rest) & (score >= self.least)
        # What is near takes longest to find out, and most materials have failed by now.
        passed[passed] = self._is_near(along[passed] / self.spread)
        likeness = (score - self.others) / max(self.own - self.others, 1e-9)
        strangeness = _REST_MARGIN * rest / max(self.rest, 1e-9)
        return Likeness(passed, strangeness.astype(np.float32), likeness.astype(np.float32))

    def _distances(self, own: DoubleArray, themselves: int = 0) -> tuple[DoubleArray, DoubleArray]:
        """Return the distances of spectra, (n, groups), to tissue, each of shape (n,).

        Parameters
        ----------
        themselves : int
            1 if the spectra are the examples, each of which is its own nearest.
        """
        along = own @ self.directions.T
        scaled = along / self.spread
        squared = np.square(scaled).sum(axis=1)[:, None] + _beyond(scaled, self.examples)
        nearest = min(_NEIGHBOUR - 1 + themselves, squared.shape[1] - 1)
        near = np.partition(squared, nearest, axis=1)[:, nearest]
        return np.sqrt(np.maximum(near, 0)), self._besides(own, along)

    def _besides(self, own: DoubleArray, along: DoubleArray) -> DoubleArray:
        """Return the mean square of what spectra have in none of the directions, shape (n,)."""
        return np.asarray(np.square((own - along @ self.directions) / self.noise).mean(axis=1))

    def _is_near(self, scaled: DoubleArray) -> BoolArray:
        """Return whether the third nearest example is within the limit, shape (n,).

        Counting those within it takes a fraction of the time of finding the third.
        """
        least = min(_NEIGHBOUR, len(self.examples))
        limits = self.near**2 - np.square(scaled).sum(axis=1)
        near = _count_within(scaled, self.examples[_FIRST], limits) >= least
        near[~near] = _count_within(scaled[~near], self.examples, limits[~near]) >= least
        return near


def _count_within(points: DoubleArray, examples: DoubleArray, limits: DoubleArray) -> IntArray:
    """Return the number of examples that are within each point's limit, see `_beyond`."""
    return np.asarray(np.count_nonzero(_beyond(points, examples) <= limits[:, None], axis=1))


def _beyond(points: DoubleArray, examples: DoubleArray) -> DoubleArray:
    """Return squared distances of points to examples, (n, examples), less the points' squares."""
    return np.asarray(-2 * points @ examples.T + np.square(examples).sum(axis=1))


def _discriminant(tissue: DoubleArray, others: DoubleArray) -> DoubleArray:
    """Return the direction, (groups,), that separates two sets of spectra, (n, groups), best.

    Fisher, The use of multiple measurements in taxonomic problems, Annals of Eugenics 7 (1936)
    179-188; both sets have the same weight.
    """
    within = (np.cov(tissue, rowvar=False) + np.cov(others, rowvar=False)) / 2
    within += _RIDGE**2 * np.eye(len(within))
    return np.asarray(np.linalg.solve(within, tissue.mean(axis=0) - others.mean(axis=0)))


def tissue_logs(images: FloatArray, statistics: GroupStatistics) -> FloatArray:
    """Return log spectra, (..., groups), as the test takes them: relative to the mean leaf."""
    known = np.isfinite(images)
    total = np.where(known, images, 0).sum(axis=-1, keepdims=True)
    level = total / np.maximum(known.sum(axis=-1, keepdims=True), 1) / statistics.mean.mean()
    # Whatever the unit: radiance can be as low as 1e-7. What exceeds all numbers is clipped below.
    with np.errstate(over="ignore"):
        relative = images / np.maximum(level, np.finfo(np.float32).tiny)
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
    # Where nothing is missing all planes have as many neighbours.
    counted = known[:1] if known.all() else known
    means = [
        functional.avg_pool2d(values[None], _SIDE, stride=1, padding=_SIDE // 2)[0]
        for values in (filled, counted.float())
    ]
    found = torch.where(known, means[0] / means[1].clamp_min(1e-9), torch.nan)
    return np.asarray(np.moveaxis(found.numpy(), 0, -1))
