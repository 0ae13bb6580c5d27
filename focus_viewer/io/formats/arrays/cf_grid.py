"""Map grid of an array, as entries of a header.

The conventions for climate and forecast data (CF 1.11, 4.1, 4.2 and 5.6): vectors give the centres
of columns and rows, and a variable of attributes the map projection. Well-known text and
`GeoTransform` in it are GDAL's; rioxarray, AVIRIS-3 and AVIRIS-5 write them too. The vectors come
first: xarray cuts them with the array, but not the `GeoTransform`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from focus_viewer.core.cubes.array_choice import Axes
from focus_viewer.core.cubes.notes import Ignored
from focus_viewer.core.errors import CubeError
from focus_viewer.core.typing import DoubleArray
from focus_viewer.io.formats.arrays.cf_projection import text_of_parameters
from focus_viewer.io.formats.arrays.spectral import short_name, text_of
from focus_viewer.io.formats.arrays.stored_array import MAX_SIDE, Contents, StoredArray
from focus_viewer.io.metadata.map_info import UNKNOWN, Transform, projection_of
from focus_viewer.io.metadata.projections import datum_code, entries, of_code

_TEXTS = ("crs_wkt", "spatial_ref", "esri_pe_string", "wkt", "proj:wkt2")
_CODES = ("epsg_code", "epsg", "proj:code", "url")
_GEOZARR = "spatial:transform"
_USUAL_MAPPINGS = ("spatial_ref", "crs")
_SAYING = frozenset({*_TEXTS, *_CODES, "grid_mapping_name", "GeoTransform"})
_CODE = re.compile(r"(?:.*epsg\D*(?:0/)?)?(\d{4,6})", re.IGNORECASE)
_KINDS = {
    "x": re.compile(r"x|easting|lon(gitude)?|projection_x_coordinate|degrees?_e(ast)?"),
    "y": re.compile(r"y|northing|lat(itude)?|projection_y_coordinate|degrees?_n(orth)?"),
}
_ON_MAP = re.compile(
    r"easting|northing|lat(itude)?|lon(gitude)?|projection_[xy]_coordinate"
    r"|degrees?(_(e(ast)?|n(orth)?))?|m|met(er|re)s?|km|kilomet(er|re)s?"
)
_KILOMETRES = re.compile(r"km|kilomet(er|re)s?")
_METRES = re.compile(r"m|met(er|re)s?")
_DEGREES = re.compile(r"degrees?(_(e(ast)?|n(orth)?))?|longitude|latitude")
_OF_PIXELS = re.compile(r"(lat|lon)(itude|gitude)?(_.*)?")
_GDALS_ORDER = (1, 2, 0, 4, 5, 3)
_MOST_CHUNK_BYTES = 2**26
_UNEVEN = 0.05  # of a pixel
_SAME = 0.02  # of a pixel
_WGS84 = "EPSG:4326"
_FAR = 1e12  # farther than any map reaches
_HALF_TURN = 180.0


@dataclass(frozen=True, eq=False)
class _Side:
    """Positions of columns or of rows.

    Attributes
    ----------
    words : tuple of str
        What the file says of them: name, standard name, axis and unit, in lower case.
    first, step : float
        Centre of the first pixel, and the way to the next; NaN where they are not even.
    """

    name: str
    words: tuple[str, ...]
    first: float
    step: float
    count: int

    def has(self, pattern: re.Pattern[str]) -> bool:
        """Return whether a word is of a kind."""
        return any(pattern.fullmatch(word) for word in self.words)

    @property
    def is_on_map(self) -> bool:
        """Return whether these are positions on a map, and not numbers of pixels."""
        unit = self.words[-1]
        if unit and not _ON_MAP.fullmatch(unit):
            return False
        counted = abs(self.step) == 1 or abs(self.first) <= abs(self.step)
        return self.has(_ON_MAP) or (math.isfinite(self.step) and not counted)

    @property
    def start(self) -> float:
        """Outer edge of the first pixel."""
        return self.first - self.step / 2


def map_entries(
    contents: Contents, stored: StoredArray, axes: Axes, notes: list[str]
) -> dict[str, str]:
    """Return `map info` and `coordinate system string`; none without a map position.

    Parameters
    ----------
    stored : StoredArray
        Of three axes.
    notes : list of str
        Receives what was assumed, and why a map position is not used.
    """
    try:
        return _read_entries(contents, stored, axes, notes)
    except CubeError as error:
        notes.append(Ignored(f"The map position cannot be read and is not used ({error})"))
        return {}


def _read_entries(
    contents: Contents, stored: StoredArray, axes: Axes, notes: list[str]
) -> dict[str, str]:
    name, mapping = _mapping(contents, stored)
    cols, rows = (_side(contents, stored, axes.index(axis)) for axis in ("cols", "rows"))
    if not (mapping or (cols and rows and cols.is_on_map and rows.is_on_map)):
        _note_swath(contents, stored, axes, notes)
        return {}
    transform = _transform(cols, rows, mapping, notes)
    if transform is None:
        if name and not _are_positions(cols, rows):
            notes.append(
                Ignored(
                    f"The file names a map projection ({name}), but no positions of columns and "
                    "rows: the cube has no map coordinates."
                )
            )
        _note_swath(contents, stored, axes, notes)
        return {}
    return _entries(transform, _system(mapping, cols, notes), cols, notes)


def _are_positions(cols: _Side | None, rows: _Side | None) -> bool:
    """Return whether columns and rows have vectors that give a size of a pixel."""
    return cols is not None and rows is not None and min(cols.count, rows.count) > 1


def _mapping(contents: Contents, stored: StoredArray) -> tuple[str, Mapping[str, Any]]:
    """Return name and attributes of the variable of the projection; empty without one."""
    own = stored.attributes.get("_CRS")  # GDAL's, in Zarr
    if isinstance(own, Mapping):
        return "_CRS", own
    if any(name.startswith("proj:") for name in stored.attributes):  # of GeoZarr
        return "proj:", stored.attributes
    declared = text_of(stored.attributes.get("grid_mapping", "")).replace(":", " ").split()
    for name in declared[:1] or _USUAL_MAPPINGS:
        for path in _upwards(stored.name, name):
            found = contents.attributes_of(path)
            if found and (declared or _SAYING & found.keys()):
                return name, found
    return (declared[0] if declared else ""), {}


def _upwards(array: str, name: str) -> Iterator[str]:
    """Yield paths of a name in the group of an array and in those around it."""
    group = array.strip("/").rpartition("/")[0]
    while group:
        yield f"{group}/{name}"
        group = group.rpartition("/")[0]
    yield name.lstrip("/")


def _side(contents: Contents, stored: StoredArray, axis: int) -> _Side | None:
    """Return the vector along an axis of an array, as its dimension is called; None without one."""
    if not stored.dims:
        return None
    dim, count = stored.dims[axis], stored.shape[axis]
    paths = [dim.lstrip("/")] if dim.startswith("/") else list(_upwards(stored.name, dim))
    vectors = {
        array.name: array
        for array in contents.arrays
        if array.shape == (count,) and array.dtype.kind in "iuf" and _is_small(array)
    }
    vector = next((vectors[path] for path in paths if path in vectors), None)
    if vector is None:
        return None
    values = np.asarray(vector.all()).reshape(-1)
    first, step = _even(values)
    lower = {name.lower(): text_of(value).lower() for name, value in vector.attributes.items()}
    said = (lower.get(name, "") for name in ("standard_name", "axis", "units"))
    return _Side(vector.name, (short_name(vector), *said), first, step, count)


def _is_small(array: StoredArray) -> bool:
    return array.shape[0] <= MAX_SIDE and array.chunk_bytes <= _MOST_CHUNK_BYTES


def _even(values: Any) -> tuple[float, float]:
    """Return the first of even positions and the way to the next; NaN where they are uneven."""
    numbers: DoubleArray = values.astype(np.float64)
    if numbers.size < 2 or not (np.abs(numbers) < _FAR).all():
        return math.nan, math.nan
    step = float((numbers[-1] - numbers[0]) / (numbers.size - 1))
    even = numbers[0] + step * np.arange(numbers.size)
    rounding = 2 * float(np.spacing(np.abs(values).max())) if values.dtype.kind == "f" else 0.0
    if step == 0 or np.abs(numbers - even).max() > max(_UNEVEN * abs(step), rounding):
        return math.nan, math.nan
    return float(numbers[0]), step


def _transform(
    cols: _Side | None, rows: _Side | None, mapping: Mapping[str, Any], notes: list[str]
) -> Transform | None:
    """Return the transform by the vectors, or by the `GeoTransform` where there are none."""
    declared = _geo_transform(mapping)
    turned = declared is not None and (declared.b or declared.d)
    if turned or not _are_positions(cols, rows) or cols is None or rows is None:
        return declared
    if cols.has(_KINDS["y"]) and rows.has(_KINDS["x"]):
        notes.append(
            Ignored("The columns run along the map's y and the rows along x: the map is not used.")
        )
        return None
    if not all(map(math.isfinite, (cols.step, rows.step))):
        notes.append(
            Ignored(f"The positions in {cols.name} and {rows.name} are not evenly spaced: "
                    "the map is not used.")
        )  # fmt: skip
        return None
    found = Transform(cols.step, 0.0, cols.start, 0.0, rows.step, rows.start)
    if rows.step > 0:
        notes.append("The rows of the image run from south to north: north is below.")
    return found if declared is None else _agreed(found, declared, cols, rows, notes)


def _geo_transform(mapping: Mapping[str, Any]) -> Transform | None:
    """Return the transform in GDAL's order of numbers; None without six of them."""
    declared = mapping.get(_GEOZARR, mapping.get("GeoTransform", ""))
    words = text_of(declared).replace(",", " ").split() or np.asarray(declared).reshape(-1)
    try:
        first, second, third, fourth, fifth, sixth = (float(word) for word in words)
    except (ValueError, TypeError):
        return None
    in_order = (first, second, third, fourth, fifth, sixth)
    found = Transform(*in_order if _GEOZARR in mapping else [in_order[i] for i in _GDALS_ORDER])
    plain = bool(found.a and found.e) or bool(found.b and found.d)
    return found if plain and max(map(abs, found)) < _FAR else None


