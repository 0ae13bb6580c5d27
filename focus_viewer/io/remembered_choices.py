"""Remembered choices for files that do not declare their layout, stored from run to run.

Each file has its own small file in the user's configuration folder, so that two programs do not
interfere.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast, get_args

from platformdirs import user_config_path

from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.cubes.array_choice import ArrayChoice, Axes
from focus_viewer.core.cubes.cube import Units
from focus_viewer.core.errors import CubeError, translated_errors
from focus_viewer.io.formats.envi.file_pairs import data_of, header_of, is_header
from focus_viewer.io.identity.content_hash import file_identity

_MOST_BYTES = 50_000_000


def remember(path: Path, choice: ArrayChoice) -> None:
    """Store a user's choice for a file, in place of an earlier one.

    Raises
    ------
    CubeError
        If the disk refuses, or the cube's file cannot be read.
    """
    with translated_errors(path):
        path = _data_file(path)
        record = {"path": str(path), "of": _identity(path), "choice": asdict(choice)}
    choice_path = _choice_path(path)
    with translated_errors(choice_path, "written"):
        choice_path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(choice_path, json.dumps(record))


def recall(path: Path) -> ArrayChoice | None:
    """Return the remembered choice for a file; None without one, or if the file has changed."""
    try:
        path = _data_file(path)
        choice_path = _choice_path(path)
        if not choice_path.is_file() or choice_path.stat().st_size > _MOST_BYTES:
            return None
        entries = json.loads(choice_path.read_bytes())
        return _choice(entries["choice"]) if entries["of"] == _identity(path) else None
    except (CubeError, OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def forget(path: Path) -> None:
    """Remove the remembered choice for a file.

    Raises
    ------
    CubeError
        If the disk refuses.
    """
    choice_path = _choice_path(_data_file(path))
    with translated_errors(choice_path, "removed"):
        choice_path.unlink(missing_ok=True)


def _data_file(path: Path) -> Path:
    """Return the file with the pixels: an ENVI cube is one, by whichever of its files it is named.

    Raises
    ------
    CubeError
        If a header has none.
    """
    path = path.absolute()
    return data_of(path) if is_header(path) else path


def _identity(path: Path) -> list[Any]:
    """Return the identity of a file, and of the ENVI header beside it, which may be corrected."""
    try:
        return [*file_identity(path), *file_identity(header_of(path))]
    except CubeError:
        return file_identity(path)


def _choice_path(path: Path) -> Path:
    name = hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:32]
    return user_config_path("focus-viewer", appauthor=False) / "arrays" / f"{name}.json"


def _choice(entries: dict[str, Any]) -> ArrayChoice:
    """Return a choice from its file."""
    axes, size = entries["axes"], entries["image_shape"]
    if axes is not None and sorted(axes) != ["bands", "cols", "rows"]:
        raise ValueError(f"{axes} are not axes")
    if entries["units"] not in (None, *get_args(Units)):
        raise ValueError(f"{entries['units']} are not units")
    if not isinstance(entries["array"], str | None):
        raise TypeError("an array has a name")
    return ArrayChoice(
        entries["array"],
        None if axes is None else cast("Axes", tuple(axes)),
        None if size is None else (int(size[0]), int(size[1])),
        _numbers(entries["wavelengths_nm"]),
        entries["units"],
        _number(entries["scale"]),
        _number(entries.get("no_data")),
        _numbers(entries.get("fwhm_nm")),
        str(entries.get("origin", "")),
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _numbers(values: Any) -> tuple[float, ...] | None:
    return None if values is None else tuple(float(value) for value in values)
