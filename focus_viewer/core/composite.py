"""A cube as a picture: three bands, stretched for the eye."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from focus_viewer.core.cube import Cube
from focus_viewer.core.typing import ByteArray, FloatArray

Kind = Literal["rgb", "cir", "custom", "band"]

TRUE_COLOUR_NM = (640.0, 550.0, 460.0)
COLOUR_INFRARED_NM = (860.0, 650.0, 550.0)
_WITHIN_NM = 20.0
_STRETCH_PERCENT = 2.0
_MAX_SIDE_PX = 4096
_NODATA_GREY = 38


@dataclass(frozen=True)
class CompositeRecipe:
    """Which bands to show.

    Attributes
    ----------
    kind : {"rgb", "cir", "custom", "band"}
        The usual picture (the header's, else true colour), colour infrared, three bands of one's
        own, or one band in grey.
    bands : tuple of int
        Zero-based bands: three for "custom", one for "band".
    """

    kind: Kind = "rgb"
    bands: tuple[int, ...] = ()


@dataclass(frozen=True)
class BandChoice:
    """The bands behind a picture and how they were come by.

    Attributes
    ----------
    bands : tuple of int
        Zero-based: three (red, green, blue) or one (grey).
    how : str
        For people, such as "640, 550, 460 nm".
    """

    bands: tuple[int, ...]
    how: str


@dataclass(frozen=True, eq=False)
class Composite:
    """A picture of a cube.

    Attributes
    ----------
    image : ByteArray, shape (height, width, 3)
        Every `stride`-th pixel of the cube, so that a huge cube gives a picture that fits.
    choice : BandChoice
    recipe : CompositeRecipe
    """

    image: ByteArray
    choice: BandChoice
    recipe: CompositeRecipe


def composite(cube: Cube, recipe: CompositeRecipe) -> Composite:
    """Picture of a cube: reads only its bands, stretched linearly over 2 % to 98 % of good pixels.

    Each channel is stretched for itself; pixels without data are dark grey.

    Raises
    ------
    ValueError
        If the recipe names a band that the cube lacks.
    """
    choice = choose_bands(cube, recipe)
    stride = -(-max(cube.rows, cube.cols) // _MAX_SIDE_PX)
    every = slice(None, None, stride)
    planes = {band: _plane(cube, every, band) for band in set(choice.bands)}
    channels = [planes[band] for band in choice.bands] * (3 // len(choice.bands))
    return Composite(np.stack(channels, axis=2), choice, recipe)


def _plane(cube: Cube, every: slice, band: int) -> ByteArray:
    return stretch(cube.block(every, every, slice(band, band + 1))[:, :, 0])


def choose_bands(cube: Cube, recipe: CompositeRecipe) -> BandChoice:
    """Bands of a recipe: the header's own, else the nearest within 20 nm, else a stated fallback.

    Raises
    ------
    ValueError
        If the recipe names a band that the cube lacks.
    """
    if recipe.kind in ("custom", "band"):
        return _named(cube, recipe.bands)
    if recipe.kind == "cir":
        return _near(cube, COLOUR_INFRARED_NM) or _fallback(cube, "860, 650 and 550 nm")
    return _default(cube) or _near(cube, TRUE_COLOUR_NM) or _fallback(cube, "640, 550 and 460 nm")


def _named(cube: Cube, bands: tuple[int, ...]) -> BandChoice:
    if len(bands) not in (1, 3) or not all(0 <= band < cube.bands for band in bands):
        raise ValueError(
            f"bands {bands} of {cube.name}: expected 1 or 3 from 0 to {cube.bands - 1}"
        )
    return BandChoice(bands, _told(cube, bands))


def _default(cube: Cube) -> BandChoice | None:
    if not cube.default_bands:
        return None
    return BandChoice(cube.default_bands, f"{_told(cube, cube.default_bands)} (header)")


def _near(cube: Cube, wanted_nm: tuple[float, ...]) -> BandChoice | None:
    if cube.wavelengths_nm is None:
        return None
    found = [cube.nearest_band(nm, _WITHIN_NM) for nm in wanted_nm]
    bands = tuple(band for band in found if band is not None)
    return BandChoice(bands, _told(cube, bands)) if len(bands) == len(wanted_nm) else None


def _fallback(cube: Cube, missing: str) -> BandChoice:
    """Three good bands spread over the sensor's range, longest wavelength as red."""
    good = np.flatnonzero(cube.good_bands)
    if good.size == 0:
        good = np.arange(cube.bands)
    spread = good[[(good.size - 1) * 5 // 6, (good.size - 1) // 2, (good.size - 1) // 6]]
    bands = tuple(int(band) for band in spread)
    return BandChoice(bands, f"false colour, {_told(cube, bands)}: no bands near {missing}")


def _told(cube: Cube, bands: tuple[int, ...]) -> str:
    if cube.wavelengths_nm is None:
        return ("band " if len(bands) == 1 else "bands ") + ", ".join(str(b + 1) for b in bands)
    return ", ".join(f"{cube.wavelengths_nm[band]:.0f}" for band in bands) + " nm"


def stretch(plane: FloatArray) -> ByteArray:
    """Linear 2 % stretch of one channel to 0-255; pixels without data become dark grey."""
    good = np.isfinite(plane)
    if not good.any():
        return np.full(plane.shape, _NODATA_GREY, dtype=np.uint8)
    low, high = np.percentile(plane[good], [_STRETCH_PERCENT, 100 - _STRETCH_PERCENT])
    span = high - low
    scaled = (plane - low) * (255 / span) if span > 0 else np.full(plane.shape, 127.0)
    return np.where(good, np.clip(np.nan_to_num(scaled), 0, 255), _NODATA_GREY).astype(np.uint8)
