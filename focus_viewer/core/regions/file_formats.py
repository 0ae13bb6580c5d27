"""Formats of files of regions: their names for people and their suffixes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RegionFormat:
    """A format of files of regions.

    Attributes
    ----------
    title : str
        For people.
    suffixes : tuple of str
        In lower case.
    written : bool
        Whether regions are written in it, and not only read.
    of_cubes : bool
        Whether files with these suffixes may be cubes as well.
    """

    title: str
    suffixes: tuple[str, ...]
    written: bool = False
    of_cubes: bool = False


REGION_FORMATS = (
    RegionFormat("GeoJSON", (".geojson",), written=True),
    RegionFormat("COCO", (".json",), written=True),
    RegionFormat("labelme", (".labelme.json",), written=True),
    RegionFormat("Label mask", (".png",), written=True),
    RegionFormat("ENVI ROI", (".xml",), written=True),
    RegionFormat("ENVI ROI as text", (".roi", ".txt"), written=True),
    RegionFormat("GeoPackage, shapefile and other map files", (".gpkg", ".shp", ".fgb", ".kml")),
    RegionFormat("Label raster", (".tif", ".tiff", ".hdr"), of_cubes=True),
    RegionFormat("ImageJ RoiSet and other archives", (".zip",), of_cubes=True),
)
"""All that are read, in the order in which they are offered."""


def region_suffix(path: Path) -> str:
    """Return the suffix that names the format to write, in lower case."""
    name = path.name.lower()
    return ".labelme.json" if name.endswith(".labelme.json") else path.suffix.lower()


def holds_regions(path: Path) -> bool:
    """Return whether the name is that of a file of regions, and of nothing else that is opened."""
    suffix = region_suffix(path)
    known = any(suffix in form.suffixes for form in REGION_FORMATS if not form.of_cubes)
    return known and suffix != ".txt"
