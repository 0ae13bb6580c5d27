"""Photograph of a leaf: background, light and the sensor's noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from focus_viewer.core.typing import FloatArray
from focus_viewer.simulate.distractors import Distractors, no_distractors
from focus_viewer.simulate.leaf import LeafView
from focus_viewer.simulate.light import (
    draw_gloss,
    draw_illumination,
    draw_patchwork,
    draw_recollision,
    draw_relief,
    draw_texture,
    scatter_again,
)
from focus_viewer.simulate.materials import draw_background
from focus_viewer.simulate.render import Blade, Layer, paint_leaf
from focus_viewer.simulate.sensors import Sensor, resample
from focus_viewer.simulate.tissue import Tissue


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Surroundings of a leaf.

    Attributes
    ----------
    materials : FloatArray, shape (materials, 2101)
        Reflectance of the background.
    shares : FloatArray, shape (rows, cols, materials)
        Share of each material in what the leaf leaves of a pixel.
    recollision : FloatArray, shape (rows, cols)
        How likely light that the leaf lets go meets leaf again.
    """

    materials: FloatArray
    shares: FloatArray
    recollision: FloatArray


def draw_surroundings(
    view: LeafView, rng: np.random.Generator, soils: FloatArray | None = None
) -> Surroundings:
    """Draw a background of one or two materials, and what light does between folds and leaves.

    Parameters
    ----------
    soils : FloatArray, shape (n, 2101), optional
        Measured soils.
    """
    materials = np.stack([draw_background(rng, soils), draw_background(rng, soils)])
    second = draw_patchwork(view.camera.size, rng)
    shares = np.stack([1 - second, second], axis=-1)
    return Surroundings(materials, shares, draw_recollision(view, rng))


def flat_on(material: FloatArray, view: LeafView) -> Surroundings:
    """Return a scene with a flat leaf on one material of reflectance `material`, shape (2101,)."""
    size = view.camera.size
    alone = np.zeros(size, dtype=np.float32)
    return Surroundings(material[None], np.ones((*size, 1), dtype=np.float32), alone)


def photograph(
    view: LeafView,
    healthy: Tissue,
    layers: Sequence[Layer],
    sensor: Sensor,
    surroundings: Surroundings,
    rng: np.random.Generator,
) -> FloatArray:
    """Return the picture of a leaf with any number of changes on it, shape (rows, cols, bands).

    Parameters
    ----------
    healthy : Tissue
        The leaf's mean tissue where nothing happened.
    rng : Generator
        For light and noise.
    """
    painting = paint_leaf(view, Blade(healthy), layers, sensor, rng)
    nothing = no_distractors(view.camera.size)
    return expose(painting.reflectance, view, nothing, sensor, surroundings, rng)


def expose(
    painted: FloatArray,
    view: LeafView,
    distractors: Distractors,
    sensor: Sensor,
    surroundings: Surroundings,
    rng: np.random.Generator,
) -> FloatArray:
    """Return the picture of what was painted under even light, shape (rows, cols, bands)."""
    size = view.camera.size
    picture = scatter_again(painted, surroundings.recollision)
    light = draw_illumination(size, rng)
    coverage = np.maximum(view.coverage, distractors.coverage)
    on_leaf = light * coverage
    off_leaf = light * (1 - coverage) * draw_texture(size, rng)
    picture *= (on_leaf * draw_relief(view, rng))[..., None]
    picture += (on_leaf * (draw_gloss(view, rng) + distractors.glints))[..., None]
    under = surroundings.shares @ resample(surroundings.materials, sensor)
    picture += off_leaf[..., None] * under
    noise = rng.standard_normal(picture.shape, dtype=np.float32)
    noise *= sensor.noise.astype(np.float32)
    picture += noise
    return picture
