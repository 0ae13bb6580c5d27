"""Pairs of ENVI header and data file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.io.storage.files import is_file

# ENVI's own, SPy's, and those that PlantCV, ERDAS, Specim and others write.
_DATA_SUFFIXES = (
    "", ".img", ".dat", ".raw", ".bin", ".bsq", ".bil", ".bip", ".hyspex", ".cube", ".lan", ".cal",
    ".spe", ".rfl",
)  # fmt: skip
# What stands beside data under its name, and has formats of its own.
_NO_DATA_SUFFIXES = frozenset({
    ".hdr", ".tif", ".tiff", ".h5", ".hdf5", ".he5", ".nc", ".mat", ".npy", ".npz", ".zip", ".zarr",
    ".png", ".jpg", ".jpeg", ".pdf", ".txt", ".xml", ".csv", ".json", ".geojson", ".log", ".enp",
    ".sta", ".ovr", ".html", ".md", ".sli", ".roi",
})  # fmt: skip


def is_header(path: Path) -> bool:
    """Return whether the name is that of a header."""
    return path.suffix.lower() == ".hdr"


def may_be_data(path: Path) -> bool:
    """Return whether a file can be the data of a header of its name."""
    return path.suffix.lower() not in _NO_DATA_SUFFIXES


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
    """Find the data file of a header by the usual names, else the only other file of its name.

    Raises
    ------
    CubeError
        If there is none.
    """
    stem = header_path.with_suffix("")
    usual = next(_usual_data_files(stem), None)
    if usual is not None:
        return Path(usual)
    with translated_errors(header_path):
        header_path.stat()  # the reason, where the folder itself cannot be read
        beside = [p for p in header_path.parent.iterdir() if p.stem == stem.name]
    others = [p for p in beside if may_be_data(p) and p.is_file()]
    if len(others) == 1:
        return others[0]
    names = f", found {', '.join(sorted(path.name for path in others)[:5])}" if others else ""
    raise CubeError(
        f"{header_path} has no data file beside it: expected {stem.name} with no suffix or one of "
        f"{' '.join(_DATA_SUFFIXES[1:])}{names}. Put it there, or open the data file itself if it "
        "has another suffix."
    )


def other_data_note(data_path: Path) -> list[str]:
    """Return a note that names other files which may be the header's data; none without them."""
    files = (Path(name) for name in _usual_data_files(data_path.with_suffix("")))
    others = [path.name for path in files if not _is_same(path, data_path)]
    if not others:
        return []
    return [f"{data_path.name} was taken for the header's data; {', '.join(others)} may be too."]


def _usual_data_files(stem: Path) -> Iterator[str]:
    """Yield the existing files of a name with the suffixes of data, most usual first."""
    for suffix in _DATA_SUFFIXES:
        for spelled in dict.fromkeys((suffix, suffix.upper())):
            if os.path.isfile(f"{stem}{spelled}"):  # noqa: PTH113 - ten times as fast
                yield f"{stem}{spelled}"


def _is_same(path: Path, other: Path) -> bool:
    """Return whether two names are of one file, as where names differ in their case alone."""
    return path == other or (path.name.lower() == other.name.lower() and path.samefile(other))


def _both_cases(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield path
        yield path.with_suffix(path.suffix.upper())
