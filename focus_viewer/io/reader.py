"""Reader of cubes of any known format."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from focus_viewer.core.cubes.advice import VALUES_COMMAND
from focus_viewer.core.cubes.array_choice import ArrayChoice, NeedsChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.io.folder import described_image, find_cubes
from focus_viewer.io.formats.envi.file_pairs import is_header
from focus_viewer.io.formats.envi.reader import read_envi
from focus_viewer.io.formats.recognise import Format, format_names, recognise_format
from focus_viewer.io.metadata.user_values import refuse_other_size, value_notes
from focus_viewer.io.remembered_choices import recall

_REMEMBERED = (
    "What you said of this file before counts: its array, wavelengths, units or scale. "
    f"{VALUES_COMMAND} in the File menu corrects it, options of a command replace it."
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
    if form is None and is_header(path) and (image := described_image(path)) is not None:
        return read_cube(image, choice)
    if form is None:
        _refuse_folder(path)
    said = recall(path) if choice is None else choice
    cube = read_envi(path, format_names(), said) if form is None else form.read(path, said)
    if said is None:
        return cube
    refuse_other_size(path, said, (cube.rows, cube.cols))
    before = (_REMEMBERED,) if choice is None else ()
    return replace(cube, choice=said, notes=(*cube.notes, *value_notes(said), *before))


def _format_of(path: Path) -> Format | None:
    """Return the format by content, also beside an ENVI header, which may only describe it."""
    return None if is_header(path) else recognise_format(path)


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
