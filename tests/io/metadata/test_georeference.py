"""Where a cube lies on the map: held against numbers worked out by hand and against GDAL."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from export_cases import MAP_INFO

from focus_viewer.core.cubes.georeference import Georeference
from focus_viewer.io.metadata.georeference import read_georeference
from focus_viewer.io.metadata.header import Header
from focus_viewer.io.metadata.projections import parse_crs

WGS84 = (
    'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)
FEET = (
    'PROJCS["NAD_1983_StatePlane_California_V_FIPS_0405_Feet",GEOGCS["GCS_North_American_1983",'
    'DATUM["D_North_American_1983",SPHEROID["GRS_1980",6378137.0,298.257222101]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
    'PROJECTION["Lambert_Conformal_Conic"],PARAMETER["False_Easting",6561666.666666666],'
    'PARAMETER["False_Northing",1640416.666666667],PARAMETER["Central_Meridian",-118.0],'
    'PARAMETER["Standard_Parallel_1",34.03333333333333],'
    'PARAMETER["Standard_Parallel_2",35.46666666666667],PARAMETER["Latitude_Of_Origin",33.5],'
    'UNIT["Foot_US",0.3048006096012192]]'
)


def of(entries: dict[str, str]) -> Georeference:
    return read_georeference(Header(Path(), entries))


@pytest.mark.parametrize(
    ("map_info", "well_known", "area_m2"),
    [
        (MAP_INFO, "", 6.25),
        ("{UTM, 1, 1, 0, 0, 2, 3, 11, North, WGS-84}", "", 6),
        ("{UTM, 1, 1, 0, 0, 2, 3, 11, North, Unheard-of}", "", 6),
        ("{Arbitrary, 1, 1, 0, 0, 0.5, 0.5, units=Meters}", "", 0.25),
        ("{State Plane, 1, 1, 0, 0, 10, 10, units=Feet}", "", 100 * 0.3048**2),
        ("{State Plane, 1, 1, 0, 0, 10, 10, 405}", f"{{{FEET}}}", 100 * (1200 / 3937) ** 2),
    ],
)
def test_area_of_a_pixel(map_info: str, well_known: str, area_m2: float) -> None:
    header = {"map info": map_info, "coordinate system string": well_known}
    area = of(header).pixel_area
    assert area.m2 == pytest.approx(area_m2, rel=1e-9)
    assert area.unit == "m2"


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({}, "no map info"),
        ({"map info": "{UTM, 1, 1, x}"}, "no map info"),
        ({"map info": "{Geographic Lat/Lon, 1, 1, 8, 50, 1e-4, 1e-4, WGS-84}"}, "degrees"),
        ({"map info": "{Any, 1, 1, 8, 50, 1, 1, units=Degrees}"}, "degrees"),
        (
            {"map info": "{Any, 1, 1, 8, 50, 1, 1}", "coordinate system string": f"{{{WGS84}}}"},
            "degrees",
        ),
        ({"map info": "{Arbitrary, 1, 1, 0, 0, 1, 1}"}, "does not state the unit"),
        (
            {"map info": "{Any, 1, 1, 8, 50, 1, 1}", "coordinate system string": "{rubbish}"},
            "does not state the unit",
        ),
    ],
)
def test_no_area_and_why(header: dict[str, str], reason: str) -> None:
    area = of(header).pixel_area
    assert area.m2 is None
    assert reason in area.reason
    assert (area.unit, area.value) == ("px", 1)


@pytest.mark.parametrize(
    ("words", "epsg"),
    [
        ("UTM, 1, 1, 0, 0, 2, 2, 11, North, WGS-84", 32611),
        ("UTM, 1, 1, 0, 0, 2, 2, 60, South, WGS-84, units=Meters", 32760),
        ("UTM, 1, 1, 0, 0, 2, 2, 11, North,North America 1927", 26711),
        ("UTM, 1, 1, 0, 0, 2, 2, 11, North, NAD83", 26911),
        ("Geographic Lat/Lon, 1, 1, 8, 50, 1e-4, 1e-4, WGS-84, units=Degrees", 4326),
        ("UTM, 1, 1, 0, 0, 2, 2, 33N, WGS-84", 32633),
        ("UTM, 1, 1, 0, 0, 2, 2, 33S, South, WGS-84, units=Meters", 32733),
        ("UTM, 1, 1, 0, 0, 2, 2, 33, North, WGS-84, units=Feet", None),
        ("UTM, 1, 1, 0, 0, 2, 2, 31, North, RGF93, units=Meters", 25831),
        ("UTM, 1, 1, 0, 0, 2, 2, 31, North, OSGB36", None),
        ("Geographic Lat/Lon, 1, 1, 8, 50, 1e-4, 1e-4, OSGB36", 4277),
        ("Geographic Lat/Lon, 1, 1, 8, 50, 1e-4, 1e-4, RGF93, units=Degrees", 4171),
        ("Geographic Lat/Lon, 1, 1, 28800, 180000, 1, 1, WGS-84, units=Seconds", None),
        ("UTM, 1, 1, 0, 0, 2, 2, 61, North, WGS-84", None),
        ("UTM, 1, 1, 0, 0, 2, 2, 11, South, NAD83", None),
        ("UTM, 1, 1, 0, 0, 2, 2", None),
        ("Arbitrary, 1, 1, 0, 0, 2, 2, units=Meters", None),
    ],
)
def test_reference_systems_by_words(words: str, epsg: int | None) -> None:
    crs = parse_crs(of({"map info": f"{{{words}}}"}).crs)
    assert (None if crs is None else crs.to_epsg()) == epsg


@pytest.mark.parametrize(
    ("words", "note", "unit", "area_m2"),
    [
        ("UTM, 1, 1, 0, 0, 2, 2, 33, North, WGS-84, units=Feet", "in 'feet'", "ft", 4 * 0.3048**2),
        ("Geographic Lat/Lon, 1, 1, 8, 50, 1, 1, WGS-84, units=Seconds", "in 'seconds'", "", None),
    ],
)
def test_a_unit_that_is_not_that_of_the_system(
    words: str, note: str, unit: str, area_m2: float | None
) -> None:
    notes: list[str] = []
    found = read_georeference(Header(Path(), {"map info": f"{{{words}}}"}), notes)
    assert (found.crs, found.unit) == ("", unit)
    assert found.pixel_area.m2 == pytest.approx(area_m2)
    assert found.pixel_area.m2 is not None or "not a known length" in found.pixel_area.reason
    assert note in notes[0] and "taken as unknown" in notes[0]


def test_well_known_text_comes_first() -> None:
    header = {"map info": MAP_INFO, "coordinate system string": f"{{{WGS84}}}"}
    crs = parse_crs(of(header).crs)
    assert crs is not None
    assert crs.to_epsg() == 4326


def test_in_words() -> None:
    assert of({"map info": MAP_INFO}).projection == "UTM zone 12 North"
    assert of({}).projection == ""
    assert of({"map info": "{Arbitrary, 1, 1, 0, 0, 2, 2}"}).projection == "Arbitrary"


def test_a_header_that_lost_its_numbers_lies_nowhere() -> None:
    lost = of({"map info": "{UTM, 1, 1}", "coordinate system string": f"{{{WGS84}}}"})
    assert (lost.grid, dict(lost.entries)) == (None, {})
    notes: list[str] = []
    read_georeference(Header(Path(), {"map info": "{UTM, 1, 1}"}), notes)
    assert notes == ["The map info of the header is incomplete: it is not used."]
    read_georeference(Header(Path(), {}), notes)
    assert len(notes) == 1
    grid = of({"map info": MAP_INFO}).grid
    assert grid is not None
    np.testing.assert_allclose(grid.to_map((1, 2)), (736600.5, 4078126.75))


def test_squares_of_pixels_keep_the_corner_of_the_map() -> None:
    whole = of({"map info": "{UTM, 1, 1, 100, 900, 2, 2, 11, North, WGS-84, units=Meters}"})
    squares = whole.binned(3)
    assert whole.grid is not None
    assert squares.grid is not None
    assert squares.grid.to_map((1, 2)) == whole.grid.to_map((3, 6))
    assert squares.pixel_area.m2 == pytest.approx(36)
    assert squares.pixel_size == (6.0, "m")


@pytest.mark.parametrize(
    ("datum", "degrees", "zone_33"),
    [
        ("WGS-84", 4326, 32633),
        ("WGS84", 4326, 32633),
        ("World Geodetic System 1984", 4326, 32633),
        ("WGS_1984", 4326, 32633),
        ("WGS-72", 4322, 32233),
        ("North America 1983", 4269, 26933),
        ("NAD-83", 4269, 26933),
        ("North America 1927", 4267, 26733),
        ("European 1950", 4230, 23033),
        ("ETRS-89", 4258, 25833),
        ("Geocentric Datum of Australia 1994", 4283, None),
    ],
)
def test_spellings_of_a_datum(datum: str, degrees: int, zone_33: int | None) -> None:
    """Codes of GDAL 3.10 for ENVI's own names; for other spellings it takes WGS 84."""
    lat_lon = of({"map info": f"{{Geographic Lat/Lon, 1, 1, 8, 50, 3e-7, 3e-7, {datum}}}"})
    utm = of({"map info": f"{{UTM, 1, 1, 0, 0, 2, 2, 33, North, {datum}}}"})
    assert lat_lon.crs == f"EPSG:{degrees}"
    assert utm.crs == ("" if zone_33 is None else f"EPSG:{zone_33}")
    assert lat_lon.grid is not None
    assert (lat_lon.grid.coordinate_system, lat_lon.unit) == (lat_lon.crs, "°")


