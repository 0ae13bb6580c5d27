"""Arrays in a file, and what a user says of a file: which array is the cube, and its values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from focus_viewer.core.cubes.units import Units
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
    axes : Axes or None
        Probable meaning of its axes; None where it is unknown.
    wavelengths : str
        Where its wavelengths come from, in words; empty where there are none.
    image_shape : tuple of int or None
        (rows, cols) of an array of spectra, where the file declares them.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    axes: Axes | None = None
    wavelengths: str = ""
    image_shape: tuple[int, int] | None = None

    @property
    def text(self) -> str:
        """For people: `cube (100 x 198 x 80, uint16)`."""
        size = " x ".join(map(str, self.shape))
        return f"{self.name or 'one array'} ({size}, {self.dtype})"


@dataclass(frozen=True)
class ArrayChoice:
    """A user's choice for a file; None where the file declares it.

    Attributes
    ----------
    array : str or None
        Name of a candidate.
    axes : Axes or None
        An array of two axes cannot be chosen without `image_shape`.
    image_shape : tuple of int or None
        (rows, cols), for arrays of spectra.
    wavelengths_nm : tuple of float or None
        One for each band, in the file's order; empty for none, whatever the file declares.
    scale : float or None
        Stored numbers are divided by it, in place of all factors that the file declares.
    no_data : float or None
        Stored number that stands for no data, in place of the one that the file declares.
    fwhm_nm : tuple of float or None
        Full widths at half maximum, beside given wavelengths and in their order.
    origin : str
        Where given wavelengths come from, for people: `the table w.csv`.
    """

    array: str | None = None
    axes: Axes | None = None
    image_shape: tuple[int, int] | None = None
    wavelengths_nm: tuple[float, ...] | None = None
    units: Units | None = None
    scale: float | None = None
    no_data: float | None = None
    fwhm_nm: tuple[float, ...] | None = None
    origin: str = ""

    @property
    def layout(self) -> tuple[str, ...]:
        """Names of the given values that choose an array or its axes."""
        given = {"array": self.array, "axes": self.axes, "image-shape": self.image_shape}
        return tuple(name for name, value in given.items() if value is not None)

    @property
    def values(self) -> ArrayChoice:
        """The choice without array, axes and size: what any file can be given."""
        return replace(self, array=None, axes=None, image_shape=None)


@dataclass(eq=False)
class NeedsChoice(CubeError):
    """Error for a file with several arrays, or one whose axes are unknown.

    Attributes
    ----------
    candidates : tuple of Candidate
        The likeliest first.
    reason : str
        For the user: what is not known.
    """

    path: Path
    candidates: tuple[Candidate, ...]
    reason: str

    def __str__(self) -> str:
        names = ", ".join(candidate.text for candidate in self.candidates[:8])
        return (
            f"{self.path}: {self.reason} It holds {names}. Open it in the window and choose, or "
            "say which on the command line with --array and --axes."
        )
