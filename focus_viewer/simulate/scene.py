"""Simulated images of single leaves with known truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray
from focus_viewer.simulate.distractors import Distractors, draw_distractors, no_distractors
from focus_viewer.simulate.effects import LESIONS, EffectRange, draw_nuisance
from focus_viewer.simulate.leaf import LeafView, draw_camera, draw_shape, look
from focus_viewer.simulate.lesions import Lesions, draw_lesions
from focus_viewer.simulate.measured import MeasuredSpectra, extend
from focus_viewer.simulate.patches import draw_patches
from focus_viewer.simulate.photograph import draw_surroundings, expose
from focus_viewer.simulate.render import Blade, Layer, Painting, change_leaf, paint_leaf
from focus_viewer.simulate.sensors import Sensor
from focus_viewer.simulate.tissue import draw_healthy
from focus_viewer.simulate.truth import class_importance, lesion_importance

CLASSES = ("healthy", *LESIONS)
"""What a scene can show, in the order of a model's classes."""

AFFECTED_FROM = 0.25
"""Severity from which a pixel counts as affected."""

_INTERIOR_SHARE = 0.5


@dataclass(frozen=True, eq=False)
class Variety:
    """Variety of scenes beyond their leaves, lesions, nuisances and light.

    Attributes
    ----------
    distractors : float
        Probability of each kind of distractor: another leaf, strong veins, more glints.
    second : float
        Probability that a scene with a lesion has a lesion of a second class too.
    leaves : MeasuredSpectra, optional
        Healthy leaves to draw from instead of PROSPECT's; the sensor must keep to their range.
    soils : FloatArray, shape (n, 2101), optional
        Measured soils.
    """

    distractors: float = 0.0
    second: float = 0.0
    leaves: MeasuredSpectra | None = None
    soils: FloatArray | None = None


PLAIN = Variety()
"""One lesion, no distractors, no measured spectra."""

VARIED = Variety(distractors=0.3, second=0.1)
"""Variety for training and testing models; measured spectra are added where there are any."""


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
    cause : str
        What made the lesion, one of the causes of its class; "" for healthy leaves.
    second : str or None
        Second class that has a lesion here too.
    second_lesion : BoolArray, shape (rows, cols)
        Tissue of the second class.
    traits : FloatArray, shape (rows, cols, 7)
        In the order of `render.TRAITS` and the units of `Tissue`; NaN off the tissue and where
        unknown, as in measured leaves.
    tissue : BoolArray, shape (rows, cols)
        The leaf and any other leaf.
    distractor : BoolArray, shape (rows, cols)
        Another leaf, strong veins, more glints: of no meaning, and off any lesion.
    scene_importance : DoubleArray, shape (bands,)
        The ideal observer's d' of each band between this scene's lesion and its healthy leaf, under
        even light (see `truth.lesion_importance`); zeros without a lesion.
    """

    reflectance: FloatArray
    sensor: Sensor
    class_name: str
    lesion: BoolArray
    leaf: BoolArray
    nuisance: BoolArray
    importance: DoubleArray
    cause: str
    second: str | None
    second_lesion: BoolArray
    traits: FloatArray
    tissue: BoolArray
    distractor: BoolArray
    scene_importance: DoubleArray


def simulate_scene(
    seed: int,
    sensor: Sensor,
    class_name: str,
    size: tuple[int, int] = (64, 64),
    interior: bool | None = None,
    *,
    variety: Variety = PLAIN,
    cause: str | None = None,
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
    variety : Variety
        What else the scene may show; nothing by default.
    cause : str, optional
        One of the causes of the class; drawn if None.

    Raises
    ------
    ValueError
        If there is no such class or cause.
    FocusError
        If the extra `simulate` is not installed.
    """
    if class_name not in CLASSES:
        raise ValueError(f"no class {class_name!r}: expected one of {', '.join(CLASSES)}")
    case = Case(class_name, LESIONS.get(class_name, {}), class_importance(class_name, sensor))
    return simulate_case(seed, sensor, case, size, interior, variety=variety, cause=cause)


