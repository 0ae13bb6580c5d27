"""Map projections by their parameters, by the conventions for climate and forecast data (CF 1.11).

The names stand in appendix F, "Grid Mappings". Well-known text comes first: it says more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from focus_viewer.io.formats.arrays.spectral import text_of
from focus_viewer.io.metadata.projections import datum_code

_PARALLELS = "standard_parallel"
_ORIGIN = {
    "lat_0": "latitude_of_projection_origin",
    "lon_0": "longitude_of_projection_origin",
    "x_0": "false_easting",
    "y_0": "false_northing",
}
_MERIDIAN = _ORIGIN | {"lon_0": "longitude_of_central_meridian"}
_POLAR = _ORIGIN | {
    "lon_0": "straight_vertical_longitude_from_pole",
    "k": "scale_factor_at_projection_origin",
}
# PROJ's name of a projection, and CF's names of its parameters.
_KINDS: dict[str, tuple[str, dict[str, str]]] = {
    "transverse_mercator": ("tmerc", _MERIDIAN | {"k": "scale_factor_at_central_meridian"}),
    "lambert_azimuthal_equal_area": ("laea", _ORIGIN),
    "azimuthal_equidistant": ("aeqd", _ORIGIN),
    "albers_conical_equal_area": ("aea", _MERIDIAN),
    "lambert_conformal_conic": ("lcc", _MERIDIAN),
    "lambert_cylindrical_equal_area": ("cea", _MERIDIAN),
    "sinusoidal": ("sinu", _ORIGIN),
    "mercator": ("merc", _ORIGIN | {"k": "scale_factor_at_projection_origin"}),
    "stereographic": ("stere", _ORIGIN | {"k": "scale_factor_at_projection_origin"}),
    "polar_stereographic": ("stere", _POLAR),
}
_DATUMS = {4326: "WGS84", 4269: "NAD83", 4267: "NAD27"}  # that PROJ knows by name
_TRUE_SCALE = ("cea", "merc", "stere")  # along one parallel


def text_of_parameters(mapping: Mapping[str, Any]) -> str:
    """Return well-known text for the parameters of a projection; "" where they do not suffice."""
    kind = _KINDS.get(text_of(mapping.get("grid_mapping_name", "")))
    figure = _figure(mapping)
    if kind is None or not figure:
        return ""
    projection, names = kind
    given = {short: _numbers(mapping, name) for short, name in names.items()}
    words = [f"+{short}={numbers[0]!r}" for short, numbers in given.items() if numbers]
    parallels = _numbers(mapping, _PARALLELS)
    if names is _POLAR and not given["lat_0"]:
        words.append(f"+lat_0={90.0 if not parallels or parallels[0] > 0 else -90.0!r}")
    places = ("lat_ts",) if projection in _TRUE_SCALE else ("lat_1", "lat_2")
    words += [f"+{place}={value!r}" for place, value in zip(places, parallels, strict=False)]
    return _well_known(" ".join([f"+proj={projection}", *words, figure, "+units=m +no_defs"]))


def _figure(mapping: Mapping[str, Any]) -> str:
    """Return the datum, else the figure of the earth; "" where none is given."""
    code = datum_code(text_of(mapping.get("horizontal_datum_name", "")))
    if code in _DATUMS:
        return f"+datum={_DATUMS[code]}"
    radius = _numbers(mapping, "earth_radius")
    if radius:
        return f"+R={radius[0]!r}"
    axis = _numbers(mapping, "semi_major_axis")
    for name, short in (("inverse_flattening", "rf"), ("semi_minor_axis", "b")):
        other = _numbers(mapping, name)
        if axis and other and other[0] > 0:
            return f"+a={axis[0]!r} +{short}={other[0]!r}"
    return ""


def _numbers(mapping: Mapping[str, Any], name: str) -> list[float]:
    values = np.asarray(mapping.get(name, ())).reshape(-1)
    if values.dtype.kind not in "iuf" or not np.isfinite(values).all():
        return []
    return [float(value) for value in values]


def _well_known(text: str) -> str:
    from rasterio import Env
    from rasterio.crs import CRS
    from rasterio.errors import CRSError

    try:
        with Env():
            return str(CRS.from_proj4(text).to_wkt())
    except CRSError:
        return ""
