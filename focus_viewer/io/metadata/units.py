"""Units and scale of a cube's values, decided from all that speaks for them.

A file may give factors (ENVI's gains and reflectance scale factor, GDAL's scale, CF's
scale_factor), mention reflectance or radiance in words, and hold numbers that look like the one or
the other. Factors say how numbers were packed; those named after a quantity say what they are; a
word may have been copied from the file before. What excludes one another is noted as a
contradiction, with what was taken.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar, cast

import numpy as np

from focus_viewer.core.cubes.cube import Units
from focus_viewer.core.cubes.notes import Contradiction
from focus_viewer.core.errors import CubeError
from focus_viewer.core.typing import BoolArray, FloatArray, IntArray
from focus_viewer.io.metadata.no_data import Blankable, recognised
from focus_viewer.io.metadata.scaling import Calibration
from focus_viewer.io.metadata.statements import Statements
from focus_viewer.io.metadata.value_sample import Range, range_of, sample_values, sampled_bands

_LOOKS = "between 0 and 1.5, as of reflectance"
_REFLECTANCE_MOST, _PER_CENT, _USUAL_SCALE = 1.5, 150.0, 16_000.0
_UNUSUAL = 20.0


class Measured(Blankable, Protocol):
    """Pixels whose type and calibration are known."""

    @property
    def order(self) -> IntArray | None:
        """The file's band at each place of the cube; None where the file's order is kept."""
        ...


S = TypeVar("S", bound=Measured)


@dataclass(frozen=True)
class _Numbers:
    """What a sample looks like as it is stored, and with the factors.

    Attributes
    ----------
    stored, scaled : Range
    smallest, largest : float
        With the factors.
    gain : float
        Spread with the factors, as a multiple of the stored numbers'.
    """

    stored: Range
    scaled: Range
    smallest: float
    largest: float
    gain: float

    @property
    def text(self) -> str:
        """The range for people."""
        return f"{self.smallest:.3g} to {self.largest:.4g}"


def settle_values(
    source: S, said: Statements, good_bands: BoolArray, notes: list[str]
) -> tuple[S, Units]:
    """Return a source with its scale and no-data value settled, and the units of its values.

    What is assumed is added to the notes, and what the file contradicts as a `Contradiction`.

    Parameters
    ----------
    source : Measured
        A dataclass with a calibration; a few of its pixels are read.
    good_bands : BoolArray, shape (bands,)
    """
    source = _without_identity(source)
    stored = _stored_sample(source, good_bands)
    if not said.no_data_chosen:
        source = recognised(source, stored, notes)
    numbers = _compared(stored, _scaled(source, stored, good_bands))
    if not said.scale_chosen:
        if _was_applied(source, numbers):
            return _without_scale(source, said, numbers, notes)
        source, numbers = _multiplied(source, stored, good_bands, numbers, notes)
    if said.chosen is not None:
        return source, said.chosen
    factors = source.calibration
    if factors.units == "reflectance":
        return source, _of_reflectance_factor(source, said, numbers, notes)
    if factors.units == "radiance":
        return source, _of_gains(factors, said, numbers, notes)
    return source, _of_numbers(source, said, numbers, notes)


def _was_applied(source: Measured, numbers: _Numbers) -> bool:
    """Return whether numbers were scaled before they were stored, and their factors kept.

    Libraries write values that they have scaled, beside the factors that they applied: applied once
    more, they leave next to nothing, or thousands. Whole numbers have not been scaled.
    """
    if source.dtype.kind != "f" or not _is_scaled(source.calibration):
        return False
    if numbers.stored == "beyond" or numbers.largest == numbers.smallest:
        return False
    unpacks_radiance = source.calibration.units == "radiance"
    return numbers.gain < 1 / _UNUSUAL or (numbers.gain > _UNUSUAL and not unpacks_radiance)


def _without_scale(
    source: S, said: Statements, numbers: _Numbers, notes: list[str]
) -> tuple[S, Units]:
    """Return a source without a scale that was applied already, and its units."""
    text = (
        f"The stored numbers are {_LOOKS}, and {numbers.text} with the scale that the file gives: "
        "the scale was taken as applied already."
    )
    notes.append(text if said.chosen else Contradiction(text))
    return _with(source, _unscaled(source)), said.chosen or said.word or "reflectance"


def _multiplied(
    source: S, stored: FloatArray, good_bands: BoolArray, numbers: _Numbers, notes: list[str]
) -> tuple[S, _Numbers]:
    """Return a source whose divisor is a multiplier, where that alone gives reflectance."""
    divisor = source.calibration.divisor
    if divisor >= 1 or numbers.scaled != "beyond":
        return source, numbers
    other = _with(source, replace(source.calibration, divisor=1 / divisor))
    found = _compared(stored, _scaled(other, stored, good_bands))
    if found.scaled != "reflectance":
        return source, numbers
    notes.append(
        Contradiction(
            f"Divided by the factor {divisor:g} of the file, values are {numbers.text}, and "
            f"multiplied by it they are {_LOOKS}: they were multiplied."
        )
    )
    return other, found


def _of_reflectance_factor(
    source: Measured, said: Statements, numbers: _Numbers, notes: list[str]
) -> Units:
    """Return the units of values with a factor of reflectance."""
    whole = source.dtype.kind in "iu" and not _is_scaled(source.calibration)
    if numbers.scaled == "dark" and source.dtype.kind == "f" and numbers.stored == "beyond":
        notes.append(
            Contradiction(
                f"With the factor of the {said.origin}, values are {numbers.text}: next to nothing "
                f"for reflectance. {said.advice}"
            )
        )
    if numbers.scaled == "beyond":
        taken: Units = "counts" if whole else "reflectance"
        if not whole and not _is_scaled(source.calibration):
            taken = "unknown"
        notes.append(
            Contradiction(
                f"The {said.origin} gives a factor of reflectance, but values are {numbers.text}: "
                f"they were taken as {taken}. {_hint(said, numbers)}"
            )
        )
        return taken
    if said.word == "radiance":
        notes.append(
            f"The {said.origin} mentions radiance, but its factor and its numbers are those of "
            "reflectance: taken as reflectance."
        )
    return "reflectance"


def _of_gains(factors: Calibration, said: Statements, numbers: _Numbers, notes: list[str]) -> Units:
    """Return the units of values with gains, which ENVI writes for radiance and GDAL for any."""
    if numbers.scaled == "beyond":
        if said.word == "reflectance":
            text = f"The {said.origin} mentions reflectance, but values are {numbers.text}"
            notes.append(Contradiction(f"{text}: they were taken as radiance, for their gains."))
        return "radiance"
    if said.word == "reflectance":
        notes.append(
            f"The {said.origin} mentions reflectance, and values are {_LOOKS}: its gains were "
            "taken as a scale, not as radiance."
        )
        return "reflectance"
    if said.word == "radiance" or numbers.scaled == "dark":
        return "radiance"
    if factors.gain is None or np.ptp(factors.gain) == 0:
        notes.append(
            f"All bands have the same gain, and values are {_LOOKS}: the gain was taken as a "
            "scale, and they as reflectance."
        )
        return "reflectance"
    notes.append(
        Contradiction(
            f"Each band has a gain of its own, as of radiance, but values are {_LOOKS}: they were "
            "taken as radiance."
        )
    )
    return "radiance"


def _of_numbers(source: Measured, said: Statements, numbers: _Numbers, notes: list[str]) -> Units:
    """Return the units of values whose factors, if any, do not name a quantity."""
    if source.dtype.kind in "iu" and not _is_scaled(source.calibration):
        return _of_whole_numbers(said, numbers, notes)
    if said.other:
        notes.append(f"The {said.origin} calls the values {said.other}: their units are unknown.")
        return "unknown"
    if numbers.scaled == "beyond":
        if said.word == "reflectance":
            taken: Units = "reflectance" if _is_scaled(source.calibration) else "unknown"
            notes.append(
                Contradiction(
                    f"The {said.origin} mentions reflectance, but values are not between 0 and 1.5 "
                    f"({numbers.text}): taken as {taken}. {_hint(said, numbers)}"
                )
            )
            return taken
        return said.word or "unknown"
    if numbers.scaled == "dark":
        return said.word or "unknown"
    if said.word == "radiance":
        notes.append(
            Contradiction(
                f"The {said.origin} mentions radiance, and values are {_LOOKS}: they were taken "
                "as radiance."
            )
        )
        return "radiance"
    if said.word is None:
        notes.append("Values are between 0 and 1.5: they were taken as reflectance.")
    return "reflectance"


def _of_whole_numbers(said: Statements, numbers: _Numbers, notes: list[str]) -> Units:
    """Return the units of whole numbers without a scale: counts, unless a word says radiance."""
    if said.word == "radiance":
        return "radiance"
    if said.word == "reflectance":
        notes.append(
            Contradiction(
                f"The {said.origin} mentions reflectance but gives no scale: the stored whole "
                f"numbers are shown as counts. {_hint(said, numbers)}"
            )
        )
    return "counts"


def _hint(said: Statements, numbers: _Numbers) -> str:
    """Return the scale that would make reflectance of the numbers, and how to give it."""
    if not _REFLECTANCE_MOST < numbers.largest <= _USUAL_SCALE:
        return said.advice
    scale = 100 if numbers.largest <= _PER_CENT else 10_000
    kind = "reflectance in per cent" if scale == 100 else "reflectance x 10000"
    return f"They may be {kind}. {said.advice}"


# --- factors -------------------------------------------------------------------------------------


def _is_scaled(factors: Calibration) -> bool:
    return factors.divisor != 1.0 or factors.gain is not None or factors.offset is not None


def _unscaled(source: Measured) -> Calibration:
    factors = source.calibration
    return Calibration(ignore=factors.ignore, more_ignored=factors.more_ignored)


def _compared(stored: FloatArray, scaled: FloatArray) -> _Numbers:
    finite = scaled[np.isfinite(scaled)]
    ends = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    with_factors = range_of(scaled)
    if scaled is stored:
        return _Numbers(with_factors, with_factors, *ends, 1.0)
    usual = _spread(stored)
    gain = _spread(scaled) / usual if usual > 0 else 1.0
    return _Numbers(range_of(stored), with_factors, *ends, gain)


def _spread(values: FloatArray) -> float:
    """Return the distance between the numbers that a hundredth are below and above."""
    finite = np.sort(values[np.isfinite(values)])
    return float(finite[-1 - finite.size // 100] - finite[finite.size // 100]) if finite.size else 0


def _with(source: S, calibration: Calibration) -> S:
    return cast(S, replace(cast(Any, source), calibration=calibration))


def _without_identity(source: S) -> S:
    """Return a source without gains of 1 and offsets of 0, which say nothing."""
    factors = source.calibration
    gain = None if factors.gain is None or (factors.gain == 1).all() else factors.gain
    offset = None if factors.offset is None or (factors.offset == 0).all() else factors.offset
    if gain is factors.gain and offset is factors.offset:
        return source
    packed = gain is not None or offset is not None
    units = factors.units if packed else None
    return _with(source, replace(factors, gain=gain, offset=offset, units=units))


def _stored_sample(source: Measured, good_bands: BoolArray) -> FloatArray:
    """Return a sample of stored numbers; an empty one where damage leaves nothing to look at.

    Whole numbers are counts without a look: that they cannot be read is said where they are shown.
    """
    try:
        return sample_values(_with(source, _unscaled(source)), good_bands)
    except CubeError:
        if source.dtype.kind not in "iu":
            raise
        return np.empty((0, 0), np.float32)


def _scaled(source: Measured, stored: FloatArray, good_bands: BoolArray) -> FloatArray:
    """Return the values of a sample of stored numbers."""
    if not _is_scaled(source.calibration) or stored.size == 0:
        return stored
    bands = np.arange(good_bands.size)[sampled_bands(good_bands, source.packed_bytes > 0)]
    bands = bands[good_bands[bands]]
    in_file = bands if source.order is None else source.order[bands]
    return source.calibration.decode(stored, in_file)
