"""Recognition of annotation files by their first bytes, their first words or their members."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.errors import FocusError, translated_errors
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.file_formats import holds_regions
from focus_viewer.core.typing import ImageShape
from focus_viewer.io.annotations.coco import annotations_from_coco, is_coco
from focus_viewer.io.annotations.envi_text import FIRST_WORDS, annotations_from_envi_text
from focus_viewer.io.annotations.envi_xml import annotations_from_envi_xml
from focus_viewer.io.annotations.geojson import annotations_from_geojson, is_geojson
from focus_viewer.io.annotations.labels.mask import annotations_from_label_mask
from focus_viewer.io.annotations.labels.png import PNG_SIGNATURE
from focus_viewer.io.annotations.labels.rasters import (
    annotations_from_label_raster,
    has_header,
    is_label_raster,
)
from focus_viewer.io.annotations.programs.archives import ZIP_SIGNATURE, read_archive
from focus_viewer.io.annotations.programs.cvat import CVAT_ROOT, annotations_from_cvat
from focus_viewer.io.annotations.programs.imagej import ROI_SIGNATURE, annotations_from_imagej
from focus_viewer.io.annotations.programs.label_studio import (
    annotations_from_label_studio,
    is_label_studio,
)
from focus_viewer.io.annotations.programs.labelme import annotations_from_labelme, is_labelme
from focus_viewer.io.annotations.programs.vector_files import (
    annotations_from_vector_file,
    is_vector_file,
)
from focus_viewer.io.annotations.programs.via import annotations_from_via, is_via
from focus_viewer.io.annotations.programs.voc import VOC_ROOT, annotations_from_voc
from focus_viewer.io.annotations.refusal import Unreadable, naming_the_file
from focus_viewer.io.annotations.storage import (
    decoded,
    first_bytes,
    from_json,
    from_xml,
    read_content,
    root_name,
)

_KNOWN = (
    "GeoJSON, COCO, labelme, VGG Image Annotator, Label Studio, CVAT, ImageJ, ENVI, a map file of "
    "vectors or an image of labels"
)


_ENVI_ROOT = "RegionsOfInterest"
_IN_ARCHIVES = (".roi", ".xml", ".json", ".geojson", ".shp", ".gpkg", ".fgb", ".kml")


class DrawnOn(NamedTuple):
    """The image that annotations are read for: a cube's size, its place on the map and name."""

    shape: ImageShape
    grid: MapGrid | None = None
    name: str = ""


def annotations_in(path: Path, image: DrawnOn) -> Annotations:
    """Read a file of annotations.

    Raises
    ------
    FocusError
        If the file cannot be read, is of no known format, broken, or of another image.
    """
    start = first_bytes(path)
    if is_vector_file(path, start):
        with naming_the_file(path, "a map file of vectors"):
            return annotations_from_vector_file(path, image.shape, image.grid)
    if is_label_raster(path, start) or (not holds_regions(path) and has_header(path)):
        with naming_the_file(path, "a label raster"):
            return annotations_from_label_raster(path, image.shape, image.grid)
    if start.startswith(ZIP_SIGNATURE):
        return _from_archive(path, image)
    return _from_content(path, read_content(path), image)


def _from_content(path: Path, content: bytes, image: DrawnOn) -> Annotations:
    if content.startswith(PNG_SIGNATURE):
        with naming_the_file(path, "a label mask"):
            return annotations_from_label_mask(content, image.shape)
    if content.startswith(ROI_SIGNATURE):
        with naming_the_file(path, "a region of ImageJ"):
            return annotations_from_imagej({path.name: content}, image.shape)
    text = decoded(content)
    words = text.lstrip()
    if words.startswith(("{", "[")):
        return _from_json(path, text, image)
    if words.startswith("<"):
        return _from_xml(path, text, image)
    if words.startswith(FIRST_WORDS):
        with naming_the_file(path, "an ENVI file of regions of interest"):
            return annotations_from_envi_text(text, image.shape, image.grid)
    raise FocusError(_unknown(path, content, text))


