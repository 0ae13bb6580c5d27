"""Annotations in files: GeoJSON, label masks, COCO and the regions of interest of ENVI."""

from focus_viewer.io.annotations.files import (
    ANNOTATION_SUFFIXES,
    read_annotations,
    write_annotations,
)

__all__ = ["ANNOTATION_SUFFIXES", "read_annotations", "write_annotations"]
