"""Errors whose text is written for the user."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MOST_LETTERS = 200


class FocusError(Exception):
    """Problem that the user can understand and solve.

    The text names the file or thing, what was expected, what was found and what to do.
    """


class CubeError(FocusError):
    """File that cannot be opened as a cube."""


class OtherKind(CubeError):
    """File that can be read, but does not contain spectral images.

    Attributes
    ----------
    kind : str
        What it holds, such as "spectral library".
    """

    def __init__(self, text: str, kind: str) -> None:
        super().__init__(text)
        self.kind = kind


class IncompatibleCube(FocusError):
    """Cube that the model cannot read: without wavelengths, or without known ones."""


class ModelError(FocusError):
    """Model that cannot be loaded."""


class Stalled(FocusError):
    """Work that was stopped because it did not report for too long.

    Parameters
    ----------
    about : str
        The file that was read.
    silent_s : float
        Time without a report.
    """

    def __init__(self, about: str, silent_s: float) -> None:
        super().__init__(
            f"{about} has not answered for {silent_s:g} s: its drive may be disconnected or busy. "
            "Check the drive, then open it again."
        )


class Cancelled(Exception):
    """Signal of a progress step that the work is not wanted any more."""


@contextmanager
def translated_errors(
    path: Path,
    action: str = "read",
    error_type: type[FocusError] = CubeError,
    *,
    expected: str = "",
    advice: str = "",
) -> Iterator[None]:
    """Translate errors of the system, and of a library that reads the file, for the user.

    Parameters
    ----------
    action : str
        Participle for the text: "read", "written" or "removed".
    error_type : type of FocusError
    expected : str
        File type that a library reads, such as "an HDF5 file": any error of it means a damaged
        file. Without it only errors of the system are translated.
    advice : str
        What the user can do; empty for the usual advice.

    Raises
    ------
    FocusError
        Of `error_type`.
    """
    try:
        yield
    except (FocusError, Cancelled):
        raise
    except OSError as error:
        # Errors of the system have a number, those of h5py, zipfile and GDAL do not.
        if expected and (error.errno is None or not error.strerror):
            raise error_type(_damage_text(path, expected, error, advice)) from error
        raise error_type(_system_text(path, action, error, advice)) from error
    except Exception as error:
        if not expected:
            raise
        raise error_type(_damage_text(path, expected, error, advice)) from error


def _system_text(path: Path, action: str, error: OSError, advice: str) -> str:
    name = error.filename
    where = "" if name is None or str(name) == str(path) else f" ({name})"
    space = ", and that the disk has space" if action == "written" else ""
    usual = f"Check the path and your permissions{space}."
    return f"{path} cannot be {action}: {error.strerror or error}{where}. {advice or usual}"


def _damage_text(path: Path, expected: str, error: Exception, advice: str) -> str:
    cause = error.__cause__ or error
    reason = " ".join(str(cause).split())[:_MOST_LETTERS] or type(cause).__name__
    return (
        f"{path} is damaged or incomplete: expected {expected}, found: {reason}. "
        f"{advice or 'Copy it again from its source.'}"
    )
