"""Errors as the user is told them."""

from __future__ import annotations

import logging

from focus_viewer.core.errors import FocusError
from focus_viewer.session.state.requests import Problem

_log = logging.getLogger(__name__)


def problem_of(title: str, error: Exception) -> Problem:
    """An error for the user; one that nobody foresaw says so and leaves its trace in the log."""
    if isinstance(error, FocusError):
        return Problem(title, str(error))
    _log.error(title, exc_info=error)
    return Problem(title, f"Unexpected {type(error).__name__}: {error}. The log has the details.")
