"""Light between tissue and image: background, scattering, shading, gloss."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.typing import FloatArray
from focus_viewer.simulate.fields import smooth_field, soft_step
from focus_viewer.simulate.leaf import LeafView
from focus_viewer.simulate.sensors import GRID_NM
from focus_viewer.simulate.tissue import soil_reflectance

_SECOND_SHARE = 0.5
_WAVES = 4


def draw_background(rng: np.random.Generator) -> FloatArray:
    """Draw the reflectance of the background, shape (2101,).

    Cloth, paper or soil in one half; in the other anything smooth, so that a model learns to leave
    alone what it has never seen.
    """
    kinds = (_cloth, _paper, _soil, _anything, _anything, _anything)
    return kinds[rng.integers(len(kinds))](rng)


def draw_patchwork(size: tuple[int, int], rng: np.random.Generator) -> FloatArray:
    """Draw how a background is shared between two materials: a tray's edge, a label, a pot.

    The share of the second, shape (rows, cols), 0 everywhere in half of the draws.
    """
    row, col = np.indices(size, dtype=np.float32) / min(size) - 0.5
    angle, offset = rng.uniform(0, 2 * np.pi), rng.uniform(-0.4, 0.4)
    beyond = np.cos(angle) * col + np.sin(angle) * row - offset
    present = rng.random() < _SECOND_SHARE
    return np.asarray(present * soft_step(0.5 + beyond * min(size)), dtype=np.float32)


def cloth(visible: float, infrared: float) -> FloatArray:
    """Draw dyed black cloth, shape (2101,): its dye stops absorbing somewhere past 700 nm."""
    rise = 1 / (1 + np.exp(-(GRID_NM - 780) / 60))
    return np.asarray(visible + (infrared - visible) * rise, dtype=np.float32)


def _cloth(rng: np.random.Generator) -> FloatArray:
    return cloth(rng.uniform(0.02, 0.06), rng.uniform(0.03, 0.25))


def _paper(rng: np.random.Generator) -> FloatArray:
    # Flat and bright, duller in the SWIR, with the cellulose bands at 1490 and 2100 nm (Curran,
    # Remote Sens. Environ. 30 (1989) 271-278).
    fall = 1 - 0.12 * (GRID_NM - 400) / 2100
    for center, width, depth in ((1490, 45, 0.08), (2100, 70, 0.15)):
        fall -= depth * np.exp(-0.5 * ((GRID_NM - center) / width) ** 2)
    return np.asarray(rng.uniform(0.65, 0.9) * fall, dtype=np.float32)


def _soil(rng: np.random.Generator) -> FloatArray:
    dry, wet = soil_reflectance()
    moisture = rng.uniform(0, 1)
    return np.asarray(rng.uniform(0.7, 1.2) * ((1 - moisture) * dry + moisture * wet))


def _anything(rng: np.random.Generator) -> FloatArray:
    level = rng.uniform(np.log(0.03), np.log(0.9))
    slope = rng.normal(0, 0.3) * (GRID_NM - 1450) / 1050
    waves = [
        rng.normal(0, 0.25) * np.cos(2 * np.pi * GRID_NM / period + rng.uniform(0, 2 * np.pi))
        for period in rng.uniform(200, 2500, _WAVES)
    ]
    return np.asarray(np.minimum(np.exp(level + slope + np.sum(waves, axis=0)), 1.0), np.float32)


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
    row, col = np.indices(view.camera.size, dtype=np.float32)
    places = np.argwhere(view.blade)
    for center in rng.choice(places, size=int(rng.integers(0, 4))):
        radius = rng.uniform(0.01, 0.05) * min(view.camera.size)
        square = (row - center[0]) ** 2 + (col - center[1]) ** 2
        sheen = sheen + rng.uniform(0.05, 0.3) * np.exp(-square / (2 * radius**2))
    return np.asarray(sheen, dtype=np.float32)