def _from_archive(path: Path, image: DrawnOn) -> Annotations:
    """Read the annotations in an archive: regions of ImageJ, or a single file of any format."""
    with translated_errors(path), naming_the_file(path, "an archive of annotations"):
        files = read_archive(path, _IN_ARCHIVES)
        rois = {name: part for name, part in files.items() if part.startswith(ROI_SIGNATURE)}
        if rois:
            return annotations_from_imagej(rois, image.shape)
        if len(files) != 1:
            raise Unreadable(
                f"expected regions of ImageJ, or one file of annotations, found {len(files)} files",
                "Unpack it, and open the file with the regions.",
            )
    ((name, content),) = files.items()
    inside = path / name
    if is_vector_file(inside, content):
        with naming_the_file(inside, "a map file of vectors"):
            return annotations_from_vector_file(inside, image.shape, image.grid)
    return _from_content(inside, content, image)


def _from_json(path: Path, text: str, image: DrawnOn) -> Annotations:
    with naming_the_file(path, "JSON of annotations"):
        document = from_json(text)
    if is_geojson(document):
        with naming_the_file(path, "GeoJSON"):
            return annotations_from_geojson(document, image.shape, image.grid)
    if is_coco(document):
        with naming_the_file(path, "COCO"):
            return annotations_from_coco(document, image.shape, image.name)
    if is_labelme(document):
        with naming_the_file(path, "labelme"):
            return annotations_from_labelme(document, image.shape)
    if is_via(document):
        with naming_the_file(path, "VGG Image Annotator"):
            return annotations_from_via(document, image.shape, image.name)
    if is_label_studio(document):
        with naming_the_file(path, "Label Studio"):
            return annotations_from_label_studio(document, image.shape, image.name)
    with naming_the_file(path, "JSON of annotations"):
        raise Unreadable(
            "it is neither GeoJSON nor of COCO, labelme, VGG Image Annotator or Label Studio",
            "Export the regions as GeoJSON or COCO.",
        )


def _from_xml(path: Path, text: str, image: DrawnOn) -> Annotations:
    root = root_name(text)
    if root == CVAT_ROOT:
        with naming_the_file(path, "CVAT"):
            return annotations_from_cvat(from_xml(text), image.shape, image.name)
    if root == VOC_ROOT:
        with naming_the_file(path, "Pascal VOC"):
            return annotations_from_voc(from_xml(text), image.shape)
    if root not in ("", _ENVI_ROOT):
        raise FocusError(
            f"{path} has no known XML of annotations: expected <{_ENVI_ROOT}> of ENVI, "
            f"<{CVAT_ROOT}> of CVAT or <{VOC_ROOT}> of Pascal VOC, found <{root[:40]}>. Export the "
            "regions as GeoJSON or COCO."
        )
    with naming_the_file(path, "an ENVI file of regions of interest"):
        return annotations_from_envi_xml(text, image.shape, image.grid)


def _unknown(path: Path, content: bytes, text: str) -> str:
    if not content.strip():
        return f"{path} is empty. Expected annotations: copy it again from where it came."
    if path.suffix.lower() == ".roi":
        return (
            f"{path} is neither of ImageJ nor an ASCII export of ENVI: expected {FIRST_WORDS!r} in "
            f"its first line, found {_shown(text)}. Files .roi of ENVI Classic are binary: in "
            "ENVI, save the regions as .xml or export them as ASCII."
        )
    return (
        f"{path} has no known format of annotations: expected {_KNOWN}, found {_shown(text)}. "
        "Export the regions in one of these formats."
    )


def _shown(text: str) -> str:
    """Return the first letters of a text file, or that it is none."""
    start = text[:20]
    return repr(start) if start.isprintable() or start.strip().isprintable() else "other bytes"
