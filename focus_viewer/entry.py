"""Entry point of the package: a command where the first word names one, else the window."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

_WINDOW_OPTIONS = ("--screenshot", "--theme", "--model", "--device")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command or the window; returns the exit status.

    Neither loads what only the other needs. A folder that is named as a command is opened by
    ./NAME.
    """
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words and words[0].replace("-", "").isalpha() and words[0] in _commands():
        from focus_viewer.cli.main import app

        app(words, prog_name="focus-viewer")  # ends the program
    from focus_viewer.app import main as open_window

    return open_window(words)


def run() -> int:
    """Run `focus-viewer`: files that exist are opened in the window, all else is for commands."""
    words = sys.argv[1:]
    if _is_for_window(words):
        return main(words)
    from focus_viewer.cli.main import run as run_commands

    run_commands()  # ends the program
    return 0


def _is_for_window(words: Sequence[str]) -> bool:
    """Return whether words name a file or an option of the window; so do none to the frozen one.

    That is started from a menu too, where help would be read by nobody.
    """
    if not words:
        return hasattr(sys, "frozen")
    first = words[0].partition("=")[0]
    return first in _WINDOW_OPTIONS or (Path(words[0]).exists() and words[0] not in _commands())


def _commands() -> set[str]:
    from typer.main import get_command

    from focus_viewer.cli.main import app

    return set(getattr(get_command(app), "commands", ()))
