"""Random data sets: windows of a few materials, as a user's fields and leaves might be.

Materials of a data set may be close to one another. What else varies from window to window (soil,
moisture, light) varies along directions of its own, that say nothing of the material.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from focus_viewer.core.typing import DoubleArray, FloatArray, IntArray
from focus_viewer.explain.model.preprocessing import GroupStatistics, standardise, to_tensor
from focus_viewer.explain.teaching.statistics import measure_spread
from focus_viewer.explain.training.samples import random_groups

_ALL_SHARE, _VNIR_SHARE, _VNIR_GROUPS = 0.4, 0.25, 18
_LEAST_GROUPS = 10
_DIRECTIONS = 4
_DARKEST = 2e-3
_PIXELS = 4000


class DrawPlan(NamedTuple):
    """Plan of the data sets that are drawn.

    Attributes
    ----------
    windows, window_px : int
        Of a data set, and their height and width.
    most_materials : int
    most_groups : int
        Spectral groups are thinned out to at most so many.
    """

    windows: int = 32
    window_px: int = 16
    most_materials: int = 8
    most_groups: int = 32


class DrawnDataSet(NamedTuple):
    """Data set as a backbone meets it.

    Attributes
    ----------
    images : Tensor, shape (windows, groups, height, width)
        Standardised, with noise.
    clean : Tensor, same shape
        The same without noise.
    groups : Tensor of int64, shape (groups,)
    material : Tensor of int64, shape (windows, height, width)
    """

    images: Tensor
    clean: Tensor
    groups: Tensor
    material: Tensor


def draw_data_set(
    library: FloatArray, rng: np.random.Generator, plan: DrawPlan | None = None
) -> DrawnDataSet:
    """Draw a data set from a library of spectra, (n, groups)."""
    plan = plan or DrawPlan()
    groups = _draw_groups(rng, library.shape[1], plan.most_groups)
    logs = np.log(np.maximum(library[:, groups], _DARKEST))
    count = int(rng.integers(2, plan.most_materials + 1))
    materials = _draw_materials(logs, count, rng)
    directions = _draw_directions(logs, rng)
    material = _draw_places(count, plan, rng)
    fields = _draw_fields(plan, _DIRECTIONS + 2, rng)
    spread = np.exp(rng.uniform(np.log(0.02), np.log(0.3)))
    clean = materials[material] + spread * fields[..., :_DIRECTIONS] @ directions
    clean = _mixed(clean, materials, material, fields[..., -1], rng)
    clean = clean + 0.3 * rng.random() * fields[..., -2, None]
    clean = np.exp(clean).astype(np.float32)
    noisy = _with_noise(clean, rng)
    statistics = _statistics(noisy, rng)
    made = (standardise(each, statistics, statistics.mean) for each in (noisy, clean))
    images, clean_images = (to_tensor(each) for each in made)
    return DrawnDataSet(images, clean_images, torch.from_numpy(groups), torch.from_numpy(material))


def _draw_groups(rng: np.random.Generator, count: int, most: int) -> IntArray:
    kind = rng.random()
    if kind < _ALL_SHARE:
        stretch = np.arange(count)
    elif kind < _ALL_SHARE + _VNIR_SHARE:
        stretch = np.arange(min(_VNIR_GROUPS, count))
    else:
        return random_groups(rng, count, min(_LEAST_GROUPS, count), most)
    kept = rng.permutation(stretch)[:most] if len(stretch) > most else stretch
    return np.sort(kept)


def _draw_materials(logs: FloatArray, count: int, rng: np.random.Generator) -> DoubleArray:
    """Draw log spectra that are as near to a common one as chance says, (count, groups)."""
    chosen = logs[rng.integers(len(logs), size=2 * count + 2)]
    common = np.average(chosen[:2], axis=0, weights=rng.dirichlet((1, 1)))
    mix = rng.random((count, 1))
    own = mix * chosen[2::2] + (1 - mix) * chosen[3::2]
    nearness = np.exp(rng.uniform(np.log(0.03), 0))
    return np.asarray(common + nearness * (own - common))


def _draw_directions(logs: FloatArray, rng: np.random.Generator) -> DoubleArray:
    """Draw differences of spectra along which windows vary, of unit size: (directions, groups)."""
    first, second = logs[rng.integers(len(logs), size=(2, _DIRECTIONS))]
    found = first - second
    found -= found.mean(axis=1, keepdims=True)
    return np.asarray(found / np.maximum(np.abs(found).max(axis=1, keepdims=True), 1e-3))


def _draw_places(count: int, plan: DrawPlan, rng: np.random.Generator) -> IntArray:
    """Draw which material is where: one a window, and another in a part of some."""
    side = plan.window_px
    own = np.arange(plan.windows) % count
    other = (own + rng.integers(1, count, plan.windows)) % count
    field = _waves(plan.windows, side, rng)
    share = np.where(rng.random(plan.windows) < 0.5, rng.uniform(-0.5, 2.0, plan.windows), np.inf)
    places = np.where(field > share[:, None, None], other[:, None, None], own[:, None, None])
    return np.asarray(places, dtype=np.int64)


def _draw_fields(plan: DrawPlan, count: int, rng: np.random.Generator) -> DoubleArray:
    """Draw fields of unit size, a level of the window and waves: (windows, side, side, count)."""
    side = plan.window_px
    level = rng.standard_normal((plan.windows, 1, 1, count))
    waves = np.stack([_waves(plan.windows, side, rng) for _ in range(count)], axis=-1)
    return np.asarray(level + rng.random() * waves)


def _waves(windows: int, side: int, rng: np.random.Generator) -> DoubleArray:
    """Return plane waves and some grain, of unit size, (windows, side, side)."""
    y, x = np.mgrid[:side, :side]
    total = np.zeros((windows, side, side))
    for _ in range(3):
        rate = np.exp(rng.uniform(np.log(0.05), np.log(1.2), windows))[:, None, None]
        angle, phase = rng.uniform(0, 2 * np.pi, (2, windows, 1, 1))
        total += np.cos(rate * (np.cos(angle) * x + np.sin(angle) * y) + phase)
    grain = rng.random() * rng.standard_normal(total.shape)
    return np.asarray((total + grain) / np.sqrt(1.5 + 0.3))


def _mixed(
    logs: DoubleArray,
    materials: DoubleArray,
    material: IntArray,
    field: DoubleArray,
    rng: np.random.Generator,
) -> DoubleArray:
    """Mix another material into every pixel, a little of it."""
    share = rng.uniform(0, 0.3) / (1 + np.exp(-2 * field))
    other = materials[(material + 1) % len(materials)]
    return np.asarray(logs + share[..., None] * (other - materials[material]))


def _with_noise(clean: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Add noise, more in some groups than in others."""
    level = np.exp(rng.uniform(np.log(0.002), np.log(0.05)))
    by_group = level * np.exp(rng.normal(0, 0.5, clean.shape[-1])) * clean.mean(axis=(0, 1, 2))
    noise = rng.standard_normal(clean.shape, dtype=np.float32)
    return np.asarray(clean + by_group.astype(np.float32) * noise, dtype=np.float32)


def _statistics(images: FloatArray, rng: np.random.Generator) -> GroupStatistics:
    """Measure what a user's labelled pixels would be relative to."""
    pixels = images.reshape(-1, images.shape[-1])
    mean, log_std, residual_std = measure_spread(pixels[rng.integers(len(pixels), size=_PIXELS)])
    return GroupStatistics(mean, residual_std, log_std**-2, taught=True)


def patch_means(images: Tensor, patch_px: int) -> Tensor:
    """Return the mean of each patch, (windows, patches, groups)."""
    return functional.avg_pool2d(images, patch_px).flatten(2).mT


def patch_materials(material: Tensor, count: int, patch_px: int) -> Tensor:
    """Return the share of each material in each patch, (windows, patches, materials)."""
    shares = functional.one_hot(material, count).float().permute(0, 3, 1, 2)
    return patch_means(shares, patch_px)
