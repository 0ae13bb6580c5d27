"""Error of projects that cannot be read or written."""

from __future__ import annotations

from focus_viewer.core.errors import FocusError


class ProjectError(FocusError):
    """Project file that cannot be read or written."""
