"""Patches: spatial patterns of an effect's strength on a leaf."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.typing import FloatArray
from focus_viewer.simulate.fields import smooth_field, soft_step
from focus_viewer.simulate.leaf import LeafView

_FRONT_SHARE = 0.3


def draw_patches(view: LeafView, rng: np.random.Generator) -> FloatArray:
    """Draw the severity of a change over a leaf: a few spots, or a front from one side.

    From 0 (untouched, and off the leaf) to 1, shape (rows, cols); at least one pixel of the blade
    reaches 0.5. Every class and every nuisance draws from here, so that a shape does not reveal its
    class.
    """
    draw = _draw_front if rng.random() < _FRONT_SHARE else _draw_spots
    return np.where(view.blade, draw(view, rng), 0).astype(np.float32)


def spot(
    view: LeafView,
    center: tuple[float, float],
    radius_px: float,
    softness: float,
    rng: np.random.Generator,
) -> FloatArray:
    """Draw a spot with a ragged, soft border, shape (rows, cols).

    Parameters
    ----------
    center : tuple of float
        (row, col).
    softness : float
        Share of the radius over which the severity falls from 1 to 0.
    rng : Generator
        For the ragged border.
    """
    row, col = np.indices(view.camera.size, dtype=np.float32)
    distance = np.hypot(row - center[0], col - center[1]) / radius_px
    ragged = distance * (1 + 0.3 * smooth_field(row, col, 0.4 / radius_px, rng))
    return soft_step((1 - ragged) / softness + 0.5)


def _draw_spots(view: LeafView, rng: np.random.Generator) -> FloatArray:
    severity = np.zeros(view.camera.size, dtype=np.float32)
    places = np.argwhere(view.blade)
    for center in rng.choice(places, size=int(rng.integers(1, 6))):
        radius = max(2.0, min(view.camera.size) * rng.uniform(0.05, 0.18))
        shape = spot(view, (center[0], center[1]), radius, rng.uniform(0.2, 0.8), rng)
        severity = np.maximum(severity, shape * np.float32(rng.uniform(0.5, 1)))
    return severity


def _draw_front(view: LeafView, rng: np.random.Generator) -> FloatArray:
    row, col = np.indices(view.camera.size, dtype=np.float32) / min(view.camera.size)
    angle = rng.uniform(0, 2 * np.pi)
    position = np.cos(angle) * col + np.sin(angle) * row
    position += 0.15 * smooth_field(col, row, 2.0, rng)
    start = np.quantile(position[view.blade], 1 - rng.uniform(0.1, 0.4))
    furthest = position[view.blade].max()
    soft = min(rng.uniform(0.05, 0.2), 0.8 * (furthest - start))
    return soft_step((position - start) / soft) * np.float32(rng.uniform(0.5, 1))
