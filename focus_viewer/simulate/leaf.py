"""Leaf shape, and its view by a camera."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray
from focus_viewer.simulate.fields import soft_step

_STALK_LENGTH = 0.3
_STALK_HALF_WIDTH = 0.028
_MIDRIB_HALF_WIDTH = 0.019
_SIDE_VEIN_HALF_WIDTH = 0.010


@dataclass(frozen=True)
class LeafShape:
    """Leaf with a midrib and pinnate side veins; lengths in halves of its blade.

    Along the midrib the blade runs from -1 (base) to 1 (tip); across it from -1 to 1 times its
    half width there.

    Attributes
    ----------
    half_width : float
        Largest half width of the blade.
    base, tip : float
        Exponents of the outline at both ends: below 1 round, above 1 drawn out.
    bend : float
        How far the tip is bent sideways.
    vein_pairs : int
        Side veins per unit of length.
    vein_slope : float
        How far a side vein runs along the midrib for each unit that it runs across.
    """

    half_width: float
    base: float
    tip: float
    bend: float
    vein_pairs: float
    vein_slope: float

    def half_width_at(self, along: FloatArray) -> FloatArray:
        """Return the half width of the blade; 0 beyond its ends."""
        from_base, to_tip = np.clip(1 + along, 0, 2), np.clip(1 - along, 0, 2)
        widest = (self.base - self.tip) / (self.base + self.tip)
        largest = (1 + widest) ** self.base * (1 - widest) ** self.tip
        outline = from_base**self.base * to_tip**self.tip / largest
        return np.asarray(self.half_width * outline, dtype=np.float32)


@dataclass(frozen=True)
class Camera:
    """Position of a camera above a leaf.

    Attributes
    ----------
    size : tuple of int
        (rows, cols).
    center : tuple of float
        (along, across) of the leaf in the middle of the image.
    pixel : float
        Side of a pixel in the leaf's unit of length.
    angle : float
        Direction of the leaf's tip, radians from the image's columns.
    """

    size: tuple[int, int]
    center: tuple[float, float]
    pixel: float
    angle: float


@dataclass(frozen=True, eq=False)
class LeafView:
    """Leaf in a camera's view: every array has shape (rows, cols).

    Attributes
    ----------
    along, across : FloatArray
        Position of each pixel on the leaf, the bend of the midrib taken out.
    """

    shape: LeafShape
    camera: Camera
    along: FloatArray
    across: FloatArray

    @cached_property
    def half_width(self) -> FloatArray:
        """Half width of the blade at each pixel's place along the midrib."""
        return self.shape.half_width_at(self.along)

    @cached_property
    def coverage(self) -> FloatArray:
        """Share of each pixel that the leaf takes, 0 to 1."""
        inside = self.half_width - np.abs(self.across)
        blade = np.where(self.half_width > 0, inside, -self.camera.pixel)
        return self._fill(np.maximum(blade, self._stalk))

    @property
    def leaf(self) -> BoolArray:
        """Pixels that are mostly leaf."""
        return self.coverage > 0.5

    @property
    def blade(self) -> BoolArray:
        """Pixels of the blade, without the stalk."""
        return self.leaf & (np.abs(self.across) < self.half_width)

    @cached_property
    def vein(self) -> FloatArray:
        """Share of each pixel that is vein, 0 to 1."""
        taper = np.clip((1.15 - self.along) / 2.15, 0, 1)
        midrib = self._line(np.abs(self.across), _MIDRIB_HALF_WIDTH * (0.3 + taper))
        return np.maximum(np.maximum(midrib, self._fill(self._stalk)), self._side_veins())

    @cached_property
    def from_midrib(self) -> FloatArray:
        """Position of a pixel between midrib (0) and margin (-1 left, 1 right)."""
        share = self.across / np.maximum(self.half_width, _STALK_HALF_WIDTH)
        return np.asarray(np.clip(share, -1, 1))

    @cached_property
    def _stalk(self) -> FloatArray:
        within = np.minimum(self.along + 1 + _STALK_LENGTH, 0.1 - (self.along + 1))
        aside = _STALK_HALF_WIDTH - np.abs(self.across)
        return np.asarray(np.minimum(within, aside), dtype=np.float32)

    def _fill(self, inside: FloatArray) -> FloatArray:
        """Return the coverage of a pixel whose centre is this far inside an edge."""
        share = np.clip(inside / self.camera.pixel + 0.5, 0, 1)
        return np.asarray(share, dtype=np.float32)

    def _side_veins(self) -> FloatArray:
        aside = np.abs(self.across)
        start = self.along - self.shape.vein_slope * aside * (0.6 + aside)
        # Left and right veins leave the midrib in turn, as in most pinnate leaves.
        turn = start * self.shape.vein_pairs + 0.4 * (self.across > 0)
        steepness = float(np.hypot(1, self.shape.vein_slope))
        distance = np.abs(turn - np.round(turn)) / (self.shape.vein_pairs * steepness)
        fading = 1 - 0.8 * np.abs(self.from_midrib)
        line = self._line(distance, np.full_like(aside, _SIDE_VEIN_HALF_WIDTH))
        return np.asarray(line * fading, dtype=np.float32)

    def _line(
        self, distance: FloatArray | DoubleArray, half_width: FloatArray | DoubleArray
    ) -> FloatArray:
        # A line thinner than a pixel fills its share of the pixel and no more.
        soft = np.maximum(half_width, self.camera.pixel / 2)
        line = soft_step(1.5 - distance / soft) * np.minimum(half_width / soft, 1)
        return np.asarray(line, dtype=np.float32)


