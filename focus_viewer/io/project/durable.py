"""Files that are there whole, whatever happens: a crash, a kill, a full disk.

A draft beside the target is written, brought to the disk, and takes the target's name in one step
of the file system. A kill before that leaves the old file and a draft, which the next save removes.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

DRAFTS = ".unfinished-"


def publish(target: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file, all of it or nothing, and bring it to the disk.

    Parameters
    ----------
    target : Path
        A file there is replaced and hands on its permissions.
    write : callable
        Writes the content.

    Raises
    ------
    OSError
        If the disk refuses.
    """
    draft = target.with_name(f"{_prefix(target)}{secrets.token_hex(4)}")
    try:
        with draft.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        _hand_on_permissions(target, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    _bring_names_to_disk(target.parent)


def remove_drafts(target: Path) -> None:
    """Remove what killed writes of a file have left."""
    for draft in target.parent.glob(f"{_prefix(target)}*"):
        draft.unlink(missing_ok=True)


def _prefix(target: Path) -> str:
    """How a file's drafts begin their names: short, as its own may be as long as names can be."""
    return f"{DRAFTS}{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:12]}-"


def _hand_on_permissions(target: Path, draft: Path) -> None:
    # There may be no target yet; and a drive that knows no permissions is no reason to lose work.
    with suppress(OSError):
        draft.chmod(stat.S_IMODE(target.stat().st_mode))


def _bring_names_to_disk(folder: Path) -> None:
    """Write the folder itself, without which a power cut may undo a renaming; not on Windows."""
    if os.name == "nt":
        return
    # Some network drives cannot; the file is whole all the same.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
