"""Items of a batch: cubes by path, with labels and all that is needed to open them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.preprocessing.settings import NO_PREPROCESSING, Preprocessing
from focus_viewer.core.regions.annotations import Annotation


@dataclass(frozen=True)
class Opening:
    """What is needed to open a cube beside its path.

    Attributes
    ----------
    choice : ArrayChoice or None
    wavelengths_nm : tuple of float or None
        For a file that states none.
    background : float or None
        Value, in all bands, of pixels where nothing was measured.
    preprocessing : Preprocessing
    """

    choice: ArrayChoice | None = None
    wavelengths_nm: tuple[float, ...] | None = None
    background: float | None = None
    preprocessing: Preprocessing = NO_PREPROCESSING


@dataclass(frozen=True)
class Item:
    """Cube of a batch.

    Attributes
    ----------
    path : Path
        Absolute.
    label : str
        For people; no two items of a list have the same.
    groups : mapping of str to str
        Value of each column, such as {"plant": "17", "day": "3"}.
    regions : tuple of Annotation
        Its own, as a project states them.
    regions_path : Path or None
        File of its own regions, as a list states it.
    problem : str
        Why it cannot be opened, where that is known beforehand.
    place : str
        Real path of its data file, by which it is known whatever path is given.
    """

    path: Path
    label: str = ""
    groups: Mapping[str, str] = field(default_factory=dict)
    opening: Opening = Opening()
    regions: tuple[Annotation, ...] = ()
    regions_path: Path | None = None
    problem: str = ""
    place: str = ""

    @cached_property
    def settings(self) -> str:
        """Digest of all that is done to its file; labels and groups change no result."""
        about = repr((self.opening, self.regions, self.regions_path))
        return hashlib.sha256(about.encode()).hexdigest()

    @cached_property
    def key(self) -> str:
        """Name of its record, the same in each run: by its path and settings."""
        about = f"{self.place or self.path}\0{self.settings}\0{self.problem}"
        return hashlib.sha256(about.encode(errors="surrogateescape")).hexdigest()[:24]
