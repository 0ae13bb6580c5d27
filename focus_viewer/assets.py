"""Where the bundled models and resources lie: inside an installed package, or beside it."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Literal


def folder(name: Literal["models", "resources"]) -> Path:
    """Folder of bundled files: in the wheel within the package, in a checkout next to it."""
    package = Path(str(files("focus_viewer")))
    inside = package / name
    return inside if inside.is_dir() else package.parent / name
