"""Preprocessing settings of a cube: chosen by the user, stored in the project."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from focus_viewer.core.cubes.cube import Cube

Average = Literal["mean", "median"]
Ranges = tuple[tuple[float, float], ...]
"""Lowest and highest position on the axis, both taken: nm, or band numbers without wavelengths."""

REFERENCE_FILES = ("white", "dark", "white_dark", "panel_file")
"""Attributes of `WhiteAndDark` that are files."""


@dataclass(frozen=True)
class WhiteAndDark:
    """References that turn counts into reflectance.

    Attributes
    ----------
    dark : Path or None
        None takes nothing off.
    white_dark : Path or None
        The dark reference of the white one, where it has its own.
    panel : float
        Reflectance of the white panel; multiplied with the panel's spectrum where there is one.
    panel_file : Path or None
        CSV of wavelength in nm and reflectance.
    average : {"mean", "median"}
        Over the lines of each reference.
    """

    white: Path
    dark: Path | None = None
    white_dark: Path | None = None
    panel: float = 1.0
    panel_file: Path | None = None
    average: Average = "mean"

    @property
    def files(self) -> tuple[Path, ...]:
        """Files of the references."""
        files = (self.white, self.dark, self.white_dark, self.panel_file)
        return tuple(path for path in files if path is not None)

    def at(self, locate: Callable[[Path], Path]) -> WhiteAndDark:
        """Return the same references with other paths."""
        dark, white_dark, panel_file = (
            None if path is None else locate(path)
            for path in (self.dark, self.white_dark, self.panel_file)
        )
        return WhiteAndDark(
            locate(self.white), dark, white_dark, self.panel, panel_file, self.average
        )


@dataclass(frozen=True)
class ReferenceFingerprints:
    """Fingerprints of references, to detect changes.

    Attributes
    ----------
    white, dark, white_dark, panel_file : str
        Fingerprint of each file of `WhiteAndDark`; "" where there is none, or it is not known.
    """

    white: str = ""
    dark: str = ""
    white_dark: str = ""
    panel_file: str = ""

    def changed(self, references: WhiteAndDark, found: ReferenceFingerprints) -> tuple[Path, ...]:
        """Return files whose content has changed; without a fingerprint this is not known."""
        pairs = ((name, getattr(self, name), getattr(found, name)) for name in REFERENCE_FILES)
        changed = (name for name, before, now in pairs if before and now and before != now)
        paths = (getattr(references, name) for name in changed)
        return tuple(dict.fromkeys(path for path in paths if path is not None))


@dataclass(frozen=True)
class FlatField:
    """One spectrum that all pixels are divided by.

    Attributes
    ----------
    spectrum : tuple of float
        A value for each band as the cube was read; 0 where there is none.
    text : str
        Its origin, such as "the mean of the region panel".
    """

    spectrum: tuple[float, ...]
    text: str


@dataclass(frozen=True)
class Smoothing:
    """A Savitzky-Golay filter along the spectrum.

    Attributes
    ----------
    window_bands : int
        Odd, at least 3.
    order : int
        Of the polynomial, at least 0 and below the window.

    Raises
    ------
    ValueError
        If window or order is out of range.
    """

    window_bands: int = 7
    order: int = 2

    def __post_init__(self) -> None:
        if self.window_bands < 3 or self.window_bands % 2 == 0:
            raise ValueError(f"expected an odd window of 3 or more, found {self.window_bands}")
        if not 0 <= self.order < self.window_bands:
            raise ValueError(
                f"expected an order from 0 to {self.window_bands - 1}, found {self.order}"
            )


@dataclass(frozen=True)
class Preprocessing:
    """All that is done to a cube, in this order; the file is never altered.

    Attributes
    ----------
    sensor : str
        Name of the sensor whose wavelengths were taken, for a cube without any; "" for none.
    bad_ranges : tuple of (float, float), or None
        Where bands are bad; None leaves it to the file.
    bin_bands : int
        How many neighbouring bands become one, at least 1.
    """

    sensor: str = ""
    bad_ranges: Ranges | None = None
    references: WhiteAndDark | None = None
    flat_field: FlatField | None = None
    smoothing: Smoothing | None = None
    bin_bands: int = 1

    def __post_init__(self) -> None:
        if self.bin_bands < 1:
            raise ValueError(f"expected 1 or more bands a bin, found {self.bin_bands}")
        if self.references is not None and self.flat_field is not None:
            raise ValueError("expected references or a flat field, found both")


NO_PREPROCESSING = Preprocessing()


@dataclass(frozen=True)
class LostReferences:
    """References of a project that cannot be used now.

    They stay with the cube, which is shown as it was recorded, until they are found or given up.
    """

    references: WhiteAndDark
    reference_fingerprints: ReferenceFingerprints = field(default_factory=ReferenceFingerprints)


@dataclass(frozen=True)
class FoundReferences:
    """References beside a cube of counts.

    Attributes
    ----------
    white, dark, white_dark : Path or None
        Data files that fit the cube.
    reflectance : Path or None
        The reflectance that the camera itself made of it.
    problems : tuple of str
        Files that are called like references and do not fit, and why.
    """

    white: Path | None = None
    dark: Path | None = None
    white_dark: Path | None = None
    reflectance: Path | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class PreprocessedCube(Cube):
    """Cube with preprocessing.

    Attributes
    ----------
    original : Cube or None
        The cube as it was read.
    reference_fingerprints : ReferenceFingerprints
        Of the references as they were read for it.
    """

    preprocessing: Preprocessing = field(default=NO_PREPROCESSING)
    original: Cube | None = None
    reference_fingerprints: ReferenceFingerprints = field(default_factory=ReferenceFingerprints)


def preprocessing_of(cube: Cube) -> Preprocessing:
    """Return the preprocessing settings of a cube."""
    return cube.preprocessing if isinstance(cube, PreprocessedCube) else NO_PREPROCESSING


def reference_fingerprints_of(cube: Cube) -> ReferenceFingerprints:
    """Return fingerprints of the references that a cube was calibrated with."""
    if isinstance(cube, PreprocessedCube):
        return cube.reference_fingerprints
    return ReferenceFingerprints()


def preprocessing_words(cube: Cube) -> tuple[str, ...]:
    """Return the preprocessing of a cube in short words, in the order of its steps."""
    known = preprocessing_of(cube)
    words = []
    if known.references is not None:
        names = " and ".join(path.name for path in known.references.files)
        words.append(f"calibrated with {names}")
    if known.flat_field is not None:
        words.append(f"divided by {known.flat_field.text}")
    if known.sensor:
        words.append(f"wavelengths of the sensor {known.sensor}")
    if known.bad_ranges is not None:
        words.append("bad bands chosen by hand")
    if known.smoothing is not None:
        window, order = known.smoothing.window_bands, known.smoothing.order
        words.append(f"smoothed over {window} bands (Savitzky-Golay, order {order})")
    if known.bin_bands > 1:
        words.append(f"each {known.bin_bands} bands as their mean")
    return tuple(words)


def as_read(cube: Cube) -> Cube:
    """Return the cube without preprocessing."""
    if isinstance(cube, PreprocessedCube) and cube.original is not None:
        return cube.original
    return cube