def _agreed(
    found: Transform, declared: Transform, cols: _Side, rows: _Side, notes: list[str]
) -> Transform:
    """Return that of the vectors, unless they give edges of the pixels instead of centres."""
    # GDAL turns rows that run from south to north round when it reads them.
    top = found.f if found.e * declared.e > 0 else found.f + found.e * rows.count
    apart = (declared.c - found.c) / found.a, (declared.f - top) / declared.e
    if max(map(abs, apart)) <= _SAME:
        return found
    same_size = abs(declared.a / found.a - 1) < _SAME and abs(abs(declared.e / found.e) - 1) < _SAME
    halves = abs(apart[0] - 0.5) <= _SAME and abs(abs(apart[1]) - 0.5) <= _SAME
    if same_size and halves:
        notes.append(
            f"The positions in {cols.name} and {rows.name} were taken as edges of the pixels, as "
            "the file's GeoTransform says."
        )
        shift = declared.f - top
        return found._replace(c=declared.c, f=found.f + shift)
    notes.append(
        f"The file's GeoTransform is that of another part of the map: the positions in {cols.name} "
        f"and {rows.name} were taken."
    )
    return found


def _system(mapping: Mapping[str, Any], cols: _Side | None, notes: list[str]) -> str:
    """Return the reference system that the file names: well-known text, or "EPSG:NUMBER"."""
    lower = {name.lower(): value for name, value in mapping.items()}
    texts = (" ".join(text_of(lower.get(name, "")).split()) for name in _TEXTS)
    text = next((text for text in texts if "[" in text), "")
    if text:
        return text
    codes = (_single(lower.get(name, "")) for name in _CODES + _TEXTS)
    code = next((found for text in codes if (found := _CODE.fullmatch(text))), None)
    if code is not None:
        return f"EPSG:{code[1]}"
    kind = text_of(lower.get("grid_mapping_name", ""))
    if kind == "latitude_longitude" or (not kind and cols is not None and cols.has(_DEGREES)):
        code_of_datum = datum_code(text_of(lower.get("horizontal_datum_name", "")))
        if code_of_datum is not None:
            return f"EPSG:{code_of_datum}"
        notes.append("The file names no datum of its longitudes and latitudes: WGS 84 was assumed.")
        return _WGS84
    if not mapping:
        named = "" if cols is None else f" in {cols.name}"
        notes.append(
            f"The positions{named} name no reference system: they were taken as map coordinates "
            "without one."
        )
        return ""
    text = text_of_parameters(mapping)
    if text:
        notes.append(
            f"The file gives its map projection ({kind}) by parameters alone: they were taken."
        )
        return text
    what = f" ({kind})" if kind else ""
    notes.append(
        Ignored(
            f"The file does not name its map's reference system as text or code{what}: it is taken "
            "as unknown."
        )
    )
    return ""


