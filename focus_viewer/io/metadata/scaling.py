"""Scale factors, gains, offsets and no-data values of stored pixels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.cubes.cube import Units
from focus_viewer.core.cubes.notes import Ignored
from focus_viewer.core.typing import DoubleArray, FloatArray, IntArray
from focus_viewer.io.metadata.header import Header

# Nothing measured is this large; -1.23e34 and the like are fill values without an ignore value.
_FILL = 1e30
_SANE_FACTOR = (1e-30, 1e30)


@dataclass(frozen=True, eq=False)
class Calibration:
    """value = (stored * gain + offset) / divisor, NaN where the file has no data.

    Attributes
    ----------
    divisor : float
        The reflectance scale factor.
    gain, offset : DoubleArray, shape (bands,), or None
        In the file's order of bands.
    ignore : number or None
        The data ignore value, in the file's data type.
    units : {"reflectance", "radiance"} or None
        What the header's factors lead to; None without factors.
    more_ignored : tuple of number
        Numbers that were recognised as no data, as float32.
    """

    divisor: float = 1.0
    gain: DoubleArray | None = None
    offset: DoubleArray | None = None
    ignore: np.generic | None = None
    units: Units | None = None
    more_ignored: tuple[np.generic, ...] = ()

    def decode(self, stored: NDArray[Any], bands: slice | IntArray) -> FloatArray:
        """Turn stored numbers into values.

        Parameters
        ----------
        stored : NDArray, shape (rows, cols, n)
        bands : slice or IntArray
            Which of the file's bands they are.

        Returns
        -------
        FloatArray, shape (rows, cols, n)
        """
        with np.errstate(over="ignore", invalid="ignore"):
            values = np.abs(stored) if stored.dtype.kind == "c" else stored
            result = self._scaled(values, bands).astype(np.float32, copy=False)
            self._blank(result, stored, values)
        return result

    def _blank(self, result: FloatArray, stored: NDArray[Any], values: NDArray[Any]) -> None:
        """Set NaN where the file has no data, in as few passes over a block as possible."""
        if self.ignore is not None:
            result[stored == self.ignore] = np.nan
        for number in self.more_ignored:
            result[_as_float32(stored) == np.float32(number)] = np.nan
        is_real = values.dtype.kind == "f"
        if is_real:
            is_scaled = self.divisor != 1.0 or self.gain is not None or self.offset is not None
            # Without factors the result says it all: numbers that are not finite compare as false.
            measured = np.abs(values if is_scaled else result) < _FILL
            if not measured.all():
                result[~measured] = np.nan
        if self.gain is not None or self.offset is not None or (is_real and self.divisor != 1.0):
            result[~np.isfinite(result)] = np.nan

    def _scaled(self, values: NDArray[Any], bands: slice | IntArray) -> NDArray[Any]:
        """Return a scaled copy: float32 where that is exact, float64 for wider numbers."""
        kind = np.result_type(values.dtype, np.float32)
        if self.gain is None and self.offset is None and self.divisor != 1.0:
            return np.asarray(np.divide(values, kind.type(self.divisor), dtype=kind))
        scaled = values.astype(kind)
        if self.gain is not None:
            scaled *= self.gain[bands].astype(kind)
        if self.offset is not None:
            scaled += self.offset[bands].astype(kind)
        if self.divisor != 1.0:
            scaled /= kind.type(self.divisor)
        return scaled


def _as_float32(stored: NDArray[Any]) -> NDArray[Any]:
    """Return stored numbers as a sample of them shows them."""
    exact = stored.dtype.itemsize < 4 or stored.dtype == np.float32
    return stored if exact else stored.astype(np.float32)


class Stored(Protocol):
    """Values as stored in a file."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of a number."""
        ...

    @property
    def bands(self) -> int:
        """Number of bands."""
        ...


def read_calibration(header: Header, layout: Stored, notes: list[str]) -> Calibration:
    """Read the calibration from a header; what is ignored is added to the notes.

    A header may offer several ways to units. One is taken: reflectance gains, else the reflectance
    scale factor, else radiance gains.
    """
    ignore = _ignore_value(header, layout.dtype, notes)
    if layout.dtype.kind == "c":
        notes.append("The stored numbers are complex: their magnitude is shown.")
    reflectance = _gains(header, "data reflectance", layout.bands, notes)
    divisor = _divisor(header, notes)
    radiance = _gains(header, "data", layout.bands, notes)
    if reflectance is not None:
        return Calibration(1.0, *reflectance, ignore, "reflectance")
    if divisor is not None:
        if radiance is not None:
            notes.append(
                Ignored("The radiance gains were left out: the header has a reflectance factor.")
            )
        return Calibration(divisor, None, None, ignore, "reflectance")
    if radiance is not None:
        return Calibration(1.0, *radiance, ignore, "radiance")
    return Calibration(ignore=ignore)


def _divisor(header: Header, notes: list[str]) -> float | None:
    name = "reflectance scale factor"
    if name not in header:
        return None
    declared = header.numbers(name)
    factor = float(declared[0]) if declared is not None and declared.size == 1 else 0.0
    if _SANE_FACTOR[0] <= factor <= _SANE_FACTOR[1]:
        return factor
    text = header.text(name)[:40]
    notes.append(Ignored(f"The header's {name} {text!r} is not a positive number: ignored."))
    return None


def _gains(
    header: Header, prefix: str, bands: int, notes: list[str]
) -> tuple[DoubleArray | None, DoubleArray | None] | None:
    gain = _factor_per_band(header, f"{prefix} gain values", bands, notes)
    offset = _factor_per_band(header, f"{prefix} offset values", bands, notes)
    return None if gain is None and offset is None else (gain, offset)


def _factor_per_band(header: Header, name: str, bands: int, notes: list[str]) -> DoubleArray | None:
    """Return one finite number for each band; a single one counts for all."""
    if name not in header:
        return None
    values = header.numbers(name)
    if values is None or not (np.abs(values) <= _SANE_FACTOR[1]).all():
        notes.append(Ignored(f"The header's {name!r} are not finite numbers: ignored."))
        return None
    if values.size not in (1, bands):
        notes.append(
            Ignored(f"The header's {name!r} are {values.size} for {bands} bands: ignored.")
        )
        return None
    return np.broadcast_to(values, (bands,))


def _ignore_value(header: Header, dtype: np.dtype[Any], notes: list[str]) -> np.generic | None:
    name = "data ignore value"
    text = header.text(name)
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        notes.append(Ignored(f"The header's {name} {text[:40]!r} is not a number: ignored."))
        return None
    value = _whole(text, number, dtype) if dtype.kind in "iu" else number
    if value is None:
        notes.append(Ignored(f"The header's {name} {text[:40]} cannot occur in {dtype} data."))
        return None
    with np.errstate(over="ignore"):
        return cast(np.generic, dtype.type(value))


def _whole(text: str, number: float, dtype: np.dtype[Any]) -> int | None:
    """Return a whole number that the data type can hold; a float would blur the ends of 64 bits."""
    exact = int(text) if re.fullmatch(r"[+-]?[0-9]{1,20}", text) else None
    if exact is None and number.is_integer():
        exact = int(number)
    limits = np.iinfo(dtype)
    return exact if exact is not None and limits.min <= exact <= limits.max else None
