"""Recent results of reading files, stored for repeated previews."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path
from typing import TypeVar, cast

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import translated_errors

T = TypeVar("T")

# For one calibration: means, marks, peaks and saturated numbers of up to four files.
_MOST_KEPT = 24


class RecentResults:
    """Store of the most recent results."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, object] = {}

    def recall(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the stored result for a key, or compute it."""
        kept = self._kept.get(key)
        made = make() if kept is None else cast(T, kept)
        self._kept[key] = made
        for oldest in list(self._kept)[:-_MOST_KEPT]:
            self._kept.pop(oldest, None)
        return made


recent_results = RecentResults()


def cube_stamp(cube: Cube) -> tuple[Hashable, ...]:
    """Return the identity of a cube's content, as far as system and header know it.

    Raises
    ------
    CubeError
        If the file is missing.
    """
    if cube.path is None:
        return (cube,)
    return *file_stamp(cube.path), tuple(sorted(cube.header.items()))


def file_stamp(path: Path) -> tuple[Hashable, ...]:
    """Return the identity of a file's content, as far as the system knows it.

    Raises
    ------
    CubeError
        If the file is missing.
    """
    with translated_errors(path):
        stat = path.stat()
    return str(path), stat.st_mtime_ns, stat.st_size
