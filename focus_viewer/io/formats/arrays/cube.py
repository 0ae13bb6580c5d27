"""Cube built from the description of an array."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import numpy as np

from focus_viewer.core.cubes.array_choice import ArrayChoice, Axes
from focus_viewer.core.cubes.cube import Cube, Units
from focus_viewer.core.cubes.notes import Ignored
from focus_viewer.core.errors import CubeError
from focus_viewer.core.typing import BoolArray, IntArray
from focus_viewer.io.formats.arrays.source import StoredSource
from focus_viewer.io.formats.arrays.spectral import Spectral
from focus_viewer.io.formats.arrays.stored_array import StoredArray, check_sides
from focus_viewer.io.metadata.acquisition import read_acquisition
from focus_viewer.io.metadata.georeference import read_georeference
from focus_viewer.io.metadata.header import Header
from focus_viewer.io.metadata.scaling import Calibration
from focus_viewer.io.metadata.units import units_by_values
from focus_viewer.io.metadata.wavelengths import (
    SpectralAxis,
    all_equal,
    ascending,
    to_nm,
    unit_of,
    width_nm,
)

_SANE = (1e-9, 1e9)
_SANE_SCALE = (1e-30, 1e30)


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
    declared_units : Units or None
        What the file calls its numbers, scaled or not.
    header : mapping of str to str
    """

    path: Path
    stored: StoredArray
    axes: Axes
    spectral: Spectral | None = None
    good: BoolArray | None = None
    kept: IntArray | None = None
    calibration: Calibration = field(default_factory=Calibration)
    missing: tuple[np.generic, ...] = ()
    declared_units: Units | None = None
    header: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()

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
    source = StoredSource(known.stored, known.axes, known.calibration, known.missing, order)
    good = _good(known, axis)
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
        units=_units(known, source, good, notes),
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
    """Return the description with the user's bands, units and scale in place of the file's.

    Raises
    ------
    CubeError
        If there is not one wavelength for each band, or the scale is not a positive number.
    """
    if choice is None:
        return known
    if choice.wavelengths_nm is not None:
        known = replace(known, spectral=_chosen_spectral(known, choice.wavelengths_nm))
    calibration = known.calibration
    if choice.scale is not None:
        if not _SANE_SCALE[0] <= choice.scale <= _SANE_SCALE[1]:
            raise CubeError(
                f"{known.path}: expected a positive number for the scale, found {choice.scale:g}. "
                "Stored numbers are divided by it: 10000 is usual for reflectance in whole numbers."
            )
        calibration = Calibration(choice.scale, ignore=calibration.ignore)
    if choice.units is not None:
        calibration = replace(calibration, units=choice.units)
    return replace(known, calibration=calibration)


def _chosen_spectral(known: Description, centers: tuple[float, ...]) -> Spectral | None:
    if not centers:
        return None
    if len(centers) != known.bands:
        raise CubeError(
            f"{known.path}: {known.stored.text} has {known.bands} bands, but {len(centers)} "
            "wavelengths were given. Give one for each band, or choose other axes."
        )
    return Spectral(np.array(centers), "nm", "your list")


def _axis(known: Description, notes: list[str]) -> SpectralAxis:
    spectral = known.spectral
    if spectral is None:
        notes.append("The file has no wavelengths.")
        return SpectralAxis()
    centers = spectral.centers
    if not ((centers >= _SANE[0]) & (centers <= _SANE[1])).all():
        text = f"The wavelengths in {spectral.origin!r} are not positive numbers: they are ignored."
        notes.append(Ignored(text))
        return SpectralAxis()
    unit = "" if all_equal(centers, notes) else unit_of(spectral.unit, centers, notes, "file")
    if not unit:
        return SpectralAxis()
    widths = spectral.widths
    if widths is not None and not ((widths > 0) & (widths <= _SANE[1])).all():
        notes.append(Ignored("The band widths are not positive numbers: they are ignored."))
        widths = None
    widths_nm = None if widths is None else width_nm(widths, centers, unit)
    return ascending(to_nm(centers, unit), widths_nm, notes)


def _good(known: Description, axis: SpectralAxis) -> BoolArray:
    good = known.good
    if good is None and known.spectral is not None:
        good = known.spectral.good
    if good is None or not good.any():
        return np.ones(known.bands, dtype=np.bool_)
    return good if axis.order is None else good[axis.order]


def _units(known: Description, source: StoredSource, good: BoolArray, notes: list[str]) -> Units:
    """Return units of the numbers; a guess is added to the notes. No number is changed for it."""
    calibration, declared = known.calibration, known.declared_units
    shifted = calibration.gain is not None or calibration.offset is not None
    scaled = calibration.divisor != 1.0 or shifted
    if calibration.units is not None:
        return calibration.units
    if declared == "radiance" or (declared == "reflectance" and scaled):
        return declared
    whole = known.stored.dtype.kind in "iu" and not scaled
    advice = "Choose the array again and say the scale."
    return units_by_values(source, whole, good, declared, notes, "file", advice)


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
