"""Image files and cubes in a folder."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from focus_viewer.core.errors import CubeError, OtherKind, translated_errors
from focus_viewer.io.formats.envi.file_pairs import data_of, is_header
from focus_viewer.io.formats.envi.layout import read_layout
from focus_viewer.io.formats.envi.reader import refuse_other_kinds
from focus_viewer.io.formats.recognise import Format, recognise_format
from focus_viewer.io.formats.tiff.reader import TiffFormat, describes_cube
from focus_viewer.io.metadata.header import read_header

_MOST_LEVELS = 3  # of folders in a folder


def images_at(path: Path) -> list[Path]:
    """Return the images in a folder; the path itself where it is none, or an image itself.

    A folder without images is searched deeper, as a tree of folders named by class.

    Raises
    ------
    CubeError
        If a folder cannot be read.
    """
    with translated_errors(path):
        folder = path.is_dir()
    return images_below(path) if folder and recognise_format(path) is None else [path]


def images_below(folder: Path, levels: int = _MOST_LEVELS) -> list[Path]:
    """Return the images in a folder; if there are none, those in the folders in it.

    Raises
    ------
    CubeError
        If the folder is not there or cannot be read.
    """
    images = find_images(folder)
    if images or levels == 0:
        return images
    with translated_errors(folder):
        inner = [path for path in sorted(folder.iterdir()) if path.is_dir()]
    shown = (path for path in inner if not path.name.startswith("."))
    return [image for path in shown for image in _images_in(path, levels - 1)]


def find_images(folder: Path) -> list[Path]:
    """Return files of a folder that claim to be an image, sorted by name.

    Of ENVI headers only the names are looked at: one that describes something else, or whose data
    file is missing, is listed, so that opening it gives the reason. Of other files the first bytes
    decide; a header that only describes one of these is left out.

    Parameters
    ----------
    folder : Path
        Folders inside it are not searched.

    Raises
    ------
    CubeError
        If the folder is not there or cannot be read.
    """
    with translated_errors(folder):
        paths = sorted(folder.iterdir())
    images = [path for path in paths if is_header(path) or _format_of(path)]
    described = {name for path in images if not is_header(path) for name in (path.name, path.stem)}
    return [
        path
        for path in images
        if not (is_header(path) and path.stem in described and described_image(path) is not None)
    ]


def described_image(header_path: Path) -> Path | None:
    """Return the image of another format that an ENVI header describes; None if it has its own.

    It is the header's data file, or, where there is none and the header's file type is not ENVI's,
    the only image with its name.

    Raises
    ------
    CubeError
        If its folder cannot be read.
    """
    data = _data_of(header_path)
    if data is not None:
        return data if _format_of(data) else None
    if not _names_other_format(header_path):
        return None
    with translated_errors(header_path.parent):
        beside = sorted(header_path.parent.iterdir())
    images = [
        path
        for path in beside
        if path.stem == header_path.stem and not is_header(path) and _format_of(path)
    ]
    return images[0] if len(images) == 1 else None


def find_cubes(folder: Path) -> list[Path]:
    """Return the cube files in a folder, sorted by name.

    Of ENVI only headers are looked at: a cube whose data file is missing or damaged is listed, so
    that opening it gives the reason. Spectral libraries, classifications and images of one band
    are left out.

    Parameters
    ----------
    folder : Path
        Folders inside it are not searched.

    Raises
    ------
    CubeError
        If the folder is not there or cannot be read.
    """
    return [path for path in find_images(folder) if _describes_cube(path)]


def cubes_below(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return what may be a cube in a folder, or in the folders in it, and images of other kinds.

    What is damaged may be a cube: opening it gives the reason.

    Raises
    ------
    CubeError
        If the folder is not there or cannot be read.
    """
    images = images_below(folder)
    may_be = {path: _describes_cube(path) or _is_damaged(path) for path in images}
    return [p for p in images if may_be[p]], [p for p in images if not may_be[p]]


def _is_damaged(path: Path) -> bool:
    """Return whether an image that describes no cube cannot be read at all."""
    try:
        if is_header(path):
            header = read_header(path)
            refuse_other_kinds(header)
            read_layout(header, [])
        elif isinstance(form := _format_of(path), TiffFormat):
            form.read(path)
    except OtherKind:
        return False
    except CubeError:
        return True
    return False


def _images_in(folder: Path, levels: int) -> list[Path]:
    try:
        return images_below(folder, levels)
    except CubeError:  # The others are listed without it.
        return []


def only_cube(images: Sequence[Path]) -> Path | None:
    """Return the only path that describes a cube, or the only path; None if there are more.

    No more files are read than needed: the folder may be on a slow drive.
    """
    if len(images) == 1:
        return images[0]
    cubes = list(islice(filter(_describes_cube, images), 2))
    return cubes[0] if len(cubes) == 1 else None


def _data_of(header_path: Path) -> Path | None:
    try:
        return data_of(header_path)
    except CubeError:  # reported when it is opened
        return None


def _names_other_format(header_path: Path) -> bool:
    """Return whether a header's file type is another format's, such as TIFF."""
    try:
        file_type = read_header(header_path).text("file type").lower()
    except CubeError:  # reported when it is opened
        return False
    return bool(file_type) and "envi" not in file_type


def _format_of(path: Path) -> Format | None:
    try:
        return recognise_format(path)
    except CubeError:  # unreadable: nothing shows that it is an image
        return None


def _describes_cube(path: Path) -> bool:
    if not is_header(path):
        form = _format_of(path)
        # A TIFF may be a photo or a label image too.
        return describes_cube(path) if isinstance(form, TiffFormat) else form is not None
    try:
        header = read_header(path)
        refuse_other_kinds(header)
        return read_layout(header, []).bands > 1
    except CubeError:
        return False
