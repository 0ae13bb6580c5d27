"""Reader of spectral libraries: the suffix, and for text the content, decides the format."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np

from focus_viewer.core.counted import counted
from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.core.spectra.library import SpectralLibrary
from focus_viewer.io.identity.content_hash import digest_of

_ENVI = (".sli", ".hdr", ".esl")
_MOST_NAMED = 5
_TEXT = (".csv", ".tsv", ".tab", ".txt")


def read_library(path: Path) -> SpectralLibrary:
    """Read a spectral library, or the spectrum of a single file, with its checksum.

    Raises
    ------
    CubeError
        If it is none, damaged, without any value, or cannot be read.
    """
    if not path.exists():
        raise CubeError(f"{path}: there is no such file, or only a broken link.")
    with translated_errors(path):
        found = _with_note_on_empty(path, _read(path))
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


def _with_note_on_empty(path: Path, library: SpectralLibrary) -> SpectralLibrary:
    """Return a library that notes which of its spectra hold no value."""
    empty = [each.name for each in library.spectra if not np.isfinite(each.values).any()]
    number = counted(len(library.spectra), "spectrum")
    if empty and len(empty) == len(library.spectra):
        raise CubeError(
            f"{path}: expected reflectance, found no value in its {number}. Export it again."
        )
    if not empty:
        return library
    names = ", ".join(empty[:_MOST_NAMED]) + (", ..." if len(empty) > _MOST_NAMED else "")
    note = f"{len(empty)} of {number} without any value, never drawn or compared: {names}."
    return replace(library, notes=(*library.notes, note))
