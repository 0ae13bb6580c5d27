"""Cube files by the names that tables use for them."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from focus_viewer.core.datasets.data_set import DataSetError
from focus_viewer.core.errors import translated_errors
from focus_viewer.io.formats.envi.file_pairs import is_header

_NOT_CUBES = frozenset([".csv", ".tsv", ".txt", ".json", ".geojson", ".md", ".pdf", ".html"])
_PICTURES = frozenset([".png", ".jpg", ".jpeg", ".bmp"])


class CubeNames:
    """Files of a folder and all folders in it, found by path, name, stem or number.

    Numbers are text: "00017" is not "17", unless no file has that name and only one has it with
    zeros before it, which spreadsheets drop.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._by_name: dict[str, list[Path]] = defaultdict(list)
        self._by_stem: dict[str, list[Path]] = defaultdict(list)
        self._by_number: dict[str, list[Path]] = defaultdict(list)
        with translated_errors(folder):
            paths = sorted(path for path in folder.rglob("*") if _may_be_cube(path))
        for path in paths:
            self._by_name[path.name.lower()].append(path)
            self._by_stem[path.stem.lower()].append(path)
            if path.stem.isdecimal():
                self._by_number[path.stem.lstrip("0")].append(path)

    def find(self, text: str) -> Path:
        """Return the file that a cell of a table names.

        Raises
        ------
        DataSetError
            If there is none, or more than one.
        """
        written = Path(text.replace("\\", "/"))
        for path in (self._folder / written, written):
            if path.is_absolute() and path.exists() and not path.is_dir():
                return path
        number = text.lstrip("0") if text.isdecimal() else None
        for found in (
            self._by_name.get(written.name.lower(), []),
            self._by_stem.get(written.name.lower(), []),
            self._by_stem.get(written.stem.lower(), []) if written.suffix else [],
            self._by_number.get(number, []) if number is not None else [],
        ):
            if found:
                return self._only(text, _preferred(found))
        raise DataSetError(
            f"there is no file {text!r} in {self._folder} and the folders in it. Correct the name, "
            "or put the cube there."
        )

    def _only(self, text: str, found: list[Path]) -> Path:
        if len(found) == 1:
            return found[0]
        listed = ", ".join(str(path.relative_to(self._folder)) for path in found[:4])
        raise DataSetError(
            f"{text!r} may be any of {listed}. Expected one file: write its path in the table."
        )


def _may_be_cube(path: Path) -> bool:
    return path.suffix.lower() not in _NOT_CUBES and (path.is_file() or path.suffix == ".zarr")


def _preferred(found: list[Path]) -> list[Path]:
    """Leave out the data files of ENVI headers, and previews beside cubes."""
    headers = {path.with_suffix("") for path in found if is_header(path)}
    kept = [path for path in found if is_header(path) or path.with_suffix("") not in headers]
    cubes = [path for path in kept if path.suffix.lower() not in _PICTURES]
    return cubes or kept
