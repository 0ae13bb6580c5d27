"""Reader of cubes of any known format."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from focus_viewer.core.cubes.array_choice import ArrayChoice, NeedsChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.io.folder import described_image, find_cubes
from focus_viewer.io.formats.envi.file_pairs import is_header
from focus_viewer.io.formats.envi.reader import read_envi
from focus_viewer.io.formats.recognise import Format, format_names, recognise_format
from focus_viewer.io.metadata.remembered_choices import recall

_REMEMBERED = (
    "Array, axes, wavelengths and scale are those that you chose for this file before: choose the "
    "array again to change them."
)


def read_cube(path: Path, choice: ArrayChoice | None = None) -> Cube:
    """Open a cube: its metadata are read, and a few pixels where they are not enough.

    The content decides the format, not the name; an unknown file is read as ENVI, by its header.

    Parameters
    ----------
    path : Path
        The cube's file, its ENVI header (NAME.hdr), or the folder of a Zarr store.
    choice : ArrayChoice or None
        What the user says of it; None takes what was said of this file before, if it was.

    Returns
    -------
    Cube
        With bands in the order of their wavelengths; its notes say what was assumed.

    Raises
    ------
    NeedsChoice
        If the user must say which array it is, or what its axes are.
    CubeError
        If it is not a cube, incomplete, damaged, or cannot be read.
    """
    path = path.absolute()
    form = _format_of(path)
    if form is not None:
        return form.read(path, choice) if choice is not None else _as_before(form, path)
    if is_header(path) and (image := described_image(path)) is not None:
        return read_cube(image, choice)
    _refuse_folder(path)
    if choice is not None:
        raise CubeError(
            f"{path} is an ENVI image: its header gives layout, wavelengths, units and scale, and "
            "options for arrays do not apply to it. Edit the header, or leave the options out."
        )
    return read_envi(path, format_names())


def _format_of(path: Path) -> Format | None:
    """Return the format by content, also beside an ENVI header, which may only describe it."""
    return None if is_header(path) else recognise_format(path)


def _as_before(form: Format, path: Path) -> Cube:
    """Open a file with the remembered choice, noting it, or without one."""
    choice = recall(path)
    cube = form.read(path, choice)
    return cube if choice is None else replace(cube, notes=(*cube.notes, _REMEMBERED))


def arrays_of(path: Path) -> NeedsChoice:
    """Return all arrays of a file that may be the cube, for the user to choose again.

    Raises
    ------
    CubeError
        If it does not contain arrays, is damaged, or cannot be read.
    """
    path = path.absolute()
    form = _format_of(path)
    if form is None:
        raise CubeError(
            f"{path} contains a single image with a known layout; there is no array to choose."
        )
    return NeedsChoice(path, form.candidates(path), "choose the array and its layout.")


def _refuse_folder(path: Path) -> None:
    with translated_errors(path):
        if not path.is_dir():
            return
    names = [find_cube.name for find_cube in find_cubes(path)]
    advice = (
        f"Open one of the cubes in it: {', '.join(names[:10])}."
        if names
        else "It has no ENVI cube in it: expected a header NAME.hdr and its data file, or a file "
        f"of another format that is read ({format_names()})."
    )
    raise CubeError(f"{path} is a folder, not a cube. {advice}")
