"""No-data values that a file does not declare, or declares wrongly, recognised by the numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol, TypeVar, cast

import numpy as np

from focus_viewer.core.cubes.advice import VALUES_COMMAND
from focus_viewer.core.typing import BoolArray, FloatArray
from focus_viewer.core.wording import percent
from focus_viewer.io.metadata.scaling import Calibration
from focus_viewer.io.metadata.value_sample import Sampled

_FEWEST_BANDS, _FEWEST_VALUES = 4, 4
_FEWEST_SHARE = 0.01
_BEYOND = 1e12
_MOST = 3


class Blankable(Sampled, Protocol):
    """Pixels whose no-data values can be set."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of a stored number."""
        ...

    @property
    def calibration(self) -> Calibration:
        """Conversion of stored numbers to values."""
        ...


B = TypeVar("B", bound=Blankable)


def recognised(source: B, stored: FloatArray, notes: list[str]) -> B:
    """Return a source with the no-data values that its numbers show, with a note, else itself.

    A measured spectrum is never exactly constant, and no measured number stands far off all others
    many times over. Such a number that is negative, or the largest of its type, stands for no data,
    also where the file declares another one: programs that scale values scale the fill with them.
    Zeros are kept: an instrument may count none.

    Parameters
    ----------
    source : Blankable
        A dataclass with a calibration.
    stored : FloatArray, shape (pixels, bands)
        Sample of its stored numbers, NaN where they are declared as no data. Those that are
        recognised become NaN too.
    """
    if stored.shape[1] < _FEWEST_BANDS:
        return source
    if not _may_have_fill(stored, source.dtype):
        return source
    found: list[float] = []
    while len(found) < _MOST and (value := _fill(stored, source.dtype)) is not None:
        where = stored == np.float32(value)
        share = float(where.any(axis=1).mean())
        number = _shortest(source.dtype.type(_exact(value, source.dtype)))
        text = f"The number {number} is in {percent(share)} of the pixels that were looked at"
        if where.all():
            notes.append(f"{text}, in every band: it may mean that they have no data.")
            break
        stored[where] = np.nan
        found.append(value)
        notes.append(
            f"{text}, and is nothing that was measured{_or_saturated(value)}: it was taken as no "
            f"data. {VALUES_COMMAND} in the File menu, or --no-data, changes that."
        )
    if not found:
        return source
    numbers = tuple(source.dtype.type(_exact(value, source.dtype)) for value in found)
    calibration = replace(
        source.calibration, more_ignored=(*source.calibration.more_ignored, *numbers)
    )
    return cast(B, replace(cast(Any, source), calibration=calibration))


def _may_have_fill(stored: FloatArray, dtype: np.dtype[Any]) -> bool:
    """Return whether any number may stand for no data, which saves the look at most files."""
    known = stored[np.isfinite(stored)]
    ends = (float(known.min()), float(known.max())) if known.size else ()
    return any(_is_implausible(end, dtype) for end in ends)


def _fill(stored: FloatArray, dtype: np.dtype[Any]) -> float | None:
    """Return the likeliest fill value of a sample; None without one."""
    constant = _constant_pixels(stored)
    numbers, counts = np.unique(np.nanmin(stored[constant], axis=1), return_counts=True)
    likely = [
        (int(count), float(number))
        for number, count in zip(numbers, counts, strict=True)
        if _is_implausible(float(number), dtype) and count >= max(2, _FEWEST_SHARE * len(stored))
    ]
    return max(likely)[1] if likely else _isolated(stored, dtype)


def _constant_pixels(stored: FloatArray) -> BoolArray:
    """Return the pixels whose known numbers, at least four, are the same."""
    known = np.isfinite(stored)
    filled = np.where(known, stored, 0)
    low = np.where(known, filled, np.inf).min(axis=1, initial=np.inf)
    high = np.where(known, filled, -np.inf).max(axis=1, initial=-np.inf)
    return np.asarray((low == high) & (known.sum(axis=1) >= _FEWEST_BANDS))


def _isolated(stored: FloatArray, dtype: np.dtype[Any]) -> float | None:
    """Return the lowest or highest number if it is far off all others, and there many times."""
    numbers, counts = np.unique(stored[np.isfinite(stored)], return_counts=True)
    if numbers.size < 3:
        return None
    least = max(_FEWEST_VALUES, _FEWEST_SHARE * counts.sum())
    for end, rest in ((0, numbers[1:]), (-1, numbers[:-1])):
        value = float(numbers[end])
        gap = abs(value - float(rest[end]))
        spread = float(rest[-1 - rest.size // 100] - rest[rest.size // 100])
        if counts[end] >= least and gap > spread / 3 and _is_implausible(value, dtype):
            return value
    return None


def _is_implausible(number: float, dtype: np.dtype[Any]) -> bool:
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        return number < 0 or (limits.bits > 8 and number >= float(np.float32(limits.max - 1)))
    return number < 0 or number >= _BEYOND


def _exact(value: float, dtype: np.dtype[Any]) -> float | int:
    """Return a number of a sample, which is float32, as the file stores it."""
    if dtype.kind not in "iu":
        return value
    return min(max(round(value), np.iinfo(dtype).min), np.iinfo(dtype).max)


def _or_saturated(value: float) -> str:
    return ", or saturated" if value > 0 else ""


def _shortest(number: np.generic) -> str:
    """Return all digits of a number, which can be given as it is shown."""
    text = number.astype(np.float32) if number.dtype.kind == "f" else number
    return str(text).removesuffix(".0")
