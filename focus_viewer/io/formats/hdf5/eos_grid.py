"""Grids of HDF-EOS5 files, such as Tanager's orthorectified products, as attributes of a map.

The layout: "HDF-EOS Interface Based on HDF5, Volume 1", 1.5 and 7: the text StructMetadata.0 has a
group for each grid, with the outer corners of the image, the GCTP name of the projection and the
zone, which is negative in the south. Longitudes and latitudes are packed as DDDMMMSSS.SS.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from focus_viewer.io.formats.hdf5.file import Hdf5File

_STRUCTURE = "HDFEOS INFORMATION/StructMetadata.0"
_PLACE = re.compile(r"HDFEOS/GRIDS/([^/]+)/spatial_ref")
_GROUP = re.compile(r"GROUP=(GRID_\d+)\b(.*?)END_GROUP=\1\b", re.DOTALL)
_ENTRY = re.compile(r"^\s*(\w+)=(.*?)\s*$", re.MULTILINE)
_WGS84_SPHERES = ("12", "")
_DEGREES = "HE5_GCTP_GEO"
_PROJECTIONS = {"HE5_GCTP_SNSOID": "sinusoidal", "HE5_GCTP_PS": "polar_stereographic"}


def grid_attributes(file: Hdf5File, path: str) -> Mapping[str, Any]:
    """Return what a grid's variable `spatial_ref` would say if it had one; empty elsewhere."""
    place = _PLACE.fullmatch(path)
    if place is None:
        return {}
    for _, text in _GROUP.findall(file.text(_STRUCTURE)):
        entries = {name: value.strip('"') for name, value in _ENTRY.findall(text)}
        if entries.get("GridName") == place[1]:
            declared = file.attributes(f"HDFEOS/GRIDS/{place[1]}").get("epsg_code")
            return _attributes(entries) | ({} if declared is None else {"epsg_code": declared})
    return {}


def _attributes(entries: Mapping[str, str]) -> dict[str, Any]:
    try:
        left, top = _pair(entries, "UpperLeftPointMtrs")
        right, bottom = _pair(entries, "LowerRightMtrs")
        cols, rows = int(entries["XDim"]), int(entries["YDim"])
        pixel = (right - left) / cols, (bottom - top) / rows
    except (KeyError, ValueError, ZeroDivisionError):
        return {}
    projection = entries.get("Projection", "")
    kind = _PROJECTIONS.get(projection, projection)
    found = {"GeoTransform": [left, pixel[0], 0.0, top, 0.0, pixel[1]], "grid_mapping_name": kind}
    code = _code(projection, entries)
    return found if code is None else {**found, "epsg_code": str(code)}


def _pair(entries: Mapping[str, str], name: str) -> tuple[float, float]:
    x, y = (float(word) for word in entries[name].strip("()").split(","))
    return (_unpacked(x), _unpacked(y)) if entries.get("Projection") == _DEGREES else (x, y)


def _unpacked(packed: float) -> float:
    degrees, rest = divmod(abs(packed), 1e6)
    minutes, seconds = divmod(rest, 1e3)
    return math.copysign(degrees + minutes / 60 + seconds / 3600, packed)


def _code(projection: str, entries: Mapping[str, str]) -> int | None:
    """Return the EPSG code on WGS 84; None for another datum or projection."""
    if entries.get("SphereCode", "") not in _WGS84_SPHERES:
        return None
    zone = re.fullmatch(r"(-?)(\d{1,2})", entries.get("ZoneCode", ""))
    if projection == "HE5_GCTP_UTM" and zone:
        return (32700 if zone[1] else 32600) + int(zone[2])
    return 4326 if projection == _DEGREES else None
