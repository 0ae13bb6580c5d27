"""Distractors: other leaves, strong veins and glints, which mean nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from focus_viewer.core.typing import BoolArray, FloatArray
from focus_viewer.simulate.effects import STRONG_VEIN
from focus_viewer.simulate.leaf import Camera, LeafView, draw_shape, look
from focus_viewer.simulate.light import draw_glints
from focus_viewer.simulate.render import Blade, Layer, Painting, paint_leaf
from focus_viewer.simulate.sensors import Sensor

_BRIGHTNESS = (0.6, 1.3)
_TRIES = 8
# Another leaf takes at least so much of the image, and leaves at least so much of the leaf.
_LEAST, _LEFT = 0.03, 0.5
_GLINTS = (3, 9)
# Strength of veins and of glints from which a pixel counts.
_VEIN_FROM, _GLINT_FROM = 0.25, 0.05


@dataclass(frozen=True, eq=False)
class Distractors:
    """Distractors of a scene.

    Attributes
    ----------
    coverage : FloatArray, shape (rows, cols)
        Share of each pixel that another leaf takes, 0 to 1.
    painting : Painting or None
        That leaf, None if there is none.
    veins : float
        Strength of veins beyond the usual, 0 to 1.
    glints : FloatArray, shape (rows, cols)
        Added to the reflectance.
    """

    coverage: FloatArray
    painting: Painting | None
    veins: float
    glints: FloatArray

    def layers(self, view: LeafView) -> list[Layer]:
        """Return what changes the leaf itself."""
        return [Layer(STRONG_VEIN, view.vein * np.float32(self.veins))] if self.veins else []

    def over(self, leaf: Painting) -> Painting:
        """Put the other leaf over the painting of a leaf."""
        if self.painting is None:
            return leaf
        share = self.coverage[..., None]
        mixed = leaf.reflectance * (1 - share) + self.painting.reflectance * share
        other = self.other_leaf[..., None]
        return Painting(mixed, np.where(other, self.painting.traits, leaf.traits))

    @property
    def other_leaf(self) -> BoolArray:
        """Pixels that are mostly another leaf, shape (rows, cols)."""
        return self.coverage > 0.5

    def mask(self, view: LeafView) -> BoolArray:
        """Return the pixels of any distractor, shape (rows, cols)."""
        on_leaf = (view.vein * self.veins > _VEIN_FROM) | (self.glints > _GLINT_FROM)
        return np.asarray(self.other_leaf | (view.leaf & on_leaf))


def no_distractors(size: tuple[int, int]) -> Distractors:
    """Return those of a plain scene."""
    nothing = np.zeros(size, dtype=np.float32)
    return Distractors(nothing, None, 0.0, nothing)


def draw_distractors(
    view: LeafView,
    leaf: Blade,
    spared: BoolArray,
    share: float,
    sensor: Sensor,
    rng: np.random.Generator,
) -> Distractors:
    """Draw distractors of each kind with a probability.

    Parameters
    ----------
    leaf : Blade
        Healthy tissue of another leaf, were there one.
    spared : BoolArray, shape (rows, cols)
        Pixels that the other leaf must not cover.
    share : float
        Probability of each kind.
    """
    drawn = no_distractors(view.camera.size)
    has_leaf, has_veins, has_glints = rng.random(3) < share
    coverage, painting = drawn.coverage, drawn.painting
    other = _place_leaf(view, spared, rng) if has_leaf else None
    if other is not None:
        even = paint_leaf(other, leaf, [], sensor, rng)
        brightness = np.float32(rng.uniform(*_BRIGHTNESS))
        coverage, painting = other.coverage, Painting(even.reflectance * brightness, even.traits)
    veins = rng.uniform(0.4, 1.0) if has_veins else 0.0
    glints = draw_glints(view, int(rng.integers(*_GLINTS)), rng) if has_glints else drawn.glints
    return Distractors(coverage, painting, veins, glints)


def _place_leaf(view: LeafView, spared: BoolArray, rng: np.random.Generator) -> LeafView | None:
    """Return the view of another leaf that covers nothing spared; None if none was found."""
    size = view.camera.size
    for _ in range(_TRIES):
        pixel = 2.0 / (min(size) * rng.uniform(0.4, 1.3))
        reach = 0.7 * pixel * min(size)
        center = (rng.uniform(-reach, reach), rng.uniform(-reach, reach))
        camera = Camera(size, center, pixel, rng.uniform(0, 2 * np.pi))
        other = look(draw_shape(rng), camera)
        hidden = (view.leaf & other.leaf).sum() > (1 - _LEFT) * view.leaf.sum()
        if other.leaf.mean() >= _LEAST and not hidden and not (other.coverage[spared] > 0).any():
            return other
    return None
