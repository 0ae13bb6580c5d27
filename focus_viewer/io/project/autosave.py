"""Autosave of work in the user's folder, until it is saved or discarded.

An autosave is a project file with absolute paths and without results, which are computed again. A
system lock beside it shows that the program is running: it is released when the program ends,
however that happens.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_state_path

from focus_viewer.core.atomic_write import remove_drafts
from focus_viewer.core.documents.project import Project, RecoveredWork
from focus_viewer.core.errors import FocusError, translated_errors
from focus_viewer.io.identity.relative_paths import PROJECT_SUFFIX, resolved_path, stored_path
from focus_viewer.io.project.reading import ProjectError, read_document
from focus_viewer.io.project.writing import write_checked

if TYPE_CHECKING:
    from filelock import BaseFileLock

_LOCK_SUFFIX = ".lock"


class Autosave:
    """Autosaved work of this program.

    Parameters
    ----------
    folder : Path or None
        None for the user's own.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or autosave_folder()
        self._token = secrets.token_hex(8)
        self._lock: BaseFileLock | None = None

    @property
    def path(self) -> Path:
        """Path of the autosave."""
        return self._folder / f"{self._token}{PROJECT_SUFFIX}"

    def write(self, project: Project, of: Path | None) -> None:
        """Write the work in place of the last autosave, whole or not at all.

        Parameters
        ----------
        project : Project
            Its results are left out.
        of : Path or None
            The project file that it belongs to; None if it was never saved.

        Raises
        ------
        ProjectError
            If a value cannot be kept, or the disk refuses.
        """
        with translated_errors(self.path, "written", ProjectError):
            self._folder.mkdir(parents=True, exist_ok=True)
            # Before the file is there, or another program could take it for lost.
            # A drive without locks must not prevent saving.
            with suppress(OSError):
                self._lock = self._lock or _taken(_lock_of(self.path))
            named = "" if of is None else stored_path(of, None)
            write_checked(self.path, project, None, {}, named)

    def discard(self) -> None:
        """Remove the autosave: the work is saved or discarded.

        Raises
        ------
        ProjectError
            If it cannot be removed.
        """
        with translated_errors(self.path, "removed", ProjectError):
            # While it is locked, or another program could take it for lost.
            self.path.unlink(missing_ok=True)
            if self._lock is not None:
                self._lock.release()
                self._lock = None
            _forget(self.path)


def autosave_folder() -> Path:
    """Return the folder of this user's autosaved work."""
    return user_state_path("focus-viewer", appauthor=False) / "autosave"


def find_lost_work(folder: Path | None = None) -> list[RecoveredWork]:
    """Find the autosaves of programs that do not run any more, the latest first.

    Parameters
    ----------
    folder : Path or None
        None for the user's own.
    """
    folder = folder or autosave_folder()
    _remove_orphans(folder)
    works = [_lost(path) for path in folder.glob(f"*{PROJECT_SUFFIX}") if not _lives(path)]
    return sorted((work for work in works if work), key=lambda work: work.seconds, reverse=True)


def discard_lost(lost: RecoveredWork) -> None:
    """Remove an autosave that was recovered or is not wanted.

    Raises
    ------
    ProjectError
        If it cannot be removed.
    """
    with translated_errors(lost.path, "removed", ProjectError):
        _forget(lost.path)


def _lost(path: Path) -> RecoveredWork | None:
    """Return the work in a file; None if it cannot be read, such as from a later version."""
    try:
        document = read_document(path)
        seconds = path.stat().st_mtime
    except (FocusError, OSError):
        return None
    if document.autosave_of is None:
        return None
    of = resolved_path(document.autosave_of, path.parent) if document.autosave_of else None
    cubes = document.project.cubes
    return RecoveredWork(
        path, of, seconds, len(cubes), sum(len(cube.annotations) for cube in cubes)
    )


def _lock_of(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(PROJECT_SUFFIX) + _LOCK_SUFFIX)


def _taken(path: Path) -> BaseFileLock | None:
    """Return the lock at a path, held; None where another program holds it."""
    from filelock import FileLock, Timeout

    lock = FileLock(path, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        return None
    return lock


def _lives(path: Path) -> bool:
    """Return whether the program that keeps this file still runs."""
    with suppress(OSError):
        lock = _taken(_lock_of(path))
        if lock is None:
            return True
        lock.release()
    return False


def _forget(path: Path) -> None:
    """Remove an autosave, its lock, and drafts of killed writes."""
    remove_drafts(path)
    path.unlink(missing_ok=True)
    _lock_of(path).unlink(missing_ok=True)


def _remove_orphans(folder: Path) -> None:
    """Remove locks of programs that do not run any more and left no autosave."""
    with suppress(OSError):
        for lock in list(folder.glob(f"*{_LOCK_SUFFIX}")):
            path = lock.with_name(lock.name.removesuffix(_LOCK_SUFFIX) + PROJECT_SUFFIX)
            if not path.exists() and not _lives(path):
                _forget(path)
