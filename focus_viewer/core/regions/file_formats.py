"""Formats of files of regions: their names for people and their suffixes."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class RegionFormat(NamedTuple):
    """A format of files of regions: its title for people, and its suffixes in lower case."""

    title: str
    suffixes: tuple[str, ...]


WRITTEN_FORMATS = (
    RegionFormat("GeoJSON", (".geojson",)),
    RegionFormat("COCO", (".json",)),
    RegionFormat("labelme", (".labelme.json",)),
    RegionFormat("Label mask", (".png",)),
    RegionFormat("ENVI ROI", (".xml",)),
    RegionFormat("ENVI ROI as text", (".roi", ".txt")),
)
"""Formats to save in, in the order in which they are offered."""

READ_FORMATS = (
    RegionFormat("GeoJSON", (".geojson",)),
    RegionFormat("COCO, labelme, VGG Image Annotator, Label Studio", (".json",)),
    RegionFormat("ENVI ROI, CVAT, Pascal VOC", (".xml",)),
    RegionFormat("ENVI ROI as text, ImageJ", (".roi", ".txt", ".zip")),
    RegionFormat("Label mask or raster", (".png", ".tif", ".tiff", ".hdr")),
    RegionFormat("GeoPackage, shapefile, FlatGeobuf, KML", (".gpkg", ".shp", ".fgb", ".kml")),
)
"""Formats to open, by suffix; which of them a file has is found in its content."""

_ALSO_OF_OTHERS = frozenset((".tif", ".tiff", ".hdr", ".zip", ".txt"))


def may_hold_regions(path: Path) -> bool:
    """Return whether the name is that of a file which holds regions, or something else."""
    return path.suffix.lower() in _ALSO_OF_OTHERS


def region_suffix(path: Path) -> str:
    """Return the suffix that names the format to write, in lower case."""
    name = path.name.lower()
    return ".labelme.json" if name.endswith(".labelme.json") else path.suffix.lower()


def holds_regions(path: Path) -> bool:
    """Return whether the name is that of a file of regions, and of nothing else that is opened."""
    suffix = path.suffix.lower()
    return suffix not in _ALSO_OF_OTHERS and any(suffix in form.suffixes for form in READ_FORMATS)
