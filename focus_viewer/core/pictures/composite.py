"""Composite image of a cube: three bands, stretched for display."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from focus_viewer.core.counted import counted
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.viewpoint import Extent
from focus_viewer.core.errors import FocusError
from focus_viewer.core.pictures.components import fit_components
from focus_viewer.core.pictures.index_colours import coloured
from focus_viewer.core.pictures.recipe import (
    BandChoice,
    CompositeRecipe,
    Kind,
    choose_bands,
    fitted,
    lacking,
    placed,
    true_colour,
)
from focus_viewer.core.pictures.stretch import (
    USUAL_STRETCH,
    Histogram,
    Limits,
    Stretch,
    channel_limits,
    histogram,
    stretched,
)
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.typing import BoolArray, ByteArray, FloatArray

__all__ = [
    "BandChoice",
    "Composite",
    "CompositeRecipe",
    "Detail",
    "Kind",
    "Planes",
    "all_values",
    "channel_values",
    "choose_bands",
    "composite",
    "detail",
    "fitted",
    "lacking",
    "pixels_within",
    "placed",
    "read_planes",
    "rendered",
    "true_colour",
]

# A cube of no more pixels is shown as it is. Of a larger one as much as a screen shows; the rest is
# read where one looks nearer.
_MOST_PIXELS = 4_000_000
_SCREEN_PIXELS = 1_500_000
_COARSE_VALUES = 256_000_000  # read from a file in a moment
# Few, so that a disk still has much to do at a time; enough to be stopped soon.
_MOST_PARTS = 8
_PART_VALUES = 32_000_000  # of all bands at a time


@dataclass(frozen=True, eq=False)
class Planes:
    """Values of a picture's channels before they are stretched.

    Attributes
    ----------
    values : tuple of FloatArray, shape (height, width)
        One or three.
    stride, coarse
        As in `Composite`.
    row_stride : int
        Rows of the cube for each row of the values.
    """

    values: tuple[FloatArray, ...]
    choice: BandChoice
    recipe: CompositeRecipe
    stride: int = 1
    coarse: bool = False
    row_stride: int = 1


@dataclass(frozen=True, eq=False)
class Composite:
    """Composite image of a cube.

    Attributes
    ----------
    image : ByteArray, shape (height, width, 3)
        Every `stride`-th pixel of the cube, so that a huge cube gives a picture that fits.
    limits : tuple of (float, float)
        Of each band's stretch; NaN where it has no data.
    coarse : bool
        Whether fewer rows were read than would fit, to have it soon.
    stretch : Stretch
        By which the limits were found.
    histograms : tuple of Histogram or None
        One for each limits; None for a channel without data.
    inside : BoolArray, shape (rows, cols) of the cube, or None
        Pixels that limits and histograms are of; None for all.
    """

    image: ByteArray
    choice: BandChoice
    recipe: CompositeRecipe
    stride: int = 1
    limits: tuple[Limits, ...] = ()
    coarse: bool = False
    stretch: Stretch = USUAL_STRETCH
    histograms: tuple[Histogram | None, ...] = ()
    inside: BoolArray | None = None


@dataclass(frozen=True, eq=False)
class Detail:
    """Part of a cube with more pixels than the composite shows.

    Attributes
    ----------
    image : ByteArray, shape (height, width, 3)
    extent : Extent
        Position in pixels of the cube.
    known : BoolArray, shape (height, width)
        Where all its channels have data.
    stride : int
        Pixels of the cube, along a side, for each of its own.
    """

    image: ByteArray
    extent: Extent
    known: BoolArray
    stride: int = 1


def composite(
    cube: Cube,
    recipe: CompositeRecipe,
    coarse: bool = False,
    step: Step = silent,
    stretch: Stretch = USUAL_STRETCH,
) -> Composite:
    """Return a composite of a cube, stretched linearly over 2 % to 98 % of good pixels if usual.

    Each channel is stretched for itself unless asked otherwise; pixels without data are dark grey.
    Of more than four million pixels evenly spaced ones are shown, one and a half million at the
    most.

    Parameters
    ----------
    coarse : bool
        Whether to read so few rows that it takes a moment also where a file must be read through
        for a band: no more than 256 million of its numbers.
    step : Step
        Called ahead of every part of a large cube.

    Raises
    ------
    ValueError
        If the recipe names a band that the cube lacks.
    """
    return rendered(read_planes(cube, recipe, coarse, step), stretch)


def read_planes(
    cube: Cube, recipe: CompositeRecipe, coarse: bool = False, step: Step = silent
) -> Planes:
    """Read the values of a composite; see `composite`."""
    choice = _chosen(cube, recipe, step)
    pixels = cube.rows * cube.cols
    stride = 1 if pixels <= _MOST_PIXELS else _stride(pixels)
    row_stride = max(stride, -(-cube.rows * cube.cols * cube.bands // _COARSE_VALUES))
    rows = slice(None, None, row_stride if coarse else stride)
    values = _values(cube, choice, rows, slice(None, None, stride), step)
    choice = _said_of_beyond(choice, values)
    less = coarse and row_stride > stride
    return Planes(values, choice, recipe, stride, less, rows.step)


def all_values(cube: Cube, picture: Composite, step: Step = silent) -> tuple[FloatArray, ...]:
    """Return the channels of a picture at all pixels, unstretched, shape (rows, cols) each."""
    return _values(cube, picture.choice, slice(None), slice(None), step)


def channel_values(cube: Cube, recipe: CompositeRecipe, step: Step = silent) -> FloatArray:
    """Return the values of a picture of one channel at all pixels, shape (rows, cols).

    Raises
    ------
    FocusError
        If the picture has several channels, or the cube lacks its bands.
    """
    missing = lacking(recipe, cube)
    if missing:
        raise FocusError(f"{cube.name}: {missing}. Choose another picture.")
    choice = _chosen(cube, recipe, step)
    if len(choice.channels) != 1:
        raise FocusError(
            f"Limits need one value a pixel; found {len(choice.channels)} colours. Choose band "
            "math, one band or one component."
        )
    (values,) = _values(cube, choice, slice(None), slice(None), step)
    return values


def pixels_within(cube: Cube, picture: Composite, step: Step = silent) -> BoolArray:
    """Return the pixels whose value is within the limits of a picture of one channel.

    All pixels are read, also those that the picture leaves out; no-data is never within.

    Returns
    -------
    BoolArray, shape (rows, cols)

    Raises
    ------
    ValueError
        If the picture has several channels.
    """
    ((low, high),) = picture.limits
    (values,) = all_values(cube, picture, step)
    return np.asarray((values >= low) & (values <= high))


def rendered(
    planes: Planes, stretch: Stretch = USUAL_STRETCH, inside: BoolArray | None = None
) -> Composite:
    """Return the picture of values, stretched by those of the pixels inside, if there are any.

    Parameters
    ----------
    inside : BoolArray, shape (rows, cols) of the cube, or None
    """
    counted = _counted(planes, inside)
    limits = channel_limits(counted, planes.choice.channels, stretch)
    return Composite(
        _image(planes.values, limits, stretch.gamma, planes.choice),
        planes.choice,
        planes.recipe,
        planes.stride,
        limits,
        planes.coarse,
        stretch,
        tuple(histogram(plane) for plane in counted),
        inside,
    )


def _counted(planes: Planes, inside: BoolArray | None) -> tuple[FloatArray, ...]:
    """Return the values that limits are found by: NaN outside, or all where none is inside."""
    shown = None if inside is None else inside[:: planes.row_stride, :: planes.stride]
    if shown is None or not shown.any():
        return planes.values
    return tuple(np.where(shown, plane, np.float32(np.nan)) for plane in planes.values)


def detail(cube: Cube, picture: Composite, extent: Extent) -> Detail | None:
    """Return the pixels that a composite leaves out of a part of a cube, stretched as there.

    Returns
    -------
    Detail or None
        None where it would show no more than the picture.
    """
    (left, top), (right, bottom) = extent.low, extent.high
    rows = slice(max(0, math.floor(top)), min(cube.rows, math.ceil(bottom)))
    cols = slice(max(0, math.floor(left)), min(cube.cols, math.ceil(right)))
    height, width = rows.stop - rows.start, cols.stop - cols.start
    stride = _stride(max(0, height) * max(0, width))
    if height <= 0 or width <= 0 or stride >= picture.stride:
        return None
    every_row, every_col = (slice(side.start, side.stop, stride) for side in (rows, cols))
    values = _values(cube, picture.choice, every_row, every_col)
    where = Extent((cols.start, rows.start), (cols.stop, rows.stop))
    known = np.logical_and.reduce([np.isfinite(plane) for plane in values])
    image = _image(values, picture.limits, picture.stretch.gamma, picture.choice)
    return Detail(image, where, known, stride)


def _stride(pixels: int) -> int:
    return max(1, math.ceil(math.sqrt(pixels / _SCREEN_PIXELS)))


def _chosen(cube: Cube, recipe: CompositeRecipe, step: Step) -> BandChoice:
    """Return the bands of a recipe; components are fitted."""
    if recipe.kind not in ("pca", "mnf"):
        return choose_bands(cube, recipe)
    found = fit_components(cube, recipe.kind, step)
    kept = len(found.strengths)
    shown = tuple(each for each in recipe.components if each < kept) or tuple(range(min(3, kept)))
    texts = ", ".join(found.text(component) for component in shown)
    return BandChoice(
        (), f"{texts}, fitted to {counted(found.pixels, 'pixel')}", None, found, shown
    )


def _values(
    cube: Cube, choice: BandChoice, rows: slice, cols: slice, step: Step = silent
) -> tuple[FloatArray, ...]:
    """Return the channels of a picture, shape (rows, cols) each."""
    components = choice.components
    if components is None:
        return _channels(_planes(cube, choice, rows, cols, step), choice)
    lines = range(cube.rows)[rows]
    parts = max(1, -(-len(lines) * cube.cols * components.bands.size // _PART_VALUES))
    blocks: list[FloatArray] = []
    for part in np.array_split(np.array(lines), min(parts, len(lines))):
        step(len(blocks) / parts, "computing components")
        some = slice(int(part[0]), int(part[-1]) + 1, lines.step)
        blocks.append(components.of(cube.block(some, cols, components.bands), choice.shown))
    return tuple(np.moveaxis(np.concatenate(blocks), -1, 0))


def _planes(
    cube: Cube, choice: BandChoice, rows: slice, cols: slice, step: Step = silent
) -> dict[int, FloatArray]:
    """Return values of each band, shape (rows, cols); of a large cube a part at a time."""
    bands = sorted(set(choice.bands))
    lines = range(cube.rows)[rows]
    parts = -(-len(lines) * cube.cols * cube.bands // _COARSE_VALUES)
    parts = max(1, min(parts, _MOST_PARTS, len(lines)))
    blocks: list[FloatArray] = []
    for part in np.array_split(np.array(lines), parts):
        step(len(blocks) / parts, "reading bands")
        some = slice(int(part[0]), int(part[-1]) + 1, lines.step)
        blocks.append(cube.block(some, cols, np.array(bands)))
    whole = [[block[:, :, position] for block in blocks] for position in range(len(bands))]
    return {
        band: planes[0] if parts == 1 else np.concatenate(planes)
        for band, planes in zip(bands, whole, strict=True)
    }


def _channels(planes: dict[int, FloatArray], choice: BandChoice) -> tuple[FloatArray, ...]:
    """Return one or three channels of the bands that were read."""
    chosen = tuple(planes[band] for band in choice.bands)
    if choice.index is None:
        return chosen
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite
        return (choice.index.of_bands(np.stack(chosen)).astype(np.float32),)


def _said_of_beyond(choice: BandChoice, values: tuple[FloatArray, ...]) -> BandChoice:
    """Return a choice that says how many values of an index are too large to be shown."""
    beyond = 0 if choice.index is None else int(np.isinf(values[0]).sum())
    if not beyond:
        return choice
    how = f"{choice.how}; {counted(beyond, 'pixel')} beyond ±3.4e38 shown as without data"
    return replace(choice, how=how)


def _image(
    planes: tuple[FloatArray, ...], limits: tuple[Limits, ...], gamma: float, choice: BandChoice
) -> ByteArray:
    channels = [stretched(*each, gamma) for each in zip(planes, limits, strict=True)]
    if choice.index is not None:
        return coloured(channels[0], np.isfinite(planes[0]))
    return np.stack(channels * (3 // len(channels)), axis=2)
