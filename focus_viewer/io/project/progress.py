"""The progress of a part within the whole."""

from __future__ import annotations

from focus_viewer.core.progress import Step


def between(step: Step, low: float, high: float) -> Step:
    """Map a part's progress, 0 to 1, to its share of the whole."""

    def part(fraction: float, text: str) -> None:
        step(low + (high - low) * fraction, text)

    return part
