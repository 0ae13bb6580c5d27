"""Errors of files of annotations, in the user's terms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from focus_viewer.core.errors import FocusError

_MOST_LETTERS = 200


class Unreadable(Exception):
    """Error of a file whose reader does not know its path: problem, and advice to the user."""

    def __init__(
        self, problem: str, advice: str = "Export it again from the program that wrote it."
    ) -> None:
        super().__init__(problem)
        self.problem, self.advice = problem, advice


@contextmanager
def naming_the_file(path: Path, kind: str) -> Iterator[None]:
    """Turn `Unreadable` into a `FocusError` that names the file and what it was read as."""
    try:
        yield
    except Unreadable as error:
        raise FocusError(
            f"{path} cannot be read as {kind}: {error.problem}. {error.advice}"
        ) from error


def shown(value: object) -> str:
    """Return a short text for a value that was not expected."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = repr(value) if not isinstance(value, int) or abs(value) < 10**30 else "a huge number"
    return text if len(text) <= 40 else f"{text[:37]}..."


def short_reason(error: Exception) -> str:
    """Return what a library says of a file on one line, which may quote much of it."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 3]}..."
