"""Words for a place on the map."""

from __future__ import annotations

import pytest

from focus_viewer.core.cubes.georeference import Georeference, MapGrid
from focus_viewer.core.cubes.place_text import map_text, place_text

UTM = Georeference(
    MapGrid(364_095.0, 5_810_265.0, 30.0, 30.0), "UTM zone 33 North", "EPSG:32633", unit="m"
)
DEGREES = Georeference(MapGrid(-0.00052, 0.00032, 1e-4, 1e-4), "Geographic", "EPSG:4326", unit="°")


@pytest.mark.parametrize(
    ("georeference", "point", "text"),
    [
        (Georeference(), (0.5, 0.5), ""),
        (Georeference(MapGrid(0, 0, 1, 1), "Arbitrary"), (0.5, 0.5), ""),
        (UTM, (0.5, 0.5), "E 364110, N 5810250 m (UTM 33N)"),
        (DEGREES, (0.5, 0.5), "0.0003° N, 0.0005° W"),
        (DEGREES, (9.0, 9.0), "0.0006° S, 0.0004° E"),
        (
            Georeference(MapGrid(9.5, 0.0, 0.05, 0.05), "Arbitrary", "", unit="m"),
            (1.0, 2.0),
            "x  9.55, y -0.10 m",
        ),
        (
            Georeference(MapGrid(0, 0, 1, 1), "NAD_1983_StatePlane_California_V", "EPSG:2229"),
            (1.0, 2.0),
            "E  1, N  -2 (NAD_1983_StatePlane_California_V)",
        ),
    ],
)
def test_a_place(georeference: Georeference, point: tuple[float, float], text: str) -> None:
    assert place_text(georeference, point, (12, 20)) == text


def test_all_pixels_have_texts_of_one_length() -> None:
    for georeference in (UTM, DEGREES):
        points = [(col + 0.5, row + 0.5) for col in range(20) for row in range(12)]
        assert len({len(place_text(georeference, at, (12, 20))) for at in points}) == 1


def test_maps_in_words() -> None:
    assert map_text(UTM) == "UTM zone 33 North, pixels of 30 m"
    assert map_text(DEGREES) == "Geographic, pixels of 0.0001°"
    nameless = Georeference(MapGrid(9.5, 0.0, 0.05, 0.1), "Arbitrary")
    assert map_text(nameless) == "reference system not known, pixels of 0.05 x 0.1 map units"
    assert map_text(Georeference()) == ""
    assert map_text(Georeference(MapGrid(0, 0, 1, -1), "Arbitrary")) == ""
