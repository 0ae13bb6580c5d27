"""Results in files for other programs: ENVI, GeoTIFF, NumPy, CSV; all of a file or nothing."""

from focus_viewer.io.export.envi import write_volume
from focus_viewer.io.export.files import write_export

__all__ = ["write_export", "write_volume"]
