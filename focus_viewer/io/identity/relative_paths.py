"""Paths of a project's parts: results beside it, cubes relative to it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

from focus_viewer.core.errors import FocusError
from focus_viewer.io.storage.files import is_file

PROJECT_SUFFIX = ".focus.json"
_SIDE_SUFFIX = ".focus-data"
_QUOTED = "percent:"
_MARKS = ("./", "../", _QUOTED)


def side_folder(project_path: Path) -> Path:
    """Return the folder of a project's results: NAME.focus-data beside NAME.focus.json."""
    name = re.sub(rf"{re.escape(PROJECT_SUFFIX)}$", "", project_path.name, flags=re.IGNORECASE)
    return project_path.with_name(f"{name}{_SIDE_SUFFIX}")


def stored_path(cube_path: Path, folder: Path | None) -> str:
    """Return a cube's path as a project in a folder stores it, with slashes on every system.

    Relative to the folder, so that both can be moved together; absolute where there is no folder,
    and on another drive of Windows. A path that is not text (names on Linux may hold any bytes) is
    written as "percent:" and the bytes, percent-encoded.
    """
    absolute = cube_path.absolute()
    path = (absolute if folder is None else _relative(absolute, folder)).as_posix()
    if path.startswith(_QUOTED) or not _is_text(path):
        return _QUOTED + quote_from_bytes(os.fsencode(path))
    return path


def resolved_path(stored: str, folder: Path) -> Path:
    """Return the absolute path for a path stored by a project in a folder."""
    if stored.startswith(_QUOTED):
        stored = os.fsdecode(unquote_to_bytes(stored.removeprefix(_QUOTED)))
    return Path(os.path.normpath(folder / stored))


def stored_model(model: str, folder: Path | None) -> str:
    """Return a model as a project in a folder stores it: a name, or a path that is not one.

    The path is relative like that of a cube, and begins with a dot where it would be a bare name.
    """
    if not Path(model).is_absolute():
        return model
    stored = stored_path(Path(model), folder)
    absolute_or_up = stored.startswith((_QUOTED, "../")) or Path(stored).is_absolute()
    return stored if absolute_or_up else f"./{stored}"


def resolved_model(stored: str, folder: Path) -> str:
    """Return a model stored by a project in a folder: a name, or the absolute folder."""
    return str(resolved_path(stored, folder)) if stored.startswith(_MARKS) else stored


def path_exists(path: Path) -> bool:
    """Return whether there is a file that can be seen, or the folder of a Zarr store."""
    try:
        return is_file(path) or path.is_dir()
    except (FocusError, OSError):  # its folder may not be looked into
        return False


def _relative(path: Path, folder: Path) -> Path:
    # A link on the way, such as a home folder that is really elsewhere, must not lead out of a
    # folder that is moved as a whole.
    for inner, outer in ((path, folder), (path.resolve(), folder.resolve())):
        if inner.is_relative_to(outer):
            return inner.relative_to(outer)
    try:
        return Path(os.path.relpath(path, folder))
    except ValueError:  # another drive
        return path


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
