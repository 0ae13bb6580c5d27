"""Pairs of ENVI header and data file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from focus_viewer.core.errors import CubeError
from focus_viewer.io.storage.files import is_file

# ENVI's own, SPy's, and those that PlantCV, ERDAS, Specim and others write.
_DATA_SUFFIXES = (
    "", ".img", ".dat", ".raw", ".bin", ".bsq", ".bil", ".bip", ".hyspex", ".cube", ".lan", ".cal",
    ".spe", ".rfl",
)  # fmt: skip


def is_header(path: Path) -> bool:
    """Return whether the name is that of a header."""
    return path.suffix.lower() == ".hdr"


def header_of(path: Path, known_formats: str = "ENVI") -> Path:
    """Find the header of a cube: the file itself, NAME.raw.hdr or NAME.hdr for NAME.raw.

    Parameters
    ----------
    known_formats : str
        Names of all formats that the caller reads, for the error message.

    Raises
    ------
    CubeError
        If the file or its header is not there.
    """
    if not is_file(path):
        raise CubeError(
            f"{path}: there is no such file, or only a broken link. Open the header or the "
            "data file of an ENVI cube."
        )
    if is_header(path):
        return path
    beside = [Path(f"{path}.hdr"), path.with_suffix(".hdr")]
    for candidate in _both_cases(beside):
        if is_file(candidate):
            return candidate
    raise CubeError(
        f"{path} has no ENVI header beside it: expected {beside[0].name} or {beside[1].name}. Put "
        f"the header there, or open a file of a format that is read: {known_formats}."
    )


def data_of(header_path: Path) -> Path:
    """Find the data file of a header by the usual names.

    Raises
    ------
    CubeError
        If there is none.
    """
    stem = header_path.with_suffix("")
    for candidate in _both_cases(Path(f"{stem}{suffix}") for suffix in _DATA_SUFFIXES):
        if is_file(candidate):
            return candidate
    raise CubeError(
        f"{header_path} has no data file beside it: expected {stem.name} with no suffix or one of "
        f"{' '.join(_DATA_SUFFIXES[1:])}. Put it there, or open the data file itself if it has "
        "another suffix."
    )


def _both_cases(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield path
        yield path.with_suffix(path.suffix.upper())
