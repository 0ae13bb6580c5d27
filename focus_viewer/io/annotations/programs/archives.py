"""Zip archives of annotations: RoiSet.zip of ImageJ, and exports of CVAT."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path, PurePosixPath

from focus_viewer.io.annotations.refusal import Unreadable

ZIP_SIGNATURE = b"PK"
_MOST_BYTES = 100_000_000
_MOST_FILES = 20_000


def read_archive(path: Path, suffixes: tuple[str, ...]) -> dict[str, bytes]:
    """Read files with these suffixes in an archive, by name: of the first suffix that is there.

    Their sizes are added up before any is unpacked.

    Raises
    ------
    Unreadable
        If it is broken, or what it holds is too large for annotations.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for suffix in suffixes:
                found = [
                    member
                    for member in archive.infolist()
                    if PurePosixPath(member.filename).suffix.lower() == suffix
                    and not member.filename.startswith("__MACOSX/")
                ]
                if found:
                    return _unpacked(archive, found)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise Unreadable(
            f"it is not a zip archive that can be read ({error})",
            "Copy it again from where it came.",
        ) from error
    except RuntimeError as error:  # it wants a password
        raise Unreadable(f"it cannot be unpacked ({error})", "Unpack it yourself first.") from error
    return {}


def _unpacked(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    size = sum(member.file_size for member in members)
    if size > _MOST_BYTES or len(members) > _MOST_FILES:
        raise Unreadable(
            f"it holds {len(members):,} files of {size:,} bytes, too much for annotations",
            "Open an archive of regions, not of images.",
        )
    contents = {}
    for member in members:
        with archive.open(member) as file:
            contents[member.filename] = file.read(member.file_size)
    return contents
