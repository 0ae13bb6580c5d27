"""Cubes in a folder."""

from __future__ import annotations

from pathlib import Path

from focus_viewer.core.errors import CubeError
from focus_viewer.io.files import told_as_cube_error
from focus_viewer.io.header import read_header
from focus_viewer.io.kinds import refuse_other_kinds
from focus_viewer.io.layout import read_layout
from focus_viewer.io.pair import is_header


def find_cubes(folder: Path) -> list[Path]:
    """Headers of the ENVI cubes that lie in a folder, sorted by name.

    Only headers are looked at: a cube whose data file is missing or damaged is listed, so that
    opening it tells why. Spectral libraries, classifications and images of one band (masks) are
    left out.

    Parameters
    ----------
    folder : Path
        Folders inside it are not searched.

    Raises
    ------
    CubeError
        If the folder is not there or may not be read.
    """
    with told_as_cube_error(folder):
        headers = sorted(path for path in folder.iterdir() if is_header(path))
    return [path for path in headers if _describes_cube(path)]


def _describes_cube(path: Path) -> bool:
    try:
        header = read_header(path)
        refuse_other_kinds(header)
        return read_layout(header, []).bands > 1
    except CubeError:
        return False
