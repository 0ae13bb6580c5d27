"""Discovery of white and dark references beside a cube."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.core.preprocessing.settings import FoundReferences, as_read
from focus_viewer.io.formats.envi.file_pairs import is_header
from focus_viewer.io.reader import read_cube

# Specim's Lumo and IQ (WHITEREF_NAME), Headwall (whiteReference), and what users call them.
_WHITE = ("whiteref", "whitereference", "white")
_DARK = ("darkref", "darkreference", "darkcurrent", "dark")
_WHITE_DARK = ("whitedarkref", "whitedarkreference", "whitedark")
_REFLECTANCE = "reflectance"
_SAME_NM = 0.5


def find_references(cube: Cube) -> FoundReferences:
    """Find references of a cube of counts beside it, by their names.

    A name that holds the cube's own (`WHITEREF_leaf.hdr` for `leaf.raw`) comes before one for the
    whole folder (`whiteReference.hdr`). Only headers are read.

    Returns
    -------
    FoundReferences
        Nothing for a cube that is not in counts, has no file, or is a reference itself.

    Raises
    ------
    CubeError
        If the folder cannot be read.
    """
    first = as_read(cube)
    if first.path is None or first.units not in ("counts", "unknown"):
        return FoundReferences()
    own = _key(first.path.stem)
    if own.startswith((*_WHITE, *_DARK, *_WHITE_DARK, _REFLECTANCE)):
        return FoundReferences()
    beside = _headers(first.path)
    problems: list[str] = []
    white, dark, white_dark = (
        _first_fitting(first, _names(words, own), beside, problems)
        for words in (_WHITE, _DARK, _WHITE_DARK)
    )
    reflectance = _camera_reflectance(first.path)
    return FoundReferences(white, dark, white_dark, reflectance, tuple(problems))


def _key(name: str) -> str:
    """Return a name without case and punctuation."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _headers(data: Path) -> dict[str, Path]:
    """Return headers of a folder by the key of their cube's name; not that of the cube itself."""
    with translated_errors(data.parent):
        headers = sorted(path for path in data.parent.iterdir() if is_header(path))
    stems = {path: path.with_suffix("").stem or path.stem for path in headers}
    return {_key(stem): path for path, stem in stems.items() if _key(stem) != _key(data.stem)}


def _names(words: Iterable[str], own: str) -> Iterator[str]:
    words = tuple(words)
    for word in words:
        yield word + own
        yield own + word
    yield from words


def _first_fitting(
    cube: Cube, names: Iterator[str], beside: dict[str, Path], problems: list[str]
) -> Path | None:
    for name in names:
        if name in beside:
            try:
                return read_reference(cube, beside[name]).path
            except CubeError as error:
                problems.append(str(error))
    return None


def _camera_reflectance(data: Path) -> Path | None:
    """Return the reflectance that a Specim IQ stores in `results` beside `capture`."""
    for folder in (data.parent, data.parent.parent / "results"):
        header = folder / f"REFLECTANCE_{data.stem}.hdr"
        if header.is_file():
            return header
    return None


def read_reference(cube: Cube, path: Path) -> Cube:
    """Open a reference of a cube.

    Raises
    ------
    CubeError
        If it is missing, not a cube, or has other columns or bands than this one.
    """
    with translated_errors(path):
        if not path.exists():
            raise CubeError(
                f"{path} is not there: expected a reference of {cube.name}. Put it back, or choose "
                "another."
            )
    reference = read_cube(path)
    if reference.bands != cube.bands or reference.cols not in (1, cube.cols):
        raise CubeError(
            f"{path} does not fit {cube.name}: expected {cube.cols} columns (or 1) and "
            f"{cube.bands} bands, found {reference.cols} and {reference.bands}"
            f"{_binning_text(cube, reference)}. Choose a reference that was recorded with the same "
            "window and binning."
        )
    own, other = cube.wavelengths_nm, reference.wavelengths_nm
    if own is not None and other is not None and np.abs(own - other).max() > _SAME_NM:
        raise CubeError(
            f"{path} does not fit {cube.name}: expected bands at the same wavelengths, found them "
            f"up to {np.abs(own - other).max():.1f} nm apart. Choose one of the same camera."
        )
    return reference


def _binning_text(cube: Cube, reference: Cube) -> str:
    own, other = cube.acquisition.binning, reference.acquisition.binning
    return f" (binning {other}, and {own} in the image)" if own and other and own != other else ""
