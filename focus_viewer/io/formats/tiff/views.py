"""Views of a TIFF stack as a cube: which planes are its bands."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from focus_viewer.core.cubes.array_choice import ArrayChoice, Axes, Candidate, NeedsChoice
from focus_viewer.core.errors import CubeError, OtherKind
from focus_viewer.io.formats.tiff.source import PLAIN_AXES
from focus_viewer.io.formats.tiff.stacks import Plane, Stack, is_displayable

_CALLED = {"C": "channels", "Z": "depths", "T": "times", "S": "samples", "Q": "pages", "I": "pages"}
_LIKELY = "CSIQ"  # axes that are more often bands than others
_COLOURS = {"RGB", "PALETTE", "SEPARATED", "YCBCR", "CIELAB", "ICCLAB", "ITULAB"}
_MOST_PICTURE_BANDS = 4
_MOST_LISTED = 200
_ALL_THE_SAME = ", or give its wavelengths (--wavelengths) to read it all the same"
_ORDERS: tuple[Axes, ...] = (
    ("bands", "rows", "cols"), ("rows", "cols", "bands"), ("rows", "bands", "cols"),
    ("bands", "cols", "rows"), ("cols", "rows", "bands"), ("cols", "bands", "rows"),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class View:
    """Stack with one of its axes taken as bands.

    Attributes
    ----------
    name : str
        What it is called among the arrays of the file.
    axis : str
        Letter of the axis that runs over the bands.
    places : tuple of int
        Which of the stack's planes are taken.
    axes : Axes
        What planes, rows and columns of planes are to the cube.
    """

    stack: Stack
    name: str
    axis: str
    places: tuple[int, ...]
    axes: Axes = PLAIN_AXES

    @property
    def planes(self) -> tuple[Plane, ...]:
        """Its planes, in the file's order."""
        return tuple(self.stack.planes[place] for place in self.places)

    @property
    def stored_shape(self) -> tuple[int, int, int]:
        """(planes, rows of a plane, columns of a plane)."""
        return len(self.places), self.stack.rows, self.stack.cols

    @property
    def bands(self) -> int:
        """Number of the cube's bands."""
        return self.stored_shape[self.axes.index("bands")]

    @property
    def text(self) -> str:
        """For people: `BSQ, uint16, little-endian, packed as deflate`."""
        if len({plane.directory for plane in self.planes}) > 1:
            layout = "a page for each band"
        else:
            layout = "BIP" if self.stack.step_bytes > self.stack.dtype.itemsize else "BSQ"
        dtype, packing = self.stack.dtype, self.stack.packing
        order = "little-endian" if dtype.newbyteorder("<") == dtype else "big-endian"
        order = "" if dtype.itemsize == 1 else order
        words = [layout, dtype.name, order, "" if packing == "none" else f"packed as {packing}"]
        return ", ".join(word for word in words if word)

    def candidate(self, axes: Axes | None) -> Candidate:
        """Return the candidate to offer to the user."""
        return Candidate(self.name, self.stored_shape, self.stack.dtype.name, axes)


def find_views(path: Path, stacks: tuple[Stack, ...], pictures: bool = False) -> tuple[View, ...]:
    """Return all possible views of a file as a cube.

    Parameters
    ----------
    pictures : bool
        Whether pictures count as well, because the user says so.

    Raises
    ------
    OtherKind
        If there is none: a picture, or an image of one band.
    """
    several = len(stacks) > 1
    views = [
        view
        for stack in stacks
        if pictures or not _is_picture(stack)
        for view in _views(stack, f"image {stack.series + 1}" if several else "")
        if len(view.places) > 1
    ]
    if not views:
        raise _other_kind(path, stacks)
    return tuple(sorted(views, key=lambda view: (_LIKELY + view.axis).index(view.axis)))


def choose_view(path: Path, views: tuple[View, ...], choice: ArrayChoice | None) -> View:
    """Return the view that the file has, or that the user has chosen.

    Raises
    ------
    NeedsChoice
        If there are several and the user has not chosen, or if its axes are not declared.
    CubeError
        If the user has said what the file does not hold.
    """
    view = _named(path, views, None if choice is None else choice.array)
    if choice is not None and choice.axes is not None:
        return _turned(path, view, choice.axes)
    if _may_be_lines(view.stack):
        raise NeedsChoice(
            path,
            candidates_of((view,)),
            "its pages may be its bands or, as some programs save an array (rows, columns, bands), "
            "its rows.",
        )
    return view


