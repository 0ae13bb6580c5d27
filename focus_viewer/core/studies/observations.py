"""Observations of a study: one for each unit in each group, the mean of its rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from focus_viewer.core.counted import counted
from focus_viewer.core.datasets.natural_order import in_natural_order
from focus_viewer.core.studies.layouts import common_values
from focus_viewer.core.studies.plan import CUBE, Quantity, StudyPlan
from focus_viewer.core.studies.study import DECIDED, DOUBTFUL, Curve, Row, Study
from focus_viewer.core.typing import DoubleArray, IntArray

_LONGEST_REASON = 80
_CIRCULAR = "the model decided on the groups: that its own results differ says nothing about plants"
_NO_WAVELENGTH = np.zeros((1, 2))


@dataclass(frozen=True, eq=False)
class Observations:
    """Values of units, of which rows were averaged first.

    Attributes
    ----------
    edges_nm : DoubleArray, shape (n, 2)
        Of the wavelengths; one row of zeros for a single value.
    names : tuple of str
        Of the groups, in natural order.
    groups : IntArray, shape (observations,)
        Index into `names`.
    units : tuple of str
        Of each observation.
    values : DoubleArray, shape (observations, n)
    rows : int
        Number of rows that were averaged.
    notes : tuple of str
        What was left out, and why.
    """

    quantity: Quantity
    edges_nm: DoubleArray
    names: tuple[str, ...]
    groups: IntArray
    units: tuple[str, ...]
    values: DoubleArray
    rows: int
    notes: tuple[str, ...] = ()

    @property
    def nm(self) -> DoubleArray:
        """Wavelengths: centres of the spectral groups, shape (n,)."""
        return np.asarray(self.edges_nm.mean(axis=1))

    def of(self, group: int) -> DoubleArray:
        """Return the values of a group's units, shape (units, n)."""
        return np.asarray(self.values[self.groups == group])


def observe(study: Study, plan: StudyPlan, quantity: Quantity) -> Observations:
    """Return what is compared: one observation for each unit in each group."""
    notes: list[str] = []
    chosen = _chosen(study, plan, quantity, notes)
    edges_nm, values = _values(chosen, quantity, notes)
    cells: dict[tuple[str, str], list[int]] = {}
    for place, row in enumerate(chosen):
        cells.setdefault((row.group(plan.column), unit_of(row, plan)), []).append(place)
    names = tuple(in_natural_order({group for group, _ in cells}))
    keys = sorted(cells, key=lambda cell: names.index(cell[0]))
    means = [values[cells[key]].mean(axis=0) for key in keys]
    return Observations(
        quantity,
        edges_nm,
        names,
        np.array([names.index(group) for group, _ in keys], dtype=np.intp),
        tuple(unit for _, unit in keys),
        np.array(means).reshape(len(keys), len(edges_nm)),
        len(chosen),
        tuple(notes),
    )


def unit_of(row: Row, plan: StudyPlan) -> str:
    """Return the unit of a row: its cube where it names none."""
    named = row.group(plan.unit) if plan.unit != CUBE else ""
    return named or str(row.path)


def _chosen(study: Study, plan: StudyPlan, quantity: Quantity, notes: list[str]) -> list[Row]:
    """Return the rows that have a group and the quantity, and note those that are left out."""
    rows = [row for row in study.rows if bool(row.region) == (plan.parts == "regions")]
    rows = _kept(rows, [bool(row.error) for row in rows], _why(rows), notes)
    rows = _kept(rows, [not row.group(plan.column) for row in rows], f"no {plan.column}", notes)
    foreign = [row.foreign and _is_of_model(row, quantity) for row in rows]
    rows = _kept(rows, foreign, "the model does not apply", notes)
    rows = _kept(rows, [not _has(row, quantity) for row in rows], f"no {quantity.title}", notes)
    if quantity.kind == "spectrum":
        rows = _of_one_unit(rows, notes)
    if classes := _classes_of(rows, quantity):
        notes.append(f"{quantity.name} is of another class in some rows: {', '.join(classes)}")
    if plan.column == DECIDED and any(_is_of_model(row, quantity) for row in rows):
        notes.append(_CIRCULAR)
    doubtful = sum(row.verdict == DOUBTFUL and _is_of_model(row, quantity) for row in rows)
    if doubtful:
        notes.append(f"{_rows(doubtful)} of doubtful verdict counted like the others")
    unnamed = sum(plan.unit != CUBE and not row.group(plan.unit) for row in rows)
    if unnamed:
        notes.append(f"{_rows(unnamed)} without {plan.unit}: each cube is a unit of its own")
    return rows


def _why(rows: Sequence[Row]) -> str:
    """Return why rows failed: their reason, where all have the same short one."""
    reasons = {row.error for row in rows if row.error}
    only = next(iter(reasons)) if len(reasons) == 1 else ""
    return only if 0 < len(only) <= _LONGEST_REASON else "could not be explained"


def _kept(rows: list[Row], dropped: Sequence[bool], why: str, notes: list[str]) -> list[Row]:
    if any(dropped):
        notes.append(f"{_rows(sum(dropped))} left out: {why}")
    return [row for row, drop in zip(rows, dropped, strict=True) if not drop]


def _rows(number: int) -> str:
    return counted(number, "row")


def _is_of_model(row: Row, quantity: Quantity) -> bool:
    """Return whether the quantity means nothing where the model does not apply."""
    if quantity.kind == "value":
        return quantity.name in row.model_values
    return quantity.kind == "importance"


def _classes_of(rows: Sequence[Row], quantity: Quantity) -> tuple[str, ...]:
    """Return the classes that a value is of, where it is not the same in all rows."""
    own = {row.explained for row in rows if quantity.name in row.class_values}
    return in_natural_order(own) if quantity.kind == "value" and len(own) > 1 else ()


def _has(row: Row, quantity: Quantity) -> bool:
    if quantity.kind == "value":
        return bool(np.isfinite(row.values.get(quantity.name, np.nan)))
    curve = _curve(row, quantity)
    return curve is not None and bool(np.isfinite(curve.values).any())


def _curve(row: Row, quantity: Quantity) -> Curve | None:
    return row.spectrum if quantity.kind == "spectrum" else row.importance.get(quantity.name)


def _of_one_unit(rows: list[Row], notes: list[str]) -> list[Row]:
    """Keep spectra of the most frequent unit: reflectance and counts have no common mean."""
    units = [row.units for row in rows]
    if len(set(units)) <= 1:
        return rows
    usual = max(sorted(set(units)), key=units.count)
    why = f"their spectra are not in {usual or 'unknown units'}"
    return _kept(rows, [each != usual for each in units], why, notes)


def _values(
    rows: Iterable[Row], quantity: Quantity, notes: list[str]
) -> tuple[DoubleArray, DoubleArray]:
    """Return edges and values at the wavelengths that all rows have: (n, 2) and (rows, n)."""
    if quantity.kind == "value":
        values = [[row.values[quantity.name]] for row in rows]
        return _NO_WAVELENGTH, np.array(values, dtype=np.float64).reshape(len(values), 1)
    curves = [curve for row in rows if (curve := _curve(row, quantity)) is not None]
    return common_values(curves, notes)