def look(shape: LeafShape, camera: Camera) -> LeafView:
    """Point a camera at a leaf."""
    rows, cols = camera.size
    down = (np.arange(rows, dtype=np.float32)[:, None] - (rows - 1) / 2) * camera.pixel
    right = (np.arange(cols, dtype=np.float32)[None, :] - (cols - 1) / 2) * camera.pixel
    cos, sin = np.cos(camera.angle), np.sin(camera.angle)
    along = (right * cos + down * sin + camera.center[0]).astype(np.float32)
    across = (down * cos - right * sin + camera.center[1]).astype(np.float32)
    return LeafView(shape, camera, along, across - np.float32(shape.bend) * along**2)


def draw_shape(rng: np.random.Generator) -> LeafShape:
    """Draw a leaf: from broad and round to narrow and pointed."""
    return LeafShape(
        half_width=rng.uniform(0.3, 0.5),
        base=rng.uniform(0.4, 0.8),
        tip=rng.uniform(0.7, 1.3),
        bend=rng.uniform(-0.12, 0.12),
        vein_pairs=rng.uniform(3, 6),
        vein_slope=rng.uniform(0.6, 1.2),
    )


def draw_camera(
    shape: LeafShape, size: tuple[int, int], interior: bool, rng: np.random.Generator
) -> Camera:
    """Draw a view of a whole leaf, or of a part of it that fills the window."""
    angle = rng.uniform(0, 2 * np.pi)
    if not interior:
        pixel = 2.0 / (min(size) * rng.uniform(0.7, 1.2))
        return Camera(size, (rng.uniform(-0.25, 0.15), rng.uniform(-0.1, 0.1)), pixel, angle)
    along = rng.uniform(-0.4, 0.1)
    # The smallest half width within the window's reach bounds what fits in the blade.
    nearby = np.linspace(along - 0.35, along + 0.35, 8, dtype=np.float32)
    room = float(shape.half_width_at(nearby).min())
    room = min(room - abs(shape.bend) * 0.6, 0.35)
    reach = room * rng.uniform(0.5, 0.95)
    across = rng.uniform(-1, 1) * (room - reach) + shape.bend * along**2
    return Camera(size, (along, across), 2 * reach / float(np.hypot(*size)), angle)