@dataclass(frozen=True, eq=False)
class Case:
    """Content of a scene.

    Attributes
    ----------
    name : str
        Of the class.
    causes : mapping of str to EffectRange
        What its lesions do to tissue, by cause; empty where it has none.
    importance : DoubleArray, shape (bands,)
        The ideal observer's d' of each band for the class.
    """

    name: str
    causes: Mapping[str, EffectRange]
    importance: DoubleArray


def simulate_case(
    seed: int,
    sensor: Sensor,
    case: Case,
    size: tuple[int, int] = (64, 64),
    interior: bool | None = None,
    *,
    variety: Variety = PLAIN,
    cause: str | None = None,
) -> Scene:
    """Simulate one leaf with any lesion; otherwise as `simulate_scene`."""
    streams = _Streams(*np.random.default_rng(seed).spawn(len(_Streams._fields)))
    fills_window = streams.leaf.random() < _INTERIOR_SHARE if interior is None else interior
    shape = draw_shape(streams.leaf)
    view = look(shape, draw_camera(shape, size, fills_window, streams.leaf))
    leaf = _draw_blade(variety.leaves, streams.leaf)
    nuisance = Layer(draw_nuisance(streams.nuisance), draw_patches(view, streams.nuisance))
    lesions = draw_lesions(view, case.name, case.causes, cause, variety.second, streams.lesion)
    distractors = _distract(view, lesions, variety, sensor, streams.distractors)
    layers = [nuisance, *lesions.others, *distractors.layers(view)]
    before = distractors.over(paint_leaf(view, leaf, layers, sensor, streams.light))
    painting = change_leaf(before, leaf, lesions.own, sensor)
    surroundings = draw_surroundings(view, streams.around, variety.soils)
    picture = expose(painting.reflectance, view, distractors, sensor, surroundings, streams.light)
    other = distractors.other_leaf
    tissue = view.leaf | other
    lesion, second = (_affected(layer, size) for layer in (lesions.first, lesions.other))
    meaningless = _affected(nuisance, size) & ~other
    aside = distractors.mask(view) & ~lesion & ~second
    healthy = view.leaf & ~lesions.places & ~meaningless & ~aside
    return Scene(
        reflectance=picture,
        sensor=sensor,
        class_name=case.name,
        lesion=lesion,
        leaf=view.leaf,
        nuisance=meaningless,
        importance=case.importance,
        cause=lesions.cause,
        second=lesions.second,
        second_lesion=second,
        traits=np.where(tissue[..., None], painting.traits, np.float32(np.nan)),
        tissue=tissue,
        distractor=aside,
        scene_importance=_scene_importance(painting, before, lesion, healthy, sensor),
    )


class _Streams(NamedTuple):
    """Random numbers for each part of a scene: none depends on what another part draws."""

    leaf: np.random.Generator
    nuisance: np.random.Generator
    lesion: np.random.Generator
    light: np.random.Generator
    around: np.random.Generator
    distractors: np.random.Generator


def _draw_blade(measured: MeasuredSpectra | None, rng: np.random.Generator) -> Blade:
    tissue = draw_healthy(rng)
    if measured is None:
        return Blade(tissue)
    row = int(rng.integers(len(measured.reflectance)))
    return Blade(tissue, extend(measured.reflectance[row : row + 1])[0])


def _distract(
    view: LeafView, lesions: Lesions, variety: Variety, sensor: Sensor, rng: np.random.Generator
) -> Distractors:
    if not variety.distractors:
        return no_distractors(view.camera.size)
    other = _draw_blade(variety.leaves, rng)
    return draw_distractors(view, other, lesions.places, variety.distractors, sensor, rng)


def _affected(layer: Layer | None, size: tuple[int, int]) -> BoolArray:
    if layer is None:
        return np.zeros(size, dtype=np.bool_)
    return layer.severity >= AFFECTED_FROM


def _scene_importance(
    after: Painting, before: Painting, lesion: BoolArray, healthy: BoolArray, sensor: Sensor
) -> DoubleArray:
    if not lesion.any():
        return np.zeros(sensor.bands)
    pixels, rest = after.reflectance[lesion], after.reflectance[healthy]
    return lesion_importance(pixels, before.reflectance[lesion], rest, sensor.noise)
