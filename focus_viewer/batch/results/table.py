"""Table and curves of a batch: Parquet, CSV and NetCDF."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.batch.inputs.items import Item
from focus_viewer.batch.inputs.work_list import CSV, CURVES, PARQUET
from focus_viewer.batch.results.columns import Column, columns_of, distinct
from focus_viewer.batch.results.records import Curves, Record, Row, Value
from focus_viewer.core.atomic_write import atomic_paths
from focus_viewer.core.datasets.natural_order import in_natural_order
from focus_viewer.core.errors import FocusError, translated_errors
from focus_viewer.core.typing import DoubleArray

MISSING = "NA"
"""As R, pandas and polars (`null_values="NA"`) take it."""

_LIBRARIES = "pip install 'focus-viewer[batch]'"


@dataclass(frozen=True, eq=False)
class Table:
    """Table of a batch with its curves, in the order of the work list.

    Attributes
    ----------
    rows : tuple of Row
        All columns in each; None where a value is not known.
    curves : tuple of Curves or None
        Of each row.
    classes : tuple of str
        Of the model; empty where nothing was explained.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    curves: tuple[Curves | None, ...]
    classes: tuple[str, ...]

    def array(self, column: Column) -> NDArray[Any]:
        """Return the values of a column as an array: float64 with NaN, or objects with None."""
        values = self.column(column.name)
        if column.kind == "text":
            return np.array(values, dtype=object)
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)

    def column(self, name: str) -> list[Value]:
        """Return the values of a column."""
        return [row[name] for row in self.rows]


def table_of(items: Sequence[Item], records: Sequence[Record]) -> Table:
    """Return the table of records, with the present labels and groups of their items."""
    groups = in_natural_order({name for item in items for name in item.groups})
    classes = next((record.classes for record in records if record.classes), ())
    columns = columns_of(groups, classes)
    names = distinct("group_", groups)
    rows: list[Row] = []
    for item, record in zip(items, records, strict=True):
        # "NA" in a table of groups is missing in all files, not in the CSV alone.
        own: Row = {names[g]: None if v == MISSING else v for g, v in item.groups.items()}
        own |= {"path": str(item.path), "label": item.label}
        for found in record.rows:
            values = {"row": len(rows) + 1} | own | found
            rows.append({column.name: _readable(values.get(column.name)) for column in columns})
    curves = tuple(each for record in records for each in record.curves)
    return Table(columns, tuple(rows), curves, classes)


def _readable(value: Value) -> Value:
    """Return a value that can be written as UTF-8: names of files on Linux may hold any bytes."""
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()
    return value


def write_table(table: Table, out: Path) -> tuple[Path, ...]:
    """Write `cubes.parquet`, `cubes.csv` and `curves.nc`, each whole or not at all.

    Raises
    ------
    FocusError
        If the disk refuses, or a library is missing.
    """
    paths = (out / PARQUET, out / CURVES, out / CSV)
    require_libraries()
    with translated_errors(out, "written", FocusError), atomic_paths(*paths) as drafts:
        _write_parquet(table, drafts[0])
        _write_curves(table, drafts[1])
        _write_csv(table, drafts[2])
    return paths


def require_libraries() -> None:
    """Refuse to begin what could not be written.

    Raises
    ------
    FocusError
    """
    missing = [name for name in ("netCDF4", "pyarrow", "xarray") if find_spec(name) is None]
    if missing:
        raise FocusError(f"Libraries for tables are missing ({', '.join(missing)}): {_LIBRARIES}")


def _write_csv(table: Table, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column.name for column in table.columns])
        writer.writerows(
            [_cell(row[column.name]) for column in table.columns] for row in table.rows
        )


def _cell(value: Value) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return MISSING
    return repr(value) if isinstance(value, float) else str(value)


def _write_parquet(table: Table, path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    kinds = {"text": pyarrow.string(), "number": pyarrow.float64(), "integer": pyarrow.int64()}
    schema = pyarrow.schema(
        [
            pyarrow.field(column.name, kinds[column.kind], metadata={"about": column.about})
            for column in table.columns
        ]
    )
    values = {column.name: table.column(column.name) for column in table.columns}
    parquet.write_table(pyarrow.table(values, schema=schema), path)


def _write_curves(table: Table, path: Path) -> None:
    curves_dataset(table).to_netcdf(path, engine="netcdf4")


def curves_dataset(table: Table) -> Any:
    """Return the curves as an xarray data set: see docs/batch.md for its variables."""
    import xarray

    edges = _all_edges(table.curves)
    bands = max((each.spectrum.size for each in table.curves if each is not None), default=0)
    by_class = (len(table.rows), len(table.classes), len(edges))
    evidence, unattributed = (np.full(by_class, np.nan, dtype=np.float32) for _ in range(2))
    spectrum = np.full((len(table.rows), bands), np.nan, dtype=np.float32)
    spectrum_nm = np.full((len(table.rows), bands), np.nan)
    places = {tuple(pair): place for place, pair in enumerate(edges.tolist())}
    for row, curves in enumerate(table.curves):
        if curves is None:
            continue
        own = [places[low, high] for low, high in curves.edges_nm.tolist()]
        evidence[row][:, own], unattributed[row][:, own] = curves.evidence, curves.unattributed
        spectrum[row, : curves.spectrum.size] = curves.spectrum
        spectrum_nm[row, : curves.spectrum.size] = curves.spectrum_nm
    curve = ("cube", "class", "wavelength")
    return xarray.Dataset(
        {
            "evidence": (curve, evidence, {"units": "logit", "long_name": _EVIDENCE}),
            "unattributed": (curve, unattributed, {"units": "logit", "long_name": _UNATTRIBUTED}),
            "spectrum": (("cube", "band"), spectrum, {"long_name": _SPECTRUM}),
            "spectrum_nm": (("cube", "band"), spectrum_nm, {"units": "nm"}),
            "low_nm": ("wavelength", edges[:, 0], {"units": "nm"}),
            "high_nm": ("wavelength", edges[:, 1], {"units": "nm"}),
        },
        {
            "cube": ("cube", [int(row["row"] or 0) for row in table.rows], {"long_name": _ROW}),
            "class": ("class", list(table.classes)),
            "wavelength": ("wavelength", edges.mean(axis=1), {"units": "nm"}),
        },
        {"title": "Importance curves and mean spectra of a batch of FOCUS Viewer"},
    )


_ROW = "row of the table"
_EVIDENCE = "evidence for a class less the mean of the others, summed over the image or region"
_UNATTRIBUTED = "what the sink took of it"
_SPECTRUM = "mean spectrum of the pixels that the model met, in the units of the cube"


def _all_edges(curves: Sequence[Curves | None]) -> DoubleArray:
    """Return the groups that any cube has, shape (groups, 2), ascending."""
    pairs = {tuple(pair) for each in curves if each is not None for pair in each.edges_nm.tolist()}
    return np.array(sorted(pairs), dtype=np.float64).reshape(len(pairs), 2)
