"""Work that hangs, or ends its process: for a process beside the tests."""

from __future__ import annotations

import os
from pathlib import Path


def waits(path: Path) -> str:
    """Wait for a writer of a pipe that never comes; any other file is named."""
    if path.is_fifo():
        path.open("rb").close()
    return path.name


def dies(path: Path) -> str:
    """End as a library does that a damaged file leads astray; any other file is named."""
    if path.name == "deadly":
        os.abort()
    return path.name
