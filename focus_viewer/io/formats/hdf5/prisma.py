"""Reflectance of the satellite PRISMA, level 2D.

The layout: Italian Space Agency, "PRISMA Products Specification Document", issue 2.3 (12/03/2020):
cubes (rows, bands, columns) of VNIR and SWIR with bands from long to short, wavelengths, widths and
flags as attributes of the file; reflectance = minimum + number * (maximum - minimum) / 65535.

The map position: attributes give the corners (Product_ULcorner_easting, ...) and the reference
system (Epsg_Code). EnMAP-Box takes a corner for the centre of its pixel, prismaread for its edge;
the size of the image settles it, as pixels have 30 m.
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from focus_viewer.core.cubes.notes import Ignored
from focus_viewer.core.errors import CubeError
from focus_viewer.core.typing import BoolArray, DoubleArray
from focus_viewer.io.formats.arrays.cube import Description
from focus_viewer.io.formats.arrays.spectral import Spectral
from focus_viewer.io.formats.arrays.stored_array import StoredArray, joined
from focus_viewer.io.formats.hdf5.file import Hdf5File
from focus_viewer.io.metadata.map_info import Transform
from focus_viewer.io.metadata.projections import entries, of_code
from focus_viewer.io.metadata.scaling import Calibration

_FIELDS = "HDFEOS/SWATHS/PRS_L2D_HCO/Data Fields"
_GEOLOCATION = "HDFEOS/SWATHS/PRS_L2D_HCO/Geolocation Fields"
_ON_MAP = re.compile(r"Epsg_Code|Projection_Name|Product_\w+_(easting|northing|lat|long)")
_PIXEL_M = 30.0
_ENDS = ("UL", "LR")
_DETECTORS = ("Vnir", "Swir")
_FULL = 65535.0
_NO_DATA = "Stored zeros were taken as no data: PRISMA fills the pixels off its swath with them."


def prisma(file: Hdf5File) -> Description | None:
    """Return the description of a file of this layout, both cubes as one; None for any other."""
    cubes = [file.array(f"{_FIELDS}/{detector.upper()}_Cube") for detector in _DETECTORS]
    vnir, swir = cubes
    if vnir is None or swir is None or len(vnir.shape) != 3 or len(swir.shape) != 3:
        return None
    _check(file, vnir, swir)
    attributes = file.attributes()
    bands = [stored.shape[1] for stored in (vnir, swir)]
    lists = {
        name: np.concatenate(
            [
                _listed(file, attributes, f"List_{name.format(detector)}", n)
                for detector, n in zip(_DETECTORS, bands, strict=True)
            ]
        )
        for name in ("Cw_{}", "Fwhm_{}")
    }
    scales = [_scale(file, attributes, detector) for detector in _DETECTORS]
    gain, offset = (np.repeat([scale[i] for scale in scales], bands) for i in (0, 1))
    # Slots that the instrument left empty have no wavelength.
    notes = [_NO_DATA]
    valid = np.flatnonzero(_flags(attributes, bands) & (lists["Cw_{}"] > 0))
    return Description(
        file.path,
        joined(f"{_FIELDS}/VNIR_Cube + SWIR_Cube", vnir, swir, 1),
        ("rows", "bands", "cols"),
        Spectral(
            lists["Cw_{}"][valid], "nm", "List_Cw_Vnir and List_Cw_Swir", lists["Fwhm_{}"][valid]
        ),
        kept=valid,
        calibration=Calibration(1.0, gain, offset, vnir.dtype.type(0), "reflectance"),
        header=_map_entries(file, attributes, (vnir.shape[0], vnir.shape[2]), notes),
        notes=tuple(notes),
    )


def _map_entries(
    file: Hdf5File, attributes: Any, image_shape: tuple[int, int], notes: list[str]
) -> dict[str, str]:
    """Return the map position as entries of a header; none with a note that says why."""
    names = [f"Product_{end}corner_{axis}" for axis in ("easting", "northing") for end in _ENDS]
    numbers = [_number(attributes, name) for name in (*names, "Epsg_Code")]
    left, right, top, bottom, code = numbers
    rows, cols = image_shape
    for pixels, place in ((-1, "centres"), (0, "edges")):
        spans = (cols + pixels) * _PIXEL_M, (rows + pixels) * _PIXEL_M
        if abs(right - left - spans[0]) < 1 and abs(top - bottom - spans[1]) < 1 and code > 0:
            shift = -pixels * _PIXEL_M / 2
            corner = left - shift, top + shift
            transform = Transform(_PIXEL_M, 0.0, corner[0], 0.0, -_PIXEL_M, corner[1])
            notes.append(
                f"The corners of the file were taken as {place} of its outer pixels: so the pixels "
                f"have {_PIXEL_M:g} m, as PRISMA's have."
            )
            return entries(transform, *of_code(int(code)))
    notes += _left_out(file, attributes)
    return {}


def _number(attributes: Any, name: str) -> float:
    value = np.asarray(attributes.get(name, ())).reshape(-1)
    return float(value[0]) if value.size == 1 and value.dtype.kind in "iuf" else math.nan


def _left_out(file: Hdf5File, attributes: Any) -> tuple[str, ...]:
    """Return a note that the file's map position is not used, where it has one."""
    places = [name for name in attributes if _ON_MAP.fullmatch(name)]
    places += [f"{_GEOLOCATION}/{name}" for name in file.groups(_GEOLOCATION)]
    if not places:
        return ()
    listed = ", ".join(places[:3]) + (", ..." if len(places) > 3 else "")
    text = (
        f"The file has a map position ({listed}) that does not fit pixels of {_PIXEL_M:g} m, and "
        "is not used: the cube has no map coordinates."
    )
    return (Ignored(text),)


