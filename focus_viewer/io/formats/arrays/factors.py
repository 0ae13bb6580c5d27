"""Scale and offset of an array's numbers, by its attributes and by the numbers themselves.

The conventions for climate and forecast data (CF 8.1) multiply by `scale_factor`; NEON and others
divide by a `Scale_Factor` such as 10000.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.cubes.notes import Contradiction, Ignored
from focus_viewer.core.typing import DoubleArray
from focus_viewer.io.formats.arrays.stored_array import StoredArray
from focus_viewer.io.metadata.scaling import Calibration

_CF = "scale_factor"
_SCALE = re.compile(r"(reflectance|radiance)?[_ ]?scale[_ ]?factor|scaling[_ ]?factor")
_OFFSET = re.compile(r"add[_ ]?offset")
_LARGEST = 1e30
_LOOKED_AT = 24  # numbers along each axis
_UNUSUAL = 100.0
_DIVISOR = 1000.0  # CF's factors make small numbers of large ones
_REFLECTANCE = (-0.1, 1.5)
_MORE_THAN_DARK = 0.02
_MOSTLY = 0.95


def read_factors(
    stored: StoredArray, bands: int, missing: tuple[np.generic, ...], notes: list[str]
) -> Calibration:
    """Return scale and offset; what was assumed or is not used is noted.

    Parameters
    ----------
    missing : tuple of number
        Stored numbers that stand for no data.
    """
    name, scale = _factor(stored, _SCALE, bands, notes)
    _, offset = _factor(stored, _OFFSET, bands, notes)
    if scale is not None and (scale == 0).any():
        notes.append(Ignored(f"The array's {name} is 0: ignored."))
        scale = None
    shift = None if offset is None or not offset.any() else offset
    if scale is None or (scale == 1).all():
        return Calibration(offset=shift)
    if shift is None and _is_applied(stored, scale, missing):
        text = (
            f"The stored numbers are between 0 and 1.5, as of reflectance: the {name} of "
            f"{scale[0]:g} was taken as applied already."
        )
        notes.append(Contradiction(text))
        return Calibration()
    if _divides(stored, name, scale, missing):
        notes.append(f"Stored numbers were divided by the {name} of {scale[0]:g}.")
        scale = 1 / scale
    if shift is None and (scale < 1).all() and np.ptp(scale) == 0:
        return _divisor(scale)
    return Calibration(1.0, scale, shift)


def _divisor(scale: DoubleArray) -> Calibration:
    """Return a factor as a divisor where it is one over a whole number, which is exact then."""
    divisor = round(1 / scale[0])
    if abs(divisor * scale[0] - 1) < 1e-12:
        return Calibration(float(divisor))
    return Calibration(1.0, scale)


def _factor(
    stored: StoredArray, pattern: re.Pattern[str], bands: int, notes: list[str]
) -> tuple[str, DoubleArray | None]:
    """Return name and numbers of a factor, one for each band."""
    name = next((name for name in stored.attributes if pattern.fullmatch(name.lower())), "")
    if not name:
        return "", None
    flat = np.asarray(stored.attributes[name]).reshape(-1)
    if (
        flat.size in (1, bands)
        and flat.dtype.kind in "iuf"
        and (np.abs(flat.astype(np.float64)) <= _LARGEST).all()
    ):
        return name, np.broadcast_to(flat.astype(np.float64), (bands,))
    notes.append(Ignored(f"The array's {name} is not one finite number: ignored."))
    return name, None


def _divides(
    stored: StoredArray, name: str, scale: DoubleArray, missing: tuple[np.generic, ...]
) -> bool:
    """Return whether numbers are to be divided: by the factor's name, or as the numbers say."""
    if not (scale > 1).all():
        return False
    if name != _CF:
        return True
    likely = stored.dtype.kind in "iu" and bool((scale >= _DIVISOR).all())
    return likely and _like_reflectance(number_sample(stored, missing) / scale[0])


def _is_applied(stored: StoredArray, scale: DoubleArray, missing: tuple[np.generic, ...]) -> bool:
    """Return whether decimal numbers were scaled before they were stored."""
    factor = scale[0]
    if stored.dtype.kind != "f" or 1 / _UNUSUAL < factor < _UNUSUAL:
        return False
    return _like_reflectance(number_sample(stored, missing))


def number_sample(stored: StoredArray, missing: tuple[np.generic, ...]) -> NDArray[np.float64]:
    """Return numbers from the middle of an array."""
    key = tuple(
        slice(max(0, (side - _LOOKED_AT) // 2), min(side, (side + _LOOKED_AT) // 2))
        for side in stored.shape
    )
    block = stored.read(key)
    values = block[~np.isin(block, missing)] if missing else block.reshape(-1)
    return np.asarray(values[np.isfinite(values)], dtype=np.float64)


def _like_reflectance(values: NDArray[np.float64]) -> bool:
    if values.size == 0 or values.max() < _MORE_THAN_DARK:
        return False
    usual = (values >= _REFLECTANCE[0]) & (values <= _REFLECTANCE[1])
    return bool(usual.mean() >= _MOSTLY)
