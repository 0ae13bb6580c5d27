"""Reading and writing of annotation files, whatever their format."""

from __future__ import annotations

from pathlib import Path

from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.errors import FocusError, translated_errors
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.file_formats import WRITTEN_FORMATS, region_suffix
from focus_viewer.core.typing import ByteArray, ImageShape
from focus_viewer.io.annotations.coco import coco_bytes
from focus_viewer.io.annotations.elsewhere import refusing_what_is_elsewhere
from focus_viewer.io.annotations.envi_text import envi_text_bytes
from focus_viewer.io.annotations.envi_xml import envi_xml_bytes
from focus_viewer.io.annotations.geojson import geojson_bytes
from focus_viewer.io.annotations.labels.mask import label_mask_bytes
from focus_viewer.io.annotations.programs.labelme import labelme_bytes
from focus_viewer.io.annotations.recognise import DrawnOn, annotations_in

ANNOTATION_SUFFIXES = {suffix: form.title for form in WRITTEN_FORMATS for suffix in form.suffixes}
"""Formats to write, by suffix."""


@refusing_what_is_elsewhere
def read_annotations(
    path: Path, image_shape: ImageShape, grid: MapGrid | None = None, image_name: str = ""
) -> Annotations:
    """Read a file of annotations; its format is recognised by its content.

    Parameters
    ----------
    grid : MapGrid or None
        Position of the cube on the map, if it is known.
    image_name : str
        Name of the cube, by which it is found in files that have annotations of many images.

    Raises
    ------
    FocusError
        If the file cannot be read, is of no known format, broken, or of another image.
    """
    shape = int(image_shape[0]), int(image_shape[1])
    return annotations_in(path, DrawnOn(shape, grid, image_name))


def write_annotations(
    path: Path,
    annotations: Annotations,
    image_shape: ImageShape,
    grid: MapGrid | None = None,
    image_name: str = "",
    picture: ByteArray | None = None,
) -> None:
    """Write a file of annotations in the format of its suffix, all of it or nothing.

    GeoJSON stores everything; the modules of the other formats say what they lose.

    Parameters
    ----------
    path : Path
        Ends in one of `ANNOTATION_SUFFIXES`.
    grid : MapGrid or None
        Position of the cube on the map, for formats with map coordinates.
    image_name : str
        Name of the cube, for formats that name their image; "" for the name of the file.
    picture : ByteArray, shape (rows, cols, 3), or None
        Picture of the cube, for formats that hold one.

    Raises
    ------
    FocusError
        If the suffix is not known, the format cannot store the regions, or writing fails.
    """
    shape = (int(image_shape[0]), int(image_shape[1]))
    name = image_name or path.stem
    match region_suffix(path):
        case ".geojson":
            content = geojson_bytes(annotations, shape, grid)
        case ".json":
            content = coco_bytes(annotations, shape, name)
        case ".labelme.json":
            content = labelme_bytes(annotations, shape, name, picture)
        case ".png":
            content = label_mask_bytes(annotations, shape)
        case ".xml":
            content = envi_xml_bytes(annotations, grid)
        case ".roi" | ".txt":
            content = envi_text_bytes(annotations, shape)
        case suffix:
            raise FocusError(
                f"{path}: expected a name that ends in {', '.join(ANNOTATION_SUFFIXES)}, found "
                f"{suffix or 'no suffix'}. Choose one of them."
            )
    with translated_errors(path, "written"):
        write_atomically(path, content)
