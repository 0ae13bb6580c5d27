"""Reading and writing of annotation files, whatever their format."""

from __future__ import annotations

from pathlib import Path

from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.errors import FocusError, translated_errors
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.typing import ImageShape
from focus_viewer.io.annotations.coco import annotations_from_coco, coco_bytes, is_coco
from focus_viewer.io.annotations.elsewhere import refusing_what_is_elsewhere
from focus_viewer.io.annotations.envi_text import (
    FIRST_WORDS,
    annotations_from_envi_text,
    envi_text_bytes,
)
from focus_viewer.io.annotations.envi_xml import annotations_from_envi_xml, envi_xml_bytes
from focus_viewer.io.annotations.geojson import annotations_from_geojson, geojson_bytes, is_geojson
from focus_viewer.io.annotations.label_mask import (
    PNG_SIGNATURE,
    annotations_from_label_mask,
    label_mask_bytes,
)
from focus_viewer.io.annotations.refusal import Unreadable, naming_the_file
from focus_viewer.io.annotations.storage import decoded, from_json, read_content

ANNOTATION_SUFFIXES = {
    ".geojson": "GeoJSON",
    ".json": "COCO",
    ".png": "label mask",
    ".xml": "ENVI regions of interest",
    ".roi": "ENVI regions of interest as ASCII",
    ".txt": "ENVI regions of interest as ASCII",
}
"""Formats to choose from, by suffix."""


@refusing_what_is_elsewhere
def read_annotations(
    path: Path, image_shape: ImageShape, grid: MapGrid | None = None
) -> Annotations:
    """Read a file of annotations; its format is recognised by its content.

    Parameters
    ----------
    grid : MapGrid or None
        Position of the cube on the map, if it is known.

    Raises
    ------
    FocusError
        If the file cannot be read, is of no known format, broken, or of another image.
    """
    shape = int(image_shape[0]), int(image_shape[1])
    content = read_content(path)
    if content.startswith(PNG_SIGNATURE):
        with naming_the_file(path, "a label mask"):
            return annotations_from_label_mask(content, shape)
    text = decoded(content)
    start = text.lstrip()
    if start.startswith(("{", "[")):
        return _from_json(path, text, shape, grid)
    with naming_the_file(path, "an ENVI file of regions of interest"):
        if start.startswith("<"):
            return annotations_from_envi_xml(text, shape, grid)
        if start.startswith(FIRST_WORDS):
            return annotations_from_envi_text(text, shape, grid)
    raise FocusError(_unknown(path, content, text))


def write_annotations(
    path: Path,
    annotations: Annotations,
    image_shape: ImageShape,
    grid: MapGrid | None = None,
) -> None:
    """Write a file of annotations in the format of its suffix, all of it or nothing.

    GeoJSON stores everything; the modules of the other formats say what they lose.

    Parameters
    ----------
    path : Path
        Ends in one of `ANNOTATION_SUFFIXES`.
    grid : MapGrid or None
        Position of the cube on the map, for formats with map coordinates.

    Raises
    ------
    FocusError
        If the suffix is not known, the format cannot store the regions, or writing fails.
    """
    shape = (int(image_shape[0]), int(image_shape[1]))
    match path.suffix.lower():
        case ".geojson":
            content = geojson_bytes(annotations, shape, grid)
        case ".json":
            content = coco_bytes(annotations, shape, path.stem)
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


def _from_json(path: Path, text: str, image_shape: ImageShape, grid: MapGrid | None) -> Annotations:
    with naming_the_file(path, "GeoJSON or COCO"):
        document = from_json(text)
    if is_geojson(document):
        with naming_the_file(path, "GeoJSON"):
            return annotations_from_geojson(document, image_shape, grid)
    if is_coco(document):
        with naming_the_file(path, "COCO"):
            return annotations_from_coco(document, image_shape)
    with naming_the_file(path, "GeoJSON or COCO"):
        raise Unreadable("it is JSON, but neither a FeatureCollection nor images with annotations")


def _unknown(path: Path, content: bytes, text: str) -> str:
    if not content.strip():
        return f"{path} is empty. Expected annotations: copy it again from where it came."
    if path.suffix.lower() == ".roi":
        return (
            f"{path} is not an ASCII export of ENVI: expected {FIRST_WORDS!r} in its first line, "
            f"found {text[:20]!r}. Files .roi of ENVI Classic are binary: in ENVI, save the "
            "regions as .xml or export them as ASCII."
        )
    return (
        f"{path} has no known format of annotations: expected GeoJSON, COCO, a PNG label mask or "
        f"regions of interest of ENVI, found {text[:20]!r}. Export it in one of these formats."
    )
