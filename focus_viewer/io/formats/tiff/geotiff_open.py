"""GDAL's view of a TIFF file, through rasterio, imported here only when a file is opened."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from focus_viewer.core.errors import CubeError

if TYPE_CHECKING:
    from rasterio.io import DatasetReader

# Filters of warnings belong to the process; two threads that change them would leave them changed.
_OPENING = threading.Lock()


def open_raster(path: Path, directory: int | None = None) -> DatasetReader:
    """Open an image of a file; errors are rasterio's own, see `told_as_damage`.

    Parameters
    ----------
    path : Path
    directory : int or None
        Where the directory of its page begins in the file; None for the first page, with the files
        of GDAL beside it.
    """
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning

    name = str(path) if directory is None else f"GTIFF_DIR:off:{directory}:{path}"
    with _OPENING, warnings.catch_warnings():
        # Most images lie on no map.
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        return rasterio.open(name, driver="GTiff")


@contextmanager
def told_as_damage(path: Path) -> Iterator[None]:
    """GDAL's troubles with a file in the user's terms; its own words go to the log.

    Raises
    ------
    CubeError
        If the file is gone, damaged, or packed in a way that GDAL was not built with.
    """
    import rasterio
    from rasterio._err import CPLE_BaseError
    from rasterio.errors import RasterioError

    with rasterio.Env():
        try:
            yield
        except (RasterioError, CPLE_BaseError, MemoryError, OverflowError) as error:
            cause = error.__cause__ or error
            raise CubeError(
                f"{path} cannot be unpacked: {str(cause)[:200] or type(error).__name__}. Copy it "
                "again from where it came, or save it as TIFF without compression."
            ) from error
