"""Windows and spectra of the unlabelled cubes that a frozen model is attached with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.cubes.cube import Cube, Units
from focus_viewer.core.errors import CubeError, FocusError
from focus_viewer.core.preprocessing.spatial_binning import binned
from focus_viewer.core.progress import Step
from focus_viewer.core.typing import FloatArray
from focus_viewer.explain.foreign.model import AttachedModel
from focus_viewer.explain.inference.attached import most_pixels
from focus_viewer.explain.inference.band_images import BandImages, read_band_images
from focus_viewer.explain.inference.tiles import Origin

_HELD_OUT = 0.25
_PIXELS = 4000
_TURNS = 8
_MOST_BYTES = 4_000_000_000
# Reasons that an error names.
_MOST_REASONS = 3

Opener = Callable[[], Cube]


class CubeWindows(NamedTuple):
    """Windows and pixels of one cube.

    Attributes
    ----------
    images : Tensor, shape (windows, bands, height, width)
        Normalised; NaN without data.
    pixels : FloatArray, shape (pixels, bands)
        Some of its pixels, in the cube's units.
    """

    images: Tensor
    pixels: FloatArray
    units: Units


class Collected(NamedTuple):
    """Windows and pixels of all cubes.

    Attributes
    ----------
    train, held_out : list of CubeWindows
    how : str
        What was held out: "cubes", "windows" or "nothing".
    skipped : list of str
        Why cubes were passed over, a sentence each.
    """

    train: list[CubeWindows]
    held_out: list[CubeWindows]
    how: str
    skipped: list[str]


def collect_windows(
    openers: Sequence[Opener],
    model: AttachedModel,
    windows: int,
    held_out: int,
    seed: int,
    step: Step,
) -> Collected:
    """Read cubes, each once, and cut windows; a quarter of the cubes is held out.

    Of a single cube a part is held out, if both parts are as large as a window. A cube that cannot
    be used is passed over. There are fewer windows than asked for where these fill the memory.

    Raises
    ------
    CubeError
        If no cube is left.
    """
    rng = np.random.default_rng(seed)
    found = Collected([], [], "cubes", [])
    windows = min(windows, most_windows(model))
    out = max(1, round(_HELD_OUT * len(openers)))
    read: tuple[BandImages, Units] | None = None
    for done, place in enumerate(rng.permutation(len(openers)).tolist()):
        step(done / len(openers), "reading cubes")
        to_hold = out - len(found.held_out)
        # The second that can be used is trained with: two are enough.
        holding = to_hold > 0 and (bool(found.train) or not found.held_out)
        side, count = (found.held_out, held_out) if holding else (found.train, windows)
        left = to_hold if holding else len(openers) - done - to_hold
        missing = count - sum(len(each.images) for each in side)
        try:
            read = _read(openers[place], model)
        except FocusError as error:
            found.skipped.append(str(error))
            continue
        some = max(1, -(-missing // max(1, left)))
        side.append(_cut(*read, _corners(read[0], rng), some, rng))
    if found.train:
        return found
    if read is None:
        raise CubeError(none_left(found.skipped))
    return _of_one(*read, windows, held_out, rng)._replace(skipped=found.skipped)


def most_windows(model: AttachedModel) -> int:
    """Return the number of windows whose pixels take a few gigabytes."""
    numbers = len(model.bands_nm) * model.adapter.window_px**2
    return max(1, int(_MOST_BYTES / (4 * numbers)))


def _read(opener: Opener, model: AttachedModel) -> tuple[BandImages, Units]:
    cube = opener()
    return read_band_images(binned(cube, most_pixels(model)), model), cube.units


def none_left(skipped: Sequence[str]) -> str:
    """Return why no cube is left, the only reason or the first ones."""
    if len(skipped) == 1:
        return skipped[0]
    return " ".join([f"None of the {len(skipped)} cubes can be used.", *skipped[:_MOST_REASONS]])


def _of_one(
    images: BandImages, units: Units, windows: int, held_out: int, rng: np.random.Generator
) -> Collected:
    """Hold out a part of an image, lower or right, if there is room."""
    side, corners = images.layout.tile_cells, _corners(images, rng)
    for axis, cells in enumerate(images.layout.padded):
        cut = min(round((1 - _HELD_OUT) * cells), cells - side)
        parts = (
            [each for each in corners if each[axis] + side <= cut],
            [each for each in corners if each[axis] >= cut],
        )
        if all(parts):
            train, held = (
                _cut(images, units, own, count, rng)
                for own, count in zip(parts, (windows, held_out), strict=True)
            )
            return Collected([train], [held], "windows", [])
    both = [_cut(images, units, corners, count, rng) for count in (windows, held_out)]
    return Collected(both[:1], both[1:], "nothing", [])


def _corners(images: BandImages, rng: np.random.Generator) -> list[Origin]:
    """Return the windows, at any patch, that have data, in random order."""
    layout = images.layout
    rows, cols = (cells - layout.tile_cells + 1 for cells in layout.padded)
    known = np.zeros(layout.padded, dtype=np.bool_)
    for row, col in images.occupied:
        known[row : row + layout.tile_cells, col : col + layout.tile_cells] = True
    places = rng.permutation(rows * cols)
    return [
        (int(row), int(col))
        for row, col in zip(*np.unravel_index(places, (rows, cols)), strict=True)
        if known[row : row + layout.tile_cells, col : col + layout.tile_cells].all()
    ]


def _cut(
    images: BandImages, units: Units, corners: list[Origin], count: int, rng: np.random.Generator
) -> CubeWindows:
    """Cut windows; what is taken again is turned or mirrored, each time another way."""
    found = []
    for number in range(min(count, _TURNS * len(corners))):
        turn, place = divmod(number, len(corners))
        window = images.raw((corners[place],))
        window = torch.rot90(window, turn % 4, dims=(-2, -1))
        found.append(window.flip(-1) if turn >= 4 else window)
    pixels = images.padded.inside[images.met]
    some = pixels[rng.integers(len(pixels), size=_PIXELS)]
    return CubeWindows(torch.cat(found), some, units)
