"""GDAL's view of a TIFF file, through rasterio, imported here only when a file is opened."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from focus_viewer.core.errors import translated_errors

if TYPE_CHECKING:
    from rasterio.io import DatasetReader

# Filters of warnings belong to the process; two threads that change them would leave them changed.
_OPENING = threading.Lock()


def open_raster(path: Path, directory: int | None = None) -> DatasetReader:
    """Open an image of a file; errors are rasterio's own, see `raster_errors`.

    Parameters
    ----------
    directory : int or None
        Where the directory of its page begins in the file; None for the first page, with the files
        of GDAL beside it.
    """
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning

    name = str(path) if directory is None else f"GTIFF_DIR:off:{directory}:{path}"
    with _OPENING, warnings.catch_warnings():
        # Most images have no map position.
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        return rasterio.open(name, driver="GTiff")


@contextmanager
def raster_errors(path: Path) -> Iterator[None]:
    """Translate errors of GDAL about a file for the user; its own messages go to the log.

    Raises
    ------
    CubeError
        If the file is missing, damaged, or compressed in a way that GDAL was not built with.
    """
    import rasterio

    advice = "Copy it again from its source, or save it as TIFF without compression."
    with (
        rasterio.Env(),
        translated_errors(path, expected="pixels that GDAL can decompress", advice=advice),
    ):
        yield
