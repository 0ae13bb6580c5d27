"""The folder of the band cache: what it may take, and who goes when it is full.

Each cube has a folder of its own in it, whose time tells when it was last opened.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from platformdirs import user_cache_path

from focus_viewer.core.errors import CubeError, translated_errors

_FOLDER, _LIMIT_GB = "FOCUS_VIEWER_CACHE", "FOCUS_VIEWER_CACHE_GB"
_USUAL_GB = 64.0
# A disk that runs full takes other programs down.
_LEFT_FREE_BYTES = 5 * 10**9


def cache_folder() -> Path:
    """Where bands are kept: FOCUS_VIEWER_CACHE, else the user's cache folder."""
    told = os.environ.get(_FOLDER)
    if told:
        return Path(told).absolute()
    return user_cache_path("focus-viewer", appauthor=False) / "bands"


def limit_bytes() -> int:
    """What all cubes together may take: FOCUS_VIEWER_CACHE_GB (10^9 bytes), else 64 of them.

    Raises
    ------
    CubeError
        If the variable is no number of at least 0.
    """
    told = os.environ.get(_LIMIT_GB, "")
    try:
        gigabytes = float(told) if told else _USUAL_GB
        if not 0 <= gigabytes < 1e9:
            raise ValueError(told)
    except ValueError:
        raise CubeError(
            f"{_LIMIT_GB}: expected the gigabytes that the band cache may take, such as 64, found "
            f"{told!r}. Set it right, or take it away."
        ) from None
    return int(gigabytes * 1e9)


def used_bytes(folder: Path | None = None) -> int:
    """What is taken now, by all cubes or by the one of a folder."""
    root = cache_folder() if folder is None else folder
    return sum(_size(Path(place) / name) for place, _, names in os.walk(root) for name in names)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # another program has just removed it
        return 0


def clear_cache() -> None:
    """Remove all that is kept; cubes that are open are read from their files again.

    Raises
    ------
    CubeError
        If the system refuses.
    """
    for entry in _entries():
        with translated_errors(entry, "removed"), suppress(FileNotFoundError):
            shutil.rmtree(entry)  # another program may be at it too


def make_room(folder: Path, needed_bytes: int, missing_bytes: int) -> None:
    """Let those cubes go that were not opened the longest, until there is room for one.

    Parameters
    ----------
    folder : Path
        Of the cube that wants room; it stays.
    needed_bytes : int
        What it takes once it is all there.
    missing_bytes : int
        What of it is still to be written.

    Raises
    ------
    CubeError
        If it will not fit, or the disk is too full.
    """
    limit = limit_bytes()
    if needed_bytes > limit:
        raise CubeError(
            f"The cache may take {_told(limit)}, and this cube needs {_told(needed_bytes)}. Set "
            f"{_LIMIT_GB} to allow more."
        )
    others = [entry for entry in _entries() if entry != folder]
    sizes = {entry: used_bytes(entry) for entry in others}
    while others and sum(sizes[one] for one in others) + needed_bytes > limit:
        shutil.rmtree(others.pop(0), ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if missing_bytes > free - _LEFT_FREE_BYTES:
        raise CubeError(
            f"{cache_folder()}: this cube needs {_told(missing_bytes)} of the cache, and of the "
            f"disk {_told(free)} are free, of which {_told(_LEFT_FREE_BYTES)} are left to others. "
            f"Make room, or set {_FOLDER} to a folder elsewhere."
        )


def _entries() -> list[Path]:
    """Folders of cubes, the one that was not opened the longest first."""
    root = cache_folder()
    if not root.is_dir():
        return []
    return sorted((one for one in root.iterdir() if one.is_dir()), key=_opened)


def _opened(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:  # another program has just removed it
        return 0.0


def _told(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:,.1f} GB"
