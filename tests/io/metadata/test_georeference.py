"""Where a cube lies on the map: held against numbers worked out by hand and against GDAL."""

from __future__ import annotations

import numpy as np
import pytest
from export_cases import MAP_INFO, cube

from focus_viewer.io.metadata import georeference

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
    area = georeference.pixel_area(cube(header=header))
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
        ({"map info": "{Arbitrary, 1, 1, 0, 0, 1, 1}"}, "does not tell the unit"),
        (
            {"map info": "{Any, 1, 1, 8, 50, 1, 1}", "coordinate system string": "{rubbish}"},
            "does not tell the unit",
        ),
    ],
)
def test_no_area_and_why(header: dict[str, str], reason: str) -> None:
    area = georeference.pixel_area(cube(header=header))
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
    crs = georeference.crs_of(cube(header={"map info": f"{{{words}}}"}))
    assert (None if crs is None else crs.to_epsg()) == epsg


def test_well_known_text_comes_first() -> None:
    header = {"map info": MAP_INFO, "coordinate system string": f"{{{WGS84}}}"}
    crs = georeference.crs_of(cube(header=header))
    assert crs is not None
    assert crs.to_epsg() == 4326


def test_in_words() -> None:
    assert georeference.told(cube()) == "UTM zone 12 North"
    assert georeference.told(cube(header={})) == ""
    assert georeference.told(cube(header={"map info": "{Arbitrary, 1, 1, 0, 0, 2, 2}"})) == (
        "Arbitrary"
    )


def test_a_header_that_lost_its_numbers_lies_nowhere() -> None:
    lost = cube(header={"map info": "{UTM, 1, 1}", "coordinate system string": f"{{{WGS84}}}"})
    assert georeference.header_entries(lost) == {}
    grid = georeference.grid_of(cube())
    assert grid is not None
    np.testing.assert_allclose(grid.to_map((1, 2)), (736600.5, 4078126.75))
