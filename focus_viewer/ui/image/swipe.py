"""Swipe between two overlaid cubes: the first left of a line, the second right of it."""

from __future__ import annotations

from typing import TypeVar

from focus_viewer.core.pictures.composite import Composite
from focus_viewer.core.typing import ByteArray, FloatArray
from focus_viewer.session.state.state import State

Pixels = TypeVar("Pixels", ByteArray, FloatArray)


def swiped(first: Pixels, second: Pixels, split: float) -> Pixels:
    """Return the first image left of the split and the second right of it.

    The first image is returned unchanged if the shapes differ.
    """
    if first.shape != second.shape:
        return first
    both = first.copy()
    line = round(split * first.shape[1])
    both[:, line:] = second[:, line:]
    return both


def shows_second(state: State) -> bool:
    """Return whether a swipe shows the second cube at the cursor of the first."""
    pair, cursor, over = state.comparison.pair, state.selection.cursor, state.overlaid
    if pair is None or pair.how != "swipe" or cursor is None or over is None:
        return False
    return cursor.col + 0.5 > pair.split * over.cube.cols


def own_limits_text(state: State) -> str:
    """Return the limits of each cube's picture where they differ: each has its own.

    Empty where they agree, and for pictures of three channels.
    """
    pair, first, second = state.comparison.pair, state.document, state.overlaid
    if pair is None or pair.how != "swipe" or first is None or second is None:
        return ""
    left, right = (_range_text(each) for each in (first.shown_map, second.shown_map))
    if not (left and right) or left == right:
        return ""
    return f"colours: left {left}, right {right}"


def _range_text(picture: Composite | None) -> str:
    """Return the limits of a picture of one channel in words; empty for one of more."""
    if picture is None or len(picture.limits) != 1:
        return ""
    low, high = picture.limits[0]
    return f"{low:.3g} to {high:.3g}".replace("-", "\N{MINUS SIGN}") if low < high else ""
