"""Samples made of cubes on the disk, and cubes opened from samples."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from focus_viewer.core.cubes.array_choice import ArrayChoice, Axes, Candidate, NeedsChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.datasets.background import without_background
from focus_viewer.core.datasets.data_set import Classes, LabelledRegion, Sample
from focus_viewer.core.errors import CubeError, FocusError, translated_errors
from focus_viewer.core.preprocessing.settings import NO_PREPROCESSING
from focus_viewer.core.typing import ImageShape
from focus_viewer.io.datasets.labels import Labels
from focus_viewer.io.datasets.wavelengths import apply_wavelengths, with_wavelengths
from focus_viewer.io.identity.content_hash import file_identity, fingerprint
from focus_viewer.io.reader import read_cube
from focus_viewer.io.references.calibration import apply_preprocessing
from focus_viewer.io.remembered_choices import recall

_KNOWN: dict[str, str] = {}
"""Fingerprints by what changes with a file, which is then not hashed at each opening."""


@dataclass(frozen=True)
class Source:
    """Description of a sample before its cube is opened.

    Attributes
    ----------
    labels : tuple of Labels
        Label rasters and region files of this cube.
    wavelengths_nm : tuple of float or None
        For a file that has none.
    """

    path: Path
    classes: Classes = ()
    labels: tuple[Labels, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)
    choice: ArrayChoice | None = None
    wavelengths_nm: tuple[float, ...] | None = None
    background: float | None = None


def make_sample(source: Source, notes: list[str]) -> Sample:
    """Open a cube, read its label files and take its fingerprint.

    Parameters
    ----------
    notes : list of str
        Extended by what was assumed.

    Raises
    ------
    FocusError
        If cube or labels cannot be read, or do not fit each other.
    """
    choice = source.choice or recall(source.path.absolute())
    cube, choice = _opened(source, choice)
    own = None
    if source.wavelengths_nm is not None:
        nm = source.wavelengths_nm
        cube, choice, own = with_wavelengths(cube, source.path, choice, nm, notes)
    regions = tuple(_regions(source, cube, notes))
    if source.labels and not regions:
        names = ", ".join(file.path.name for file in source.labels)
        raise FocusError(
            f"{source.path.name}: expected labelled pixels or regions with classes in {names}, "
            "found none. Label some, or leave the cube out."
        )
    return Sample(
        path=source.path,
        fingerprint=_fingerprint(cube),
        shape=cube.shape,
        classes=() if regions else source.classes,
        regions=regions,
        groups=source.groups,
        choice=choice,
        wavelengths_nm=own,
        background=source.background,
    )


def open_sample(sample: Sample) -> Cube:
    """Open the cube of a sample, with its choice, wavelengths and preprocessing.

    Its background has no data.

    Raises
    ------
    CubeError
        If it or a reference is missing, cannot be read, or is not what the sample was made of.
    """
    cube = read_cube(sample.path, sample.choice)
    if _fingerprint(cube) != sample.fingerprint:
        raise CubeError(
            f"{sample.path} was changed: expected the content that it had when the data set was "
            "read, found another. Read the data set again, or put the file back."
        )
    cube = without_background(apply_wavelengths(cube, sample.wavelengths_nm), sample.background)
    if sample.preprocessing == NO_PREPROCESSING:
        return cube
    return apply_preprocessing(cube, sample.preprocessing)


def _fingerprint(cube: Cube) -> str:
    """Return the fingerprint of a cube; a file of the same time, size and beginning is known."""
    if cube.path is None or cube.path.is_dir():
        return fingerprint(cube)
    with translated_errors(cube.path):
        about = [str(cube.path.absolute()), file_identity(cube.path), sorted(cube.header.items())]
    key = json.dumps(about)
    if key not in _KNOWN:
        _KNOWN[key] = fingerprint(cube)
    return _KNOWN[key]


def choice_by_axes(path: Path, candidates: Iterable[Candidate], bands: int) -> ArrayChoice:
    """Return the choice of the array one of whose axes has so many bands, wherever that stands.

    Raises
    ------
    CubeError
        If no array has one such axis.
    """
    candidates = tuple(candidates)
    for candidate in candidates:
        if len(candidate.shape) == 3 and candidate.shape.count(bands) == 1:
            return ArrayChoice(candidate.name, _axes(candidate.shape.index(bands)))
    found = ", ".join(candidate.text for candidate in candidates[:4])
    raise CubeError(
        f"{path}: expected an array of three axes, one of them of {bands} bands, found {found}. "
        "Copy it again from its source, or leave it out."
    )


def _opened(source: Source, choice: ArrayChoice | None) -> tuple[Cube, ArrayChoice | None]:
    """Open a cube; where its file does not declare the axes, the label raster's shape does."""
    try:
        return read_cube(source.path, choice), choice
    except NeedsChoice as needed:
        shapes = [file.image_shape() for file in source.labels]
        guess = next((g for s in shapes if s and (g := _choice_by_image(needed, s))), None)
        if guess is None:
            raise
        return read_cube(source.path, guess), guess


def _choice_by_image(needed: NeedsChoice, image_shape: ImageShape) -> ArrayChoice | None:
    """Return the only choice whose rows and columns are those of an image."""
    fitting = [
        ArrayChoice(candidate.name, _axes(place))
        for candidate in needed.candidates
        if len(candidate.shape) == 3
        for place in range(3)
        if candidate.shape[:place] + candidate.shape[place + 1 :] == image_shape
    ]
    return fitting[0] if len(fitting) == 1 else None


def _axes(band_place: int) -> Axes:
    axes: tuple[Axes, Axes, Axes] = (
        ("bands", "rows", "cols"),
        ("rows", "bands", "cols"),
        ("rows", "cols", "bands"),
    )
    return axes[band_place]


def _regions(source: Source, cube: Cube, notes: list[str]) -> Iterable[LabelledRegion]:
    for file in source.labels:
        yield from file.regions(
            (cube.rows, cube.cols), cube.georeference.grid, source.classes, notes
        )
