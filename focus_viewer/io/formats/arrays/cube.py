"""Cube built from the description of an array."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import numpy as np

from focus_viewer.core.cubes.advice import GIVE_SCALE, GIVE_WAVELENGTHS
from focus_viewer.core.cubes.array_choice import ArrayChoice, Axes
from focus_viewer.core.cubes.cube import Cube, Units
from focus_viewer.core.cubes.notes import Contradiction, Ignored
from focus_viewer.core.typing import BoolArray, DoubleArray, IntArray
from focus_viewer.io.formats.arrays.source import Limits, StoredSource
from focus_viewer.io.formats.arrays.spectral import Spectral
from focus_viewer.io.formats.arrays.stored_array import StoredArray, check_sides
from focus_viewer.io.metadata.acquisition import read_acquisition
from focus_viewer.io.metadata.band_names import all_equal
from focus_viewer.io.metadata.georeference import read_georeference
from focus_viewer.io.metadata.header import Header
from focus_viewer.io.metadata.scaling import Calibration
from focus_viewer.io.metadata.statements import Statements, other_quantity
from focus_viewer.io.metadata.units import settle_values
from focus_viewer.io.metadata.user_values import chosen_axis, chosen_calibration
from focus_viewer.io.metadata.wavelengths import (
    WAVENUMBER,
    SpectralAxis,
    ascending,
    to_nm,
    unit_of,
    width_nm,
)

_SANE = (1e-9, 1e9)
_OF_ANY_UNIT = np.array([1.0, 1000.0])  # no unit of wavelengths contradicts their size


@dataclass(frozen=True, eq=False)
class Description:
    """All that is known of the array that is the cube.

    Attributes
    ----------
    path : Path
        The file.
    stored : StoredArray
        Of three axes.
    good : BoolArray, shape (bands,), or None
        In the array's order.
    kept : IntArray, shape (bands,), or None
        Which of the array's bands there are, and in which order; None for all.
    missing : tuple of number
        Stored numbers that stand for no data.
    valid : Limits
        Stored numbers outside stand for no data.
    declared_units : Units or None
        What the file calls its numbers, scaled or not.
    header : mapping of str to str
    said : ArrayChoice or None
        What the user says of the values.
    """

    path: Path
    stored: StoredArray
    axes: Axes
    spectral: Spectral | None = None
    good: BoolArray | None = None
    kept: IntArray | None = None
    calibration: Calibration = field(default_factory=Calibration)
    missing: tuple[np.generic, ...] = ()
    valid: Limits = (None, None)
    declared_units: Units | None = None
    header: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()
    said: ArrayChoice | None = None

    @property
    def bands(self) -> int:
        """Number of bands."""
        stored = self.stored.shape[self.axes.index("bands")]
        return stored if self.kept is None else self.kept.size


def build_cube(known: Description) -> Cube:
    """Build the cube; a few pixels are read if the file does not declare what its values mean.

    Raises
    ------
    CubeError
        If its sizes are not those of an image, or it is damaged.
    """
    check_sides(known.path, known.stored)
    notes = list(known.notes)
    axis = _axis(known, notes)
    order = _joined(known.kept, axis.order)
    source = StoredSource(
        known.stored, known.axes, known.calibration, known.missing, order, known.valid
    )
    good = _good(known, axis)
    source, units = settle_values(source, _statements(known), good, notes)
    if known.stored.dtype.kind == "c":
        notes.append("The stored numbers are complex: their magnitude is shown.")
    array_name = known.stored.name or known.path.stem
    shown = {**known.header, "array": array_name, "axes": ", ".join(known.axes)}
    header = Header(known.path, MappingProxyType(shown))
    return Cube(
        source=source,
        name=known.path.stem,
        good_bands=good,
        wavelengths_nm=axis.wavelengths_nm,
        fwhm_nm=axis.fwhm_nm,
        units=units,
        path=known.path,
        header=header.entries,
        georeference=read_georeference(header, notes),
        notes=tuple(notes),
        acquisition=read_acquisition(header, np.arange(known.bands) if order is None else order),
        array_name=array_name,
    )


def _joined(kept: IntArray | None, order: IntArray | None) -> IntArray | None:
    return order if kept is None else kept if order is None else kept[order]


def with_choice(known: Description, choice: ArrayChoice | None) -> Description:
    """Return the description with what the user says of the values in place of the file's.

    Raises
    ------
    CubeError
        If the scale is not a positive number, or the no-data value cannot be stored.
    """
    if choice is None:
        return known
    calibration = chosen_calibration(known.path, known.calibration, choice, known.stored.dtype)
    known = replace(known, said=choice, calibration=calibration)
    if choice.no_data is None:
        return known
    # A valid range that excludes all numbers is settled by it, and no longer true.
    notes = tuple(note for note in known.notes if not isinstance(note, Contradiction))
    return replace(known, missing=(), valid=(None, None), notes=notes)


def _axis(known: Description, notes: list[str]) -> SpectralAxis:
    return chosen_axis(known.path, known.said, known.bands, notes, partial(_own_axis, known))


def _own_axis(
    known: Description, notes: list[str], _given_nm: DoubleArray | None = None
) -> SpectralAxis:
    """Return the axis that the file declares; an array without wavelengths has no widths."""
    spectral = known.spectral
    if spectral is None:
        notes.append(f"The file has no wavelengths. {GIVE_WAVELENGTHS}")
        return SpectralAxis()
    centers = spectral.centers
    if not ((centers >= _SANE[0]) & (centers <= _SANE[1])).all():
        text = f"The wavelengths in {spectral.origin!r} are not positive numbers: they are ignored."
        notes.append(Ignored(text))
        return SpectralAxis()
    widths = spectral.widths
    unit = ""
    if not all_equal(centers, notes):
        unit = unit_of(spectral.unit, centers, notes, "file", widths is not None)
    if not unit:
        return SpectralAxis()
    if widths is not None and not ((widths > 0) & (widths <= _SANE[1])).all():
        notes.append(Ignored("The band widths are not positive numbers: they are ignored."))
        widths = None
    if widths is None:
        widths_nm = None
    elif spectral.width_unit:
        widths_nm = _widths_nm(widths, spectral.width_unit, centers, unit, notes)
    else:
        widths_nm = width_nm(widths, centers, unit, notes)
    if spectral.doubt:
        notes.append(spectral.doubt)
    return ascending(to_nm(centers, unit), widths_nm, notes)


def _widths_nm(
    widths: DoubleArray, declared: str, centers: DoubleArray, unit: str, notes: list[str]
) -> DoubleArray:
    """Return widths in nm that have a unit of their own."""
    own = unit_of(declared, _OF_ANY_UNIT, [], "file") or unit
    if own in (unit, WAVENUMBER) or unit == WAVENUMBER:
        return width_nm(widths, centers, own, notes)
    return to_nm(widths, own)


def _good(known: Description, axis: SpectralAxis) -> BoolArray:
    good = known.good
    if good is None and known.spectral is not None:
        good = known.spectral.good
    if good is None or not good.any():
        return np.ones(known.bands, dtype=np.bool_)
    return good if axis.order is None else good[axis.order]


def _statements(known: Description) -> Statements:
    texts = (known.header.get("units", ""), known.header.get("long_name", ""), known.stored.name)
    other = "" if known.declared_units else other_quantity(texts)
    return Statements(known.declared_units, "file", GIVE_SCALE, other=other).with_choice(known.said)


def in_type(value: Any, dtype: np.dtype[Any]) -> np.generic | None:
    """Return a number as the array would store it; None where it cannot occur in it."""
    flat = np.asarray(value).reshape(-1)
    if flat.size != 1 or flat.dtype.kind not in "iuf":
        return None
    number = flat[0]
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        whole = np.isfinite(number) and float(number).is_integer()
        exact = int(number) if whole else None
        if exact is None or not limits.min <= exact <= limits.max:
            return None
        return cast(np.generic, dtype.type(exact))
    if np.isnan(number):
        return None
    with np.errstate(over="ignore"):
        return cast(np.generic, dtype.type(number))
