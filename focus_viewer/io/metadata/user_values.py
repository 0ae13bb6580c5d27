"""Values that a user gives in place of a file's: wavelengths, units, scale, no-data value.

All formats take them from here, so that what is given counts for each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.errors import CubeError
from focus_viewer.core.typing import DoubleArray
from focus_viewer.io.metadata.scaling import Calibration
from focus_viewer.io.metadata.wavelengths import SpectralAxis, ascending

_SANE = (1e-9, 1e9)
_SANE_SCALE = (1e-30, 1e30)


def refuse_layout(path: Path, choice: ArrayChoice | None) -> None:
    """Refuse given values that choose an array or its layout, of a file that has one of its own.

    Raises
    ------
    CubeError
        If one of them is given.
    """
    if choice is None or not choice.layout:
        return
    options = ", ".join(f"--{name}" for name in choice.layout)
    raise CubeError(
        f"{path}: {options} cannot apply: an ENVI image is one array, and its header gives the "
        f"layout. Leave {'it' if len(choice.layout) == 1 else 'them'} out."
    )


def refuse_other_size(path: Path, choice: ArrayChoice, size: tuple[int, int]) -> None:
    """Refuse a given size of the image that is not the size, which the file determines.

    Raises
    ------
    CubeError
    """
    if choice.image_shape not in (None, size):
        raise CubeError(
            f"{path}: --image-shape cannot apply: the image has {size[0]} rows and {size[1]} "
            "columns. Leave it out; it is for arrays of spectra."
        )


def chosen_axis(
    path: Path,
    choice: ArrayChoice | None,
    bands: int,
    notes: list[str],
    of_file: Callable[[list[str], DoubleArray | None], SpectralAxis],
) -> SpectralAxis:
    """Return the axis of the user's wavelengths, or that of the file without such.

    Parameters
    ----------
    of_file : callable
        Reads the file's axis, adds to the notes, and takes given wavelengths for a file that has
        widths alone. The file's widths are kept where the user gives none.

    Raises
    ------
    CubeError
        If there is not one positive wavelength for each band.
    """
    if choice is None or choice.wavelengths_nm is None:
        return of_file(notes, None)
    if not choice.wavelengths_nm:
        notes.append("No wavelengths are used, as you said: bands have numbers.")
        return SpectralAxis()
    centers = np.array(choice.wavelengths_nm)
    _check_axis(path, centers, bands)
    widths = None if choice.fwhm_nm is None else np.array(choice.fwhm_nm)
    if widths is not None and (widths.shape != centers.shape or not (widths > 0).all()):
        widths = None
    kept = ""
    if widths is None:
        widths = of_file([], centers).fwhm_in_file_order
        kept = "" if widths is None else "; the widths of the bands are the file's"
    notes.append(f"Wavelengths are those that you gave{_from(choice)}{kept}.")
    return ascending(centers, widths, notes)


def _from(choice: ArrayChoice) -> str:
    return f" ({choice.origin})" if choice.origin else ""


def _check_axis(path: Path, centers: np.ndarray[Any, Any], bands: int) -> None:
    if centers.size != bands:
        raise CubeError(
            f"{path}: expected {bands} wavelengths, one for each band, found {centers.size} "
            f"wavelengths given ({centers[0]:g} to {centers[-1]:g} nm). Give a list for this file."
        )
    if not ((centers >= _SANE[0]) & (centers <= _SANE[1])).all():
        raise CubeError(f"{path}: expected wavelengths in nm above 0, found {centers.min():g}.")
    if bands > 1 and np.ptp(centers) == 0:
        raise CubeError(f"{path}: expected different wavelengths, found {centers[0]:g} nm for all.")


def chosen_calibration(
    path: Path, declared: Calibration, choice: ArrayChoice | None, dtype: np.dtype[Any]
) -> Calibration:
    """Return the calibration with the user's scale, units and no-data value in place of a file's.

    Raises
    ------
    CubeError
        If the scale is not a positive number, or the no-data value cannot be stored.
    """
    if choice is None:
        return declared
    calibration = declared
    if choice.scale is not None:
        if not _SANE_SCALE[0] <= choice.scale <= _SANE_SCALE[1]:
            raise CubeError(
                f"{path}: expected a positive number for the scale, found {choice.scale:g}. "
                "Stored numbers are divided by it: 10000 is usual for reflectance in whole numbers."
            )
        calibration = Calibration(choice.scale, ignore=calibration.ignore)
    if choice.no_data is not None:
        calibration = replace(calibration, ignore=_stored(path, choice.no_data, dtype))
    if choice.units is not None:
        calibration = replace(calibration, units=choice.units)
    return calibration


def _stored(path: Path, number: float, dtype: np.dtype[Any]) -> np.generic:
    """Return a number as a file of this type stores it."""
    whole = dtype.kind in "iu"
    limits = np.iinfo(dtype) if whole else np.finfo(dtype)
    fits = np.isfinite(number) and float(limits.min) <= number <= float(limits.max)
    if not fits or (whole and not float(number).is_integer()):
        raise CubeError(
            f"{path}: expected a no-data value that {dtype} numbers can be, from {limits.min:g} to "
            f"{limits.max:g}, found {number:g}. It is compared with the numbers as stored, before "
            "any scale."
        )
    return cast(np.generic, dtype.type(int(number) if whole else number))


def value_notes(choice: ArrayChoice | None) -> tuple[str, ...]:
    """Return a note on the units, scale and no-data value that the user gave, if any."""
    if choice is None:
        return ()
    given = (
        ("units", choice.units),
        ("scale", None if choice.scale is None else f"1/{_plain(choice.scale)}"),
        ("no-data value", None if choice.no_data is None else _plain(choice.no_data)),
    )
    said = ", ".join(f"{name} {value}" for name, value in given if value is not None)
    return (f"Given by you, in place of the file's: {said}.",) if said else ()


def _plain(number: float) -> str:
    """Return the shortest text that is the same number again."""
    return str(float(number)).removesuffix(".0")
