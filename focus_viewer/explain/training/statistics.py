"""Statistics of training leaves: mean, spread, and spectra of tissue."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.explain.model.preprocessing import GroupStatistics, log_ratios, typical_leaf
from focus_viewer.explain.model.tissue import SPECTRA, smoothed, tissue_logs
from focus_viewer.explain.training.samples import SampleBatch

# Simulated spectra are right to within a few percent; what is smaller must not count as a signal.
_MISMATCH = 0.04
_THINNED = 5
# Batches that have so many of the groups show tissue's whole spectrum well enough.
_NEARLY_WHOLE = 0.8
_RIDGE = 1e-4


class LeafStatistics(NamedTuple):
    """Statistics of training leaves for each group.

    Attributes
    ----------
    mean : DoubleArray, shape (groups,)
        Mean reflectance.
    log_std : DoubleArray, shape (groups,)
        Spread of leaf pixels about the mean spectrum, brightness of the scene apart, as a natural
        logarithm: from leaf to leaf and within a leaf.
    residual_std : DoubleArray, shape (groups,)
        Spread within a leaf once every pixel's own brightness is out.
    """

    mean: DoubleArray
    log_std: DoubleArray
    residual_std: DoubleArray


def measure_statistics(samples: list[SampleBatch], groups: int) -> LeafStatistics:
    """Measure mean and spread of each group over leaf pixels.

    Pixels of sensors that lack most groups do not show the mean's shape, so only the batches
    that have all groups count.

    Raises
    ------
    ValueError
        If no batch has all groups.
    """
    whole = [batch for batch in samples if batch.groups.size == groups]
    if not whole:
        raise ValueError(f"no training sensor covers all {groups} groups")
    pixels = np.concatenate([batch.images[batch.leaf] for batch in whole])
    shapes = pixels / pixels.mean(axis=1, keepdims=True)
    mean = shapes.mean(axis=0, dtype=np.float64) * pixels.mean(dtype=np.float64)
    within, between = [], []
    for batch in whole:
        for scene, leaf in zip(batch.images, batch.leaf, strict=True):
            typical = typical_leaf(scene, mean)
            level = typical @ mean / (mean @ mean)
            own = log_ratios(scene[leaf][::_THINNED], typical)
            within.append(own)
            between.append(own + np.log(typical / (level * mean)))
    log_std = np.concatenate(between).std(axis=0, dtype=np.float64)
    return LeafStatistics(mean, log_std, _residual_std(np.concatenate(within), log_std))


def _residual_std(own: FloatArray, log_std: DoubleArray) -> DoubleArray:
    weight = log_std**-2
    contrasts = own - (own @ weight / weight.sum())[:, None]
    return np.asarray(np.hypot(contrasts.std(axis=0, dtype=np.float64), _MISMATCH))


def sample_tissue(
    samples: list[SampleBatch], statistics: GroupStatistics, rng: np.random.Generator
) -> FloatArray:
    """Sample log spectra of leaf tissue, ill tissue among them, shape (SPECTRA, groups).

    Measured leaves lack groups at the ends of the range. These are filled in by what simulated
    tissue, of the same values elsewhere, has there on average.
    """
    groups = statistics.mean.size
    whole = _tissue_of([b for b in samples if b.groups.size == groups], statistics, rng)
    partial = [b for b in samples if _NEARLY_WHOLE * groups <= b.groups.size < groups]
    filled = [_fill(_tissue_of([batch], statistics, rng), batch, whole) for batch in partial]
    some = np.concatenate(filled)[: SPECTRA * 10] if filled else whole[:0]
    half = min(SPECTRA // 2, len(some))
    chosen = [whole[rng.integers(len(whole), size=SPECTRA - half)]]
    if half:
        chosen.append(some[rng.integers(len(some), size=half)])
    return np.concatenate(chosen).astype(np.float32)


def sample_background(
    samples: list[SampleBatch], statistics: GroupStatistics, rng: np.random.Generator
) -> FloatArray | None:
    """Sample log spectra of other materials, shape (SPECTRA, groups), as `sample_tissue` does.

    Of sensors that have all groups; None where these see nothing but tissue.
    """
    whole = [batch for batch in samples if batch.groups.size == statistics.mean.size]
    others = [replace(batch, tissue=~batch.tissue) for batch in whole if batch.tissue.size]
    found = _tissue_of(others, statistics, rng) if others else np.zeros((0, 0))
    if not len(found):
        return None
    return found[rng.integers(len(found), size=SPECTRA)].astype(np.float32)


def _tissue_of(
    batches: list[SampleBatch], statistics: GroupStatistics, rng: np.random.Generator
) -> FloatArray:
    """Return tissue pixels of batches that share their groups, shape (pixels, present groups)."""
    found = []
    for batch in batches:
        own = statistics.take(batch.groups)
        for scene, tissue in zip(batch.images, batch.tissue, strict=True):
            logs = tissue_logs(smoothed(scene), own)[tissue]
            found.append(logs[rng.integers(len(logs), size=50)] if len(logs) else logs)
    return np.concatenate(found)


def _fill(found: FloatArray, batch: SampleBatch, whole: FloatArray) -> FloatArray:
    """Return spectra at all groups, the missing by their mean given the present (a Gaussian's)."""
    own = whole - whole.mean(axis=1, keepdims=True)
    present = batch.groups
    missing = np.setdiff1d(np.arange(whole.shape[1]), present)
    center, covariance = own.mean(axis=0), np.cov(own, rowvar=False)
    inner = covariance[np.ix_(present, present)] + _RIDGE * np.eye(present.size)
    gain = np.linalg.solve(inner, covariance[np.ix_(present, missing)])
    filled = np.empty((len(found), whole.shape[1]), dtype=np.float32)
    departure = found - found.mean(axis=1, keepdims=True) - center[present]
    filled[:, present] = found - found.mean(axis=1, keepdims=True)
    filled[:, missing] = center[missing] + departure @ gain
    return filled