def _check(file: Hdf5File, vnir: StoredArray, swir: StoredArray) -> None:
    same_size = vnir.shape[0] == swir.shape[0] and vnir.shape[2] == swir.shape[2]
    if not same_size or vnir.dtype != swir.dtype:
        raise CubeError(
            f"{file.path}: expected PRISMA's two cubes to have the same rows, columns and type, "
            f"found {vnir.text} and {swir.text}. Download the file again."
        )


def _listed(file: Hdf5File, attributes: Any, name: str, bands: int) -> DoubleArray:
    values = np.asarray(attributes.get(name, ())).reshape(-1)
    if values.size != bands or values.dtype.kind not in "iuf":
        raise CubeError(
            f"{file.path}: expected {bands} numbers in the attribute {name}, as PRISMA's level 2D "
            f"has them, found {values.size}. Download the file again."
        )
    return values.astype(np.float64)


def _scale(file: Hdf5File, attributes: Any, detector: str) -> tuple[float, float]:
    """Return gain and offset of a detector's numbers."""
    names = [f"L2Scale{detector}{end}" for end in ("Min", "Max")]
    ends = [np.asarray(attributes.get(name, ())).reshape(-1) for name in names]
    if any(end.size != 1 or end.dtype.kind not in "iuf" for end in ends):
        raise CubeError(
            f"{file.path}: expected one number in each of {' and '.join(names)}, as PRISMA's level "
            "2D has them. Download the file again."
        )
    low, high = (float(end[0]) for end in ends)
    if not (abs(low) < 1e6 and low < high < 1e6):
        raise CubeError(
            f"{file.path}: expected {names[0]} below {names[1]}, found {low:g} and {high:g}. "
            "Download the file again."
        )
    return (high - low) / _FULL, low


def _flags(attributes: Any, bands: list[int]) -> BoolArray:
    """Return the bands that the file does not mark as void."""
    flags = []
    for detector, count in zip(_DETECTORS, bands, strict=True):
        values = np.asarray(attributes.get(f"List_Cw_{detector}_Flags", ())).reshape(-1)
        declared = values.size == count and values.dtype.kind in "iufb"
        flags.append(values != 0 if declared else np.ones(count, dtype=np.bool_))
    return np.concatenate(flags)
