"""The optional libraries, imported when a method needs them: both take seconds to load."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from focus_viewer.core.errors import FocusError


def load_library(module: str, package: str) -> Any:
    """Import a module of an optional package.

    Raises
    ------
    FocusError
        If the package is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise FocusError(
            f"the package {package!r} is needed for this method and {error.name!r} was not found. "
            'Install the extra "benchmark": pip install "focus-viewer[benchmark]".'
        ) from error
