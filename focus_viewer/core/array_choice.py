"""Arrays that a file holds, and what a user says of the one that is the cube."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from focus_viewer.core.cube import Units

Axis = Literal["rows", "cols", "bands"]


@dataclass(frozen=True)
class Candidate:
    """An array that may be the cube.

    Attributes
    ----------
    name : str
        Its path in the file, "/" between groups; empty in a file that holds but one.
    shape : tuple of int
    dtype : str
    axes : tuple of Axis or None
        What its axes seem to be, in the array's order; None where nothing tells.
    wavelengths : str
        Where its wavelengths come from, in words; empty where there are none.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    axes: tuple[Axis, Axis, Axis] | None = None
    wavelengths: str = ""

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
    axes : tuple of Axis or None
        In the array's order; an array (bands, pixels) cannot be chosen without `image_shape`.
    image_shape : tuple of int or None
        (rows, cols), for arrays of pixels.
    wavelengths_nm : tuple of float or None
        One for each band.
    units : Units or None
    scale : float or None
        Stored numbers are divided by it.
    """

    array: str | None = None
    axes: tuple[Axis, ...] | None = None
    image_shape: tuple[int, int] | None = None
    wavelengths_nm: tuple[float, ...] | None = None
    units: Units | None = None
    scale: float | None = None
