"""Limits of the valid numbers that an array declares: `valid_range`, `valid_min`, `valid_max`.

Numbers outside stand for missing data. The limits are stored numbers; decimal ones of whole
numbers that are scaled are values, as the NetCDF Users Guide says:
https://docs.unidata.ucar.edu/nug/current/attribute_conventions.html.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from focus_viewer.core.cubes.advice import VALUES_COMMAND
from focus_viewer.core.cubes.notes import Contradiction
from focus_viewer.core.typing import BoolArray, DoubleArray
from focus_viewer.io.formats.arrays.cube import Description, in_type
from focus_viewer.io.formats.arrays.factors import number_sample
from focus_viewer.io.formats.arrays.source import Limits
from focus_viewer.io.formats.arrays.stored_array import StoredArray
from focus_viewer.io.metadata.scaling import Calibration


def read_valid_range(stored: StoredArray, factors: Calibration) -> Limits:
    """Return the least and the largest valid stored number, each None without such a limit."""
    if stored.dtype.kind not in "iuf":
        return None, None
    declared = [_as_stored(limit, stored, factors) for limit in _declared(stored)]
    low, high = (in_type(limit, stored.dtype) for limit in declared)
    return low, high


def with_range_checked(known: Description) -> Description:
    """Return a description with a note where none of the numbers that are looked at is valid."""
    low, high = known.valid
    if low is None and high is None:
        return known
    numbers = number_sample(known.stored, known.missing)
    if not numbers.size or _valid(numbers, low, high).any():
        return known
    text = (
        f"The file's valid range is {_shown(low)} to {_shown(high)}, and stored numbers are "
        f"{numbers.min():.4g} to {numbers.max():.4g}: none was taken as valid. {VALUES_COMMAND} in "
        "the File menu, or --no-data, changes that."
    )
    return replace(known, notes=(*known.notes, Contradiction(text)))


def _declared(stored: StoredArray) -> tuple[Any, Any]:
    both = np.asarray(stored.attributes.get("valid_range", ())).reshape(-1)
    if both.size == 2:
        return both[0], both[1]
    return stored.attributes.get("valid_min"), stored.attributes.get("valid_max")


def _as_stored(limit: Any, stored: StoredArray, factors: Calibration) -> Any:
    """Return a limit as a stored number."""
    number = np.asarray(limit)
    scaled = factors.divisor != 1 or factors.gain is not None or factors.offset is not None
    if number.dtype.kind != "f" or number.size != 1 or stored.dtype.kind not in "iu" or not scaled:
        return limit
    gain, offset = _constant(factors.gain, 1.0), _constant(factors.offset, 0.0)
    return np.rint((float(number.reshape(-1)[0]) * factors.divisor - offset) / gain)


def _valid(numbers: DoubleArray, low: Any, high: Any) -> BoolArray:
    above = True if low is None else numbers >= low
    below = True if high is None else numbers <= high
    return np.asarray(np.logical_and(above, below))


def _constant(factor: DoubleArray | None, missing: float) -> float:
    """Return a factor that the conventions have once for all bands."""
    return missing if factor is None else float(factor[0])


def _shown(limit: np.generic | None) -> str:
    return "any" if limit is None else f"{limit:g}"
