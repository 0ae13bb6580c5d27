"""Tables in text files: cells are text, separators and titles are recognised."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from focus_viewer.core.datasets.data_set import DataSetError
from focus_viewer.core.errors import translated_errors
from focus_viewer.io.annotations.storage import decoded
from focus_viewer.io.storage.files import size_bytes

TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".tab")
_MOST_BYTES = 200_000_000
_SNIFFED_LETTERS = 16_384
_SEPARATORS = ",;\t|"


@dataclass(frozen=True)
class Table:
    """Table with a title row.

    Attributes
    ----------
    titles : tuple of str
        As in the file.
    rows : tuple of (int, dict)
        Line in the file, and cells by the key of their title.
    """

    path: Path
    titles: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the titles."""
        return tuple(key_of(title) for title in self.titles)

    def first_of(self, *keys: str) -> str | None:
        """Return the first of these keys that the table has."""
        own = self.keys
        return next((key for key in keys if key in own), None)


def key_of(title: str) -> str:
    """Return a title in lower case without spaces, dashes and underscores: "Image ID": imageid."""
    return re.sub(r"[\s_\-]+", "", title).lower()


def read_table(path: Path) -> Table:
    """Read a table; its separator is guessed, empty lines are passed over.

    Raises
    ------
    DataSetError
        If it is empty, or a title occurs twice.
    CubeError
        If it cannot be read.
    """
    rows = [(line, row) for line, row in enumerate(read_rows(path), start=1) if any(row)]
    if not rows:
        raise DataSetError(f"{path} is empty. Expected a row of titles, and a row for each cube.")
    titles = tuple(title.strip() for title in rows[0][1])
    keys = [key_of(title) for title in titles]
    twice = next((key for key in keys if key and keys.count(key) > 1), None)
    if twice is not None:
        raise DataSetError(
            f"{path}: expected each title once, found {twice!r} twice. Rename one of the columns."
        )
    cells = tuple((line, _cells(keys, row)) for line, row in rows[1:])
    return Table(path, titles, cells)


def read_rows(path: Path) -> list[list[str]]:
    """Read the cells of a text file as they are.

    Raises
    ------
    DataSetError
        If it is too large for a table, or no table.
    CubeError
        If it cannot be read.
    """
    if size_bytes(path) > _MOST_BYTES:
        raise DataSetError(
            f"{path} is larger than {_MOST_BYTES:,} bytes: expected a table with a row for each "
            "cube. Choose another file."
        )
    with translated_errors(path):
        text = decoded(path.read_bytes())
    try:
        return list(csv.reader(io.StringIO(text, newline=""), _dialect(text)))
    except csv.Error as error:
        raise DataSetError(
            f"{path} is not a table: {error}. Save it as comma-separated values."
        ) from error


def _dialect(text: str) -> type[csv.Dialect]:
    """Return the dialect of a table; of a single column, that of commas."""
    try:
        dialect = csv.Sniffer().sniff(text[:_SNIFFED_LETTERS], _SEPARATORS)
    except csv.Error:
        return csv.excel
    title = text.splitlines()[0] if text else ""
    if dialect.delimiter not in title:
        return csv.excel
    # The sniffer takes quotes from a sample that may have none.
    dialect.quotechar, dialect.doublequote = '"', True
    return dialect


def _cells(keys: list[str], row: list[str]) -> dict[str, str]:
    padded = [*row, *[""] * (len(keys) - len(row))]
    return {key: cell.strip() for key, cell in zip(keys, padded, strict=False) if key}
