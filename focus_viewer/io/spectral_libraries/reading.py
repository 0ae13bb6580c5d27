"""Reader of spectral libraries: the suffix, and for text the content, decides the format."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.core.spectra.library import SpectralLibrary
from focus_viewer.io.identity.content_hash import digest_of

_ENVI = (".sli", ".hdr", ".esl")
_TEXT = (".csv", ".tsv", ".tab", ".txt")


def read_library(path: Path) -> SpectralLibrary:
    """Read a spectral library, or the spectrum of a single file, with its checksum.

    Raises
    ------
    CubeError
        If it is none, damaged, or cannot be read.
    """
    with translated_errors(path):
        found = _read(path)
        return replace(found, path=path.absolute(), sha256=_checksum(path))


def _checksum(path: Path) -> str:
    """Return the SHA-256 of a library's content: of ENVI's two files, that of both."""
    if path.suffix.lower() not in _ENVI:
        return digest_of(path)
    from focus_viewer.io.spectral_libraries.envi_library import library_files

    both = "".join(map(digest_of, library_files(path)))
    return sha256(both.encode()).hexdigest()


def _read(path: Path) -> SpectralLibrary:
    suffix = path.suffix.lower()
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
