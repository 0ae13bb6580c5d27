"""Reading plan of a block of three axes: few reads, and little unneeded data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.typing import IntArray

# The system reads ahead by more than this anyway: unneeded data costs less than another read.
_NEAR_BYTES = 16 * 2**10
PIECE_BYTES = 8 * 2**20

Pick = slice | IntArray


class Part(NamedTuple):
    """Range of one axis that is read, and the positions selected from it.

    Attributes
    ----------
    first, length : int
        What is read.
    pick : slice or IntArray or None
        What is wanted, counted from `first`; None for all as it is read.
    place : slice
        Where that goes.
    """

    first: int
    length: int
    pick: Pick | None
    target: slice

    def widened(self, side: int) -> Part:
        """Return the part with the whole axis read, and the same positions selected."""
        if self.length == side:
            return self
        pick = slice(0, self.length, 1) if self.pick is None else self.pick
        if isinstance(pick, slice):
            pick = slice(pick.start + self.first, pick.stop + self.first, pick.step)
        else:
            pick = pick + self.first
        return Part(0, side, pick, self.target)


class Piece(NamedTuple):
    """One read.

    Attributes
    ----------
    first : int
        The number of the file that it begins with.
    """

    first: int
    slow: Part
    middle: Part
    fast: Part


@dataclass(frozen=True, eq=False)
class AxisSelection:
    """Selected positions of one axis of a file.

    Attributes
    ----------
    positions : IntArray
        In any order; at least one.
    side : int
        How many the axis has.
    """

    positions: IntArray
    side: int

    @cached_property
    def step(self) -> int:
        """Smallest distance of two positions; 1 for a single position."""
        if self.positions.size < 2:
            return 1
        return int(np.abs(np.diff(self.positions)).min())

    @cached_property
    def part(self) -> Part:
        """All selected positions in one range."""
        return self._part(0, self.positions.size)

    def parts(self, longest: int) -> Iterator[Part]:
        """Yield spans of at most so many positions in the file, the selected ones ascending."""
        if longest == 1:
            for target, position in enumerate(self.positions.tolist()):
                yield Part(position, 1, None, slice(target, target + 1))
            return
        start = 0
        for stop in range(1, self.positions.size + 1):
            ended = stop == self.positions.size
            if ended or not self._go_on(start, stop, longest):
                yield self._part(start, stop)
                start = stop

    def _go_on(self, start: int, stop: int, longest: int) -> bool:
        rising = self.positions[stop] > self.positions[stop - 1]
        return bool(rising and self.positions[stop] - self.positions[start] < longest)

    def _part(self, start: int, stop: int) -> Part:
        select_positions = self.positions[start:stop]
        first, last = int(select_positions.min()), int(select_positions.max())
        return Part(first, last - first + 1, _pick(select_positions - first), slice(start, stop))


@dataclass(frozen=True, eq=False)
class ReadPlan:
    """Plan that reads whole planes, lines, or parts of lines, whichever costs least.

    Attributes
    ----------
    slow, middle, fast : AxisSelection
        Axes in the order of the file, the slowest first.
    itemsize : int
        Bytes of a number.
    """

    slow: AxisSelection
    middle: AxisSelection
    fast: AxisSelection
    itemsize: int

    @property
    def shape(self) -> tuple[int, int, int]:
        """(slow, middle, fast) of the selection."""
        return self.slow.positions.size, self.middle.positions.size, self.fast.positions.size

    @property
    def selected_bytes(self) -> int:
        """Size of the selection."""
        return int(np.prod(self.shape)) * self.itemsize

    @cached_property
    def by_lines(self) -> bool:
        """Whether data between the selected parts of two lines is read too."""
        if self.shape[1] == 1:
            return self.fast.part.length == self.fast.side
        between = self.middle.step * self.fast.side - self.fast.part.length
        return between * self.itemsize <= _NEAR_BYTES

    @cached_property
    def by_planes(self) -> bool:
        """Whether data between the selected lines of two planes is read too."""
        lines = self.slow.step * self.middle.side - self.middle.part.length
        near = lines * self.fast.side * self.itemsize <= _NEAR_BYTES
        return self.by_lines and near and 2 * self._plane_bytes <= PIECE_BYTES

    @property
    def runs(self) -> tuple[IntArray, int]:
        """Runs of lines: the first value of each, and their common length."""
        slow, middle = self.slow.positions[:, None], self.middle.positions[None, :]
        lines = (slow * self.middle.side + middle).reshape(-1)
        return lines * self.fast.side + self.fast.part.first, self.fast.part.length

    def pieces(self) -> Iterator[Piece]:
        """Yield all reads of planes or lines."""
        slow = self.slow.parts(self._planes_at_a_time)
        middle = list(self.middle.parts(self._lines_at_a_time))
        fast = self.fast.part.widened(self.fast.side)
        if self.by_planes:
            middle = [self.middle.part.widened(self.middle.side)]
        for planes in slow:
            for line in middle:
                number = (planes.first * self.middle.side + line.first) * self.fast.side
                yield Piece(number, planes, line, fast)

    @property
    def _plane_bytes(self) -> int:
        return self.middle.side * self._line_bytes

    @property
    def _line_bytes(self) -> int:
        return self.fast.side * self.itemsize

    @property
    def _planes_at_a_time(self) -> int:
        return max(1, PIECE_BYTES // self._plane_bytes) if self.by_planes else 1

    @property
    def _lines_at_a_time(self) -> int:
        return max(1, PIECE_BYTES // self._line_bytes)


def _pick(positions: IntArray) -> Pick | None:
    """Return positions as a slice where they are even, which numpy need not copy."""
    steps = np.diff(positions)
    step = int(steps[0]) if steps.size else 1
    if step <= 0 or (steps != step).any():
        return positions
    return None if step == 1 else slice(0, int(positions[-1]) + 1, step)


def select_positions(selection: slice | IntArray, side: int) -> AxisSelection:
    """Return the selection of an axis by a slice or a list of positions.

    Raises
    ------
    IndexError
        If a position is out of range.
    """
    if isinstance(selection, slice):
        return AxisSelection(np.arange(*selection.indices(side)), side)
    positions = np.where(selection < 0, selection + side, selection)
    if positions.size and not 0 <= positions.min() <= positions.max() < side:
        raise IndexError(f"expected positions from 0 to {side - 1}, found {selection.tolist()}")
    return AxisSelection(positions, side)


def selected(block: NDArray[Any], slow: Part, middle: Part, fast: Part) -> NDArray[Any]:
    """Return the selection of a block that was read, shape (slow, middle, fast)."""
    for axis, part in enumerate((slow, middle, fast)):
        if part.pick is not None:
            block = block[(slice(None),) * axis + (part.pick,)]
    return block
