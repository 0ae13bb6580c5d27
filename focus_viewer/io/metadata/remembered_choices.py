"""What the user has said of files that do not tell it themselves, kept from run to run.

Each file has a small one of its own in the user's configuration folder, so that two programs do not
get in each other's way.
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
from focus_viewer.core.errors import translated_errors
from focus_viewer.io.identity.file_identity import marks_of

_MOST_BYTES = 50_000_000


def remember(path: Path, choice: ArrayChoice) -> None:
    """Keep what the user said of a file, in the place of what was said before.

    Raises
    ------
    CubeError
        If the disk refuses, or the cube's file cannot be read.
    """
    with translated_errors(path):
        kept = {"path": str(path.absolute()), "of": marks_of(path), "choice": asdict(choice)}
    place = _place(path)
    with translated_errors(place, "written"):
        place.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(place, json.dumps(kept))


def recall(path: Path) -> ArrayChoice | None:
    """What the user said of a file; None if nothing was, or the file is another by now."""
    place = _place(path)
    try:
        if not place.is_file() or place.stat().st_size > _MOST_BYTES:
            return None
        kept = json.loads(place.read_bytes())
        return _choice(kept["choice"]) if kept["of"] == marks_of(path) else None
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def forget(path: Path) -> None:
    """Keep nothing of a file any more.

    Raises
    ------
    CubeError
        If the disk refuses.
    """
    place = _place(path)
    with translated_errors(place, "removed"):
        place.unlink(missing_ok=True)


def _place(path: Path) -> Path:
    name = hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:32]
    return user_config_path("focus-viewer", appauthor=False) / "arrays" / f"{name}.json"


def _choice(told: dict[str, Any]) -> ArrayChoice:
    """A choice from its file; ValueError or TypeError where that was tampered with."""
    axes, size, wavelengths = told["axes"], told["image_shape"], told["wavelengths_nm"]
    if axes is not None and sorted(axes) != ["bands", "cols", "rows"]:
        raise ValueError(f"{axes} are no axes")
    if told["units"] not in (None, *get_args(Units)):
        raise ValueError(f"{told['units']} are no units")
    if not isinstance(told["array"], str | None):
        raise TypeError("an array has a name")
    rows_cols = None if size is None else (int(size[0]), int(size[1]))
    return ArrayChoice(
        told["array"],
        None if axes is None else cast("Axes", tuple(axes)),
        rows_cols,
        None if wavelengths is None else tuple(float(one) for one in wavelengths),
        told["units"],
        None if told["scale"] is None else float(told["scale"]),
    )
