"""Progress reporting and cancellation of long-running work."""

from __future__ import annotations

from typing import Protocol


class Step(Protocol):
    """Callback of long-running work.

    Raises `focus_viewer.core.errors.Cancelled` when the work is not wanted any more.
    """

    def __call__(self, fraction: float, text: str) -> None:
        """Report that `fraction` (0 to 1) of the work is done and what is being done now."""
        ...


def silent(fraction: float, text: str) -> None:
    """Ignore progress."""


def part(step: Step, low: float, high: float) -> Step:
    """Return a step that maps the progress of a part, 0 to 1, to its share of the whole."""

    def report(fraction: float, text: str) -> None:
        step(low + (high - low) * fraction, text)

    return report
