"""Wavelengths of bands from a table: a number for each band."""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path

import numpy as np

from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.core.typing import DoubleArray
from focus_viewer.io.metadata.wavelengths import to_nm, unit_in, unit_of
from focus_viewer.io.storage.files import size_bytes

_MOST_BYTES = 10_000_000
_NAMED = re.compile(
    r"wave|wvl|lambda|\bwl\b|nanomet|micromet|[åÅ]ngstr|angstr|\bnm\b|\bum\b|µm|cm-1|1/cm",
    re.IGNORECASE,
)
_OTHER_AXIS = re.compile(r"raman|frequency|energy|\b[kmgt]?hz\b|\bev\b", re.IGNORECASE)
_UNIT_BEHIND = re.compile(r"(?<=[\d.])\s*(nm|[uµμ]m|cm-1|Å)(?=[\s,;\"']|$)", re.IGNORECASE)
_NAME_BEFORE = re.compile(r"[A-Za-z][A-Za-z _-]*\d+")
_WHOLE_PAIR = re.compile(r"\s*\d+,\d+\s*")
_EXPECTED = (
    "Expected a column of wavelengths in nm or µm, a row for each band; of several columns the one "
    "that is named 'wavelength'."
)


def read_wavelength_list(path: Path) -> tuple[float, ...]:
    """Return wavelengths in nm, in the order of the rows.

    Columns may be parted by commas, semicolons, tabs or spaces; if not by commas, these are decimal
    ones. Rows without numbers, such as a title, are passed over. A single row of numbers counts as
    a column. Of several columns the one named so is taken, else the only monotonic one that is not
    a mere count of rows. The unit is that of the title or behind the numbers; without one, values
    below 100 are micrometres.

    Raises
    ------
    CubeError
        If there is no such column, a number is not above 0, or it is in no unit of wavelengths.
    """
    lines = [line for line in table_lines(path, _EXPECTED) if line.strip()]
    rows = [_numbers(line) for line in lines]
    headings = [line for line, row in zip(lines, rows, strict=True) if not row]
    numbered = [line for line, row in zip(lines, rows, strict=True) if row]
    if _has_decimal_commas(path, numbered, headings):
        rows = [_numbers(line.replace(",", ".")) for line in lines]
    width = max((len(row) for row in rows), default=0)
    table = np.array([row for row in rows if len(row) == width and width]).reshape(-1, width or 1)
    if len(table) == 1:
        table = table.T
    if table.size == 0:
        raise CubeError(f"{path} holds no numbers. {_EXPECTED}")
    titles = [_cells(line, table.shape[1]) for line in headings]
    title = next((cells for cells in titles if any(map(_NAMED.search, cells))), [])
    column = _column(path, table, title)
    values = table[:, column]
    if not (np.isfinite(values) & (values > 0)).all():
        raise CubeError(f"{path} holds a wavelength that is not above 0. {_EXPECTED}")
    words = [cells[column] for cells in titles if len(cells) > column]
    return tuple(to_nm(values, _unit(path, values, words, numbered)).tolist())


def _unit(path: Path, values: DoubleArray, words: list[str], lines: list[str]) -> str:
    """Return the unit of a column, by its title or behind its numbers, else by their size."""
    other = next(filter(_OTHER_AXIS.search, words), "")
    if other:
        raise CubeError(f"{path}: {other.strip()[:60]!r} does not state wavelengths. {_EXPECTED}")
    behind = {match[1].lower() for line in lines if (match := _UNIT_BEHIND.search(line))}
    named = [unit for word in (*words, *behind) if (unit := unit_in(word.lower()))]
    notes: list[str] = []
    unit = unit_of(named[0] if named else "", values, notes, "table")
    if not unit:
        raise CubeError(f"{path}: {notes[-1]} {_EXPECTED}")
    return unit


def _has_decimal_commas(path: Path, lines: list[str], headings: list[str]) -> bool:
    """Return whether rows such as "419,83" are one number each.

    Raises
    ------
    CubeError
        If they may be that or two whole numbers.
    """
    if len(lines) < 2 or not all(map(_WHOLE_PAIR.fullmatch, lines)):
        return False
    steps = np.diff([_numbers(line) for line in lines], axis=0)
    if any("," in line for line in headings) or (steps == 1).all(axis=0).any():
        return False
    named = any(map(_NAMED.search, headings))
    if named or any(re.search(",0", line) for line in lines):
        return True
    if (steps[:, 0] > 0).all() and not (steps[:, 1] > 0).all():
        raise CubeError(
            f"{path}: it is not clear whether the commas of rows such as {lines[0].strip()!r} are "
            f"decimal ones or part columns. {_EXPECTED} Write decimal points, or a row of titles."
        )
    return False


def table_lines(path: Path, expected: str) -> list[str]:
    """Return the lines of a table in a text file.

    Parameters
    ----------
    expected : str
        Sentence about the table, for the error message.

    Raises
    ------
    CubeError
        If the file is too large, cannot be read, or holds no text.
    """
    if size_bytes(path) > _MOST_BYTES:
        raise CubeError(f"{path} is larger than {_MOST_BYTES:,} bytes, not a table. {expected}")
    with translated_errors(path):
        return _decoded(path, path.read_bytes(), expected).splitlines()


def _decoded(path: Path, content: bytes, expected: str) -> str:
    """Return text in UTF-8, or in UTF-16 with the mark that spreadsheets begin it with."""
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content:
        raise CubeError(
            f"{path} has zero bytes: it holds no text, or text in UTF-16 without its mark. "
            f"{expected} Save it as text in UTF-8."
        )
    return content.decode("utf-8-sig", errors="replace")


def number_cells(line: str) -> list[str]:
    """Return the cells of a row of numbers; if others part them, its commas are decimal ones."""
    line = line.strip()
    if ";" in line:
        return line.replace(",", ".").split(";")
    if re.search(r"[^,\s]\s+[^,\s]", line):
        line = re.sub(r"(?<=\d),(?=\d)", ".", line)
    return line.split("\t") if "\t" in line else re.split(r"[,\s]+", line)


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


def _cells(line: str, width: int) -> list[str]:
    """Return the titles of so many columns; of a single one, the whole line."""
    if width == 1:
        return [line]
    for separator in (";", "\t", ",", None):
        parts = line.split(separator)
        if len(parts) == width or (separator is not None and len(parts) > width):
            return [part.strip(' "') for part in parts]
    return []


def _numbers(line: str) -> list[float]:
    """Return values of a row; none where a cell is not a number but the name of a band before."""
    cells = [
        cell.strip(" \"'") for cell in number_cells(_UNIT_BEHIND.sub("", line)) if cell.strip()
    ]
    if len(cells) > 1 and _NAME_BEFORE.fullmatch(cells[0]):
        cells[0] = "nan"
    try:
        return [float(cell) for cell in cells]
    except ValueError:
        return []
