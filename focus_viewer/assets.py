"""Location of bundled models and resources: inside an installed package, or beside it."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Literal


def folder(name: Literal["docs", "models", "resources"]) -> Path:
    """Return the folder of bundled files: in the wheel inside the package, else beside it."""
    package = Path(str(files("focus_viewer")))
    inside = package / name
    return inside if inside.is_dir() else package.parent / name
