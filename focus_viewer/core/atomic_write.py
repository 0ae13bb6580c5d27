"""Atomic writing of files: a crash or a full disk leaves the old file or the new one, whole.

A draft beside the target is written and flushed to disk, then renamed to the target in one step of
the file system. A kill before that leaves the old file and a draft, which `remove_drafts` removes.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

DRAFT_PREFIX = ".unfinished-"


def write_atomically(target: Path, content: bytes | str | Callable[[BinaryIO], object]) -> None:
    """Write a file whole or not at all, and flush it to disk.

    Parameters
    ----------
    target : Path
        An existing file is replaced and passes on its permissions; a link stays, and the file that
        it refers to is replaced.
    content : bytes, str or callable
        Text is written as UTF-8, line ends as they are; a callable writes to the open file.

    Raises
    ------
    OSError
        If the disk refuses.
    """
    with atomic_path(target) as draft, draft.open("xb") as file:
        if callable(content):
            content(file)
        else:
            file.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """Yield the path of a draft, which replaces the target when the block ends without an error.

    Raises
    ------
    OSError
        If the disk refuses.
    """
    with atomic_paths(target) as (draft,):
        yield draft


@contextmanager
def atomic_paths(*targets: Path) -> Iterator[tuple[Path, ...]]:
    """Yield paths of drafts, which replace their targets when the block ends without an error.

    Of several targets, the last one describes the others, as a header does: its old file is removed
    first and its new one comes last, so that it never describes files of another write.

    Raises
    ------
    OSError
        If the disk refuses; of several targets, those already replaced are removed.
    """
    files = [Path(os.path.realpath(target)) for target in targets]
    drafts = tuple(_draft_of(file) for file in files)
    for file in files:
        file.parent.stat()  # a library would name the draft in its error
    try:
        yield drafts
        for file, draft in zip(files, drafts, strict=True):
            _flush(draft)
            _copy_permissions(file, draft)
        _replace(files, drafts)
    finally:
        for draft in drafts:
            # A library may have put files of its own beside its draft.
            for left in (draft, *_beginning_with(draft)):
                left.unlink(missing_ok=True)
    for folder in {file.parent for file in files}:
        flush_folder(folder)


def remove_drafts(target: Path) -> None:
    """Remove the drafts of a file that killed writes have left."""
    for draft in _beginning_with(target.with_name(_prefix(target))):
        draft.unlink(missing_ok=True)


def flush_folder(folder: Path) -> None:
    """Flush a folder to disk, without which a power cut may undo a renaming; not on Windows."""
    if os.name == "nt":
        return
    # Some network drives cannot; the file is whole all the same.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _replace(files: list[Path], drafts: tuple[Path, ...]) -> None:
    if len(files) > 1:
        files[-1].unlink(missing_ok=True)
    done: list[Path] = []
    try:
        for file, draft in zip(files, drafts, strict=True):
            draft.replace(file)
            done.append(file)
    except BaseException:
        for file in done:
            file.unlink()
        raise


def _beginning_with(path: Path) -> list[Path]:
    """Return the files beside a path whose names begin with its own; none if none can be read.

    Not by a pattern: Python keeps hundreds of them, and each draft has a name of its own.
    """
    try:
        return [file for file in path.parent.iterdir() if file.name.startswith(path.name)]
    except OSError:
        return []


def _draft_of(file: Path) -> Path:
    return file.with_name(f"{_prefix(file)}{secrets.token_hex(4)}")


def _prefix(file: Path) -> str:
    """Return the prefix of a file's drafts; short, since a file name may be as long as allowed."""
    return f"{DRAFT_PREFIX}{hashlib.sha256(os.fsencode(file.name)).hexdigest()[:12]}-"


def _flush(draft: Path) -> None:
    with draft.open("r+b") as file:  # Windows flushes only files that are open for writing
        os.fsync(file.fileno())


def _copy_permissions(file: Path, draft: Path) -> None:
    # There may be no file yet; and a drive that knows no permissions must not cost the work.
    with suppress(OSError):
        draft.chmod(stat.S_IMODE(file.stat().st_mode))
