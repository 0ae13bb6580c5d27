"""Arrays that a file holds, and what a user says of the one that is the cube."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from focus_viewer.core.cubes.cube import Units
from focus_viewer.core.errors import CubeError

Axis = Literal["rows", "cols", "bands"]
Axes = tuple[Axis, Axis, Axis]
"""In the array's order. In an array of two axes, one holds the pixels: it counts as the two that
it was made of, the slower one first, so that ("bands", "cols", "rows") are columns of pixels one
after another."""


@dataclass(frozen=True)
class Candidate:
    """An array that may be the cube.

    Attributes
    ----------
    name : str
        Its path in the file, "/" between groups; empty in a file that holds but one.
    shape : tuple of int
        Three numbers, or two for an array of spectra; axes of length 1 are left out.
    dtype : str
    axes : Axes or None
        What its axes seem to be; None where nothing tells.
    wavelengths : str
        Where its wavelengths come from, in words; empty where there are none.
    image_shape : tuple of int or None
        (rows, cols) of an array of spectra, where the file tells them.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    axes: Axes | None = None
    wavelengths: str = ""
    image_shape: tuple[int, int] | None = None

    @property
    def told(self) -> str:
        """For people: `cube (100 x 198 x 80, uint16)`."""
        size = " x ".join(map(str, self.shape))
        return f"{self.name or 'one array'} ({size}, {self.dtype})"


@dataclass(frozen=True)
class ArrayChoice:
    """What a user has said of a file; None where the file tells it itself.

    Attributes
    ----------
    array : str or None
        Name of a candidate.
    axes : Axes or None
        An array of two axes cannot be chosen without `image_shape`.
    image_shape : tuple of int or None
        (rows, cols), for arrays of spectra.
    wavelengths_nm : tuple of float or None
        One for each band, in the array's order; empty for none, whatever the file tells.
    units : Units or None
    scale : float or None
        Stored numbers are divided by it.
    """

    array: str | None = None
    axes: Axes | None = None
    image_shape: tuple[int, int] | None = None
    wavelengths_nm: tuple[float, ...] | None = None
    units: Units | None = None
    scale: float | None = None


@dataclass(eq=False)
class NeedsChoice(CubeError):
    """A file holds several arrays, or one that does not tell what its axes are.

    Attributes
    ----------
    path : Path
    candidates : tuple of Candidate
        The likeliest first.
    reason : str
        For the user: what cannot be told.
    """

    path: Path
    candidates: tuple[Candidate, ...]
    reason: str

    def __str__(self) -> str:
        names = ", ".join(one.told for one in self.candidates[:8])
        return (
            f"{self.path}: {self.reason} It holds {names}. Open it in the window and choose, or "
            "say which on the command line with --array and --axes."
        )
