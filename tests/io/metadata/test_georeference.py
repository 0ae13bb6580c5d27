"""Where a cube lies on the map: held against numbers worked out by hand and against GDAL."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from export_cases import MAP_INFO

from focus_viewer.core.cubes.georeference import Georeference
from focus_viewer.io.metadata.georeference import parse_crs, read_georeference
from focus_viewer.io.metadata.header import Header

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
        ("UTM, 1, 1, 0, 0, 2, 2, 61, North, WGS-84", None),
        ("UTM, 1, 1, 0, 0, 2, 2, 11, South, NAD83", None),
        ("UTM, 1, 1, 0, 0, 2, 2", None),
        ("Arbitrary, 1, 1, 0, 0, 2, 2, units=Meters", None),
    ],
)
def test_reference_systems_by_words(words: str, epsg: int | None) -> None:
    crs = parse_crs(of({"map info": f"{{{words}}}"}).crs)
    assert (None if crs is None else crs.to_epsg()) == epsg


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
