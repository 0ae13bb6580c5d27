"""Reader of spectral libraries: the suffix, and for text the content, decides the format."""

from __future__ import annotations

from pathlib import Path

from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.core.spectra.library import SpectralLibrary

_ENVI = (".sli", ".hdr", ".esl")
_TEXT = (".csv", ".tsv", ".tab", ".txt")


def read_library(path: Path) -> SpectralLibrary:
    """Read a spectral library, or the spectrum of a single file.

    Raises
    ------
    CubeError
        If it is none, damaged, or cannot be read.
    """
    suffix = path.suffix.lower()
    with translated_errors(path):
        if suffix in _ENVI:
            from focus_viewer.io.spectral_libraries.envi_library import read_envi_library

            return read_envi_library(path)
        if suffix == ".asd":
            from focus_viewer.io.spectral_libraries.asd import read_asd

            return read_asd(path)
        if suffix in _TEXT:
            from focus_viewer.io.spectral_libraries.ecostress import is_ecostress, read_ecostress
            from focus_viewer.io.spectral_libraries.table import read_table

            return read_ecostress(path) if is_ecostress(path) else read_table(path)
    raise CubeError(
        f"{path}: expected a spectral library of ENVI (.sli with .hdr), ECOSTRESS (.txt), ASD "
        f"(.asd) or a table (.csv, wavelengths in the first column); found {suffix!r}. Choose one "
        "of these."
    )