def candidates_of(views: tuple[View, ...]) -> tuple[Candidate, ...]:
    """Return the candidates to offer to the user."""
    return tuple(
        view.candidate(None if _may_be_lines(view.stack) else PLAIN_AXES)
        for view in views[:_MOST_LISTED]
    )


def _named(path: Path, views: tuple[View, ...], name: str | None) -> View:
    if name is None:
        if len(views) == 1:
            return views[0]
        raise NeedsChoice(path, candidates_of(views), "several of its stacks may be the cube.")
    matching = [view for view in views if view.name == name]
    if not matching:
        names = ", ".join(repr(view.name) for view in views[:8])
        raise CubeError(f"{path} holds no array {name[:80]!r}. It holds {names}: choose one.")
    return matching[0]


def _turned(path: Path, view: View, axes: Axes) -> View:
    fitting = [order for order in _ORDERS if order == axes]
    if not fitting:
        raise CubeError(
            f"{path}: expected rows, cols and bands in some order for (pages, lines, columns), "
            f"found {', '.join(axes)[:80]}."
        )
    return View(view.stack, view.name, view.axis, view.places, fitting[0])


def _views(stack: Stack, name: str) -> Iterator[View]:
    """Return the cuts of a stack along each of its axes, at each position of the other axes."""
    numbers = np.arange(len(stack.planes)).reshape(stack.lengths or (1,))
    axes = stack.axes or "I"
    for k, axis in enumerate(axes):
        others = [range(length) for j, length in enumerate(numbers.shape) if j != k]
        along = np.moveaxis(numbers, k, -1)
        for fixed in itertools.islice(itertools.product(*others), _MOST_LISTED):
            cut = along[fixed]
            planes = tuple(int(n) for n in cut if stack.planes[n].sample not in stack.alpha)
            yield View(stack, _view_name(name, axes, k, fixed), axis, planes)


def _view_name(name: str, axes: str, k: int, fixed: tuple[int, ...]) -> str:
    if len(axes) == 1:
        return name
    others = axes[:k] + axes[k + 1 :]
    at = ", ".join(f"{axis}={place}" for axis, place in zip(others, fixed, strict=True))
    text = f"{_CALLED.get(axes[k], axes[k])} at {at}"
    return f"{name}, {text}" if name else text


def _may_be_lines(stack: Stack) -> bool:
    """Return whether pages may be rows: tifffile writes a page for each row of (rows, cols, bands).

    It notes the array's shape, but not what its axes are. Bands are the shortest axis of nearly all
    cubes, so only stacks whose last axis is the shortest are doubtful.
    """
    pages = len(stack.planes)
    return stack.kind == "shaped" and stack.axes == "Q" and stack.cols < min(pages, stack.rows)


def _is_picture(stack: Stack) -> bool:
    """Return whether tags say that a page is a picture for the eye.

    tifffile calls any image of three or four samples RGB, of any type of numbers.
    """
    samples = {plane.sample for plane in stack.planes} - stack.alpha
    if stack.photometric == "RGB" and not is_displayable(stack.dtype):
        return False
    return stack.photometric in _COLOURS and len(samples) <= _MOST_PICTURE_BANDS


def looks_like_photo(view: View) -> bool:
    """Return whether a file without wavelengths is a picture: up to four bands of 8 bits."""
    return len(view.places) <= _MOST_PICTURE_BANDS and view.stack.dtype.itemsize == 1


def photo_refusal(path: Path, bands: int) -> OtherKind:
    """Return the error for a picture."""
    return OtherKind(
        f"{path} is a picture ({bands} bands of 8 bits, no wavelengths), not a cube. Open an image "
        f"with a spectrum in each pixel instead{_ALL_THE_SAME}.",
        "picture",
    )


def _other_kind(path: Path, stacks: tuple[Stack, ...]) -> OtherKind:
    stack = max(stacks, key=lambda stack: len(stack.planes))
    if stack.photometric == "PALETTE":
        kind, text = "classification", "a picture of colour numbers or classes, with a palette"
    elif _is_picture(stack):
        kind, text = "picture", f"a colour picture ({stack.photometric})"
    elif stack.dtype.kind == "b" or stack.photometric == "MASK":
        kind, text = "mask", "a mask"
    else:
        numbers = "whole numbers, perhaps labels" if stack.dtype.kind in "iu" else "real numbers"
        kind, text = "picture", f"an image of a single band ({numbers}, no spectra)"
    advice = f"instead{_ALL_THE_SAME if _is_picture(stack) else ''}."
    return OtherKind(
        f"{path} is {text}, not a cube. Open an image with a spectrum in each pixel {advice}", kind
    )
