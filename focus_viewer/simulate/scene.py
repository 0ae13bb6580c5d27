"""Simulated pictures of single leaves: what is where is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray
from focus_viewer.simulate.effects import LESIONS, draw_lesion, draw_nuisance
from focus_viewer.simulate.leaf import LeafView, draw_camera, draw_shape, look
from focus_viewer.simulate.light import (
    draw_background,
    draw_gloss,
    draw_illumination,
    draw_relief,
    draw_texture,
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
    """A simulated picture and the truth about it.

    Attributes
    ----------
    reflectance : FloatArray, shape (rows, cols, bands)
        With the sensor's noise.
    sensor : Sensor
    class_name : str
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
    seed : int
    sensor : Sensor
    class_name : str
        One of `CLASSES`.
    size : tuple of int
        (rows, cols).
    interior : bool, optional
        Whether the leaf fills the window; drawn, one half each, if not told.

    Raises
    ------
    ValueError
        If there is no such class.
    FocusError
        If the extra `simulate` is not installed.
    """
    if class_name not in CLASSES:
        raise ValueError(f"no class {class_name!r}: expected one of {', '.join(CLASSES)}")
    leaf_rng, nuisance_rng, lesion_rng, light_rng = np.random.default_rng(seed).spawn(4)
    fills_window = leaf_rng.random() < _INTERIOR_SHARE if interior is None else interior
    shape = draw_shape(leaf_rng)
    view = look(shape, draw_camera(shape, size, fills_window, leaf_rng))
    healthy = draw_healthy(leaf_rng)
    nuisance = Layer(draw_nuisance(nuisance_rng), draw_patches(view, nuisance_rng))
    lesions = []
    if class_name in LESIONS:
        lesions.append(Layer(draw_lesion(class_name, lesion_rng), draw_patches(view, lesion_rng)))
    picture = photograph(view, healthy, [nuisance, *lesions], sensor, light_rng)
    severity = sum((layer.severity for layer in lesions), np.zeros(size, dtype=np.float32))
    return Scene(
        reflectance=picture,
        sensor=sensor,
        class_name=class_name,
        lesion=severity >= AFFECTED_FROM,
        leaf=view.leaf,
        nuisance=nuisance.severity >= AFFECTED_FROM,
        importance=class_importance(class_name, sensor),
    )


def photograph(
    view: LeafView,
    healthy: Tissue,
    layers: Sequence[Layer],
    sensor: Sensor,
    rng: np.random.Generator,
    background: FloatArray | None = None,
) -> FloatArray:
    """Picture of a leaf with any number of changes on it.

    Parameters
    ----------
    view : LeafView
    healthy : Tissue
        The leaf's mean tissue where nothing happened.
    layers : sequence of Layer
    sensor : Sensor
    rng : Generator
        For light and noise.
    background : FloatArray, shape (2101,), optional
        Reflectance of what the leaf lies on; drawn if not told.

    Returns
    -------
    FloatArray, shape (rows, cols, bands)
    """
    size = view.camera.size
    under = draw_background(rng) if background is None else background
    picture = paint_leaf(view, healthy, layers, sensor, rng)
    light = draw_illumination(size, rng)
    on_leaf = light * view.coverage
    off_leaf = light * (1 - view.coverage) * draw_texture(size, rng)
    picture *= (on_leaf * draw_relief(view, rng))[..., None]
    picture += (on_leaf * draw_gloss(view, rng))[..., None]
    picture += off_leaf[..., None] * resample(under[None], sensor)[0]
    noise = rng.standard_normal(picture.shape, dtype=np.float32)
    noise *= sensor.noise.astype(np.float32)
    picture += noise
    return picture
