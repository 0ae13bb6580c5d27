"""Units of a cube's values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Protocol, TypeVar, cast

import numpy as np

from focus_viewer.core.cubes.cube import PixelSource, Units
from focus_viewer.core.cubes.notes import Ignored
from focus_viewer.core.typing import BoolArray
from focus_viewer.io.metadata.header import Header
from focus_viewer.io.metadata.scaling import Calibration

_TELLING = ("data units", "units", "calibration", "z plot titles", "description")
_SAMPLE_COLS = 64
_SAMPLE_BANDS = 16
_MOSTLY = 0.95
_REFLECTANCE = (-0.1, 1.5)
_MORE_THAN_DARK = 0.02


class Measured(PixelSource, Protocol):
    """Pixels whose type and calibration are known."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of a number before it is read as float32."""
        ...

    @property
    def calibration(self) -> Calibration:
        """Conversion of stored numbers to values."""
        ...


S = TypeVar("S", bound=Measured)


def scaled_once(source: S, good_bands: BoolArray, notes: list[str]) -> S:
    """Return a source without a scale that its numbers have had already, with a note.

    Libraries write values that they have scaled, and keep the factors that they applied. Whole
    numbers have not been scaled.

    Parameters
    ----------
    source : Measured
        A dataclass with a calibration.
    good_bands : BoolArray, shape (bands,)
    """
    factors = source.calibration
    if source.dtype.kind != "f" or factors.units is None:
        return source
    unscaled = Calibration(ignore=factors.ignore)
    plain = cast(S, replace(cast(Any, source), calibration=unscaled))
    if looks_like_reflectance(source, good_bands) or not looks_like_reflectance(plain, good_bands):
        return source
    notes.append(
        "The stored numbers are between 0 and 1.5, as of reflectance, and far below it with the "
        "scale that the file gives: the scale was taken as applied already."
    )
    settled = replace(unscaled, units="reflectance")
    return cast(S, replace(cast(Any, source), calibration=settled))


def read_units(header: Header, source: Measured, good_bands: BoolArray, notes: list[str]) -> Units:
    """Return units of a cube's values; a guess is added to the notes. No number is changed for it.

    Parameters
    ----------
    source : Measured
        Its calibration settles the matter where it has factors; else a few pixels are looked at.
    good_bands : BoolArray, shape (bands,)
    """
    declared = units_in(header.text(name) for name in _TELLING)
    known = source.calibration.units
    if known == "radiance" and declared == "reflectance":
        return _by_gains(source, good_bands, notes)
    if known is not None:
        return known
    if declared == "radiance":
        if source.dtype.kind == "f" and looks_like_reflectance(source, good_bands):
            notes.append(
                "The header mentions radiance, and values are between 0 and 1.5 as of reflectance: "
                "they were taken as radiance."
            )
        return declared
    advice = "Add 'reflectance scale factor = 10000', or what applies, to the header."
    whole = source.dtype.kind in "iu"
    return units_by_values(source, whole, good_bands, declared, notes, "header", advice)


def _by_gains(source: Measured, good_bands: BoolArray, notes: list[str]) -> Units:
    """Return the units of numbers with gains whose header mentions reflectance."""
    if looks_like_reflectance(source, good_bands):
        notes.append(
            "The header mentions reflectance, and values are between 0 and 1.5: its gains were "
            "taken as a scale, not as radiance."
        )
        return "reflectance"
    return "radiance"


def units_in(texts: Iterable[str]) -> Units | None:
    """Return the units that the first text with units mentions."""
    for text in map(str.lower, texts):
        if ("reflectance" in text) != ("radiance" in text):
            return "reflectance" if "reflectance" in text else "radiance"
    return None


def units_by_values(
    source: PixelSource,
    whole: bool,
    good_bands: BoolArray,
    declared: Units | None,
    notes: list[str],
    origin: str,
    advice: str,
) -> Units:
    """Return the units of numbers without a scale; what was guessed or not used is noted.

    Parameters
    ----------
    whole : bool
        Whether whole numbers are stored, which are counts.
    origin : str
        Source of the declared units: "header" or "file".
    advice : str
        How the user can give a scale.
    """
    if whole:
        if declared == "reflectance":
            text = f"The {origin} speaks of reflectance but gives no scale: stored numbers are "
            notes.append(Ignored(f"{text}shown. {advice}"))
        return "counts"
    if looks_like_reflectance(source, good_bands):
        if declared is None:
            notes.append("Values are between 0 and 1.5: they were taken as reflectance.")
        return "reflectance"
    if declared == "reflectance":
        text = f"The {origin} mentions reflectance, but values are not between 0 and 1.5."
        notes.append(Ignored(text))
    return "unknown"


def looks_like_reflectance(source: PixelSource, good_bands: BoolArray) -> bool:
    """Return whether values are in the range of reflectance.

    A few pixels of three lines are read: enough to decide, and fast for any file.
    """
    rows, cols, _ = source.shape
    good = np.flatnonzero(good_bands)
    bands = good[:: -(-good.size // _SAMPLE_BANDS)]
    left = max(0, (cols - _SAMPLE_COLS) // 2)
    middle = slice(left, left + _SAMPLE_COLS)
    lines = sorted({rows // 4, rows // 2, rows * 3 // 4})
    sample = np.concatenate([source.read(slice(r, r + 1), middle, bands) for r in lines])
    values = sample[np.isfinite(sample)]
    if values.size == 0 or values.max() < _MORE_THAN_DARK:
        return False
    usual = (values >= _REFLECTANCE[0]) & (values <= _REFLECTANCE[1])
    return bool(usual.mean() >= _MOSTLY)
