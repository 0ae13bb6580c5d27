"""Wavelengths of bands from a table: a number for each band."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.core.typing import DoubleArray
from focus_viewer.io.storage.files import size_bytes

_MOST_BYTES = 10_000_000
_UM_BELOW = 100.0
_NAMED = re.compile(r"wave|wvl|lambda|\bwl\b|nanomet|micromet|\bnm\b|\bum\b|µm", re.IGNORECASE)
_EXPECTED = (
    "Expected a column of wavelengths in nm or µm, a row for each band; of several columns the one "
    "that is named 'wavelength'."
)


def read_wavelength_list(path: Path) -> tuple[float, ...]:
    """Return wavelengths in nm, in the order of the rows.

    Columns may be parted by commas, semicolons (then with decimal commas), tabs or spaces. Rows
    without numbers, such as a title, are passed over. A single row of numbers counts as a column.
    Of several columns the one named so is taken, else the only monotonic one that is not a
    mere count of rows. Values below 100 are micrometres.

    Raises
    ------
    CubeError
        If there is no such column, or a number is not above 0.
    """
    lines = [line for line in table_lines(path, _EXPECTED) if line.strip()]
    rows = [_numbers(line) for line in lines]
    width = max((len(row) for row in rows), default=0)
    table = np.array([row for row in rows if len(row) == width and width]).reshape(-1, width or 1)
    if len(table) == 1:
        table = table.T
    if table.size == 0:
        raise CubeError(f"{path} holds no numbers. {_EXPECTED}")
    title = next((_cells(line) for line, row in zip(lines, rows, strict=True) if not row), [])
    values = table[:, _column(path, table, title)]
    if not (np.isfinite(values) & (values > 0)).all():
        raise CubeError(f"{path} holds a wavelength that is not above 0. {_EXPECTED}")
    return tuple(float(nm) for nm in values * (1e3 if values.max() < _UM_BELOW else 1.0))


def table_lines(path: Path, expected: str) -> list[str]:
    """Return the lines of a table in a text file.

    Parameters
    ----------
    expected : str
        Sentence about the table, for the error message.

    Raises
    ------
    CubeError
        If the file is too large or cannot be read.
    """
    if size_bytes(path) > _MOST_BYTES:
        raise CubeError(f"{path} is larger than {_MOST_BYTES:,} bytes, not a table. {expected}")
    with translated_errors(path):
        return path.read_bytes().decode("utf-8-sig", errors="replace").splitlines()


def number_cells(line: str) -> list[str]:
    """Return the cells of a row of numbers; with semicolons, commas are decimal ones."""
    if ";" in line:
        return line.replace(",", ".").split(";")
    return re.split(r"[,\s]+", line.strip())


def _column(path: Path, table: DoubleArray, title: list[str]) -> int:
    if table.shape[1] == 1:
        return 0
    named = [i for i, name in enumerate(title[: table.shape[1]]) if _NAMED.search(name)]
    if len(named) == 1:
        return named[0]
    steps = np.diff(table, axis=0)
    one_way = (steps > 0).all(axis=0) | (steps < 0).all(axis=0)
    counting = (steps == 1).all(axis=0) & (table[0] <= 1)
    fitting = [i for i in np.flatnonzero(one_way & ~counting) if not named or i in named]
    if len(fitting) == 1:
        return int(fitting[0])
    raise CubeError(
        f"{path} has {table.shape[1]} columns, and it is not clear which holds the wavelengths. "
        f"{_EXPECTED}"
    )


def _cells(line: str) -> list[str]:
    parts = line.split(";") if ";" in line else re.split(r"[,\t]", line)
    return [part.strip(' "') for part in parts]


def _numbers(line: str) -> list[float]:
    """Return values of a row; none where any cell is not a number."""
    try:
        return [float(cell.strip(' "')) for cell in number_cells(line) if cell.strip()]
    except ValueError:
        return []
