"""`focus-viewer desktop`: an entry in the menu of a Linux desktop, and files that open with it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from focus_viewer.assets import folder
from focus_viewer.cli.support.program import program
from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.errors import FocusError

_NAME = "focus-viewer"
_ENTRY = Path("applications") / f"{_NAME}.desktop"
_TYPES = Path("mime") / "packages" / f"{_NAME}.xml"
_ICON = Path("icons") / "hicolor" / "scalable" / "apps" / f"{_NAME}.svg"


def desktop(
    install: Annotated[bool, typer.Option("--install", help="Write the entry.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Remove it.")] = False,
) -> None:
    """Add FOCUS Viewer to the menu of a Linux desktop, with ENVI headers and projects as its files.

    Writes to the user's own folder of data (XDG_DATA_HOME) only.
    """
    if install == remove:
        raise FocusError("Say what to do: focus-viewer desktop --install, or --remove.")
    if not sys.platform.startswith("linux"):
        raise FocusError("Entries of this kind are for Linux desktops; other systems need none.")
    home = _data_home()
    for path in (_ENTRY, _TYPES, _ICON):
        if install:
            (home / path).parent.mkdir(parents=True, exist_ok=True)
            write_atomically(home / path, _content(path))
        else:
            (home / path).unlink(missing_ok=True)
        typer.echo(f"{'wrote' if install else 'removed'} {home / path}")
    _refresh(home)


def _data_home() -> Path:
    """Return the user's folder of data, as the XDG base directory specification has it."""
    given = os.environ.get("XDG_DATA_HOME", "")
    return Path(given) if Path(given).is_absolute() else Path.home() / ".local" / "share"


def _content(path: Path) -> bytes:
    source = folder("resources")
    if path == _ICON:
        return (source / "icon.svg").read_bytes()
    text = (source / "desktop" / path.name).read_text(encoding="utf-8")
    return text.replace("@PROGRAM@", " ".join(map(_quoted, program()))).encode()


def _quoted(word: str) -> str:
    """Return a word of the entry's command, as the desktop entry specification quotes it."""
    word = word.replace("%", "%%")
    if re.fullmatch(r"[\w%+,./:@-]+", word):
        return word
    quoted = re.sub(r'(["`$\\])', r"\\\1", word)
    return f'"{quoted}"'.replace("\\", "\\\\")  # a value's own escapes are undone first


def _refresh(home: Path) -> None:
    """Run the tools that make a desktop read its entries again; without them it does later."""
    for tool, where in (
        ("update-mime-database", home / "mime"),
        ("update-desktop-database", home / "applications"),
    ):
        found = shutil.which(tool)
        if found is not None and where.is_dir():
            subprocess.run([found, str(where)], check=False, capture_output=True)  # noqa: S603
