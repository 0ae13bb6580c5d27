"""Computation of a mask: its rules are followed one after the other, in strips of the cube."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import FocusError
from focus_viewer.core.masks.mask import Mask
from focus_viewer.core.masks.rules import (
    Inverse,
    MaskStep,
    Rule,
    Unsaturated,
    WithinLimits,
    WithinOutline,
    of_one_cube,
)
from focus_viewer.core.pictures.composite import channel_values
from focus_viewer.core.pictures.recipe import lacking
from focus_viewer.core.preprocessing.settings import as_read
from focus_viewer.core.progress import Step, part, silent
from focus_viewer.core.typing import BoolArray, FloatArray

_STRIP_VALUES = 4_000_000
_COMPONENTS = (
    "Components are those of the cube as it is now: calibration, bad bands and smoothing change "
    "them, and the same limits then hold other pixels."
)
_COUNTED = ("counts", "unknown")


def compute_mask(cube: Cube, steps: tuple[MaskStep, ...], step: Step = silent) -> Mask:
    """Compute the mask of a cube; what a rule needs of the cube is read.

    Raises
    ------
    FocusError
        If a rule does not fit the cube: its size, bands or units are others.
    Cancelled
        From `step`.
    """
    inside: BoolArray | None = None
    notes: list[str] = []
    for count, each in enumerate(steps):
        own = part(step, count / len(steps), (count + 1) / len(steps))
        if isinstance(each.rule, Inverse):
            inside = np.zeros(cube.shape[:2], dtype=np.bool_) if inside is None else ~inside
            continue
        found = _inside(cube, each.rule, notes, own)
        inside = found if inside is None else _combined(inside, found, each)
    if inside is None:
        inside = np.ones(cube.shape[:2], dtype=np.bool_)
    return Mask(cube, steps, inside, tuple(notes))


def repeat_refusal(cube: Cube, steps: tuple[MaskStep, ...]) -> str:
    """Return why a mask of another cube cannot be repeated on this one; empty if it can be."""
    if why := of_one_cube(steps):
        return f"{cube.name}: {why}."
    try:
        for each in steps:
            _check(cube, each.rule)
    except FocusError as error:
        return str(error)
    return ""


def _combined(inside: BoolArray, found: BoolArray, step: MaskStep) -> BoolArray:
    match step.how:
        case "and":
            return inside & found
        case "or":
            return inside | found
        case _:
            return inside & ~found


def _check(cube: Cube, rule: Rule) -> None:
    """Raise FocusError if a rule does not fit a cube, as far as that is seen without reading."""
    match rule:
        case WithinOutline(_, name, shape) if shape != (cube.rows, cube.cols):
            raise FocusError(
                f"The mask of {name} is of an image of {_size(shape)}; {cube.name} has "
                f"{_size((cube.rows, cube.cols))}. Make a mask of this cube."
            )
        case WithinLimits(recipe) if recipe.kind == "formula" or recipe.bands:
            if missing := lacking(recipe, cube):
                raise FocusError(
                    f"The mask by {rule.text} needs bands that {cube.name} lacks: "
                    f"{missing.rstrip('.')}. Make a mask by bands that it has."
                )
        case Unsaturated(level):
            _level(cube, level)


def _size(shape: tuple[int, int]) -> str:
    return f"{shape[0]} x {shape[1]} px (rows x columns)"


def _inside(cube: Cube, rule: Rule, notes: list[str], step: Step) -> BoolArray:
    _check(cube, rule)
    match rule:
        case WithinLimits(recipe, low, high):
            if of_one_cube((MaskStep(rule),)):
                notes.append(_COMPONENTS)
            return _within(channel_values(cube, recipe, step), low, high)
        case WithinOutline(outline):
            crop = outline.crop((cube.rows, cube.cols))
            whole = slice(0, cube.rows), slice(0, cube.cols)
            return np.zeros(cube.shape[:2], np.bool_) if crop is None else crop.within(*whole)
        case Unsaturated(level):
            limit, note = _level(cube, level)
            notes.append(note)
            raw = as_read(cube)
            return _everywhere(raw, lambda block: np.asarray((~(block >= limit)).all(axis=2)), step)
        case _:
            return _everywhere(cube, lambda block: np.asarray(np.isfinite(block).all(axis=2)), step)


def _within(values: FloatArray, low: float | None, high: float | None) -> BoolArray:
    """Return where values are within limits; no-data is never within."""
    above = np.isfinite(values) if low is None else values >= low
    return np.asarray(above if high is None else above & (values <= high))


def _level(cube: Cube, level: float | None) -> tuple[float, str]:
    """Return the count from which on values are saturated, and where it is known from."""
    raw = as_read(cube)
    if raw.units not in _COUNTED:
        raise FocusError(
            f"{cube.name} was read as {raw.units}: saturation shows in counts only. Open the raw "
            "counts, or choose another rule."
        )
    if level is not None:
        return level, f"Saturated from {level:g} on, as chosen by hand."
    declared, highest = raw.acquisition.saturation_limit, raw.acquisition.highest_value
    if declared is not None:
        return declared, f"Saturated from {declared:g} on, as the file declares."
    if highest is not None:
        return highest, (
            f"Saturated from {highest:g} on, the highest number that the file can hold; its camera "
            "may be saturated before."
        )
    raise FocusError(
        f"{cube.name} does not declare from which count on it is saturated. Type the count."
    )


def _everywhere(cube: Cube, test: Callable[[FloatArray], BoolArray], step: Step) -> BoolArray:
    """Return the test of the good bands of all pixels, shape (rows, cols), read in strips."""
    bands = np.flatnonzero(cube.good_bands)
    height = max(1, _STRIP_VALUES // max(1, cube.cols * cube.bands))
    inside = np.empty((cube.rows, cube.cols), dtype=np.bool_)
    for first in range(0, cube.rows, height):
        step(first / cube.rows, "computing the mask")
        rows = slice(first, min(first + height, cube.rows))
        inside[rows] = test(cube.block(rows, slice(0, cube.cols), bands))
    return inside
