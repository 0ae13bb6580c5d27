"""Location, size limit and eviction of the band cache.

Each cube has its own folder in it, whose modification time is the time of the last opening.
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
    """Return the folder of the cache: FOCUS_VIEWER_CACHE, else in the user's cache folder."""
    setting = os.environ.get(_FOLDER)
    if setting:
        return Path(setting).absolute()
    return user_cache_path("focus-viewer", appauthor=False) / "bands"


def limit_bytes() -> int:
    """Return the size limit of the cache: FOCUS_VIEWER_CACHE_GB (10^9 bytes), by default 64.

    Raises
    ------
    CubeError
        If the variable is not a number of at least 0.
    """
    setting = os.environ.get(_LIMIT_GB, "")
    try:
        gigabytes = float(setting) if setting else _USUAL_GB
        if not 0 <= gigabytes < 1e9:
            raise ValueError(setting)
    except ValueError:
        raise CubeError(
            f"{_LIMIT_GB}: expected the gigabytes that the band cache may take, such as 64, found "
            f"{setting!r}. Set it right, or take it away."
        ) from None
    return int(gigabytes * 1e9)


def used_bytes(folder: Path | None = None) -> int:
    """Return the size of the cache, or of the folder of one cube."""
    root = cache_folder() if folder is None else folder
    stats = (_stat(Path(place) / name) for place, _, names in os.walk(root) for name in names)
    return sum(stat.st_size for stat in stats if stat)


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:  # another program has just removed it
        return None


def clear_cache() -> None:
    """Remove all cubes from the cache; open cubes are read from their files again.

    Raises
    ------
    CubeError
        If the system refuses.
    """
    for entry in _entries():
        with translated_errors(entry, "removed"), suppress(FileNotFoundError):
            shutil.rmtree(entry)  # another program may be at it too


def evict(folder: Path, needed_bytes: int, missing_bytes: int) -> None:
    """Remove the cubes that were not opened for longest, until there is space for another.

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
            f"The cache may use {_size_text(limit)}, but this cube needs "
            f"{_size_text(needed_bytes)}. Set {_LIMIT_GB} to allow more."
        )
    others = [entry for entry in _entries() if entry != folder]
    sizes = {entry: used_bytes(entry) for entry in others}
    while others and sum(sizes[other] for other in others) + needed_bytes > limit:
        shutil.rmtree(others.pop(0), ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if missing_bytes > free - _LEFT_FREE_BYTES:
        raise CubeError(
            f"{cache_folder()}: this cube needs {_size_text(missing_bytes)} of cache. The disk has "
            f"{_size_text(free)} free, of which {_size_text(_LEFT_FREE_BYTES)} stay reserved for "
            f"other programs. Free some space, or set {_FOLDER} to another folder."
        )


def _entries() -> list[Path]:
    """Return the folders of cubes, the one that was not opened for longest first."""
    root = cache_folder()
    if not root.is_dir():
        return []
    opened_s = {entry: _stat(entry) for entry in root.iterdir() if entry.is_dir()}
    return sorted(opened_s, key=lambda entry: stat.st_mtime if (stat := opened_s[entry]) else 0.0)


def _size_text(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:,.1f} GB"
