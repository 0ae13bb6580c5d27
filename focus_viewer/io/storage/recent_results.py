"""The last few things that were read from files: a preview asks for the same ones again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path
from typing import TypeVar, cast

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import translated_errors

T = TypeVar("T")

# For one calibration: means, marks, peaks and saturated numbers of up to four files.
_MOST_KEPT = 24


class Memory:
    """Keeps the last few things that were made."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, object] = {}

    def recall(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for a key, or is made now."""
        kept = self._kept.get(key)
        made = make() if kept is None else cast(T, kept)
        self._kept[key] = made
        for oldest in list(self._kept)[:-_MOST_KEPT]:
            self._kept.pop(oldest, None)
        return made


memory = Memory()


def stamp(cube: Cube) -> tuple[Hashable, ...]:
    """What tells a cube's content from another's, as far as system and header know.

    Raises
    ------
    CubeError
        If the file is gone.
    """
    if cube.path is None:
        return (cube,)
    return *file_stamp(cube.path), tuple(sorted(cube.header.items()))


def file_stamp(path: Path) -> tuple[Hashable, ...]:
    """What tells a file's content from another's, as far as the system knows.

    Raises
    ------
    CubeError
        If the file is gone.
    """
    with translated_errors(path):
        found = path.stat()
    return str(path), found.st_mtime_ns, found.st_size
