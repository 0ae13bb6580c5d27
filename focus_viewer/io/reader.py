"""Open a cube of any format that is read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from focus_viewer.core.cubes.array_choice import ArrayChoice, NeedsChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.io.folder import described_image, find_cubes
from focus_viewer.io.formats.common.protocol import ArrayFormat, Format
from focus_viewer.io.formats.envi.file_pairs import is_header
from focus_viewer.io.formats.envi.reader import read_envi
from focus_viewer.io.formats.recognise import format_names, recognised
from focus_viewer.io.metadata.remembered_choices import recall

_REMEMBERED = (
    "Array, axes, wavelengths and scale are those that you chose for this file before: choose the "
    "array again to change them."
)


def read_cube(path: Path, choice: ArrayChoice | None = None) -> Cube:
    """Open a cube: what describes it is read, and a few pixels where that is not enough.

    The content tells the format, not the name; what nothing recognises is ENVI's, by its header.

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
        If it is no cube, incomplete, damaged, or may not be read.
    """
    path = path.absolute()
    form = _format_of(path)
    if form is not None:
        return form.read(path, choice) if choice is not None else _as_before(form, path)
    if is_header(path) and (image := described_image(path)) is not None:
        return read_cube(image, choice)
    _refuse_folder(path)
    return read_envi(path, format_names())


def _format_of(path: Path) -> Format | None:
    """By its content, also where an ENVI header lies beside it: that one may only describe it."""
    return None if is_header(path) else recognised(path)


def _as_before(form: Format, path: Path) -> Cube:
    """Open a file as the user has said before, and say so; as it tells itself if nothing was."""
    choice = recall(path)
    cube = form.read(path, choice)
    return cube if choice is None else replace(cube, notes=(*cube.notes, _REMEMBERED))


def arrays_of(path: Path) -> NeedsChoice:
    """All arrays of a file that may be the cube, for the user to choose again.

    Raises
    ------
    CubeError
        If it is no container of arrays, damaged, or may not be read.
    """
    path = path.absolute()
    form = _format_of(path)
    if not isinstance(form, ArrayFormat):
        raise CubeError(
            f"{path} holds one image and tells itself how it lies: there is nothing to choose."
        )
    return NeedsChoice(path, form.candidates(path), "which array is the cube, and how it lies.")


def _refuse_folder(path: Path) -> None:
    with translated_errors(path):
        if not path.is_dir():
            return
    found = [one.name for one in find_cubes(path)]
    told = (
        f"Open one of the cubes in it: {', '.join(found[:10])}."
        if found
        else "It has no ENVI cube in it: expected a header NAME.hdr and its data file, or a file "
        f"of another format that is read ({format_names()})."
    )
    raise CubeError(f"{path} is a folder, not a cube. {told}")
