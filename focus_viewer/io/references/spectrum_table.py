"""Table of one spectrum in a text file: a row for each wavelength."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from focus_viewer.core.counted import counted
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import CubeError
from focus_viewer.core.typing import DoubleArray
from focus_viewer.io.metadata.wavelength_list import number_cells, table_lines

_UM_BELOW = 100.0
_PERCENT_ABOVE = 1.5
_EXPECTED = "Expected rows of wavelength in nm and value, such as '450.0, 0.99'."


def read_spectrum(path: Path) -> tuple[DoubleArray, DoubleArray]:
    """Read wavelengths in nm, ascending, and values of a table.

    Columns may be parted by commas, semicolons (then with decimal commas), tabs or spaces. Rows
    without numbers, such as a title, are passed over. Wavelengths below 100 are micrometres.

    Returns
    -------
    wavelengths_nm, values : DoubleArray, shape (rows,)

    Raises
    ------
    CubeError
        If there are fewer than two rows, or a wavelength comes twice.
    """
    lines = table_lines(path, _EXPECTED)
    rows = np.array([row for row in map(_numbers, lines) if row is not None])
    if len(rows) < 2:
        raise CubeError(f"{path} holds {counted(len(rows), 'row')} of two numbers. {_EXPECTED}")
    wavelengths, values = rows[np.argsort(rows[:, 0], kind="stable")].T
    if (np.diff(wavelengths) <= 0).any() or wavelengths[0] <= 0:
        raise CubeError(
            f"{path} has a wavelength twice, or one that is not above 0. {_EXPECTED} Put the "
            "table right."
        )
    return wavelengths * (1e3 if wavelengths[-1] < _UM_BELOW else 1.0), values


def _numbers(line: str) -> tuple[float, float] | None:
    parts = number_cells(line)
    try:
        row = (float(parts[0]), float(parts[1]))
    except (ValueError, IndexError):
        return None
    return row if np.isfinite(row).all() else None


def spectrum_at_bands(path: Path, cube: Cube) -> DoubleArray:
    """Return a table's values at the bands of a cube, shape (bands,); NaN beyond the table.

    Raises
    ------
    CubeError
        If it is not a table, the cube has no wavelengths, or no band is within the table.
    """
    if cube.wavelengths_nm is None:
        raise CubeError(
            f"{path} has values by wavelength, but {cube.name} has no wavelengths. Use one "
            "number for all bands."
        )
    nm, values = read_spectrum(path)
    at_bands = np.interp(cube.wavelengths_nm, nm, values, left=np.nan, right=np.nan)
    if not np.isfinite(at_bands).any():
        low, high = cube.wavelengths_nm[[0, -1]]
        raise CubeError(
            f"{path} covers {nm[0]:g}-{nm[-1]:g} nm, and {cube.name} {low:g}-{high:g} nm: expected "
            "a table that covers its bands."
        )
    return np.asarray(at_bands)


def panel_at_bands(path: Path, cube: Cube, notes: list[str]) -> DoubleArray:
    """Return the reflectance of a panel at a cube's bands, shape (bands,), noting assumptions.

    Raises
    ------
    CubeError
        As `spectrum_at_bands`; and if a reflectance is not above 0.
    """
    values = spectrum_at_bands(path, cube)
    if np.nanmin(values) <= 0:
        raise CubeError(f"{path} has a reflectance that is not above 0. {_EXPECTED}")
    if np.nanmax(values) > _PERCENT_ABOVE:
        notes.append(f"The panel's reflectance in {path.name} was taken as percent.")
        values = values / 100
    beyond = int(np.isnan(values).sum())
    if beyond:
        them = "is outside" if beyond == 1 else "are outside"
        notes.append(f"{counted(beyond, 'band')} {them} the table {path.name}: no data there.")
    return values
