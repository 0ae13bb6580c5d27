"""Map files of vectors: GeoPackage, shapefile, FlatGeobuf, KML, read by the optional `pyogrio`.

GDAL turns each layer into GeoJSON, which is read as any other, with the layer's reference system.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.errors import FocusError
from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.typing import ImageShape
from focus_viewer.io.annotations.geojson import annotations_from_geojson
from focus_viewer.io.annotations.properties import NAMING_PROPERTIES
from focus_viewer.io.annotations.refusal import Unreadable, short_reason
from focus_viewer.io.annotations.regions import numbered
from focus_viewer.io.annotations.storage import from_json, root_name

_SIGNATURES = (b"SQLite format 3\0", b"\0\0\x27\x0a", b"fgb\x03")
_PARTS = (".dbf", ".shx", ".prj", ".cpg")
_MOST_FEATURES = 50_000
_EXTRA = 'pip install "focus-viewer[vectors]"'


def is_vector_file(path: Path, start: bytes) -> bool:
    """Return whether a file begins as a map file of vectors, or belongs to a shapefile."""
    return (
        start.startswith(_SIGNATURES)
        or path.suffix.lower() in (".kml", ".shp", ".gpkg", ".fgb", *_PARTS)
        or root_name(start.decode("latin-1")) == "kml"
    )


def annotations_from_vector_file(
    path: Path, image_shape: ImageShape, grid: MapGrid | None = None
) -> Annotations:
    """Read annotations from all layers of a map file that have something on the image.

    Parameters
    ----------
    path : Path
        The file, or ARCHIVE.zip/FILE in an archive.

    Raises
    ------
    FocusError
        If the library that reads it is not installed.
    Unreadable
        If it is damaged, or nothing of it is on the image.
    """
    _check_installed(path)
    regions: list[Annotation] = []
    refusals: list[Unreadable] = []
    layers = 0
    for layer in _layers(_source(path)):
        layers += 1
        try:
            regions += annotations_from_geojson(layer, image_shape, grid).regions
        except Unreadable as error:
            refusals.append(error)
    if refusals and not regions:
        raise refusals[0]
    if not layers:
        raise Unreadable("it has no layer with geometries", "Open another file.")
    notes = (
        [f"{len(refusals)} of {layers} layers were left out: {refusals[0]}."] if refusals else []
    )
    return numbered(regions, notes)


def _source(path: Path) -> str:
    """Return what GDAL opens: of a shapefile the part with the geometries, maybe in an archive."""
    main = path.with_suffix(".shp") if path.suffix.lower() in _PARTS else path
    zipped = any(parent.suffix.lower() == ".zip" and parent.is_file() for parent in main.parents)
    return f"/vsizip/{main.as_posix()}" if zipped else str(main)


def _check_installed(path: Path) -> None:
    try:
        import pyogrio  # noqa: F401
    except ImportError as error:
        raise FocusError(
            f"{path} is read by the library pyogrio, which is not installed. Install it by "
            f"{_EXTRA}, or save the regions as GeoJSON."
        ) from error


def _layers(path: str) -> Iterator[object]:
    """Yield each layer with geometries as a GeoJSON document that names its system."""
    import pyogrio

    try:
        for name, geometry_type in pyogrio.list_layers(path):
            if geometry_type is not None:
                yield _document(path, str(name))
    except Unreadable:
        raise
    except Exception as error:  # of damaged files it has others than its own
        raise Unreadable(
            f"it is not a map file that can be decoded ({short_reason(error)})",
            "Copy it again from where it came; of a shapefile also .shx, .dbf and .prj.",
        ) from error


def _document(path: str, layer: str) -> object:
    from pyogrio.raw import read, write

    info: Mapping[str, Any] = _checked(path, layer)
    columns = [name for name in info["fields"] if str(name).casefold() in NAMING_PROPERTIES]
    meta, _, geometry, values = read(path, layer=layer, columns=columns, force_2d=True)
    if geometry is None or not len(geometry):
        return {"type": "FeatureCollection", "features": []}
    packed = BytesIO()
    write(
        packed,
        geometry,
        list(values),
        list(meta["fields"]),
        driver="GeoJSON",
        geometry_type="Unknown",
        crs=meta["crs"] or "EPSG:4326",  # wanted by the writer; what was read is named below
        layer_options={"COORDINATE_PRECISION": "15"},
    )
    document = from_json(packed.getvalue().decode("utf-8"))
    if isinstance(document, dict):
        document["crs"] = _named(meta["crs"])
    return document


def _checked(path: str, layer: str) -> Mapping[str, Any]:
    from pyogrio import read_info

    info = read_info(path, layer=layer, force_feature_count=True)
    if info["features"] > _MOST_FEATURES:
        raise Unreadable(
            f"layer {layer} has {info['features']:,} features, too many for regions of a cube",
            "Cut out those on the image first.",
        )
    return dict(info)


def _named(system: str | None) -> object:
    return None if system is None else {"type": "name", "properties": {"name": system}}
