"""Tables of spectra: wavelengths in the first column, a spectrum in each further one."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from focus_viewer.core.errors import CubeError
from focus_viewer.core.spectra.library import LibrarySpectrum, SpectralLibrary
from focus_viewer.core.typing import DoubleArray
from focus_viewer.io.metadata.wavelength_list import number_cells, table_lines
from focus_viewer.io.metadata.wavelengths import to_nm, unit_in, unit_of
from focus_viewer.io.spectral_libraries.scale import as_reflectance

_EXPECTED = (
    "Expected wavelengths in the first column and a spectrum in each further one, such as "
    "'wavelength,leaf,soil' and then '450.0,0.05,0.12'."
)


def read_table(path: Path) -> SpectralLibrary:
    """Read a table of spectra; columns may be parted by commas, semicolons, tabs or spaces.

    Raises
    ------
    CubeError
        If it has no such columns, or a wavelength comes twice.
    """
    lines = [line for line in table_lines(path, _EXPECTED) if line.strip()]
    rows = [_row(line) for line in lines]
    width = max((row.size for row in rows if row is not None), default=0)
    table = np.array([row for row in rows if row is not None and row.size == width])
    if width < 2 or len(table) < 2:
        raise CubeError(f"{path} holds {len(table)} rows of {width} numbers. {_EXPECTED}")
    table = table[np.argsort(table[:, 0], kind="stable")]
    if not (np.diff(table[:, 0]) > 0).all() or table[0, 0] <= 0:
        raise CubeError(f"{path} has a wavelength twice, or one that is not above 0. {_EXPECTED}")
    heading = _cells(lines[0]) if rows[0] is None else []
    notes: list[str] = []
    named = unit_in(heading[0].strip().lower()) if heading else ""
    unit = unit_of(named, table[:, 0], notes, "file")
    if not unit:
        raise CubeError(f"{path}: {notes[-1]} {_EXPECTED}")
    names = _names(heading, width - 1)
    nm, values = to_nm(table[:, 0], unit), as_reflectance(table[:, 1:].T, notes)
    spectra = tuple(LibrarySpectrum(name, nm, row) for name, row in zip(names, values, strict=True))
    return SpectralLibrary(path.name, spectra, tuple(notes))


def _row(line: str) -> DoubleArray | None:
    """Return the numbers of a line, NaN for empty cells; None if a cell holds another word."""
    cells = [cell.strip().strip('"') for cell in number_cells(line)]
    try:
        return np.array([float(cell) if cell else np.nan for cell in cells])
    except ValueError:
        return None


def _cells(line: str) -> list[str]:
    delimiter = next((each for each in ";\t," if each in line), " ")
    return next(csv.reader([line], delimiter=delimiter))


def _names(heading: list[str], count: int) -> list[str]:
    if len(heading) == count + 1:
        return [name.strip() or f"spectrum {place}" for place, name in enumerate(heading[1:], 1)]
    return [f"spectrum {place}" for place in range(1, count + 1)]
