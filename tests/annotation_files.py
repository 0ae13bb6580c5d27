"""Small good files of annotations of other programs, in every format that is read."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy as np
import rasterio
from annotation_cases import SHAPE, SQUARE, all_kinds
from damage_cases import Files, kept
from rasterio.crs import CRS
from rasterio.transform import Affine
from roifile import ImagejRoi, roiwrite
from shapely import Polygon

from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.io.annotations import read_annotations, write_annotations

GRID = MapGrid(364_000, 5_808_000, 30, 30, 0, CRS.from_epsg(32633).to_wkt())
LABELS = np.zeros(SHAPE, dtype=np.uint8)
LABELS[3:9, 4:12] = 1
LABELS[8:15, 14:25] = 7
_CVAT = """<?xml version="1.0" encoding="utf-8"?>
<annotations><version>1.1</version><meta><task><name>t</name></task></meta>
<image id="0" name="leaf.png" width="30" height="20">
<box label="rust" xtl="2.0" ytl="3.0" xbr="9.5" ybr="12" rotation="30"/>
<polygon label="leaf" points="2.5,3.0;9.0,3.0;9.0,12.0" group_id="1"/>
<ellipse label="leaf" cx="12" cy="8" rx="5" ry="2" group_id="1"/>
<polyline label="vein" points="1.5,1.5;14.5,11.5"/><points label="tip" points="3.7,4.2;8.1,9.9"/>
<mask label="leaf" rle="1, 2, 3, 1, 1" left="4" top="5" width="4" height="2"/>
</image></annotations>
"""
_VOC = """<annotation><filename>leaf.jpg</filename>
<size><width>30</width><height>20</height><depth>3</depth></size>
<object><name>rust</name><bndbox><xmin>2</xmin><ymin>3</ymin><xmax>9</xmax><ymax>12</ymax></bndbox>
</object><object><name>leaf</name><polygon><pt><x>2</x><y>3</y></pt><pt><x>9</x><y>3</y></pt>
<pt><x>9</x><y>12</y></pt></polygon></object></annotation>
"""


def good_annotation_files(folder: Path) -> dict[str, Files]:
    """A good file of each kind, by the name of the kind, written below an empty folder."""
    kinds: dict[str, Callable[[Path], object]] = {
        "regions labelme": lambda at: write_annotations(at / "a.labelme.json", all_kinds(), SHAPE),
        "regions via": _via,
        "regions label studio": _label_studio,
        "regions voc": lambda at: (at / "a.xml").write_text(_VOC),
        "regions cvat": lambda at: (at / "a.xml").write_text(_CVAT),
        "regions cvat zip": _cvat_archive,
        "regions imagej": lambda at: _rois()[0].tofile(at / "a.roi"),
        "regions imagej composite": lambda at: _rois()[1].tofile(at / "a.roi"),
        "regions imagej zip": lambda at: roiwrite(at / "a.zip", _rois()),
        "regions tiff": lambda at: _raster(at / "a.tif", "GTiff", compress="deflate"),
        "regions tiff resampled": lambda at: _raster(at / "a.tif", "GTiff", pixel=20),
        "regions envi": _envi,
        "regions shapefile": lambda at: _plots().to_file(at / "a.shp"),
        "regions geopackage": lambda at: _plots().to_file(at / "a.gpkg"),
        "regions flatgeobuf": lambda at: _plots().to_file(at / "a.fgb"),
        "regions kml": lambda at: _plots().to_file(at / "a.kml", driver="KML"),
        "regions coco": lambda at: write_annotations(at / "a.json", all_kinds(), SHAPE),
        "regions png": lambda at: write_annotations(at / "a.png", all_kinds(), SHAPE),
    }
    return {kind: kept(folder / kind.replace(" ", "_"), write) for kind, write in kinds.items()}


def regions_of(path: Path) -> Annotations:
    """Read the regions of a file, or of the main one of several beside it."""
    main = path.with_suffix(".shp")
    return read_annotations(main if main.exists() else path, SHAPE, GRID, "leaf")


def _via(at: Path) -> None:
    polygon = {"name": "polygon", "all_points_x": [2, 9, 9], "all_points_y": [3, 3, 12]}
    ellipse = {"name": "ellipse", "cx": 12, "cy": 8, "rx": 5, "ry": 2, "theta": 0.5}
    line = {"name": "polyline", "all_points_x": [2, 9], "all_points_y": [3, 12]}
    regions = [
        {"shape_attributes": shape, "region_attributes": {"label": "rust"}}
        for shape in (polygon, ellipse, line)
    ]
    image = {"filename": "leaf.png", "size": 12, "regions": regions}
    (at / "a.json").write_text(json.dumps({"_via_img_metadata": {"leaf.png12": image}}))


def _label_studio(at: Path) -> None:
    size = {"original_height": SHAPE[0], "original_width": SHAPE[1]}
    values = {
        "rectanglelabels": {"x": 10, "y": 25, "width": 20, "height": 50, "rotation": 30},
        "ellipselabels": {"x": 50, "y": 40, "radiusX": 10, "radiusY": 20, "rotation": 0},
        "polygonlabels": {"points": [[10, 10], [50, 10], [50, 60]]},
    }
    drawn = [{"type": kind, **size, "value": {**at, kind: ["a"]}} for kind, at in values.items()]
    task = {"data": {"image": "/up/leaf.png"}, "annotations": [{"result": drawn}]}
    (at / "a.json").write_text(json.dumps([task]))


def _cvat_archive(at: Path) -> None:
    with zipfile.ZipFile(at / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("annotations.xml", _CVAT)


def _rois() -> list[ImagejRoi]:
    path: list[float] = []
    for left, top, right, bottom in ((2, 3, 9, 12), (4, 5, 6, 8)):
        path += [0, left, top, 1, right, top, 1, right, bottom, 1, left, bottom, 4]
    corners = np.array(path, dtype=np.float32)
    composite = ImagejRoi(left=2, top=3, right=9, bottom=12, shape_roi_size=len(path))
    composite.roitype = type(composite.roitype).RECT
    composite.multi_coordinates = corners
    return [ImagejRoi.frompoints(np.array(SQUARE) + 0.25, name="leaf"), composite]


def _raster(path: Path, driver: str, pixel: float = 30, **options: str) -> None:
    with rasterio.open(
        path, "w", driver=driver, height=SHAPE[0], width=SHAPE[1], count=1, dtype="uint8",
        crs="EPSG:32633", transform=Affine(pixel, 0, GRID.x, 0, -pixel, GRID.y), **options,
    ) as file:  # fmt: skip
        file.write(LABELS, 1)


def _envi(at: Path) -> None:
    _raster(at / "a.img", "ENVI")
    with (at / "a.hdr").open("a") as header:
        header.write("\nfile type = ENVI Classification\nclass names = {none, maize}\n")
        header.write("class lookup = {0, 0, 0, 1, 2, 3}\n")


def _plots() -> geopandas.GeoDataFrame:
    placed = [
        Polygon([(GRID.x + 30 * (x + shift), GRID.y - 30 * y) for x, y in SQUARE])
        for shift in (0, 12)
    ]
    return geopandas.GeoDataFrame({"name": ["a", "b"]}, geometry=placed, crs=32633).to_crs(4326)
