"""Projections and reference systems that ENVI's `map info` names, without text of their own.

A system is named by well-known text, by "EPSG:NUMBER", or by "ENVI:" and the entries `map info` and
`projection info`, which GDAL interprets when the system is needed: to open a file needs no GDAL.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from focus_viewer.core.cubes.georeference import Georeference
from focus_viewer.core.cubes.notes import Ignored
from focus_viewer.io.metadata.map_info import (
    LONGITUDE_LATITUDE,
    Projection,
    Transform,
    map_info,
    projection_of,
    utm,
)

if TYPE_CHECKING:
    from rasterio.crs import CRS

_BY_ENTRIES = "ENVI:"
_WKT2 = ("PROJCRS", "GEOGCRS", "GEODCRS", "BOUNDCRS", "COMPOUNDCRS")
_LATITUDE_LONGITUDE = "geographic lat"
_DEGREES = re.compile(r",\s*units\s*=\s*degrees?", re.IGNORECASE)
_ZONE = re.compile("[1-9]|[1-5][0-9]|60")
_METRES = ("", "meters", "metres", "meter", "metre", "m")
_ANGLES = ("", "degrees", "degree", "deg")


class _Datum(NamedTuple):
    """EPSG codes: of longitude and latitude, and of zone 0 of UTM north and south."""

    degrees: int
    north: int | None
    south: int | None


_WGS84 = _Datum(4326, 32600, 32700)
_NAD83, _NAD27 = _Datum(4269, 26900, None), _Datum(4267, 26700, None)
_ED50, _ETRS89 = _Datum(4230, 23000, None), _Datum(4258, 25800, None)
_GDA94 = _Datum(4283, None, 28300)
_RGF93 = _Datum(4171, 25800, None)  # France's ETRS89, and its zones
_OSGB36 = _Datum(4277, None, None)
# Names of ENVI and of the programs that imitate it, letters and digits only. GDAL takes WGS 84 for
# any name that it does not know, "NAD83" and "ETRS89" among them.
_DATUMS = MappingProxyType(
    {
        "wgs84": _WGS84,
        "wgs1984": _WGS84,
        "dwgs1984": _WGS84,
        "gcswgs1984": _WGS84,
        "worldgeodeticsystem1984": _WGS84,
        "wgs72": _Datum(4322, 32200, 32300),
        "worldgeodeticsystem1972": _Datum(4322, 32200, 32300),
        "northamerica1983": _NAD83,
        "northamerican1983": _NAD83,
        "northamericandatum1983": _NAD83,
        "nad83": _NAD83,
        "northamerica1927": _NAD27,
        "northamerican1927": _NAD27,
        "northamericandatum1927": _NAD27,
        "nad27": _NAD27,
        "european1950": _ED50,
        "europeandatum1950": _ED50,
        "ed50": _ED50,
        "etrs89": _ETRS89,
        "etrs1989": _ETRS89,
        "europeanterrestrialreferencesystem1989": _ETRS89,
        "gda94": _GDA94,
        "geocentricdatumofaustralia1994": _GDA94,
        "gda2020": _Datum(7844, None, 7800),
        "rgf93": _RGF93,
        "reseaugeodesiquefrancais1993": _RGF93,
        "osgb": _OSGB36,
        "osgb36": _OSGB36,
        "osgb1936": _OSGB36,
        "ordnancesurveygreatbritain36": _OSGB36,
        "ordnancesurveyofgreatbritain1936": _OSGB36,
    }
)


def system_of(words: Sequence[str], projection_info: str, notes: list[str]) -> str:
    """Return the reference system that `map info` names; "" where it is not known.

    Parameters
    ----------
    words : sequence of str
        Values of `map info`.
    projection_info : str
        Value of `projection info`; empty without it.
    notes : list of str
        Receives what was assumed, or why the system is not known.
    """
    projection = words[0].lower() if words else ""
    if projection.startswith(_LATITUDE_LONGITUDE):
        datum = _datum(words, 7, notes) if _is_unit(words, _ANGLES, "degrees", notes) else None
        return "" if datum is None else f"EPSG:{datum.degrees}"
    if projection == "utm":
        return _utm(words, notes) if _is_unit(words, _METRES, "metres", notes) else ""
    state_plane = projection.startswith("state plane") and re.search(r"nad ?-?(83|27)", projection)
    if state_plane or _by_numbers(words, projection_info, notes):
        return _BY_ENTRIES + "\n".join((", ".join(words), projection_info))
    return ""


def _is_unit(words: Sequence[str], units: Sequence[str], usual: str, notes: list[str]) -> bool:
    """Return whether `map info` is in the unit of its reference system; else it is noted."""
    named = dict(word.replace(" ", "").lower().split("=", 1) for word in words if "=" in word)
    unit = named.get("units", "")
    if unit in units:
        return True
    notes.append(
        Ignored(
            f"The map info is in {unit[:40]!r}, and {words[0]} is in {usual}: the map's reference "
            "system is taken as unknown."
        )
    )
    return False


def _utm(words: Sequence[str], notes: list[str]) -> str:
    if len(words) < 9 or not _ZONE.fullmatch(words[7]):
        return ""
    datum = _datum(words, 9, notes)
    if datum is None:
        return ""
    start = datum.south if words[8].lower().startswith("s") else datum.north
    if start is None:
        notes.append(
            Ignored(
                f"UTM {words[8]} on the datum {words[9][:60]!r} of the map info has no code: the "
                "map's reference system is taken as unknown."
            )
        )
        return ""
    return f"EPSG:{start + int(words[7])}"


def _datum(words: Sequence[str], place: int, notes: list[str]) -> _Datum | None:
    """Return the datum at a place in `map info`; WGS 84 where none is named, as GDAL does."""
    name = words[place] if len(words) > place and "=" not in words[place] else ""
    if not name:
        notes.append("The map info names no datum: WGS 84 was assumed.")
        return _WGS84
    datum = _DATUMS.get(_plain(name).removesuffix("ensemble"))
    if datum is None:
        _note_unknown(name, notes)
    return datum


def datum_code(name: str) -> int | None:
    """Return the EPSG code of longitude and latitude on a datum; None if it is not known."""
    datum = _DATUMS.get(_plain(name).removesuffix("ensemble"))
    return None if datum is None else datum.degrees


def _by_numbers(words: Sequence[str], projection_info: str, notes: list[str]) -> bool:
    """Return whether GDAL derives the projection from its numbers, on an ellipsoid or a datum."""
    entries = [word.strip() for word in projection_info.split(",") if word.strip()]
    if not entries:
        return False
    names = [word for word in entries if "=" not in word and not _is_number(word)]
    if len(names) <= 1 or any(_plain(word) in _DATUMS for word in (*words[7:], *names)):
        return True
    _note_unknown(names[0], notes)
    return False


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _note_unknown(datum: str, notes: list[str]) -> None:
    notes.append(
        Ignored(
            f"The datum {datum[:60]!r} of the map info is not known: the map's reference system "
            "is taken as unknown. A `coordinate system string` in the header would name it."
        )
    )


def _plain(name: str) -> str:
    return "".join(re.findall("[a-z0-9]", name.lower()))


def parse_crs(text: str) -> CRS | None:
    """Parse a reference system as files name it; None if it is not known."""
    import rasterio
    from rasterio.crs import CRS
    from rasterio.errors import CRSError, RasterioError

    if not text:
        return None
    # Within its own environment GDAL writes errors to the log, not to the terminal.
    with rasterio.Env():
        try:
            if text.startswith(_BY_ENTRIES):
                return _derived(*text.removeprefix(_BY_ENTRIES).split("\n"))
            if text.startswith("EPSG:"):
                return CRS.from_epsg(int(text.removeprefix("EPSG:")))
            return CRS.from_wkt(text, morph_from_esri_dialect=True)
        except (CRSError, RasterioError, ValueError):
            return None


def _derived(map_info: str, projection_info: str) -> CRS | None:
    """Return what GDAL derives from entries of a header, by an image of one pixel in memory."""
    from rasterio.io import MemoryFile

    lines = ["ENVI", "samples = 1", "lines = 1", "bands = 1", "data type = 1", "interleave = bsq"]
    lines += [f"map info = {{{map_info}}}", f"projection info = {{{projection_info}}}"]
    header = "\n".join(lines).encode()
    with (
        MemoryFile(bytes(16), dirname="map_info", filename="pixel.dat") as pixel,
        MemoryFile(header, dirname="map_info", filename="pixel.hdr"),
        pixel.open(driver="ENVI") as dataset,
    ):
        found = dataset.crs
    # A local system says no more than the projection's name.
    return found if found and (found.is_projected or found.is_geographic) else None


def well_known_text(system: str) -> str:
    """Return a system as the well-known text that ENVI reads; "" where it is not known."""
    if not system.startswith(("EPSG:", _BY_ENTRIES, *_WKT2)):
        return system
    from rasterio.enums import WktVersion
    from rasterio.errors import CRSError

    crs = parse_crs(system)
    if crs is None:
        return ""
    try:
        return str(crs.to_wkt(version=WktVersion.WKT1_ESRI))
    except CRSError:  # what the dialect has no words for
        return str(crs.to_wkt(version=WktVersion.WKT1_GDAL))


def written_entries(georeference: Georeference) -> dict[str, str]:
    """Return the header entries of another image on the same grid.

    They name the reference system by text too: GDAL takes a datum that it does not know for WGS 84.
    """
    written = dict(georeference.entries)
    text = well_known_text(georeference.crs) if written else ""
    if text:
        # Of degrees said twice GDAL 3.10 makes a system that it does not know again.
        written["map info"] = _DEGREES.sub("", written["map info"])
        written["coordinate system string"] = "{" + text + "}"
    return written


def of_code(code: int) -> tuple[Projection, str]:
    """Return the projection of an EPSG code, and its well-known text where words do not suffice."""
    zone = utm(code) or (LONGITUDE_LATITUDE if code == _WGS84.degrees else None)
    if zone is not None:
        return zone, ""
    text = well_known_text(f"EPSG:{code}")
    return projection_of(text), text


def entries(transform: Transform, projection: Projection, text: str) -> dict[str, str]:
    """Return `map info` and `coordinate system string`; none if pixels are not rectangles."""
    entry = map_info(transform, projection)
    if entry is None:
        return {}
    return {"map info": entry} | ({"coordinate system string": "{" + text + "}"} if text else {})
