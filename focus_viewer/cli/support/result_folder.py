"""Result folder whose contents are replaced whole, or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

from focus_viewer.core.atomic_write import DRAFT_PREFIX
from focus_viewer.core.errors import FocusError, translated_errors

RECORD = "result.json"  # lists the other files under "files"


@contextmanager
def replaced_results(out: Path, record: str = RECORD) -> Iterator[Path]:
    """Yield an empty folder; when the block ends well, its files are the results in `out`.

    Earlier results, which their record lists, are removed; other files in `out` stay. However the
    block ends, nothing half-written is left, nor a folder that was made for it in vain.

    Parameters
    ----------
    out : Path
        Made if missing.
    record : str
        Name of the JSON file among the results that lists them.

    Raises
    ------
    FocusError
        If the folder cannot be made or written to.
    """
    with write_errors(out):
        made = _make(out)
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


def _publish(drafts: Path, out: Path, record: str) -> None:
    """Move earlier results out and new ones in; undone from the last to the first if one fails.

    The record goes first and comes last: whenever it is there, the files that it lists are.
    """
    new = sorted(drafts.iterdir(), key=lambda path: path.name == record)
    earlier = drafts / "earlier"
    earlier.mkdir()
    names = dict.fromkeys([record, *_recorded(out / record), *(path.name for path in new)])
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


def _recorded(record: Path) -> list[str]:
    """Return the file names in a record, if it is valid, without names that lead elsewhere."""
    if not record.is_file():
        return []
    try:
        found = json.loads(record.read_text(encoding="utf-8"))
    except ValueError:
        return []
    names = [name for name in _listed(found) if isinstance(name, str) and name == Path(name).name]
    return [name for name in names if (record.parent / name).is_file()]


def _listed(found: object) -> Iterator[object]:
    """Return the files that a record, and each of its scenes, lists under "files"."""
    scenes = found.get("scenes") if isinstance(found, dict) else None
    for part in (found, *(scenes if isinstance(scenes, list) else ())):
        files = part.get("files") if isinstance(part, dict) else None
        if isinstance(files, dict):
            yield from files.values()
