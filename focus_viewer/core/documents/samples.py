"""Bundled samples: what they are, which files they have, and whether these are whole."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from focus_viewer.core.errors import FocusError

_INDEX = Path("samples") / "samples.json"


@dataclass(frozen=True)
class BundledSample:
    """Sample that comes with the program.

    Attributes
    ----------
    name : str
        By which commands know it.
    title, about : str
        What it is, for people.
    folder : Path
        That the other paths are relative to.
    cubes, truth : tuple of str
        Headers of the cubes, and files of what is true of them.
    groups : str
        Table of the cubes' groups; empty if there is none.
    checksums : tuple of (str, str)
        SHA-256 of each file, in hexadecimal digits.
    """

    name: str
    title: str
    about: str
    folder: Path
    cubes: tuple[str, ...]
    truth: tuple[str, ...]
    groups: str
    checksums: tuple[tuple[str, str], ...]

    @property
    def files(self) -> tuple[str, ...]:
        """All its files."""
        return tuple(path for path, _ in self.checksums)

    @property
    def shown(self) -> list[Path]:
        """What a window opens: the table of groups, which leads to its cubes, or the cubes."""
        return [self.folder / path for path in ([self.groups] if self.groups else self.cubes)]

    @property
    def size_bytes(self) -> int:
        """Size of all its files."""
        return sum((self.folder / path).stat().st_size for path in self.files)

    def check(self) -> None:
        """Compare the files with their checksums.

        Raises
        ------
        FocusError
            If a file is missing or is not what was bundled.
        """
        for path, expected in self.checksums:
            file = self.folder / path
            if not file.is_file():
                raise FocusError(f"{file} is missing. Install FOCUS Viewer again.")
            found = sha256(file.read_bytes()).hexdigest()
            if found != expected:
                raise FocusError(
                    f"{file} is not the file that was bundled: expected SHA-256 {expected[:12]}, "
                    f"found {found[:12]}. Install FOCUS Viewer again."
                )


def read_samples(resources: Path) -> tuple[BundledSample, ...]:
    """Read the list of samples in the folder of resources; empty where there is none."""
    index = resources / _INDEX
    if not index.is_file():
        return ()
    listed: dict[str, Any] = json.loads(index.read_text(encoding="utf-8"))
    return tuple(_sample(entry, resources) for entry in listed["samples"])


def _sample(entry: dict[str, Any], resources: Path) -> BundledSample:
    return BundledSample(
        name=entry["name"],
        title=entry["title"],
        about=entry["about"],
        folder=resources,
        cubes=tuple(entry["cubes"]),
        truth=tuple(entry["truth"]),
        groups=entry["groups"],
        checksums=tuple(entry["files"].items()),
    )
