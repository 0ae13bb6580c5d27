"""Result folder whose contents are replaced whole, or not at all."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, NamedTuple

from focus_viewer.core.atomic_write import DRAFT_PREFIX
from focus_viewer.core.errors import FocusError, translated_errors


class Record(NamedTuple):
    """JSON file among results that lists the others under "files".

    Attributes
    ----------
    name : str
    entries : tuple of str
        By which a record of ours is known; a file of the same name without them lists nothing.
    files : str
        Pattern of the names that it may list: no other file is removed.
    """

    name: str
    entries: tuple[str, ...]
    files: str


RESULT = Record(
    "result.json", ("explained", "model"), r"volume_\w+\.(hdr|img)|curve\.csv|figure\.png"
)


@contextmanager
def replaced_results(out: Path, record: Record = RESULT) -> Iterator[Path]:
    """Yield an empty folder; when the block ends well, its files are the results in `out`.

    Earlier results, which their record lists, are removed; other files in `out` stay. However the
    block ends, nothing half-written is left, nor a folder that was made for it in vain.

    Parameters
    ----------
    out : Path
        Made if missing.
    record : Record
        Must be among the results.

    Raises
    ------
    FocusError
        If the folder cannot be made or written to, or holds a folder by the name of a result.
    """
    with write_errors(out):
        made = _make(out)
        _refuse_folders([path for path in out.iterdir() if _is_result(path.name, record)])
        try:
            # Inside `out`: a rename within one disk cannot half succeed.
            drafts = Path(mkdtemp(prefix=DRAFT_PREFIX, dir=out))
        except OSError:
            _remove(made)
            raise
    try:
        yield drafts
        with write_errors(out):
            _publish(drafts, out, record)
        made = []
    finally:
        shutil.rmtree(drafts, ignore_errors=True)
        _remove(made)


def write_errors(out: Path, option: str = "--out") -> AbstractContextManager[None]:
    """Translate errors of the system while results are written; names the option to change."""
    advice = f"Choose a folder that you may write to, on a disk with space, with {option}."
    return translated_errors(out, "written", FocusError, advice=advice)


def _make(out: Path) -> list[Path]:
    """Make the folder; returns those that were missing, innermost first."""
    missing = [folder for folder in (out, *out.parents) if not folder.exists()]
    out.mkdir(parents=True, exist_ok=True)
    return missing


def _remove(made: list[Path]) -> None:
    for folder in made:
        with suppress(OSError):  # someone else may have put a file into it
            folder.rmdir()


def _refuse_folders(paths: Iterable[Path]) -> None:
    """Refuse folders that stand where files must go: their contents are not ours to remove."""
    for path in paths:
        if path.is_dir():
            raise FocusError(
                f"{path}: a folder stands where a file of the results must go. Move or rename it, "
                "or choose another folder with --out."
            )


def _is_result(name: str, record: Record) -> bool:
    return name == record.name or re.fullmatch(record.files, name) is not None


def _publish(drafts: Path, out: Path, record: Record) -> None:
    """Move earlier results out and new ones in; undone from the last to the first if one fails.

    The record goes first and comes last: whenever it is there, the files that it lists are.
    """
    new = sorted(drafts.iterdir(), key=lambda path: path.name == record.name)
    _refuse_folders(out / path.name for path in new)
    earlier = drafts / "earlier"
    earlier.mkdir()
    names = dict.fromkeys([record.name, *_recorded(out, record), *(path.name for path in new)])
    moves = [(out / name, earlier / name) for name in names if os.path.lexists(out / name)]
    moves += [(path, out / path.name) for path in new]
    done: list[tuple[Path, Path]] = []
    try:
        for source, target in moves:
            source.rename(target)
            done.append((source, target))
    except OSError:
        for source, target in reversed(done):
            target.rename(source)
        raise


def _recorded(out: Path, record: Record) -> list[str]:
    """Return the file names in a record of ours, without names that it cannot list."""
    path = out / record.name
    if not path.is_file():
        return []
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return []
    if not (isinstance(found, dict) and all(entry in found for entry in record.entries)):
        return []
    names = [name for name in _listed(found) if isinstance(name, str)]
    return [name for name in names if _is_result(name, record) and (out / name).is_file()]


def _listed(found: dict[str, Any]) -> Iterator[object]:
    """Return the files that a record, and each of its scenes, lists under "files"."""
    scenes = found.get("scenes")
    for part in (found, *(scenes if isinstance(scenes, list) else ())):
        files = part.get("files") if isinstance(part, dict) else None
        if isinstance(files, dict):
            yield from files.values()
