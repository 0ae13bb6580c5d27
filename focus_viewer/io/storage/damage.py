"""What a library makes of a damaged file, told in the user's terms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from focus_viewer.core.errors import CubeError, FocusError

_MOST_LETTERS = 200


@contextmanager
def told_as_damage(path: Path, expected: str) -> Iterator[None]:
    """Turn any error into a `CubeError` that names the file.

    Libraries raise whatever comes to hand for a file that is broken: it is no fault of the program.

    Parameters
    ----------
    path : Path
    expected : str
        What the file was taken for, such as "an HDF5 file".
    """
    try:
        yield
    except FocusError:
        raise
    except OSError as error:
        # The system's own errors have a number that h5py's and zipfile's lack.
        if error.errno is not None and error.strerror:
            reason = f"cannot be read: {error.strerror}. Check its place and your rights to it."
            raise CubeError(f"{path} {reason}") from error
        raise CubeError(_damaged(path, expected, error)) from error
    except Exception as error:
        raise CubeError(_damaged(path, expected, error)) from error


def _damaged(path: Path, expected: str, error: Exception) -> str:
    found = " ".join(str(error).split())[:_MOST_LETTERS] or type(error).__name__
    return (
        f"{path} is damaged or incomplete: expected {expected}, found: {found}. Copy it again from "
        "where it came."
    )
