"""Work kept against a crash, in the user's own folder, until it is saved or given up.

What a program keeps is a project file with absolute paths and without results, which are computed
again. A lock of the system beside it tells that the program lives: it falls with the program,
however that ends.
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
from focus_viewer.io.identity.relative_paths import PROJECT_SUFFIX, found_path, told_path
from focus_viewer.io.project.content import read_told
from focus_viewer.io.project.refusal import ProjectError
from focus_viewer.io.project.writing import write_checked

if TYPE_CHECKING:
    from filelock import BaseFileLock

_LOCK_SUFFIX = ".lock"


class Autosave:
    """The work that this program keeps.

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
        """The file in which it is kept, if there is any."""
        return self._folder / f"{self._token}{PROJECT_SUFFIX}"

    def write(self, project: Project, of: Path | None) -> None:
        """Keep work in the place of what was kept before, all of it or nothing.

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
            # A drive without locks is no reason not to keep it.
            with suppress(OSError):
                self._lock = self._lock or _taken(_lock_of(self.path))
            named = "" if of is None else told_path(of, None)
            write_checked(self.path, project, None, {}, named)

    def discard(self) -> None:
        """Forget what was kept: it is saved, or the user gave it up.

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
    """Where this user's programs keep their work."""
    return user_state_path("focus-viewer", appauthor=False) / "autosave"


def find_lost_work(folder: Path | None = None) -> list[RecoveredWork]:
    """Find what programs that live no longer have kept, the latest first.

    Parameters
    ----------
    folder : Path or None
        None for the user's own.
    """
    folder = folder or autosave_folder()
    _remove_orphans(folder)
    found = [_lost(path) for path in folder.glob(f"*{PROJECT_SUFFIX}") if not _lives(path)]
    return sorted((one for one in found if one), key=lambda one: one.seconds, reverse=True)


def discard_lost(lost: RecoveredWork) -> None:
    """Forget lost work: it was taken up again, or the user does not want it.

    Raises
    ------
    ProjectError
        If it cannot be removed.
    """
    with translated_errors(lost.path, "removed", ProjectError):
        _forget(lost.path)


def _lost(path: Path) -> RecoveredWork | None:
    """What a file keeps; None for one that cannot be read, such as of a later version."""
    try:
        told = read_told(path)
        seconds = path.stat().st_mtime
    except (FocusError, OSError):
        return None
    if told.autosave_of is None:
        return None
    of = found_path(told.autosave_of, path.parent) if told.autosave_of else None
    cubes = told.project.cubes
    return RecoveredWork(path, of, seconds, len(cubes), sum(len(one.annotations) for one in cubes))


def _lock_of(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(PROJECT_SUFFIX) + _LOCK_SUFFIX)


def _taken(path: Path) -> BaseFileLock | None:
    """The lock at a path, held; None where another program holds it."""
    from filelock import FileLock, Timeout

    lock = FileLock(path, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        return None
    return lock


def _lives(path: Path) -> bool:
    """Whether the program that keeps this file still runs."""
    with suppress(OSError):
        lock = _taken(_lock_of(path))
        if lock is None:
            return True
        lock.release()
    return False


def _forget(path: Path) -> None:
    """Remove work, its lock, and what a killed write has left."""
    remove_drafts(path)
    path.unlink(missing_ok=True)
    _lock_of(path).unlink(missing_ok=True)


def _remove_orphans(folder: Path) -> None:
    """Remove the locks of programs that live no longer and have kept nothing."""
    with suppress(OSError):
        for lock in list(folder.glob(f"*{_LOCK_SUFFIX}")):
            path = lock.with_name(lock.name.removesuffix(_LOCK_SUFFIX) + PROJECT_SUFFIX)
            if not path.exists() and not _lives(path):
                _forget(path)
