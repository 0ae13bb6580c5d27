"""Rendering of tissue to the reflectance of every pixel, by a few PROSPECT runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from focus_viewer.core.typing import FloatArray
from focus_viewer.simulate.effects import ADDED, VEIN, Effect
from focus_viewer.simulate.fields import smooth_field
from focus_viewer.simulate.leaf import LeafView
from focus_viewer.simulate.sensors import Sensor, resample
from focus_viewer.simulate.tissue import Tissue, reflectance

_STEPS = (-1, 0, 1)
_LADDER = np.linspace(0, 1, 5)


TRAITS: Mapping[str, str] = MappingProxyType(
    {
        "chlorophyll": "cab",
        "carotenoids": "car",
        "anthocyanin": "ant",
        "brown pigment": "brown",
        "water": "cw",
        "dry matter": "cm",
        "structure": "n",
    }
)
"""Traits of a leaf, in the order of maps of them, and what `Tissue` calls each."""


@dataclass(frozen=True, eq=False)
class Blade:
    """Healthy tissue of a leaf.

    Attributes
    ----------
    tissue : Tissue
        Its mean tissue; a typical one where the leaf is measured.
    measured : FloatArray, shape (2101,), optional
        Its measured reflectance: PROSPECT then gives changes alone, and traits are unknown.
    """

    tissue: Tissue
    measured: FloatArray | None = None


@dataclass(frozen=True, eq=False)
class Layer:
    """Change of tissue and its location.

    Attributes
    ----------
    severity : FloatArray, shape (rows, cols)
        0 to 1.
    """

    effect: Effect
    severity: FloatArray


@dataclass(frozen=True, eq=False)
class Painting:
    """Leaf under even light, without noise.

    Attributes
    ----------
    reflectance : FloatArray, shape (rows, cols, bands)
    traits : FloatArray, shape (rows, cols, 7)
        In the order and units of `TRAITS`; NaN where unknown.
    """

    reflectance: FloatArray
    traits: FloatArray


def paint_leaf(
    view: LeafView,
    leaf: Blade,
    layers: Sequence[Layer],
    sensor: Sensor,
    rng: np.random.Generator,
) -> Painting:
    """Compute the reflectance and the traits of a leaf everywhere, as if it filled the image.

    Healthy tissue is blended from nine PROSPECT spectra over two smooth fields (pigment; water and
    structure); each change multiplies it by the ratio that PROSPECT gives at the leaf's mean
    tissue, interpolated between five severities. Traits follow the same weights and severities.
    """
    tissues = [_vary(leaf.tissue, pigment, water) for pigment in _STEPS for water in _STEPS]
    weights = _blend_weights(view, rng)
    picture = weights @ resample(_healthy_spectra(leaf, tissues), sensor)
    values = [[getattr(tissue, name) for name in TRAITS.values()] for tissue in tissues]
    traits = weights @ np.array(values, dtype=np.float32)
    if leaf.measured is not None:
        traits.fill(np.nan)
    every = (Layer(VEIN, view.vein), *layers)
    return change_leaf(Painting(picture, traits), leaf, every, sensor)


def change_leaf(
    painting: Painting, leaf: Blade, layers: Sequence[Layer], sensor: Sensor
) -> Painting:
    """Add changes to a painted leaf."""
    picture, traits = painting.reflectance.copy(), painting.traits.copy()
    for layer in layers:
        touched = layer.severity > 0
        severity = layer.severity[touched]
        picture[touched] *= _climb(_ratio_ladder(leaf.tissue, layer.effect, sensor), severity)
        traits[touched] = _changed_traits(traits[touched], layer.effect, severity)
    return Painting(picture, traits)


def _changed_traits(traits: FloatArray, effect: Effect, severity: FloatArray) -> FloatArray:
    """Change traits, shape (pixels, 7), as `Effect.on` does."""
    changes = {name: getattr(effect, name) for name in TRAITS.values()}
    factors = [1.0 if name in ADDED else value for name, value in changes.items()]
    added = [value if name in ADDED else 0.0 for name, value in changes.items()]
    share = severity[:, None]
    scaled = traits * (1 + share * (np.array(factors, dtype=np.float32) - 1))
    return np.asarray(scaled + share * np.array(added, dtype=np.float32))


def _blend_weights(view: LeafView, rng: np.random.Generator) -> FloatArray:
    """Return the share of each of the nine tissues, shape (rows, cols, 9)."""
    pigment, water = (
        _hat_weights(smooth_field(view.along, view.across, 1.0, rng)) for _ in range(2)
    )
    weights = pigment[..., :, None] * water[..., None, :]
    return np.asarray(weights.reshape(*view.camera.size, -1))


def _healthy_spectra(leaf: Blade, tissues: Sequence[Tissue]) -> FloatArray:
    spectra = reflectance(tissues)
    if leaf.measured is None:
        return spectra
    return np.asarray(leaf.measured * (spectra / reflectance([leaf.tissue])))


def _vary(tissue: Tissue, pigment: float, water: float) -> Tissue:
    return replace(
        tissue,
        cab=tissue.cab * (1 + 0.2 * pigment),
        car=tissue.car * (1 + 0.15 * pigment),
        cw=tissue.cw * (1 + 0.12 * water),
        cm=tissue.cm * (1 + 0.1 * water),
        n=tissue.n * (1 + 0.06 * water),
    )


def _hat_weights(field: FloatArray) -> FloatArray:
    """Return weights of the steps -1, 0, 1 that interpolate linearly at a field's values."""
    distance = np.abs(field[..., None] - np.array(_STEPS, dtype=np.float32))
    return np.asarray(np.clip(1 - distance, 0, 1))


def _ratio_ladder(healthy: Tissue, effect: Effect, sensor: Sensor) -> FloatArray:
    spectra = resample(reflectance([effect.on(healthy, step) for step in _LADDER]), sensor)
    return np.asarray(spectra / spectra[0])


def _climb(ladder: FloatArray, severity: FloatArray) -> FloatArray:
    position = severity * (len(ladder) - 1)
    step = np.minimum(position.astype(np.intp), len(ladder) - 2)
    share = (position - step)[:, None]
    return np.asarray(ladder[step] * (1 - share) + ladder[step + 1] * share, dtype=np.float32)