def test_what_is_assumed_of_a_datum_is_noted() -> None:
    notes: list[str] = []
    bare = {"map info": "{Geographic Lat/Lon, 1, 1, 8, 50, 1e-4, 1e-4, units=Degrees}"}
    assert read_georeference(Header(Path(), bare), notes).crs == "EPSG:4326"
    assert notes == ["The map info names no datum: WGS 84 was assumed."]
    strange = {"map info": "{UTM, 1, 1, 0, 0, 2, 2, 33, North, Lagos}"}
    assert read_georeference(Header(Path(), strange), notes).crs == ""
    assert "datum 'Lagos' of the map info is not known" in notes[1]


@pytest.mark.parametrize(
    ("map_info", "numbers"),
    [
        ("State Plane (NAD 83), 1, 1, 0, 0, 10, 10, 405, units=Feet", ""),
        (
            "Albers Conical Equal Area, 1, 1, 0, 0, 30, 30, North America 1983, units=Meters",
            "9, 6378137.0, 6356752.3, 23.0, -96.0, 0.0, 0.0, 29.5, 45.5, North America 1983, "
            "Albers Conical Equal Area, units=Meters",
        ),
        (
            "Albers, 1, 1, 0, 0, 30, 30",
            "9, 6378206.4, 6356583.8, 23.0, -96.0, 0.0, 0.0, 29.5, 45.5, Albers",
        ),
    ],
)
def test_projections_that_gdal_derives(tmp_path: Path, map_info: str, numbers: str) -> None:
    entries = {"map info": f"{{{map_info}}}", "projection info": f"{{{numbers}}}"}
    header = "ENVI\nsamples = 1\nlines = 1\nbands = 1\ndata type = 1\ninterleave = bsq\n"
    written = header + "".join(
        f"{name} = {text}\n" for name, text in entries.items() if numbers or name == "map info"
    )
    (tmp_path / "a.hdr").write_text(written, encoding="ascii")
    (tmp_path / "a.dat").write_bytes(bytes(16))
    with rasterio.open(tmp_path / "a.dat") as dataset:
        expected = dataset.crs
    found = of(entries)
    assert found.unit == {"Feet": "ft", "Meters": "m"}.get(map_info.rpartition("=")[2], "")
    assert parse_crs(found.crs) == expected
    assert expected.is_projected


def test_numbers_on_an_unknown_datum_are_no_system() -> None:
    """GDAL takes WGS 84 for it, some hundred metres off."""
    notes: list[str] = []
    entries = {
        "map info": "{Albers, 1, 1, 0, 0, 30, 30, Lagos, units=Meters}",
        "projection info": "{9, 6378206.4, 6356583.8, 23, -96, 0, 0, 29.5, 45.5, Lagos, Albers}",
    }
    assert read_georeference(Header(Path(), entries), notes).crs == ""
    assert "datum 'Lagos'" in notes[0]


def test_a_projection_by_its_name_alone_has_no_system() -> None:
    found = of({"map info": "{Albers Conical Equal Area, 1, 1, 0, 0, 30, 30, WGS-84}"})
    assert found.crs == ""
    unknown = of(
        {
            "map info": "{Foo, 1, 1, 0, 0, 30, 30, WGS-84, units=Meters}",
            "projection info": "{99, 6378137.0, 6356752.3, 0.0, 9.0, WGS-84, Foo}",
        }
    )
    assert parse_crs(unknown.crs) is None
