"""A file that is there when it is complete, and not before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from focus_viewer.io.storage.files import told_as_cube_error


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield the path of a draft; when the block ends well it takes the place of the file.

    Raises
    ------
    FocusError
        If the disk refuses.
    """
    with (
        told_as_cube_error(path, "written"),
        TemporaryDirectory(dir=path.parent, prefix=".unfinished-") as folder,
    ):
        draft = Path(folder) / path.name
        yield draft
        draft.replace(path)
