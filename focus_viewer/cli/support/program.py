"""Program as it was started: the words that start it once more."""

from __future__ import annotations

import sys


def program() -> list[str]:
    """Return the words that start this program: Python and the package, or the frozen one."""
    frozen = getattr(sys, "frozen", False)
    return [sys.executable] if frozen else [sys.executable, "-m", "focus_viewer"]
