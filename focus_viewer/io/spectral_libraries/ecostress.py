"""ECOSTRESS (and ASTER) spectra: a text file with metadata, then wavelength and reflectance."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from focus_viewer.core.errors import CubeError
from focus_viewer.core.spectra.library import LibrarySpectrum, SpectralLibrary
from focus_viewer.io.metadata.wavelengths import to_nm, unit_in
from focus_viewer.io.spectral_libraries.scale import as_reflectance

_HEAD_BYTES = 4_000


def is_ecostress(path: Path) -> bool:
    """Return whether a text file begins like those of ECOSTRESS."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES).decode("latin-1").lower()
    return head.lstrip().startswith("name:") and "x units:" in head and "y units:" in head


def read_ecostress(path: Path) -> SpectralLibrary:
    """Read a spectrum of ECOSTRESS.

    Raises
    ------
    CubeError
        If it is damaged, or in units that are not known.
    """
    lines = path.read_text("latin-1").splitlines()
    stated = {key.strip().lower(): text.strip() for key, _, text in map(_parted, lines) if text}
    rows = np.array([row for row in map(_numbers, lines) if row is not None]).reshape(-1, 2)
    rows = rows[rows[:, 0] > 0]
    unit = unit_in(stated.get("x units", "").lower())
    if not unit or len(rows) < 2:
        raise CubeError(
            f"{path}: expected wavelengths in a known unit and rows of two numbers, found "
            f"'X Units: {stated.get('x units', '')}' and {len(rows)} rows. Download it again."
        )
    notes: list[str] = []
    nm = to_nm(rows[:, 0], unit)
    order = np.argsort(nm, kind="stable")
    percent = 100.0 if "percent" in stated.get("y units", "").lower() else None
    values = as_reflectance(rows[:, 1], notes, percent)
    spectrum = LibrarySpectrum(stated.get("name", "") or path.stem, nm[order], values[order])
    return SpectralLibrary(path.name, (spectrum,), tuple(notes))


def _parted(line: str) -> tuple[str, str, str]:
    return line.partition(":")


def _numbers(line: str) -> tuple[float, float] | None:
    cells = line.split()
    try:
        return (float(cells[0]), float(cells[1])) if len(cells) == 2 else None
    except ValueError:
        return None
