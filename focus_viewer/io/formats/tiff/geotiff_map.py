"""Map position of a TIFF image as entries of an ENVI header."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from focus_viewer.core.cubes.notes import Ignored

if TYPE_CHECKING:
    from rasterio.crs import CRS
    from rasterio.io import DatasetReader

_SQUARE = 1e-4
_UTM_NORTH, _UTM_SOUTH = 32600, 32700


def map_entries(dataset: DatasetReader, notes: list[str]) -> dict[str, str]:
    """Return `map info` and `coordinate system string`; none without a map position.

    Parameters
    ----------
    notes : list of str
        Receives what cannot be expressed by them.
    """
    t = dataset.transform
    if t.is_identity:
        if dataset.gcps[0] or dataset.rpcs is not None:
            notes.append(Ignored("The image has map control points only: they are not used."))
        return {}
    crs = dataset.crs if dataset.crs else None
    turn = math.atan2(t.d, t.a)
    pixel_x = math.hypot(t.a, t.d)
    pixel_y = t.b * math.sin(turn) - t.e * math.cos(turn)
    skewed = abs(t.b * math.cos(turn) + t.e * math.sin(turn)) > _SQUARE * abs(pixel_y)
    if skewed or not pixel_x or not pixel_y:
        notes.append(Ignored("The pixels are not rectangles on the map: the map is not used."))
        return {}
    name, after, unit = _projection(crs)
    words = [name, "1", "1", *(repr(float(v)) for v in (t.c, t.f, pixel_x, pixel_y)), *after]
    words += [f"units={unit}"] if unit else []
    words += [f"rotation={math.degrees(turn)!r}"] if turn else []
    return {"map info": "{" + ", ".join(words) + "}"} | _well_known(crs)


def _projection(crs: CRS | None) -> tuple[str, list[str], str]:
    """Return the projection's name, the words after the pixel sizes, and the map unit."""
    if crs is None:
        return "Arbitrary", [], ""
    code = crs.to_epsg() or 0
    for start, side in ((_UTM_NORTH, "North"), (_UTM_SOUTH, "South")):
        if start < code <= start + 60:
            return "UTM", [str(code - start), side, "WGS-84"], "Meters"
    if crs.is_geographic:
        return "Geographic Lat/Lon", ["WGS-84"] if code == 4326 else [], "Degrees"
    title = crs.to_wkt().partition('"')[2].partition('"')[0].replace(",", " ").replace("=", " ")
    metres = crs.is_projected and abs(float(crs.linear_units_factor[1]) - 1) < 1e-12
    return title[:80] or "Arbitrary", [], "Meters" if metres else ""


def _well_known(crs: CRS | None) -> dict[str, str]:
    from rasterio.crs import CRS
    from rasterio.enums import WktVersion
    from rasterio.errors import CRSError

    if crs is None:
        return {}
    for version in (WktVersion.WKT1_ESRI, WktVersion.WKT1_GDAL, WktVersion.WKT2_2019):
        try:
            text = " ".join(crs.to_wkt(version=version).split())
            # ENVI's own dialect, unless something is lost in it.
            if CRS.from_wkt(text, morph_from_esri_dialect=True) == crs:
                return {"coordinate system string": "{" + text + "}"}
        except CRSError:
            continue
    return {}
