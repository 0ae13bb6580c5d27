"""Where a cube lies on the map, as its header tells: grid, reference system, size of a pixel."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.pixel_area import PixelArea
from focus_viewer.io.annotations.map_grid import MapGrid, map_grid

if TYPE_CHECKING:
    from rasterio.crs import CRS

_ENTRIES = ("map info", "projection info", "coordinate system string")
_METRES = MappingProxyType(
    {"meters": 1.0, "metres": 1.0, "meter": 1.0, "km": 1000.0, "feet": 0.3048}
)
# Numbers of the EPSG registry for zone 0 of UTM north and south, by ENVI's name of the datum.
_UTM = MappingProxyType(
    {
        "wgs84": (32600, 32700),
        "wgs72": (32200, 32300),
        "northamerica1983": (26900, None),
        "nad83": (26900, None),
        "northamerica1927": (26700, None),
        "nad27": (26700, None),
        "european1950": (23000, None),
    }
)


def grid_of(cube: Cube) -> MapGrid | None:
    """The grid of a cube's pixels on the map; None where its header tells of none."""
    return map_grid(_words(cube), _text(cube, "coordinate system string"))


def told(cube: Cube) -> str:
    """The map projection in words; "" where a cube is not georeferenced."""
    if grid_of(cube) is None:
        return ""
    words = [word for word in _words(cube) if "=" not in word]
    zone = [f"zone {words[7]} {words[8]}"] if words[0].upper() == "UTM" and len(words) > 8 else []
    return " ".join([words[0] or "map coordinates", *zone])


def header_entries(cube: Cube) -> dict[str, str]:
    """What the cube's header says of the map, for the header of an image on the same grid."""
    if grid_of(cube) is None:
        return {}
    texts = {name: _text(cube, name) for name in _ENTRIES}
    return {name: f"{{{text}}}" for name, text in texts.items() if text}


def crs_of(cube: Cube) -> CRS | None:
    """The reference system; None where the header names none that is known."""
    import rasterio
    from rasterio.crs import CRS
    from rasterio.errors import CRSError

    well_known = _text(cube, "coordinate system string")
    code = None if well_known else _epsg(_words(cube))
    # Within an environment of its own GDAL tells its errors to the log, not to the terminal.
    with rasterio.Env():
        try:
            if well_known:
                return CRS.from_wkt(well_known, morph_from_esri_dialect=True)
            return None if code is None else CRS.from_epsg(code)
        except CRSError:
            return None


def pixel_area(cube: Cube) -> PixelArea:
    """What a pixel covers, in square metres of the map's plane, or why that is not known."""
    grid = grid_of(cube)
    if grid is None:
        return PixelArea()
    unit_m = _unit_m(cube)
    if isinstance(unit_m, str):
        return PixelArea(None, unit_m)
    return PixelArea(abs(grid.pixel_x * grid.pixel_y) * unit_m**2)


def _unit_m(cube: Cube) -> float | str:
    """Metres in a unit of the map, or why that is not known."""
    words = _words(cube)
    named = dict(word.replace(" ", "").lower().split("=", 1) for word in words if "=" in word)
    unit = named.get("units", "")
    if unit in _METRES:
        return _METRES[unit]
    crs = crs_of(cube)
    if unit.startswith("degree") or (crs is not None and crs.is_geographic):
        return "the map's coordinates are degrees (°), whose length changes with the latitude"
    if crs is not None and crs.is_projected:
        return float(crs.linear_units_factor[1])
    if words[0].upper() == "UTM":
        return 1.0
    return "the map info does not tell the unit of its coordinates"


def _epsg(words: list[str]) -> int | None:
    """Number of the reference system that `map info` names by words, where it is a usual one."""
    projection = words[0].lower() if words else ""
    datum = "".join(re.findall("[a-z0-9]", words[9].lower())) if len(words) > 9 else ""
    if projection == "utm" and datum in _UTM and re.fullmatch("[1-9]|[1-5][0-9]|60", words[7]):
        start = _UTM[datum][words[8].lower().startswith("s")]
        return None if start is None else start + int(words[7])
    if projection.startswith("geographic lat") and "WGS-84" in words[7:]:
        return 4326
    return None


def _words(cube: Cube) -> list[str]:
    return [word.strip() for word in _text(cube, "map info").split(",")]


def _text(cube: Cube, name: str) -> str:
    """An entry on one line, without its braces."""
    return " ".join(cube.header.get(name, "").strip("{} \n").split())
