"""Map positions of any attributes and vectors: they are used, or noted, and never stop a cube."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from focus_viewer.core.cubes.place_text import place_text
from focus_viewer.io.formats.arrays.cf_grid import map_entries
from focus_viewer.io.formats.arrays.stored_array import Contents, StoredArray
from focus_viewer.io.metadata.georeference import read_georeference
from focus_viewer.io.metadata.header import Header

ROWS, COLS = 3, 4
NUMBERS = st.floats() | st.integers(-(2**63), 2**63 - 1) | st.sampled_from([0, 30, -30, 5e6])
VALUES = (
    NUMBERS
    | st.text(max_size=12)
    | st.sampled_from(
        ["EPSG:4326", "EPSG:99999", "1 2 3 4 5 6", "0 0 0 0 0 0", 'PROJCS["a,=",', b"\xff"]
    )
    | st.lists(NUMBERS, max_size=7).map(np.array)
)
NAMES = st.sampled_from([
    "crs_wkt", "spatial_ref", "GeoTransform", "epsg_code", "grid_mapping_name", "proj:code",
    "spatial:transform", "semi_major_axis", "inverse_flattening", "standard_parallel",
    "horizontal_datum_name", "longitude_of_central_meridian",
])  # fmt: skip
KINDS = st.sampled_from(["latitude_longitude", "transverse_mercator", "polar_stereographic", "?"])
UNITS = st.sampled_from(["m", "km", "degrees_east", "degrees_north", "", "projection_x_coordinate"])


def vector(name: str, values: list[Any], units: str) -> StoredArray:
    numbers = np.array(values, dtype="f8")
    return StoredArray(
        name, numbers.shape, numbers.dtype, lambda key: numbers[key], (name,), {"units": units}
    )


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(NAMES, VALUES, max_size=5),
    KINDS,
    st.lists(NUMBERS, min_size=COLS, max_size=COLS) | st.just([0.5, 1.5, 2.5, 3.5]),
    st.lists(NUMBERS, min_size=ROWS, max_size=ROWS) | st.just([90.0, 60.0, 30.0]),
    UNITS,
)
def test_any_attributes_and_vectors(
    attributes: dict[str, Any], kind: str, x: list[Any], y: list[Any], units: str
) -> None:
    attributes = {"grid_mapping_name": kind, **attributes}
    cube = StoredArray(
        "g/cube",
        (2, ROWS, COLS),
        np.dtype("f4"),
        lambda key: np.zeros((2, ROWS, COLS), "f4")[key],
        ("band", "y", "x"),
        {"grid_mapping": "crs"},
    )
    contents = Contents(
        Path("a.nc"),
        (cube, vector("x", x, units), vector("y", y, units)),
        attributes_of=lambda name: attributes if name == "crs" else {},
    )
    notes: list[str] = []
    found = map_entries(contents, cube, ("bands", "rows", "cols"), notes)
    georeference = read_georeference(Header(Path("a.nc"), found), notes)
    place_text(georeference, (0.5, 0.5), (ROWS, COLS))
    assert (georeference.grid is not None) or notes
