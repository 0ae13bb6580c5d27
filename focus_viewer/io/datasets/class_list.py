"""Lists of class names beside label rasters, which hold numbers only."""

from __future__ import annotations

from pathlib import Path

from focus_viewer.core.datasets.data_set import DataSetError
from focus_viewer.io.datasets.table_file import read_rows

ClassList = dict[int, str]
"""Names of classes by their number."""
CLASS_LISTS = ("classes.csv", "classes.txt", "class_names.csv", "class_names.txt")
"""Names of the files that hold one."""


def read_class_list(folder: Path) -> ClassList:
    """Return names by number from classes.csv, classes.txt or class_names.*; empty without one.

    Each line has a number and a name; without numbers, lines count from 1. A title is passed over.

    Raises
    ------
    DataSetError
        If a number occurs twice.
    """
    path = next((folder / name for name in CLASS_LISTS if (folder / name).is_file()), None)
    if path is None:
        return {}
    rows = [[cell.strip() for cell in row] for row in read_rows(path)]
    rows = [row for row in rows if any(row)]
    numbered = [row for row in rows if len(row) > 1 and row[0].isdecimal()]
    if not numbered:
        return {number: row[0] for number, row in enumerate(rows, start=1)}
    names = {int(row[0]): row[1] for row in numbered}
    if len(names) < len(numbered):
        raise DataSetError(
            f"{path}: expected each class number once, found one twice. Correct the list."
        )
    return names
