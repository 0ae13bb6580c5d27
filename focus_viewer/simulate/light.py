"""Light between tissue and image: parts of the background, scattering, shading, gloss."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.typing import FloatArray
from focus_viewer.simulate.fields import smooth_field, soft_step
from focus_viewer.simulate.leaf import LeafView

_EDGE_SHARE, _BAR_SHARE = 0.35, 0.25


def draw_patchwork(size: tuple[int, int], rng: np.random.Generator) -> FloatArray:
    """Draw how a background is shared between two materials: a tray's edge, a label, a frame's bar.

    The share of the second, shape (rows, cols): a half plane, a bar across the image, or nothing.
    """
    row, col = np.indices(size, dtype=np.float32) / min(size) - 0.5
    angle, offset = rng.uniform(0, 2 * np.pi), rng.uniform(-0.4, 0.4)
    inside = np.cos(angle) * col + np.sin(angle) * row - offset
    kind, width = rng.random(), rng.uniform(0.05, 0.25)
    if kind < _BAR_SHARE:
        inside = width / 2 - np.abs(inside)
    elif kind > _BAR_SHARE + _EDGE_SHARE:
        return np.zeros(size, dtype=np.float32)
    return soft_step(0.5 + inside * min(size))


def draw_texture(size: tuple[int, int], rng: np.random.Generator) -> FloatArray:
    """Draw the brightness of a background, a factor about 1, shape (rows, cols)."""
    row, col = np.indices(size, dtype=np.float32) / min(size)
    grain = rng.normal(0, rng.uniform(0.02, 0.08), size)
    return np.asarray(1 + 0.1 * smooth_field(col, row, 2.0, rng) + grain, dtype=np.float32)


def draw_illumination(size: tuple[int, int], rng: np.random.Generator) -> FloatArray:
    """Draw the light's fall-off over the scene, a factor about 1, shape (rows, cols)."""
    row, col = np.indices(size, dtype=np.float32) / min(size) - 0.5
    angle, slope = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.3)
    fall = slope * (np.cos(angle) * col + np.sin(angle) * row)
    return np.asarray(1 + fall, dtype=np.float32)


def draw_recollision(view: LeafView, rng: np.random.Generator) -> FloatArray:
    """Draw how likely light that a leaf lets go meets leaf again: in folds, under other leaves.

    0 to 0.25, shape (rows, cols).
    """
    most = rng.uniform(0, 0.25)
    field = smooth_field(view.along, view.across, rng.uniform(0.5, 2.0), rng)
    return np.asarray(most * (1 + field) / 2, dtype=np.float32)


def scatter_again(reflectance: FloatArray, recollision: FloatArray) -> FloatArray:
    """Return the reflectance after multiple scattering: absorbing bands become darker.

    Smolander & Stenberg, Remote Sens. Environ. 94 (2005) 355-363, a leaf's albedo being taken for
    twice its reflectance, shape (rows, cols, bands); recollision has shape (rows, cols).
    """
    again = recollision[..., None]
    albedo = np.minimum(2 * reflectance, 1)
    return np.asarray(reflectance * (1 - again) / (1 - again * albedo), dtype=np.float32)


def draw_relief(view: LeafView, rng: np.random.Generator) -> FloatArray:
    """Draw the shading of a leaf that is not flat, a factor of at most 1.1, shape (rows, cols).

    The halves of the blade lean apart, margins curl away, and the blade is wavy.
    """
    aside = view.from_midrib
    lean = rng.uniform(-0.1, 0.1) * np.tanh(8 * aside)
    curl = rng.uniform(0, 0.25) * aside**2
    waves = 0.06 * smooth_field(view.along, view.across, 1.5, rng)
    return np.asarray(np.minimum(1 + lean - curl + waves, 1.1), dtype=np.float32)


def draw_gloss(view: LeafView, rng: np.random.Generator) -> FloatArray:
    """Draw mirror-like reflection by the cuticle: nearly the same at all wavelengths.

    A faint sheen over the blade and up to three glints (Bousquet et al., Remote Sens. Environ. 98
    (2005) 201-211), shape (rows, cols), added to the reflectance.
    """
    sheen = rng.uniform(0, 0.02) * (1 + smooth_field(view.along, view.across, 1.0, rng))
    return np.asarray(sheen + draw_glints(view, int(rng.integers(0, 4)), rng), dtype=np.float32)


def draw_glints(view: LeafView, count: int, rng: np.random.Generator) -> FloatArray:
    """Draw bright spots of mirror-like reflection on the blade, shape (rows, cols)."""
    row, col = np.indices(view.camera.size, dtype=np.float32)
    glints = np.zeros(view.camera.size, dtype=np.float32)
    for center in rng.choice(np.argwhere(view.blade), size=count):
        radius = rng.uniform(0.01, 0.05) * min(view.camera.size)
        square = (row - center[0]) ** 2 + (col - center[1]) ** 2
        glints += np.float32(rng.uniform(0.05, 0.3)) * np.exp(-square / (2 * radius**2))
    return glints
