"""Wavelengths that a data set states once, for cubes whose files have none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from focus_viewer.core.counted import counted
from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.io.formats.recognise import recognise_format
from focus_viewer.io.metadata.wavelength_list import read_wavelength_list
from focus_viewer.io.reader import read_cube

Wavelengths = tuple[float, ...]
WAVELENGTH_LISTS = ("wavelengths.csv", "wavelengths.txt", "wavelength.csv", "wavelength.txt")
"""Names of the files that hold them."""
_NOTE = "Its wavelengths are those of the data set's description; its own file has none."


def read_wavelengths(*folders: Path) -> Wavelengths | None:
    """Return the wavelengths in nm of the first folder with such a list; None without one.

    Raises
    ------
    CubeError
        If the list cannot be read.
    """
    paths = (folder / name for folder in folders for name in WAVELENGTH_LISTS)
    path = next((path for path in paths if path.is_file()), None)
    return None if path is None else read_wavelength_list(path)


def with_wavelengths(
    cube: Cube, path: Path, choice: ArrayChoice | None, nm: Wavelengths, notes: list[str]
) -> tuple[Cube, ArrayChoice | None, Wavelengths | None]:
    """Return a cube with these wavelengths, unless it has its own or another number of bands.

    Returns
    -------
    tuple
        The cube, the choice that opens it so, and the wavelengths where no choice can hold them.
    """
    if cube.wavelengths_nm is not None:
        return cube, choice, None
    if len(nm) != cube.bands:
        notes.append(
            f"{path.name} has {counted(cube.bands, 'band')}; {counted(len(nm), 'wavelength')} "
            "found for it: it stays without."
        )
        return cube, choice, None
    if recognise_format(path) is not None:
        choice = replace(choice or ArrayChoice(), wavelengths_nm=nm)
        return read_cube(path, choice), choice, None
    if not (np.diff(nm) > 0).all():
        notes.append(
            f"{path.name}: the wavelengths found for it do not ascend, and it stays without them."
        )
        return cube, choice, None
    return apply_wavelengths(cube, nm), choice, nm


def apply_wavelengths(cube: Cube, nm: Wavelengths | None) -> Cube:
    """Return a cube without wavelengths with ascending ones for each of its bands."""
    if nm is None or cube.wavelengths_nm is not None or len(nm) != cube.bands:
        return cube
    return replace(cube, wavelengths_nm=np.array(nm), notes=(*cube.notes, _NOTE))
