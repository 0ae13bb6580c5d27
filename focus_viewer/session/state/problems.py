"""Error messages for the user."""

from __future__ import annotations

import logging

from focus_viewer.core.errors import FocusError
from focus_viewer.session.state.requests import Problem

_log = logging.getLogger(__name__)


def problem_of(title: str, error: Exception) -> Problem:
    """Return the message for an error; the traceback of an unexpected one is logged."""
    if isinstance(error, FocusError):
        return Problem(title, str(error))
    _log.error(title, exc_info=error)
    return Problem(title, f"Unexpected {type(error).__name__}: {error}. The log has the details.")
