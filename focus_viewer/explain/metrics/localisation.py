"""Localisation metrics: agreement of saliency with the lesion in space and in wavelength."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.saliency.volume import SaliencyVolume, importance_curve
from focus_viewer.core.typing import BoolArray, DoubleArray
from focus_viewer.explain.metrics.agreement import (
    above_half_max,
    average_precision,
    spearman,
    top_iou,
    top_share,
)
from focus_viewer.explain.metrics.truth import Truth


def localisation(volume: SaliencyVolume, truth: Truth) -> dict[str, float]:
    """Return all metrics of this module, by name."""
    metrics = (
        band_iou_top_n,
        band_iou_half_max,
        band_spearman,
        spatial_iou,
        volume_ap,
        off_target_mass,
        off_lesion_mass,
        pointing,
        scene_band_iou_top_n,
        scene_band_iou_half_max,
    )
    return {metric.__name__: metric(volume, truth) for metric in metrics}


def band_iou_top_n(volume: SaliencyVolume, truth: Truth) -> float:
    """Return the overlap of the curve's n highest groups with the n true groups."""
    truth.check(volume)
    return top_iou(importance_curve(volume), truth.true_groups)


def band_iou_half_max(volume: SaliencyVolume, truth: Truth) -> float:
    """Return the overlap of the groups above half of the curve's maximum with the true groups.

    A curve that is nowhere above zero points at no group.
    """
    truth.check(volume)
    return _half_max_iou(volume, truth.true_groups)


def scene_band_iou_top_n(volume: SaliencyVolume, truth: Truth) -> float:
    """Return `band_iou_top_n` against the true groups of this scene's own lesion."""
    truth.check(volume)
    return top_iou(importance_curve(volume), truth.scene_groups)


def scene_band_iou_half_max(volume: SaliencyVolume, truth: Truth) -> float:
    """Return `band_iou_half_max` against the true groups of this scene's own lesion."""
    truth.check(volume)
    return _half_max_iou(volume, truth.scene_groups)


def _half_max_iou(volume: SaliencyVolume, real: BoolArray) -> float:
    if not real.any():
        return float("nan")
    found = above_half_max(importance_curve(volume))
    return float((found & real).sum() / (found | real).sum())


def band_spearman(volume: SaliencyVolume, truth: Truth) -> float:
    """Return the curve's rank correlation with the ideal observer's d'; NaN for a constant d'."""
    truth.check(volume)
    if np.ptp(truth.importance) == 0:
        return float("nan")
    return spearman(importance_curve(volume), truth.importance)


def spatial_iou(volume: SaliencyVolume, truth: Truth) -> float:
    """Return the overlap of the n cells highest over all groups with the n lesion cells."""
    truth.check(volume)
    return top_iou(cell_map(volume).ravel(), truth.lesion_cells.ravel())


def volume_ap(volume: SaliencyVolume, truth: Truth) -> float:
    """Return the average precision of voxels, ranked by saliency, against the true voxels."""
    truth.check(volume)
    return average_precision(known_values(volume).ravel(), truth.true_voxels.ravel())


def off_target_mass(volume: SaliencyVolume, truth: Truth) -> float:
    """Return the share of positive saliency off the true voxels; 1 if all values are 0 or less."""
    truth.check(volume)
    return _mass_off(volume, truth.true_voxels)


def off_lesion_mass(volume: SaliencyVolume, truth: Truth) -> float:
    """Return the share of positive saliency off the lesion's cells, whatever the group."""
    truth.check(volume)
    lesion = truth.lesion_cells[:, :, None]
    return _mass_off(volume, np.broadcast_to(lesion, volume.values.shape))


def _mass_off(volume: SaliencyVolume, target: BoolArray) -> float:
    if not target.any():
        return float("nan")
    mass = np.clip(known_values(volume), 0, None)
    total = mass.sum()
    return float(mass[~target].sum() / total) if total > 0 else 1.0


def pointing(volume: SaliencyVolume, truth: Truth) -> float:
    """Return 1 if the highest cell is lesion, else 0; tied cells count by their share.

    The pointing game (Zhang et al., Top-down Neural Attention by Excitation Backprop, 2018).
    """
    truth.check(volume)
    if not truth.lesion_cells.any():
        return float("nan")
    return float(top_share(cell_map(volume).ravel(), 1)[truth.lesion_cells.ravel()].sum())


def cell_map(volume: SaliencyVolume) -> DoubleArray:
    """Return the saliency of each cell, summed over the groups, shape (grid_rows, grid_cols)."""
    return np.asarray(known_values(volume).sum(axis=2, dtype=np.float64))


def known_values(volume: SaliencyVolume) -> DoubleArray:
    """Return the saliency with 0 where there is no data, shape (grid_rows, grid_cols, groups)."""
    return np.nan_to_num(volume.values).astype(np.float64)
