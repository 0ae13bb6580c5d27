"""Painter of leaves from measured spectra, independent of the simulator that models learn from.

A leaf is an outline filled with measured healthy spectra of one kind. Spots on it mix in measured
ill spectra of the same kind, or are changed by the ratios that PROSPECT gives for a class. Each
scene has a twin without the spots, otherwise the same to the last random number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray
from focus_viewer.simulate.effects import draw_lesion
from focus_viewer.simulate.fields import smooth_field, soft_step
from focus_viewer.simulate.sensors import Sensor, resample
from focus_viewer.simulate.tissue import draw_healthy, reflectance
from focus_viewer.simulate.truth import band_importance

_AFFECTED_FROM = 0.25
_LEAVES_MIXED = 3
_SPOTS = (2, 6)
_GLINTS = (5, 15)
_VEINS = 5


@dataclass(frozen=True, eq=False)
class Palette:
    """Palette of measured spectra of one kind of leaf, by 1 nm from 400 to 2500.

    Attributes
    ----------
    healthy : FloatArray, shape (n, 2101)
    ill : FloatArray, shape (m, 2101), or None
        The same kind of leaf, ill; None where spots are to be those of a class.
    backgrounds : FloatArray, shape (k, 2101)
    """

    healthy: FloatArray
    ill: FloatArray | None
    backgrounds: FloatArray


@dataclass(frozen=True, eq=False)
class PaintedScene:
    """Painted image and its truth.

    Attributes
    ----------
    reflectance : FloatArray, shape (rows, cols, bands)
        With the sensor's noise.
    lesion, leaf, distractor : BoolArray, shape (rows, cols)
    importance : DoubleArray, shape (bands,)
        The ideal observer's d' of each band between the scene's spots and its other leaf, under
        even light.
    """

    reflectance: FloatArray
    sensor: Sensor
    lesion: BoolArray
    leaf: BoolArray
    distractor: BoolArray
    importance: DoubleArray


class PaintedPair(NamedTuple):
    """Scene with spots, and its twin without."""

    ill: PaintedScene
    control: PaintedScene


class _Streams(NamedTuple):
    """Random numbers for each part: none depends on what another part draws."""

    outline: np.random.Generator
    tissue: np.random.Generator
    spots: np.random.Generator
    illness: np.random.Generator
    aside: np.random.Generator
    light: np.random.Generator


Change = Callable[[FloatArray, FloatArray], FloatArray]
"""What severities (n, 1) make of spectra (n, bands)."""


def paint_pair(
    seed: int,
    palette: Palette,
    class_name: str | None,
    sensor: Sensor,
    size: tuple[int, int] = (64, 64),
    harder: bool = False,
) -> PaintedPair:
    """Paint a leaf with spots and its twin.

    Parameters
    ----------
    class_name : str or None
        Class of which the spots are; None for the palette's own ill spectra.
    sensor : Sensor
        Within the range of the palette's spectra.
    harder : bool
        Whether a patch of another healthy leaf, veins and glints are there too.

    Raises
    ------
    ValueError
        If the palette has no ill spectra and no class is named.
    """
    scenes = [
        _paint(_streams(seed), palette, class_name, sensor, size, harder, ill)
        for ill in (True, False)
    ]
    return PaintedPair(*scenes)


def _streams(seed: int) -> _Streams:
    return _Streams(*np.random.default_rng([seed, 2718]).spawn(len(_Streams._fields)))


def _paint(
    rng: _Streams,
    palette: Palette,
    class_name: str | None,
    sensor: Sensor,
    size: tuple[int, int],
    harder: bool,
    ill: bool,
) -> PaintedScene:
    cover = _outline(size, rng.outline)
    tissue = _tissue(palette.healthy, size, sensor, rng.tissue)
    severity = _spots(cover > 0.5, rng.spots)
    change = _change(palette, class_name, sensor, rng.illness)
    if ill:
        tissue = change(tissue, severity[..., None])
    nothing = np.zeros(size, dtype=np.float32)
    veins, glints, other = (
        _aside(cover, severity, rng.aside) if harder else (nothing, nothing, nothing)
    )
    tissue = tissue * (1 + 0.25 * veins[..., None])
    elsewhere = _tissue(palette.healthy, size, sensor, rng.tissue)
    tissue = tissue * (1 - other[..., None]) + elsewhere * other[..., None]
    lesion = (severity >= _AFFECTED_FROM) & (cover > 0.5) & ill
    distractor = (veins > 0.5) | (glints > 0) | (other > 0.5)
    healthy = (cover > 0.5) & (severity == 0) & ~distractor
    picture = _lit(tissue, glints, np.maximum(cover, other), palette, sensor, rng.light)
    importance = np.zeros(sensor.bands)
    if lesion.any() and healthy.any():
        importance = band_importance(tissue[lesion], tissue[healthy], sensor.noise)
    return PaintedScene(picture, sensor, lesion, cover > 0.5, distractor & ~lesion, importance)


def _outline(size: tuple[int, int], rng: np.random.Generator) -> FloatArray:
    """Draw the share of each pixel that the leaf takes: an ellipse with a wavy margin."""
    row, col = np.indices(size, dtype=np.float32) / min(size) - 0.5
    angle = rng.uniform(0, np.pi)
    along = row * np.cos(angle) + col * np.sin(angle)
    across = col * np.cos(angle) - row * np.sin(angle)
    length, width = rng.uniform(0.42, 0.6), rng.uniform(0.3, 0.42)
    reach = np.hypot(along / length, across / width)
    reach += 0.05 * smooth_field(row, col, 4.0, rng)
    return soft_step((1 - reach) * min(size) * width / 2 + 0.5)


def _tissue(
    spectra: FloatArray, size: tuple[int, int], sensor: Sensor, rng: np.random.Generator
) -> FloatArray:
    """Blend a few neighbouring rows of a table over smooth fields, (rows, cols, bands)."""
    first = int(rng.integers(max(1, len(spectra) - _LEAVES_MIXED)))
    chosen = resample(spectra[first : first + _LEAVES_MIXED], sensor)
    row, col = np.indices(size, dtype=np.float32) / min(size)
    fields = [np.exp(smooth_field(row, col, 2.0, rng)) for _ in chosen]
    shares = np.stack(fields, axis=-1)
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True) @ chosen, dtype=np.float32)


def _spots(leaf: BoolArray, rng: np.random.Generator) -> FloatArray:
    """Draw severities, 0 to 1: a few spots with soft, ragged borders, kept to the leaf."""
    grid: FloatArray = np.indices(leaf.shape, dtype=np.float32)
    row, col = grid
    severity = np.zeros(leaf.shape, dtype=np.float32)
    for center in rng.choice(np.argwhere(leaf), size=int(rng.integers(*_SPOTS))):
        radius = max(2.5, min(leaf.shape) * rng.uniform(0.05, 0.14))
        distance = np.hypot(row - center[0], (col - center[1]) * rng.uniform(0.7, 1.4)) / radius
        distance *= 1 + 0.25 * smooth_field(row, col, 0.5 / radius, rng)
        shape = soft_step((1 - distance) / rng.uniform(0.2, 0.6) + 0.5)
        severity = np.maximum(severity, shape * np.float32(rng.uniform(0.6, 1)))
    return np.asarray(severity * leaf, dtype=np.float32)


def _change(
    palette: Palette, class_name: str | None, sensor: Sensor, rng: np.random.Generator
) -> Change:
    """Draw what the spots do to spectra."""
    if class_name is not None:
        tissue, effect = draw_healthy(rng), draw_lesion(class_name, rng)
        before, after = resample(reflectance([tissue, effect.on(tissue, 1.0)]), sensor)
        ratio = after / before
        return lambda spectra, severity: np.asarray(spectra * ratio**severity, dtype=np.float32)
    if palette.ill is None:
        raise ValueError("expected a class, or a palette with ill spectra")
    spectrum = resample(palette.ill[rng.integers(len(palette.ill))][None], sensor)[0]
    return lambda spectra, severity: np.asarray(
        spectra * (1 - severity) + spectrum * severity, dtype=np.float32
    )


def _aside(
    cover: FloatArray, severity: FloatArray, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Draw veins and glints, 0 to 1, and the cover of another leaf, which hides no spot."""
    row, col = np.indices(cover.shape, dtype=np.float32) / min(cover.shape) - 0.5
    free = cover * (severity == 0)
    veins = np.zeros_like(cover)
    for _ in range(_VEINS):
        angle, offset = rng.uniform(0, np.pi), rng.uniform(-0.35, 0.35)
        aside = np.abs(np.cos(angle) * col + np.sin(angle) * row - offset) * min(cover.shape)
        veins = np.maximum(veins, soft_step(1.5 - aside))
    glints = np.zeros_like(cover)
    for place in rng.choice(np.argwhere(cover > 0.5), size=int(rng.integers(*_GLINTS))):
        glints[tuple(place)] = rng.uniform(0.1, 0.4)
    angle = rng.uniform(0, 2 * np.pi)
    center = 0.35 * np.array([np.sin(angle), np.cos(angle)])
    distance = np.hypot(row - center[0], col - center[1]) / rng.uniform(0.15, 0.22)
    other = soft_step((1 - distance) * 6) * (severity == 0)
    return veins * free, glints * (severity == 0), other.astype(np.float32)


def _lit(
    tissue: FloatArray,
    glints: FloatArray,
    cover: FloatArray,
    palette: Palette,
    sensor: Sensor,
    rng: np.random.Generator,
) -> FloatArray:
    """Return the picture on a background, with light, shading and the sensor's noise."""
    size = cover.shape
    row, col = np.indices(size, dtype=np.float32) / min(size) - 0.5
    angle = rng.uniform(0, 2 * np.pi)
    light = 1 + rng.uniform(0, 0.3) * (np.cos(angle) * col + np.sin(angle) * row)
    shade = 1 + rng.uniform(0.03, 0.12) * smooth_field(row, col, 3.0, rng)
    chosen = palette.backgrounds[rng.integers(len(palette.backgrounds))]
    under = resample(chosen[None], sensor)[0] * (1 + rng.normal(0, 0.04, size))[..., None]
    on_leaf = tissue * shade[..., None] + glints[..., None]
    picture = on_leaf * cover[..., None] + under * (1 - cover[..., None])
    noise = rng.standard_normal(picture.shape) * sensor.noise
    return np.asarray(picture * light[..., None] + noise, dtype=np.float32)
