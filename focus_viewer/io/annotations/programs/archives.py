"""Zip archives of annotations, unpacked in memory once their size is known."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path, PurePosixPath

from focus_viewer.io.annotations.refusal import Unreadable

ZIP_SIGNATURE = b"PK"
_MOST_BYTES = 100_000_000
_MOST_FILES = 20_000


def read_archive(path: Path, suffixes: tuple[str, ...]) -> dict[str, bytes]:
    """Read the files with these suffixes in an archive, by name.

    Their sizes are added up before any is unpacked.

    Raises
    ------
    Unreadable
        If it is broken, or what it holds is too large for annotations.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            found = [info for info in archive.infolist() if _is_wanted(info.filename, suffixes)]
            _check_size(found)
            return {info.filename: archive.read(info) for info in found}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise Unreadable(
            f"it is not a zip archive that can be read ({error})",
            "Copy it again from where it came.",
        ) from error
    except RuntimeError as error:  # it wants a password
        raise Unreadable(f"it cannot be unpacked ({error})", "Unpack it yourself first.") from error


def _is_wanted(name: str, suffixes: tuple[str, ...]) -> bool:
    hidden = name.startswith("__MACOSX/")
    return not hidden and PurePosixPath(name).suffix.lower() in suffixes


def _check_size(members: list[zipfile.ZipInfo]) -> None:
    size = sum(member.file_size for member in members)
    if size > _MOST_BYTES or len(members) > _MOST_FILES:
        raise Unreadable(
            f"it holds {len(members):,} files of {size:,} bytes, too much for annotations",
            "Open an archive of regions, not of images.",
        )
