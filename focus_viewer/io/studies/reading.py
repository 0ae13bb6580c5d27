"""Reading of a study: what a batch has written into its folder."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from focus_viewer.core.errors import FocusError, translated_errors
from focus_viewer.core.studies.study import REGION_CLASS, Row, Study
from focus_viewer.io.studies.columns import (
    group_titles,
    is_of_class,
    is_of_model,
    text_of,
    value_titles,
)
from focus_viewer.io.studies.curves import NO_CURVES, RowCurves, read_curves

TABLE, CURVES = "cubes.csv", "curves.nc"
_NEEDED = ("path", "kind", "status", "verdict")


def study_table(path: Path) -> Path | None:
    """Return the table of a study at a path, its folder or the table itself; None without one."""
    table = path / TABLE if path.is_dir() else path
    return table if table.name == TABLE and table.is_file() and _is_of_batch(table) else None


def read_study(path: Path) -> Study:
    """Read the study in a batch's folder, or of its `cubes.csv`.

    Raises
    ------
    FocusError
        If there is none, or a file is damaged.
    """
    table = path / TABLE if path.is_dir() else path
    rows = _rows(table)
    titles = list(rows[0]) if rows else []
    missing = [name for name in _NEEDED if name not in titles]
    if missing:
        raise FocusError(
            f"{table} is not the table of a batch: expected the columns {', '.join(_NEEDED)}; "
            f"{', '.join(missing)} not found."
        )
    curves, notes = dict[int, RowCurves](), list[str]()
    if (table.parent / CURVES).is_file():
        curves = read_curves(table.parent / CURVES)
    else:
        notes.append(f"{CURVES} is missing beside {table.name}: curves cannot be compared")
    groups, values = group_titles(titles), value_titles(titles)
    versions = dict.fromkeys(name for row in rows if (name := text_of(row, "model")))
    return Study(
        tuple(_row(row, table.parent, groups, values, curves) for row in rows),
        str(table.parent),
        tuple(notes),
        {"model": ", ".join(versions)} if versions else {},
    )


def _is_of_batch(table: Path) -> bool:
    """Return whether a table's titles are those of a batch; other tables may hold labels."""
    with translated_errors(table, "read", FocusError), table.open(encoding="utf-8-sig") as file:
        try:
            titles = next(csv.reader(file), [])
        except (UnicodeDecodeError, csv.Error):
            return False
    return all(name in titles for name in _NEEDED)


def _rows(table: Path) -> Sequence[Mapping[str, str]]:
    with translated_errors(table, "read", FocusError):
        content = table.read_bytes()
    try:
        text = content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), restval=""))
    except (UnicodeDecodeError, csv.Error) as error:
        raise FocusError(f"{table} cannot be read as a table: {error}.") from error
    if not rows:
        raise FocusError(f"{table} has no rows.")
    return rows


def _row(
    cells: Mapping[str, str],
    folder: Path,
    groups: Mapping[str, str],
    values: Mapping[str, str],
    curves: Mapping[int, RowCurves],
) -> Row:
    path = folder / text_of(cells, "path")
    own = curves.get(_integer(text_of(cells, "row")), NO_CURVES)
    named = {title: text for name, title in groups.items() if (text := text_of(cells, name))}
    if region_class := text_of(cells, "region_class"):
        named[REGION_CLASS] = region_class
    numbers = {title: _number(text_of(cells, name)) for name, title in values.items()}
    return Row(
        path,
        text_of(cells, "label") or path.stem,
        text_of(cells, "region") or ("" if cells["kind"] == "cube" else cells["kind"]),
        named,
        text_of(cells, "decided"),
        text_of(cells, "verdict"),
        {title: value for title, value in numbers.items() if value is not None},
        frozenset(title for name, title in values.items() if is_of_model(name)),
        text_of(cells, "explained"),
        frozenset(title for name, title in values.items() if is_of_class(name)),
        own.importance,
        own.spectrum,
        text_of(cells, "units"),
        text_of(cells, "error") if text_of(cells, "status") != "ok" else "",
    )


def _integer(text: str) -> int:
    return int(text) if text.isdigit() else -1


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