def _single(value: Any) -> str:
    """Return a text or a single number as text; "" for anything else."""
    flat = np.asarray(value).reshape(-1)
    return text_of(value) or (str(flat[0]) if flat.size == 1 else "")


def _entries(
    transform: Transform, system: str, cols: _Side | None, notes: list[str]
) -> dict[str, str]:
    if system.startswith("EPSG:"):
        projection, text = of_code(int(system.removeprefix("EPSG:")))
        if projection == UNKNOWN:
            notes.append(Ignored(f"The map's reference system {system} is not known."))
    else:
        projection, text = projection_of(system), system
    if cols is not None and not projection.unit and cols.has(_METRES):
        projection = projection._replace(unit="Meters")
    if cols is not None and cols.has(_KILOMETRES) and projection.unit in ("Meters", ""):
        transform = Transform(*(1000.0 * value for value in transform))
        projection = projection._replace(unit="Meters")
    if projection.unit == "Degrees" and transform.c >= _HALF_TURN:
        transform = transform._replace(c=transform.c - 2 * _HALF_TURN)
    found = entries(transform, projection, text)
    if not found:
        notes.append(Ignored("The pixels are not rectangles on the map: the map is not used."))
    return found


def _note_swath(contents: Contents, stored: StoredArray, axes: Axes, notes: list[str]) -> None:
    """Note that longitudes and latitudes of single pixels are not used, where there are any."""
    sides = {stored.shape[axes.index("rows")], stored.shape[axes.index("cols")]}
    names = [
        array.name
        for array in contents.arrays
        if len(array.shape) == 2
        and set(array.shape) == sides
        and _OF_PIXELS.fullmatch(short_name(array))
    ]
    if names:
        notes.append(
            Ignored(
                f"The file has a longitude and a latitude for each pixel ({', '.join(names[:2])}), "
                "which are not used: the cube has no map coordinates."
            )
        )
