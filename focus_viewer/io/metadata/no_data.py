"""No-data values that a file does not declare, recognised by the numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol, TypeVar, cast

import numpy as np

from focus_viewer.core.cubes.advice import VALUES_COMMAND
from focus_viewer.core.typing import FloatArray
from focus_viewer.io.metadata.scaling import Calibration
from focus_viewer.io.metadata.value_sample import Sampled

_FEWEST_BANDS = 4
_FEWEST_SHARE = 0.01
_BEYOND = 1e6


class Blankable(Sampled, Protocol):
    """Pixels whose no-data value can be set."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of a stored number."""
        ...

    @property
    def calibration(self) -> Calibration:
        """Conversion of stored numbers to values."""
        ...

    @property
    def declares_no_data(self) -> bool:
        """Whether the file declares a no-data value or a mask."""
        ...


B = TypeVar("B", bound=Blankable)


def recognised(source: B, stored: FloatArray, notes: list[str]) -> B:
    """Return a source with the no-data value that its numbers show, with a note, else itself.

    A measured spectrum is never exactly constant. One that is, and of a number that nothing
    measures (negative, or the largest of its type), stands for none. Zeros are kept: an instrument
    may count none.

    Parameters
    ----------
    source : Blankable
        A dataclass with a calibration.
    stored : FloatArray, shape (pixels, bands)
        Sample of its stored numbers.
    """
    if source.declares_no_data or stored.shape[1] < _FEWEST_BANDS:
        return source
    value, share = _fill(stored, source.dtype)
    if value is None:
        return source
    number = str(source.dtype.type(value)).removesuffix(".0")
    text = f"The number {number} is in every band of {share:.0%} of the pixels that were looked at"
    if share == 1:
        notes.append(f"{text}: it may mean that they have no data.")
        return source
    notes.append(
        f"{text}, and is nothing that was measured: it was taken as no data. {VALUES_COMMAND} in "
        "the File menu, or --no-data, changes that."
    )
    calibration = replace(source.calibration, ignore=source.dtype.type(value))
    return cast(B, replace(cast(Any, source), calibration=calibration))


def _fill(stored: FloatArray, dtype: np.dtype[Any]) -> tuple[float | None, float]:
    """Return the fill value of the most pixels and their share; None without one."""
    first = stored[:, :1]
    constant = (stored == first).all(axis=1) & np.isfinite(first[:, 0])
    numbers, counts = np.unique(stored[constant, 0], return_counts=True)
    shares = {
        float(number): float(count) / len(stored)
        for number, count in zip(numbers, counts, strict=True)
        if _is_implausible(float(number), dtype) and count >= max(2, _FEWEST_SHARE * len(stored))
    }
    if not shares:
        return None, 0.0
    value = max(shares, key=lambda number: shares[number])
    return value, shares[value]


def _is_implausible(number: float, dtype: np.dtype[Any]) -> bool:
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        extreme = limits.bits > 8 and number in (limits.max, limits.max - 1)
        return number < 0 or extreme
    return number < 0 or number >= _BEYOND
