"""Hyperspectral cube: lazily read pixels with their metadata."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import numpy as np

from focus_viewer.core.counted import counted
from focus_viewer.core.cubes.acquisition import Acquisition
from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.georeference import Georeference
from focus_viewer.core.cubes.notes import Contradiction, Ignored
from focus_viewer.core.cubes.units import Units as Units
from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray, IntArray


class PixelSource(Protocol):
    """Source of a cube's pixels.

    Every read returns float32 in the cube's units with NaN where there is no data, so that scale
    factor and ignore value count the same whichever way pixels are read.
    """

    @property
    def shape(self) -> tuple[int, int, int]:
        """(rows, cols, bands)."""
        ...

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> FloatArray:
        """Read a block of shape (rows, cols, bands), in the cube's units.

        Raises
        ------
        CubeError
            If the file is missing, was changed or cut short since it was opened, or cannot be read.
        """
        ...


@dataclass(frozen=True, eq=False)
class ArraySource:
    """Pixels in memory.

    Attributes
    ----------
    array : FloatArray, shape (rows, cols, bands)
    """

    array: FloatArray

    @property
    def shape(self) -> tuple[int, int, int]:
        """(rows, cols, bands)."""
        rows, cols, bands = self.array.shape
        return rows, cols, bands

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> FloatArray:
        """Read a block of shape (rows, cols, bands)."""
        return np.array(self.array[rows, cols][:, :, bands], dtype=np.float32)


@dataclass(frozen=True, eq=False, repr=False)
class Cube:
    """Hyperspectral image that is read lazily.

    Attributes
    ----------
    source : PixelSource
        Source of the values, scaled, NaN without data.
    name : str
        What the user calls it: the file's stem.
    wavelengths_nm : DoubleArray, shape (bands,), or None
        Band centres in nm; None where the file does not declare them.
    fwhm_nm : DoubleArray, shape (bands,), or None
        Full widths at half maximum in nm.
    good_bands : BoolArray, shape (bands,)
        False where the header's bad-band list says so.
    units : {"reflectance", "radiance", "counts", "unknown"}
    default_bands : tuple of int
        Zero-based red, green, blue (three), grey (one), or none.
    path : Path or None
        The data file.
    header : mapping of str to str
        The header as it was read, to be shown; all else is an attribute.
    notes : tuple of str
        Assumptions and corrections while reading, a sentence each; an `Ignored` one states what
        the file says and was not used, a `Contradiction` what excludes one another in it.
    unused : tuple of str
        Names of entries of the header that no reader knows.
    stored : str
        Layout of the values in the file, for people; empty where a reader does not state it.
    array_name : str
        Name of the array in a file that may hold several; empty in other formats.
    choice : ArrayChoice or None
        What the user said of the file, now or before, with which it was read.

    Raises
    ------
    ValueError
        If a per-band array does not have one value for each band.
    """

    source: PixelSource
    name: str
    good_bands: BoolArray
    wavelengths_nm: DoubleArray | None = None
    fwhm_nm: DoubleArray | None = None
    units: Units = "unknown"
    default_bands: tuple[int, ...] = ()
    path: Path | None = None
    header: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    stored: str = ""
    acquisition: Acquisition = field(default_factory=Acquisition)
    georeference: Georeference = field(default_factory=Georeference)
    array_name: str = ""
    choice: ArrayChoice | None = None

    def __post_init__(self) -> None:
        for label in ("good_bands", "wavelengths_nm", "fwhm_nm"):
            values = getattr(self, label)
            if values is not None and values.shape != (self.bands,):
                raise ValueError(f"{label} has shape {values.shape}, expected ({self.bands},)")

    @property
    def shape(self) -> tuple[int, int, int]:
        """(rows, cols, bands)."""
        return self.source.shape

    def __repr__(self) -> str:
        nm = self.wavelengths_nm
        covered = "no wavelengths" if nm is None else f"{np.nanmin(nm):.0f}-{np.nanmax(nm):.0f} nm"
        size = f"{self.rows} x {self.cols} px, {counted(self.bands, 'band')}"
        return f"Cube({self.name}: {size}, {covered}, {self.units})"

    @property
    def rows(self) -> int:
        """Number of image rows."""
        return self.shape[0]

    @property
    def cols(self) -> int:
        """Number of image columns."""
        return self.shape[1]

    @property
    def bands(self) -> int:
        """Number of spectral bands."""
        return self.shape[2]

    @property
    def place(self) -> str:
        """For people: the path of its file, or its name where it has none."""
        return self.name if self.path is None else str(self.path)

    @property
    def assumed(self) -> tuple[str, ...]:
        """Assumptions and corrections while reading, a sentence each."""
        return tuple(note for note in self.notes if not isinstance(note, Ignored | Contradiction))

    @property
    def ignored(self) -> tuple[str, ...]:
        """Unused content of the file, a sentence each."""
        return tuple(str(note) for note in self.notes if isinstance(note, Ignored))

    @property
    def contradictions(self) -> tuple[str, ...]:
        """Statements of the file that exclude one another, and what was taken."""
        return tuple(str(note) for note in self.notes if isinstance(note, Contradiction))

    @property
    def axis(self) -> DoubleArray:
        """Spectral axis, shape (bands,): wavelengths in nm, or band numbers from 0 without them."""
        if self.wavelengths_nm is not None:
            return self.wavelengths_nm
        return np.arange(self.bands, dtype=np.float64)

    def block(self, rows: slice, cols: slice, bands: slice | IntArray = slice(None)) -> FloatArray:
        """Read a block of shape (rows, cols, bands), in the cube's units."""
        return self.source.read(rows, cols, bands)

    def band(self, index: int) -> FloatArray:
        """Read one band, shape (rows, cols)."""
        plane: FloatArray = self.block(slice(None), slice(None), slice(index, index + 1))[:, :, 0]
        return plane

    def pixel(self, row: int, col: int) -> FloatArray:
        """Read one spectrum, shape (bands,)."""
        spectrum: FloatArray = self.block(slice(row, row + 1), slice(col, col + 1))[0, 0]
        return spectrum

    def contains(self, row: int, col: int) -> bool:
        """Return whether a pixel is inside the image."""
        return 0 <= row < self.rows and 0 <= col < self.cols

    def nearest_band(self, position: float, within: float = np.inf) -> int | None:
        """Return the index of the good band nearest to a position on the axis, or None.

        Parameters
        ----------
        position : float
            In nm, or a band number where the cube has no wavelengths.
        within : float
            Largest distance of the band, in the same unit.
        """
        distance = np.where(self.good_bands, np.abs(self.axis - position), np.inf)
        index = int(np.argmin(distance))
        return index if np.isfinite(distance[index]) and distance[index] <= within else None


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Measured spectrum of one pixel.

    Attributes
    ----------
    values : FloatArray, shape (bands,)
        In the cube's units, NaN where there is no data.
    """

    row: int
    col: int
    values: FloatArray
