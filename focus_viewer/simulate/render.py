"""Rendering of tissue to the reflectance of every pixel, by a few PROSPECT runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from focus_viewer.core.typing import FloatArray
from focus_viewer.simulate.effects import VEIN, Effect
from focus_viewer.simulate.fields import smooth_field
from focus_viewer.simulate.leaf import LeafView
from focus_viewer.simulate.sensors import Sensor, resample
from focus_viewer.simulate.tissue import Tissue, reflectance

_STEPS = (-1, 0, 1)
_LADDER = np.linspace(0, 1, 5)


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


def paint_leaf(
    view: LeafView,
    healthy: Tissue,
    layers: Sequence[Layer],
    sensor: Sensor,
    rng: np.random.Generator,
) -> FloatArray:
    """Compute the reflectance of a leaf under even light, without noise, shape (rows, cols, bands).

    Healthy tissue is blended from nine PROSPECT spectra over two smooth fields (pigment; water and
    structure); each change multiplies it by the ratio that PROSPECT gives at the leaf's mean
    tissue, interpolated between five severities.
    """
    picture = _blend_healthy(view, healthy, sensor, rng)
    for layer in (Layer(VEIN, view.vein), *layers):
        touched = layer.severity > 0
        ratios = _ratio_ladder(healthy, layer.effect, sensor)
        picture[touched] *= _climb(ratios, layer.severity[touched])
    return picture


def _blend_healthy(
    view: LeafView, healthy: Tissue, sensor: Sensor, rng: np.random.Generator
) -> FloatArray:
    tissues = [_vary(healthy, pigment, water) for pigment in _STEPS for water in _STEPS]
    spectra = resample(reflectance(tissues), sensor)
    pigment, water = (
        _hat_weights(smooth_field(view.along, view.across, 1.0, rng)) for _ in range(2)
    )
    weights = pigment[..., :, None] * water[..., None, :]
    return np.asarray(weights.reshape(*view.camera.size, -1) @ spectra)


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
