"""Measured spectra of leaves and soils, split between training and testing."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from focus_viewer.core.errors import FocusError
from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray
from focus_viewer.simulate.sensors import GRID_NM

_WAVELENGTH = re.compile(r"(?:Wave_|X)?(\d+(?:\.\d+)?)", re.IGNORECASE)
_LABELS = ("type", "species_code")
_HEALTHY = "healthy"
# A median above this can be no share of the light.
_PERCENT_FROM = 1.5
# Neighbouring rows of such tables are often of the same leaf or plant.
_BLOCK = 10


@dataclass(frozen=True, eq=False)
class MeasuredSpectra:
    """Measured reflectance spectra.

    Attributes
    ----------
    reflectance : FloatArray, shape (n, 2101)
        As fractions, on `GRID_NM`; NaN outside the measured range.
    labels : tuple of str, length n
        What the table says of each, such as "Healthy"; "" where it says nothing.
    healthy : BoolArray, shape (n,)
        Labelled as healthy, or of a table that has no such label.
    testing : BoolArray, shape (n,)
        Kept for testing; all others are for training.
    """

    reflectance: FloatArray
    labels: tuple[str, ...]
    healthy: BoolArray
    testing: BoolArray

    @property
    def range_nm(self) -> tuple[float, float]:
        """Wavelengths, in nm, between which every spectrum is known."""
        known = GRID_NM[np.isfinite(self.reflectance).all(axis=0)]
        return float(known[0]), float(known[-1])

    def where(self, kept: BoolArray) -> MeasuredSpectra:
        """Select spectra by a mask, shape (n,)."""
        labels = tuple(label for label, keep in zip(self.labels, kept, strict=True) if keep)
        return MeasuredSpectra(
            self.reflectance[kept], labels, self.healthy[kept], self.testing[kept]
        )


def training_rows(spectra: MeasuredSpectra) -> MeasuredSpectra:
    """Select the spectra for training."""
    return spectra.where(~spectra.testing)


def testing_rows(spectra: MeasuredSpectra) -> MeasuredSpectra:
    """Select the spectra for testing: none of them is for training."""
    return spectra.where(spectra.testing)


def split_rows(count: int) -> BoolArray:
    """Mark the rows of a table that are kept for testing, shape (count,): every other ten rows."""
    return np.asarray(np.arange(count) // _BLOCK % 2 == 1)


def read_leaf_spectra(path: Path) -> MeasuredSpectra:
    """Read a CSV table of one spectrum a row.

    Columns named by a wavelength in nm, with or without "Wave_" or "X" in front, hold reflectance,
    in percent where their median is above 1.5; "Type" or "Species_Code" is the label, and all
    other columns are left out.

    Raises
    ------
    FocusError
        If the file does not hold such a table.
    OSError
        If it cannot be read.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    header, rows = (rows[0], rows[1:]) if rows else ([], [])
    columns = _wavelength_columns(header)
    if len(columns) < 2:
        raise FocusError(
            f"{path} has {len(columns)} columns named by wavelengths of 400-2500 nm, such as "
            "'550' or 'Wave_550': expected at least 2. Name the columns of reflectance so."
        )
    wavelengths = np.array(list(columns.values()))
    reflectance = _fractions(_numbers(path, rows, list(columns)))
    labels = _labels(header, rows)
    sick = _has_types(header) & np.array([label.lower() != _HEALTHY for label in labels])
    return MeasuredSpectra(_on_grid(wavelengths, reflectance), labels, ~sick, split_rows(len(rows)))


@lru_cache(maxsize=2)
def read_healthy_leaves(folder: Path) -> MeasuredSpectra:
    """Read the healthy leaves of all tables in a folder, cut to the range common to all.

    Tables that name no wavelengths of 400-2500 nm are left out.

    Raises
    ------
    FocusError
        If there are none.
    OSError
        If one cannot be read.
    """
    tables = [read_leaf_spectra(path) for path in sorted(folder.glob("*.csv")) if _is_table(path)]
    if not tables:
        raise FocusError(
            f"{folder} holds no tables of leaf spectra: expected CSV files whose columns are named "
            "by wavelengths in nm. Name another folder."
        )
    spectra = np.concatenate([table.reflectance for table in tables])
    spectra[:, np.isnan(spectra).any(axis=0)] = np.nan
    labels = tuple(label for table in tables for label in table.labels)
    healthy = np.concatenate([table.healthy for table in tables])
    testing = np.concatenate([table.testing for table in tables])
    return MeasuredSpectra(spectra, labels, healthy, testing).where(healthy)


