"""Cubes that are known, found by the names that tables use for them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Generic, TypeVar

from focus_viewer.core.datasets.data_set import DataSetError

K = TypeVar("K")
_MOST_NAMED = 4


class KnownCubes(Generic[K]):
    """Cubes by any key, found by path, end of a path, name, stem or number.

    Header and data file of a cube have the same stem, so that a suffix counts only where it
    decides. A name is enough unless the row's own file is beside the table: then it is that file,
    whether it is known or not.
    """

    def __init__(self, folder: Path, cubes: Mapping[K, Path]) -> None:
        self._folder = folder.absolute()
        self._paths = cubes
        self._cubes = {key: _lower(path.absolute()) for key, path in cubes.items()}

    def find(self, text: str) -> K | None:
        """Return the cube that a cell of a table in the folder names, or None.

        Raises
        ------
        DataSetError
            If there is more than one.
        """
        plain = text.replace("\\", "/").strip()
        place, written = Path(os.path.normpath(self._folder / plain)), _lower(Path(plain))
        found = self._fitting(_lower(place), lambda path: path)
        if found or _is_there(place):
            return self._only(text, found)
        for count in range(len(written.parts), 0, -1):
            end = Path(*written.parts[-count:])
            if found := self._fitting(end, lambda path, n=count: Path(*path.parts[-n:])):  # type: ignore[misc]
                return self._only(text, found)
        return self._only(text, self._by_number(text))

    def _fitting(self, wanted: Path, part: Callable[[Path], Path]) -> list[K]:
        """Return the cubes a part of whose path is the wanted one, first with the same suffix."""
        parts = [(key, part(path)) for key, path in self._cubes.items()]
        stem = wanted.with_suffix("")
        tests: tuple[Callable[[Path], bool], ...] = (
            lambda path: path == wanted,
            lambda path: path.with_suffix("") == wanted or path == stem,
            lambda path: path.with_suffix("") == stem,
        )
        found = ([key for key, path in parts if path.name and test(path)] for test in tests)
        return next((keys for keys in found if keys), [])

    def _by_number(self, text: str) -> list[K]:
        """Return the cubes of a number that lost the zeros before it in a spreadsheet."""
        if not text.isdecimal():
            return []
        stems = {key: path.stem for key, path in self._cubes.items()}
        return [
            key
            for key, stem in stems.items()
            if stem.isdecimal() and stem.lstrip("0") == text.lstrip("0")
        ]

    def _only(self, text: str, found: list[K]) -> K | None:
        if len(found) < 2:
            return found[0] if found else None
        listed = _listed(str(self._paths[key]) for key in found)
        raise DataSetError(f"{text!r} may be any of {listed}. Write its path in the table.")


def _lower(path: Path) -> Path:
    return Path(str(path).lower())


def _is_there(place: Path) -> bool:
    """Return whether a file has this path, with any suffix."""
    try:
        return place.exists() or any(place.parent.glob(f"{place.name}.*"))
    except (OSError, ValueError):
        return False


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    rest = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
