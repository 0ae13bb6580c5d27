"""Parts of a file: other files that are read with it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from focus_viewer.core.errors import translated_errors
from focus_viewer.io.formats.envi.file_pairs import data_of, is_header, may_be_data
from focus_viewer.io.identity.content_hash import digest_of

_SHAPEFILE = (".shp", ".dbf", ".prj", ".cpg")


def file_parts(path: Path) -> list[Path]:
    """Return a file with its header or data, or with the tables of a shapefile.

    Raises
    ------
    CubeError
        If a header has no data.
    """
    if is_header(path):
        return [path, data_of(path)]
    beside: list[Path] = []
    if path.suffix.lower() in _SHAPEFILE:
        beside = [path.with_suffix(suffix) for suffix in _SHAPEFILE]
    elif may_be_data(path):
        beside = [Path(f"{path}.hdr"), path.with_suffix(".hdr")]
    return [path, *(each for each in beside if each != path and each.is_file())]


def digest_of_parts(path: Path) -> str:
    """Return a digest of the content of a file and its parts.

    Raises
    ------
    CubeError
        If one is missing or cannot be read.
    """
    digest = hashlib.sha256()
    for part in file_parts(path):
        with translated_errors(part):
            digest.update(digest_of(part).encode())
    return digest.hexdigest()
