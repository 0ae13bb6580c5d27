"""How long work tells how far it is, and learns that it is no longer wanted."""

from __future__ import annotations

from typing import Protocol


class Step(Protocol):
    """Called by long work now and then.

    Raises `focus_viewer.core.errors.Cancelled` when the work is no longer wanted.
    """

    def __call__(self, fraction: float, text: str) -> None:
        """Report that `fraction` (0 to 1) of the work is done and what is being done now."""
        ...


def silent(fraction: float, text: str) -> None:
    """Report to nobody."""


def part(step: Step, low: float, high: float) -> Step:
    """Map a part's progress, 0 to 1, to its share of the whole."""

    def report(fraction: float, text: str) -> None:
        step(low + (high - low) * fraction, text)

    return report
