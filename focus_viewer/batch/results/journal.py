"""Journal of a batch: a file for each finished cube, and what the batch was started with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from focus_viewer.batch.inputs.items import Item
from focus_viewer.batch.inputs.opening import stamps_of
from focus_viewer.batch.inputs.work_list import PARTS, STARTED
from focus_viewer.batch.results.records import BrokenRecord, Record, record_from
from focus_viewer.core.atomic_write import DRAFT_PREFIX, write_atomically
from focus_viewer.core.errors import FocusError, translated_errors

if TYPE_CHECKING:
    from filelock import BaseFileLock

_LOCK = ".lock"
_SUFFIX = ".npz"
_ADVICE = "Choose a folder that you may write to, on a disk with space, with --out."
_WORDS = {
    "model": "another model",
    "regions": "other regions",
    "objects": "objects asked for or not",
    "calibrate": "another calibration",
}


class Journal:
    """Journal in a folder; a second batch that would write to it is refused.

    Parameters
    ----------
    out : Path
        Made if missing.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self._parts = out / PARTS

    @contextmanager
    def begun(self, identity: Mapping[str, str], resume: bool) -> Iterator[None]:
        """Begin or go on with a batch of these options, and keep others out until it ends.

        Parameters
        ----------
        identity : mapping of str to str
            Of the options.
        resume : bool
            False starts anew: finished cubes are computed again.

        Raises
        ------
        FocusError
            If the folder holds a batch with other options, another one writes to it, or it cannot
            be written to.
        """
        with self._errors():
            self._parts.mkdir(parents=True, exist_ok=True)
            lock = _locked(self._parts / _LOCK, self.out)
        try:
            with self._errors():
                self._refuse_others(identity, resume)
                for draft in self._parts.glob(f"{DRAFT_PREFIX}*"):
                    draft.unlink(missing_ok=True)
                write_atomically(self.out / STARTED, json.dumps(dict(identity), indent=2) + "\n")
            yield
        finally:
            lock.release()

    def _refuse_others(self, identity: Mapping[str, str], resume: bool) -> None:
        if not resume:
            for path in self._parts.glob(f"*{_SUFFIX}"):
                path.unlink()
            return
        before = _started(self.out / STARTED)
        if before is None and any(self._parts.glob(f"*{_SUFFIX}")):
            raise FocusError(
                f"{self.out} holds results of a batch, but not with which options it was started: "
                f"{STARTED} is missing or damaged. Choose another folder with --out, or start this "
                "one anew with --no-resume."
            )
        if before is None or before == dict(identity):
            return
        differ = [name for name in identity if before.get(name) != identity[name]]
        words = ", ".join(dict.fromkeys(_WORDS.get(name, "another version") for name in differ))
        raise FocusError(
            f"{self.out} holds a batch that was started with other options ({words}): its results "
            "and new ones would not be comparable. Choose another folder with --out, or start "
            "this one anew with --no-resume."
        )

    def write(self, record: Record) -> None:
        """Store the record of a cube, whole or not at all.

        Raises
        ------
        FocusError
            If the disk refuses.
        """
        with self._errors():
            write_atomically(self._path(record.key), record.to_bytes())

    def find(self, item: Item) -> Record | None:
        """Return the record of an item, whatever has changed since; None if there is none."""
        path = self._path(item.key)
        try:
            return record_from(path.read_bytes())
        except (OSError, BrokenRecord):  # computed again
            return None

    def _path(self, key: str) -> Path:
        return self._parts / f"{key}{_SUFFIX}"

    @contextmanager
    def _errors(self) -> Iterator[None]:
        with translated_errors(self.out, "written", FocusError, advice=_ADVICE):
            yield


def is_current(record: Record) -> bool:
    """Return whether the files that a record was made of are as they were."""
    if record.failed or not record.stamps:
        return False  # what failed is tried again
    try:
        return stamps_of(Path(path) for path in record.stamps) == dict(record.stamps)
    except FocusError:
        return False


def unfinished(items: Iterable[Item], journal: Journal) -> list[tuple[Item, str]]:
    """Return items that must be computed, with the identity of an outdated record or ""."""
    left = []
    for item in items:
        record = journal.find(item)
        if record is None or not is_current(record):
            left.append((item, "" if record is None or record.failed else record.identity))
    return left


def _started(path: Path) -> dict[str, str] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _locked(path: Path, out: Path) -> BaseFileLock:
    from filelock import FileLock, Timeout

    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise FocusError(
            f"{out}: another batch writes to this folder now. Wait for it, or choose another "
            "folder with --out."
        ) from error
    return lock
