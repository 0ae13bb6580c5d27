"""Annotations in files: GeoJSON, label masks, COCO and the regions of interest of ENVI."""

from focus_viewer.io.annotations.files import (
    ANNOTATION_SUFFIXES,
    read_annotations,
    write_annotations,
)
from focus_viewer.io.annotations.map_grid import MapGrid, map_grid

__all__ = ["ANNOTATION_SUFFIXES", "MapGrid", "map_grid", "read_annotations", "write_annotations"]
