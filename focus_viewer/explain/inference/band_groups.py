"""Assignment of a cube's bands to a model's spectral groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from focus_viewer.core.counted import counted
from focus_viewer.core.cubes.advice import VALUES_COMMAND, wavelength_advice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import IncompatibleCube
from focus_viewer.core.preprocessing.spatial_binning import parts, values_per_pixel
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.spectra.wavelength_names import nm_number
from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray, IntArray

MIN_GROUPS = 3


@dataclass(frozen=True, eq=False)
class Grouping:
    """Groups of a model that a cube can fill.

    Attributes
    ----------
    groups : IntArray, shape (present,)
        Positions among the model's groups, ascending.
    bands : tuple of IntArray
        Good bands of the cube, one array a present group.
    edges_nm : DoubleArray, shape (present, 2)
    notes : tuple of str
        What was left out and why, a sentence each.
    """

    groups: IntArray
    bands: tuple[IntArray, ...]
    edges_nm: DoubleArray
    notes: tuple[str, ...] = ()

    def only(self, filled: IntArray, note: str) -> Grouping:
        """Select the present groups at these positions, with a note."""
        bands = tuple(self.bands[position] for position in filled)
        return Grouping(self.groups[filled], bands, self.edges_nm[filled], (*self.notes, note))


class LeftOut(NamedTuple):
    """Good bands that are not read, and why.

    Attributes
    ----------
    bands : BoolArray, shape (bands,)
    why : str
    """

    bands: BoolArray
    why: str


def group_bands(cube: Cube, edges_nm: DoubleArray, left_out: Sequence[LeftOut] = ()) -> Grouping:
    """Assign every good band of a cube to the model's group that contains its centre.

    Parameters
    ----------
    edges_nm : DoubleArray, shape (groups, 2)
        Of the model; the last group holds its upper edge too.
    left_out : sequence of LeftOut
        They are read all the same where too few groups would be left.

    Raises
    ------
    IncompatibleCube
        If the cube has no wavelengths or fills fewer than `MIN_GROUPS` groups.
    """
    if cube.wavelengths_nm is None:
        raise IncompatibleCube(
            f"{cube.name}: the model reads wavelengths and the cube has none. "
            f"{wavelength_advice(cube)}"
        )
    read = cube.good_bands.copy()
    for each in left_out:
        read &= ~each.bands
    members = _members(cube.wavelengths_nm, read, edges_nm)
    groups = np.array([g for g, bands in enumerate(members) if bands.size], dtype=np.intp)
    if groups.size < MIN_GROUPS and left_out:
        return group_bands(cube, edges_nm)
    good_nm = cube.wavelengths_nm[read & np.isfinite(cube.wavelengths_nm)]
    if groups.size < MIN_GROUPS:
        raise IncompatibleCube(_too_few(cube.name, groups.size, good_nm, edges_nm))
    axis = cube.wavelengths_nm
    unread = (_unread(axis[each.bands], each.why) for each in left_out if each.bands.any())
    notes = (*_left_out(groups, edges_nm, good_nm), *unread)
    return Grouping(groups, tuple(members[g] for g in groups), edges_nm[groups], notes)


def _unread(wavelengths_nm: DoubleArray, why: str) -> str:
    count = len(wavelengths_nm)
    low, high = float(wavelengths_nm.min()), float(wavelengths_nm.max())
    span = f"at {low:.0f} nm" if count == 1 else f"between {low:.0f} and {high:.0f} nm"
    return f"not read: {counted(count, 'band')} {span}: {why}"


def _members(
    wavelengths_nm: DoubleArray,
    good: np.ndarray[tuple[int], np.dtype[np.bool_]],
    edges: DoubleArray,
) -> list[IntArray]:
    inside = (wavelengths_nm >= edges[:, :1]) & (wavelengths_nm < edges[:, 1:])
    inside[-1] |= wavelengths_nm == edges[-1, 1]
    return [np.flatnonzero(row & good) for row in inside]


def _too_few(name: str, found: int, good_nm: DoubleArray, edges_nm: DoubleArray) -> str:
    covered = (
        f"the cube's good bands cover {good_nm.min():.0f}-{good_nm.max():.0f} nm"
        if good_nm.size
        else "the cube has no good band"
    )
    return (
        f"{name}: the model reads {edges_nm[0, 0]:.0f}-{edges_nm[-1, 1]:.0f} nm in {len(edges_nm)} "
        f"groups and needs at least {MIN_GROUPS} of them; {covered} and fill {found}. Check the "
        f"wavelengths ({VALUES_COMMAND} in the File menu, --wavelengths in commands) and the bad "
        "bands (Bad bands in the View menu), or choose another model."
    )


def _left_out(groups: IntArray, edges_nm: DoubleArray, good_nm: DoubleArray) -> tuple[str, ...]:
    total = len(edges_nm)
    first, last = int(groups[0]), int(groups[-1])
    inner = np.setdiff1d(np.arange(first, last), groups)
    notes = []
    if first > 0:
        span = f"{_span(edges_nm[0, 0], edges_nm[first, 0])} nm ({first} of {total} groups)"
        notes.append(f"left out: {span}: this sensor starts at {nm_number(good_nm.min())} nm")
    if inner.size:
        names = merged_spans(edges_nm[inner])
        notes.append(f"left out: {names} nm ({inner.size} of {total} groups): no good band")
    if last < total - 1:
        missing = total - 1 - last
        span = f"{_span(edges_nm[last, 1], edges_nm[-1, 1])} nm ({missing} of {total} groups)"
        notes.append(f"left out: {span}: this sensor ends at {nm_number(good_nm.max())} nm")
    return tuple(notes)


def _span(low_nm: float, high_nm: float) -> str:
    return f"{nm_number(low_nm)}-{nm_number(high_nm)}"


def merged_spans(edges_nm: DoubleArray) -> str:
    """Return the ranges that groups, (groups, 2), cover, for people."""
    return ", ".join(_span(low, high) for low, high in _merged(edges_nm))


def _merged(edges_nm: DoubleArray) -> list[tuple[float, float]]:
    runs: list[tuple[float, float]] = []
    for low, high in edges_nm:
        if runs and runs[-1][1] == low:
            runs[-1] = (runs[-1][0], float(high))
        else:
            runs.append((float(low), float(high)))
    return runs


def average_bands(block: FloatArray, bands: tuple[IntArray, ...]) -> FloatArray:
    """Return the mean over each group's bands, NaN only where no band of the group has data.

    The result has shape (..., groups).

    Parameters
    ----------
    block : FloatArray, shape (..., bands)
    bands : tuple of IntArray
        Positions in the block's last axis, one array a group.
    """
    means = np.full((*block.shape[:-1], len(bands)), np.nan, dtype=np.float32)
    for group, members in enumerate(bands):
        values = block[..., members]
        known = np.isfinite(values)
        if members.size and known.all():
            np.divide(values.sum(axis=-1), members.size, out=means[..., group])
            continue
        count = known.sum(axis=-1)
        total = np.where(known, values, np.float32(0)).sum(axis=-1)
        np.divide(total, count, out=means[..., group], where=count > 0)
    return means


def read_groups(
    cube: Cube, grouping: Grouping, step: Step = silent, out: FloatArray | None = None
) -> FloatArray:
    """Read a cube as its groups' mean images, a part at a time, shape (rows, cols, present groups).

    Holds one number a pixel and group, and a part of the cube (see `spatial_binning.parts`); each
    number of the groups' bands is read once.

    Parameters
    ----------
    step : Step
        Called ahead of every part.
    out : FloatArray, shape (rows, cols, present groups), or None
        Where to put them, of float32; None for an array of their own.
    """
    used = np.unique(np.concatenate(grouping.bands))
    local = tuple(np.searchsorted(used, members) for members in grouping.bands)
    shape = (cube.rows, cube.cols, len(local))
    images = np.empty(shape, dtype=np.float32) if out is None else out
    for rows, cols in parts(*shape[:2], values_per_pixel(cube.source, used.size)):
        done = rows.start / cube.rows + cols.start / (cube.cols * cube.rows)
        step(done, "reading cube")
        images[rows, cols] = average_bands(cube.block(rows, cols, used), local)
    return images
