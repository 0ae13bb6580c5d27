"""Errors whose text is meant for the person at the screen."""

from __future__ import annotations


class FocusError(Exception):
    """Something that the user can understand and put right.

    The text names the file or thing, what was expected, what was found and what to do.
    """


class CubeError(FocusError):
    """A file that cannot be opened as a cube."""


class OtherKind(CubeError):
    """A file that can be read, but holds no image of spectra.

    Attributes
    ----------
    kind : str
        What it holds, such as "spectral library".
    """

    def __init__(self, text: str, kind: str) -> None:
        super().__init__(text)
        self.kind = kind


class IncompatibleCube(FocusError):
    """A cube that the model cannot read: no wavelengths, or none that it knows."""


class ModelError(FocusError):
    """A model that cannot be loaded."""


class Stalled(FocusError):
    """Work that was given up because it told nothing for too long.

    Parameters
    ----------
    about : str
        The file that was read.
    silent_s : float
        For how long nothing was heard.
    """

    def __init__(self, about: str, silent_s: float) -> None:
        super().__init__(
            f"{about} has not answered for {silent_s:g} s: its drive may be disconnected or busy. "
            "Check the drive, then open it again."
        )


class Cancelled(Exception):
    """Raised by a progress step when the work is no longer wanted."""
