"""Error of projects that cannot be read or written."""

from __future__ import annotations

from focus_viewer.core.errors import FocusError


class ProjectError(FocusError):
    """A project file that cannot be read or written."""
