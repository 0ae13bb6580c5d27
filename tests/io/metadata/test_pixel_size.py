"""The side of a pixel, as ENVI headers tell it."""

from __future__ import annotations

import pytest

from focus_viewer.io.metadata.georeference import pixel_size

UTM = "UTM, 1.0, 1.0, 600000.0, 4900000.0, {side}, {side}, 33, North, WGS-84"


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ({"map info": "{" + UTM.format(side="0.5") + ", units=Meters}"}, (0.5, "m")),
        ({"map info": UTM.format(side="30")}, (30.0, "m")),
        ({"map info": UTM.format(side="3.0e+01") + ", units = Feet"}, (30.0, "ft")),
        ({"map info": "Arbitrary, 1, 1, 0, 0, 2, 2, units=Millimeters"}, (2.0, "mm")),
        ({"pixel size": "{0.25, 0.25, units=Meters}"}, (0.25, "m")),
        ({"map info": "Geographic Lat/Lon, 1, 1, 12, 50, 1e-4, 1e-4, WGS-84"}, None),
        ({"map info": UTM.format(side="1") + ", units=Degrees"}, None),
        ({"map info": "Arbitrary, 1, 1, 0, 0, 2, 2"}, None),
        ({"map info": "UTM, 1, 1, 0, 0, 2, 3, 33, North"}, None),
        ({"map info": "UTM, 1, 1, 0, 0, two, 2, 33, North"}, None),
        ({"map info": UTM.format(side="0")}, None),
        ({"map info": UTM.format(side="nan")}, None),
        ({"map info": "UTM"}, None),
        ({}, None),
    ],
)
def test_only_a_known_length_of_square_pixels_is_told(
    header: dict[str, str], told: tuple[float, str] | None
) -> None:
    assert pixel_size(header) == told