def extend(spectra: FloatArray) -> FloatArray:
    """Fill the ends that were not measured with the nearest value, shape (n, 2101).

    Bands within the measured range see a little beyond it.
    """
    known = np.isfinite(spectra[0])
    return _on_grid(GRID_NM[known], spectra[:, known].astype(np.float64), extended=True)


@lru_cache(maxsize=2)
def _measured_library(kind: str | None) -> FloatArray | None:
    # Only its data are read: the package itself brings pandas.
    package = find_spec("earthlib")
    if package is None or not package.submodule_search_locations:
        return None
    data = Path(package.submodule_search_locations[0]) / "data"
    with (data / "spectra.csv").open(encoding="utf-8", newline="") as file:
        kinds = np.array([row["LEVEL_3"] for row in csv.DictReader(file)])
    header = (data / "spectra.sli.hdr").read_text(encoding="utf-8")
    listed = header.rsplit("wavelength = {", 1)[1].split("}")[0]
    wavelengths = 1000 * np.array([float(value) for value in listed.split(",")])
    spectra = np.fromfile(data / "spectra.sli", dtype="<f4").reshape(-1, wavelengths.size)
    spectra = spectra if kind is None else spectra[kinds == kind]
    return _on_grid(wavelengths, spectra.astype(np.float64), extended=True)


@lru_cache(maxsize=2)
def measured_soils(testing: bool) -> FloatArray | None:
    """Return measured soils for training or for testing, shape (n, 2101).

    They come with the package earthlib (extra `soils`); None where it is not installed.
    """
    soils = _measured_library("soil")
    return None if soils is None else soils[split_rows(len(soils)) == testing]


def measured_materials(testing: bool) -> FloatArray | None:
    """Return measured soils, canopies, litter, bark and built surfaces, shape (n, 2101).

    They come as `measured_soils` do.
    """
    spectra = _measured_library(None)
    if spectra is None:
        return None
    # Some are in the library twice: they would be on both sides.
    _, first = np.unique(spectra, axis=0, return_index=True)
    kept = spectra[np.sort(first)]
    return np.asarray(kept[split_rows(len(kept)) == testing])


def _is_table(path: Path) -> bool:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return len(_wavelength_columns(next(csv.reader(file), []))) > 1


def _wavelength_columns(header: Sequence[str]) -> dict[int, float]:
    """Return the wavelength of each column that is named by one, ascending."""
    matches = {column: _WAVELENGTH.fullmatch(name.strip()) for column, name in enumerate(header)}
    named = {column: float(match[1]) for column, match in matches.items() if match}
    kept = {column: nm for column, nm in named.items() if GRID_NM[0] <= nm <= GRID_NM[-1]}
    return dict(sorted(kept.items(), key=lambda item: item[1]))


def _numbers(path: Path, rows: Sequence[Sequence[str]], columns: Sequence[int]) -> DoubleArray:
    try:
        numbers = np.array([[float(row[column]) for column in columns] for row in rows])
    except (ValueError, IndexError) as error:
        raise FocusError(
            f"{path} has a row without a number in every column of a wavelength ({error}): "
            "expected reflectance in all. Fill it in or take the row out."
        ) from error
    if not np.isfinite(numbers).all() or not rows:
        raise FocusError(
            f"{path} has {len(rows)} rows, {int((~np.isfinite(numbers)).sum())} missing values: "
            "expected at least one spectrum and finite values. Fill them in or take them out."
        )
    return numbers


def _fractions(reflectance: DoubleArray) -> DoubleArray:
    return reflectance / 100 if np.median(reflectance) > _PERCENT_FROM else reflectance


def _on_grid(
    wavelengths_nm: DoubleArray, reflectance: DoubleArray, extended: bool = False
) -> FloatArray:
    outside = None if extended else np.nan
    rows = [
        np.interp(GRID_NM, wavelengths_nm, row, left=outside, right=outside) for row in reflectance
    ]
    return np.array(rows, dtype=np.float32)


def _labels(header: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    named = [column for column, name in enumerate(header) if name.strip().lower() in _LABELS]
    return tuple(row[named[0]] if named else "" for row in rows)


def _has_types(header: Sequence[str]) -> bool:
    return any(name.strip().lower() == "type" for name in header)
