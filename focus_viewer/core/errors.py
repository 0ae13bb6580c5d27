"""Errors whose text is meant for the person at the screen."""

from __future__ import annotations


class FocusError(Exception):
    """Something that the user can understand and put right.

    The text names the file or thing, what was expected, what was found and what to do.
    """


class CubeError(FocusError):
    """A file that cannot be opened as a cube."""


class IncompatibleCube(FocusError):
    """A cube that the model cannot read: no wavelengths, or none that it knows."""


class ModelError(FocusError):
    """A model that cannot be loaded."""


class Cancelled(Exception):
    """Raised by a progress step when the work is no longer wanted."""
