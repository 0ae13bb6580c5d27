"""What is done to a cube after it was read: chosen by the user, kept with the project."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
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
    white : Path
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
        """All files that are read for it."""
        asked = (self.white, self.dark, self.white_dark, self.panel_file)
        return tuple(path for path in asked if path is not None)

    def at(self, place: Callable[[Path], Path]) -> WhiteAndDark:
        """The same, with each file at another place."""

        def moved(path: Path | None) -> Path | None:
            return None if path is None else place(path)

        return replace(
            self,
            white=place(self.white),
            dark=moved(self.dark),
            white_dark=moved(self.white_dark),
            panel_file=moved(self.panel_file),
        )


@dataclass(frozen=True)
class ReferenceMarks:
    """What tells whether references are still what they were.

    Attributes
    ----------
    white, dark, white_dark, panel_file : str
        Fingerprint of each file of `WhiteAndDark`; "" where there is none, or it is not known.
    """

    white: str = ""
    dark: str = ""
    white_dark: str = ""
    panel_file: str = ""

    def changed(self, references: WhiteAndDark, found: ReferenceMarks) -> tuple[Path, ...]:
        """Files whose content is not what it was; what was never marked cannot tell."""
        marks = ((name, getattr(self, name), getattr(found, name)) for name in REFERENCE_FILES)
        other = (name for name, before, now in marks if before and now and before != now)
        paths = (getattr(references, name) for name in other)
        return tuple(dict.fromkeys(path for path in paths if path is not None))


@dataclass(frozen=True)
class FlatField:
    """One spectrum that all pixels are divided by.

    Attributes
    ----------
    spectrum : tuple of float
        A value for each band as the cube was read; 0 where there is none.
    told : str
        Where it comes from, such as "the mean of the region panel".
    """

    spectrum: tuple[float, ...]
    told: str


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
        If they are not as told above.
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
    references : WhiteAndDark or None
    flat_field : FlatField or None
    smoothing : Smoothing or None
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
    """References that a project asks for and that cannot be used now.

    They stay with the cube, which is shown as it was recorded, until they are found or given up.

    Attributes
    ----------
    references : WhiteAndDark
    marks : ReferenceMarks
    """

    references: WhiteAndDark
    marks: ReferenceMarks = field(default_factory=ReferenceMarks)


@dataclass(frozen=True)
class FoundReferences:
    """What lies beside a cube of counts.

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
    """A cube that something was done to.

    Attributes
    ----------
    treatment : Preprocessing
    untreated : Cube or None
        The cube as it was read.
    marks : ReferenceMarks
        Of the references as they were read for it.
    """

    preprocessing: Preprocessing = field(default=NO_PREPROCESSING)
    untreated: Cube | None = None
    marks: ReferenceMarks = field(default_factory=ReferenceMarks)


def preprocessing_of(cube: Cube) -> Preprocessing:
    """What was done to a cube."""
    return cube.preprocessing if isinstance(cube, PreprocessedCube) else NO_PREPROCESSING


def marks_of(cube: Cube) -> ReferenceMarks:
    """Fingerprints of the references that a cube was calibrated with."""
    return cube.marks if isinstance(cube, PreprocessedCube) else ReferenceMarks()


def preprocessing_words(cube: Cube) -> tuple[str, ...]:
    """What was done to a cube, in short, in the order in which it was done."""
    known = preprocessing_of(cube)
    told = []
    if known.references is not None:
        names = " and ".join(path.name for path in known.references.files)
        told.append(f"calibrated with {names}")
    if known.flat_field is not None:
        told.append(f"divided by {known.flat_field.told}")
    if known.sensor:
        told.append(f"wavelengths of the sensor {known.sensor}")
    if known.bad_ranges is not None:
        told.append("bad bands chosen by hand")
    if known.smoothing is not None:
        window, order = known.smoothing.window_bands, known.smoothing.order
        told.append(f"smoothed over {window} bands (Savitzky-Golay, order {order})")
    if known.bin_bands > 1:
        told.append(f"each {known.bin_bands} bands as their mean")
    return tuple(told)


def as_read(cube: Cube) -> Cube:
    """The cube before anything was done to it."""
    if isinstance(cube, PreprocessedCube) and cube.untreated is not None:
        return cube.untreated
    return cube
