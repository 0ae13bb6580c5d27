"""Files in and out: the only importer of `spectral`."""

from focus_viewer.io.envi_writer import write_envi
from focus_viewer.io.folder import find_cubes, find_images
from focus_viewer.io.reader import read_cube

__all__ = ["find_cubes", "find_images", "read_cube", "write_envi"]
