"""Composite image of a cube: three bands, stretched for display."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.viewpoint import Extent
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
from focus_viewer.core.spectra.wavelength_names import nm_number
from focus_viewer.core.typing import ByteArray, DoubleArray, FloatArray
from focus_viewer.core.wording import bands_text

Kind = Literal["rgb", "cir", "header", "band", "custom"]

TRUE_COLOUR_NM = (640.0, 550.0, 460.0)
COLOUR_INFRARED_NM = (860.0, 650.0, 550.0)
_COLOURS_NM = ((600.0, 700.0), (500.0, 600.0), (400.0, 500.0))  # of red, green, blue
_WITHIN_NM = 20.0
_SAME_NM = 1e-3
# A cube of no more pixels is shown as it is. Of a larger one as much as a screen shows; the rest is
# read where one looks nearer.
_MOST_PIXELS = 4_000_000
_SCREEN_PIXELS = 1_500_000
_COARSE_VALUES = 256_000_000  # read from a file in a moment
# Few, so that a disk still has much to do at a time; enough to be stopped soon.
_MOST_PARTS = 8


@dataclass(frozen=True)
class CompositeRecipe:
    """Recipe of a composite: the bands to show.

    Attributes
    ----------
    kind : {"rgb", "cir", "header", "band", "custom"}
        The usual picture (true colour, else the header's bands), colour infrared, the header's
        default bands, one band in grey, or three bands of one's own.
    bands : tuple of int
        Zero-based bands: three for "custom", one for "band".
    wavelengths_nm : tuple of float
        Of these bands in the cube in which they were chosen; another cube shows its own nearest.
        Empty where that cube had none.
    """

    kind: Kind = "rgb"
    bands: tuple[int, ...] = ()
    wavelengths_nm: tuple[float, ...] = ()


@dataclass(frozen=True)
class BandChoice:
    """Bands of a composite, and the rule that chose them.

    Attributes
    ----------
    bands : tuple of int
        Zero-based: three (red, green, blue) or one (grey).
    how : str
        For people, such as "640, 550, 460 nm".
    """

    bands: tuple[int, ...]
    how: str

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the channels, for limits that are chosen by hand: those of a band fit any."""
        return ("band",) if len(self.bands) == 1 else tuple(map(str, self.bands))


@dataclass(frozen=True, eq=False)
class Planes:
    """Values of a picture's channels before they are stretched.

    Attributes
    ----------
    values : tuple of FloatArray, shape (height, width)
        One or three.
    stride, coarse
        As in `Composite`.
    """

    values: tuple[FloatArray, ...]
    choice: BandChoice
    recipe: CompositeRecipe
    stride: int = 1
    coarse: bool = False


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
    """

    image: ByteArray
    choice: BandChoice
    recipe: CompositeRecipe
    stride: int = 1
    limits: tuple[Limits, ...] = ()
    coarse: bool = False
    stretch: Stretch = USUAL_STRETCH
    histograms: tuple[Histogram | None, ...] = ()


@dataclass(frozen=True, eq=False)
class Detail:
    """Part of a cube with more pixels than the composite shows.

    Attributes
    ----------
    image : ByteArray, shape (height, width, 3)
    extent : Extent
        Position in pixels of the cube.
    """

    image: ByteArray
    extent: Extent


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
    choice = choose_bands(cube, recipe)
    pixels = cube.rows * cube.cols
    stride = 1 if pixels <= _MOST_PIXELS else _stride(pixels)
    row_stride = max(stride, -(-cube.rows * cube.cols * cube.bands // _COARSE_VALUES))
    rows = slice(None, None, row_stride if coarse else stride)
    planes = _planes(cube, choice, rows, slice(None, None, stride), step)
    values = tuple(planes[band] for band in choice.bands)
    return Planes(values, choice, recipe, stride, coarse and row_stride > stride)


def rendered(planes: Planes, stretch: Stretch = USUAL_STRETCH) -> Composite:
    """Return the picture of values, stretched."""
    limits = channel_limits(planes.values, planes.choice.channels, stretch)
    return Composite(
        _image(planes.values, limits, stretch.gamma),
        planes.choice,
        planes.recipe,
        planes.stride,
        limits,
        planes.coarse,
        stretch,
        tuple(histogram(plane) for plane in planes.values),
    )


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
    planes = _planes(cube, picture.choice, every_row, every_col)
    values = tuple(planes[band] for band in picture.choice.bands)
    where = Extent((cols.start, rows.start), (cols.stop, rows.stop))
    return Detail(_image(values, picture.limits, picture.stretch.gamma), where)


def _stride(pixels: int) -> int:
    return max(1, math.ceil(math.sqrt(pixels / _SCREEN_PIXELS)))


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


def _image(planes: tuple[FloatArray, ...], limits: tuple[Limits, ...], gamma: float) -> ByteArray:
    channels = [stretched(*each, gamma) for each in zip(planes, limits, strict=True)]
    return np.stack(channels * (3 // len(channels)), axis=2)


def choose_bands(cube: Cube, recipe: CompositeRecipe) -> BandChoice:
    """Return the bands of a recipe, or a fallback that says so.

    Raises
    ------
    ValueError
        If the recipe names a band that the cube lacks.
    """
    found = _choice(cube, recipe)
    if found is not None:
        return found
    if recipe.kind in ("custom", "band"):
        raise ValueError(
            f"bands {recipe.bands} of {cube.name}: expected 1 or 3 from 0 to {cube.bands - 1}"
        )
    if recipe.kind == "cir":
        return _fallback(cube, "860, 650 and 550 nm")
    return true_colour(cube) or _default(cube) or _fallback(cube, "640, 550 and 460 nm")


def true_colour(cube: Cube) -> BandChoice | None:
    """Return red, green and blue: the header's bands if they are, else the nearest within 20 nm."""
    header = _default(cube)
    return header if header and _are_colours(cube, header.bands) else _near(cube, TRUE_COLOUR_NM)


def _are_colours(cube: Cube, bands: tuple[int, ...]) -> bool:
    if cube.wavelengths_nm is None or len(bands) != len(_COLOURS_NM):
        return False
    nm = cube.wavelengths_nm[list(bands)].tolist()
    return all(low <= each <= high for each, (low, high) in zip(nm, _COLOURS_NM, strict=True))


def placed(recipe: CompositeRecipe, cube: Cube) -> CompositeRecipe:
    """Return a recipe chosen in a cube with the wavelengths of its bands.

    The usual picture's where the cube lacks the bands.
    """
    if recipe.wavelengths_nm or not recipe.bands:
        return recipe
    if not all(0 <= band < cube.bands for band in recipe.bands):
        return CompositeRecipe()
    nm = cube.wavelengths_nm
    return recipe if nm is None else replace(recipe, wavelengths_nm=_at(nm, recipe.bands))


def fitted(recipe: CompositeRecipe, cube: Cube) -> CompositeRecipe:
    """Return a placed recipe, or the usual picture's where a cube lacks its bands."""
    return CompositeRecipe() if lacking(recipe, cube) else recipe


def lacking(recipe: CompositeRecipe, cube: Cube) -> str:
    """Return what a placed recipe needs that a cube lacks; empty where it fits."""
    of_numbers = bool(recipe.bands) and not recipe.wavelengths_nm
    if of_numbers and cube.wavelengths_nm is not None:
        return "bands were chosen by number in another cube"
    if recipe.kind == "rgb" or _choice(cube, recipe) is not None:
        return ""
    if recipe.kind == "header":
        return "no default bands in the header"
    if of_numbers:
        return "fewer bands than the picture needs"
    nm = recipe.wavelengths_nm or COLOUR_INFRARED_NM
    return f"no bands near {', '.join(nm_number(each) for each in nm)} nm"


def _choice(cube: Cube, recipe: CompositeRecipe) -> BandChoice | None:
    match recipe.kind:
        case "custom" | "band":
            return _own(cube, recipe)
        case "cir":
            return _near(cube, COLOUR_INFRARED_NM)
        case "header":
            return _default(cube)
        case _:
            return true_colour(cube)


def _own(cube: Cube, recipe: CompositeRecipe) -> BandChoice | None:
    nm = recipe.wavelengths_nm or recipe.bands
    if len(recipe.bands) not in (1, 3) or len(nm) != len(recipe.bands):
        return None
    found = list(recipe.bands)
    if recipe.wavelengths_nm:
        near = [
            _same_or_near(cube, *each)
            for each in zip(recipe.bands, recipe.wavelengths_nm, strict=True)
        ]
        found = [band for band in near if band is not None]
    if len(found) < len(recipe.bands) or not all(0 <= band < cube.bands for band in found):
        return None
    return BandChoice(tuple(found), _bands_text(cube, tuple(found)))


def _same_or_near(cube: Cube, band: int, nm: float) -> int | None:
    """Return the band itself, bad or not, if it has the wavelength, else the nearest good one."""
    if cube.wavelengths_nm is None:
        return None
    if 0 <= band < cube.bands and abs(cube.wavelengths_nm[band] - nm) < _SAME_NM:
        return band
    return cube.nearest_band(nm, _WITHIN_NM)


def _at(nm: DoubleArray, bands: tuple[int, ...]) -> tuple[float, ...]:
    return tuple(nm[list(bands)].tolist())


def _default(cube: Cube) -> BandChoice | None:
    if not cube.default_bands:
        return None
    text = f"{_bands_text(cube, cube.default_bands)} (header)"
    falsely = cube.wavelengths_nm is not None and not _are_colours(cube, cube.default_bands)
    is_colour = falsely and len(cube.default_bands) == len(_COLOURS_NM)
    return BandChoice(cube.default_bands, f"false colour, {text}" if is_colour else text)


def _near(cube: Cube, wanted_nm: tuple[float, ...]) -> BandChoice | None:
    if cube.wavelengths_nm is None:
        return None
    nearest = [cube.nearest_band(nm, _WITHIN_NM) for nm in wanted_nm]
    bands = tuple(band for band in nearest if band is not None)
    return BandChoice(bands, _bands_text(cube, bands)) if len(bands) == len(wanted_nm) else None


def _fallback(cube: Cube, missing: str) -> BandChoice:
    """Return three good bands spread over the sensor's range, the longest wavelength as red."""
    good = np.flatnonzero(cube.good_bands)
    if good.size == 0:
        good = np.arange(cube.bands)
    spread = good[[(good.size - 1) * 5 // 6, (good.size - 1) // 2, (good.size - 1) // 6]]
    bands = tuple(int(band) for band in spread)
    return BandChoice(bands, f"false colour, {_bands_text(cube, bands)}: no bands near {missing}")


def _bands_text(cube: Cube, bands: tuple[int, ...]) -> str:
    return bands_text(cube, cube.axis[list(bands)].tolist())
