"""Simulated images of single leaves with known truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray
from focus_viewer.simulate.effects import LESIONS, EffectRange, draw_between, draw_nuisance
from focus_viewer.simulate.leaf import LeafView, draw_camera, draw_shape, look
from focus_viewer.simulate.light import (
    draw_background,
    draw_gloss,
    draw_illumination,
    draw_patchwork,
    draw_recollision,
    draw_relief,
    draw_texture,
    scatter_again,
)
from focus_viewer.simulate.patches import draw_patches
from focus_viewer.simulate.render import Layer, paint_leaf
from focus_viewer.simulate.sensors import Sensor, resample
from focus_viewer.simulate.tissue import Tissue, draw_healthy
from focus_viewer.simulate.truth import class_importance

CLASSES = ("healthy", *LESIONS)
"""What a scene can show, in the order of a model's classes."""

AFFECTED_FROM = 0.25
"""Severity from which a pixel counts as affected."""

_INTERIOR_SHARE = 0.5


@dataclass(frozen=True, eq=False)
class Scene:
    """Simulated image and its truth.

    Attributes
    ----------
    reflectance : FloatArray, shape (rows, cols, bands)
        With the sensor's noise.
    lesion : BoolArray, shape (rows, cols)
        Tissue of the class; nothing for healthy leaves.
    leaf : BoolArray, shape (rows, cols)
    nuisance : BoolArray, shape (rows, cols)
        Tissue of changed structure, which means nothing; in scenes of every class.
    importance : DoubleArray, shape (bands,)
        The ideal observer's d' of each band for the class (see `truth.class_importance`).
    """

    reflectance: FloatArray
    sensor: Sensor
    class_name: str
    lesion: BoolArray
    leaf: BoolArray
    nuisance: BoolArray
    importance: DoubleArray


def simulate_scene(
    seed: int,
    sensor: Sensor,
    class_name: str,
    size: tuple[int, int] = (64, 64),
    interior: bool | None = None,
) -> Scene:
    """Simulate one leaf.

    The same seed gives the same leaf, light and noise for every class: only the lesion differs.

    Parameters
    ----------
    class_name : str
        One of `CLASSES`.
    size : tuple of int
        (rows, cols).
    interior : bool, optional
        Whether the leaf fills the window; drawn, one half each, if None.

    Raises
    ------
    ValueError
        If there is no such class.
    FocusError
        If the extra `simulate` is not installed.
    """
    if class_name not in CLASSES:
        raise ValueError(f"no class {class_name!r}: expected one of {', '.join(CLASSES)}")
    case = Case(class_name, LESIONS.get(class_name), class_importance(class_name, sensor))
    return simulate_case(seed, sensor, case, size, interior)


@dataclass(frozen=True, eq=False)
class Case:
    """Content of a scene.

    Attributes
    ----------
    name : str
        Of the class.
    lesion : EffectRange or None
        What its lesions do to tissue; None where it has none.
    importance : DoubleArray, shape (bands,)
        The ideal observer's d' of each band for the class.
    """

    name: str
    lesion: EffectRange | None
    importance: DoubleArray


def simulate_case(
    seed: int,
    sensor: Sensor,
    case: Case,
    size: tuple[int, int] = (64, 64),
    interior: bool | None = None,
) -> Scene:
    """Simulate one leaf with any lesion; otherwise as `simulate_scene`."""
    leaf_rng, nuisance_rng, lesion_rng, light_rng, around_rng = np.random.default_rng(seed).spawn(5)
    fills_window = leaf_rng.random() < _INTERIOR_SHARE if interior is None else interior
    shape = draw_shape(leaf_rng)
    view = look(shape, draw_camera(shape, size, fills_window, leaf_rng))
    healthy = draw_healthy(leaf_rng)
    nuisance = Layer(draw_nuisance(nuisance_rng), draw_patches(view, nuisance_rng))
    lesions = []
    if case.lesion:
        effect = draw_between(*case.lesion, lesion_rng)
        lesions.append(Layer(effect, draw_patches(view, lesion_rng)))
    surroundings = draw_surroundings(view, around_rng)
    picture = photograph(view, healthy, [nuisance, *lesions], sensor, surroundings, light_rng)
    severity = sum((layer.severity for layer in lesions), np.zeros(size, dtype=np.float32))
    return Scene(
        reflectance=picture,
        sensor=sensor,
        class_name=case.name,
        lesion=severity >= AFFECTED_FROM,
        leaf=view.leaf,
        nuisance=nuisance.severity >= AFFECTED_FROM,
        importance=case.importance,
    )


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


def draw_surroundings(view: LeafView, rng: np.random.Generator) -> Surroundings:
    """Draw a background of one or two materials, and what light does between folds and leaves."""
    materials = np.stack([draw_background(rng), draw_background(rng)])
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
    size = view.camera.size
    picture = paint_leaf(view, healthy, layers, sensor, rng)
    picture = scatter_again(picture, surroundings.recollision)
    light = draw_illumination(size, rng)
    on_leaf = light * view.coverage
    off_leaf = light * (1 - view.coverage) * draw_texture(size, rng)
    picture *= (on_leaf * draw_relief(view, rng))[..., None]
    picture += (on_leaf * draw_gloss(view, rng))[..., None]
    under = surroundings.shares @ resample(surroundings.materials, sensor)
    picture += off_leaf[..., None] * under
    noise = rng.standard_normal(picture.shape, dtype=np.float32)
    noise *= sensor.noise.astype(np.float32)
    picture += noise
    return picture
