"""Reflectance of the satellite PRISMA, level 2D.

The layout: Italian Space Agency, "PRISMA Products Specification Document", issue 2.3 (12/03/2020):
cubes (rows, bands, columns) of VNIR and SWIR with bands from long to short, wavelengths, widths and
flags as attributes of the file; reflectance = minimum + number * (maximum - minimum) / 65535.

Where the image lies on the map is left out, and said in the notes: attributes tell the corners
(Product_ULcorner_easting, ...) and the reference system (Epsg_Code), but whether a corner is the
edge of its pixel or its centre must be seen in a real file first.
"""

from __future__ import annotations

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
from focus_viewer.io.metadata.scaling import Calibration

_FIELDS = "HDFEOS/SWATHS/PRS_L2D_HCO/Data Fields"
_GEOLOCATION = "HDFEOS/SWATHS/PRS_L2D_HCO/Geolocation Fields"
_ON_MAP = re.compile(r"Epsg_Code|Projection_Name|Product_\w+_(easting|northing|lat|long)")
_DETECTORS = ("Vnir", "Swir")
_FULL = 65535.0
_NO_DATA = "Stored zeros were taken as no data: PRISMA fills with them what lies off its swath."


def prisma(file: Hdf5File) -> Description | None:
    """What a file of this layout tells, both cubes as one; None for any other file."""
    cubes = [file.array(f"{_FIELDS}/{one.upper()}_Cube") for one in _DETECTORS]
    vnir, swir = cubes
    if vnir is None or swir is None or len(vnir.shape) != 3 or len(swir.shape) != 3:
        return None
    _check(file, vnir, swir)
    told = file.attributes()
    bands = [one.shape[1] for one in (vnir, swir)]
    lists = {
        name: np.concatenate(
            [
                _listed(file, told, f"List_{name.format(one)}", n)
                for one, n in zip(_DETECTORS, bands, strict=True)
            ]
        )
        for name in ("Cw_{}", "Fwhm_{}")
    }
    scales = [_scale(file, told, one) for one in _DETECTORS]
    gain, offset = (np.repeat([one[i] for one in scales], bands) for i in (0, 1))
    # Slots that the instrument left empty have no wavelength.
    kept = np.flatnonzero(_flags(told, bands) & (lists["Cw_{}"] > 0))
    return Description(
        file.path,
        joined(f"{_FIELDS}/VNIR_Cube + SWIR_Cube", vnir, swir, 1),
        ("rows", "bands", "cols"),
        Spectral(
            lists["Cw_{}"][kept], "nm", "List_Cw_Vnir and List_Cw_Swir", lists["Fwhm_{}"][kept]
        ),
        kept=kept,
        calibration=Calibration(1.0, gain, offset, vnir.dtype.type(0), "reflectance"),
        notes=(_NO_DATA, *_left_out(file, told)),
    )


def _left_out(file: Hdf5File, told: Any) -> tuple[str, ...]:
    """That the file tells where the image lies on the map, where it does."""
    places = [name for name in told if _ON_MAP.fullmatch(name)]
    places += [f"{_GEOLOCATION}/{name}" for name in file.groups(_GEOLOCATION)]
    if not places:
        return ()
    listed = ", ".join(places[:3]) + (", ..." if len(places) > 3 else "")
    text = f"Where the image lies on the map is told by the file ({listed}), but was not used: "
    return (Ignored(text + "the cube has no map coordinates."),)


def _check(file: Hdf5File, vnir: StoredArray, swir: StoredArray) -> None:
    alike = vnir.shape[0] == swir.shape[0] and vnir.shape[2] == swir.shape[2]
    if not alike or vnir.dtype != swir.dtype:
        raise CubeError(
            f"{file.path}: expected PRISMA's two cubes to have the same rows, columns and type, "
            f"found {vnir.told} and {swir.told}. Download the file again."
        )


def _listed(file: Hdf5File, told: Any, name: str, bands: int) -> DoubleArray:
    values = np.asarray(told.get(name, ())).reshape(-1)
    if values.size != bands or values.dtype.kind not in "iuf":
        raise CubeError(
            f"{file.path}: expected {bands} numbers in the attribute {name}, as PRISMA's level 2D "
            f"has them, found {values.size}. Download the file again."
        )
    return values.astype(np.float64)


def _scale(file: Hdf5File, told: Any, detector: str) -> tuple[float, float]:
    """Gain and offset of a detector's numbers."""
    names = [f"L2Scale{detector}{end}" for end in ("Min", "Max")]
    ends = [np.asarray(told.get(name, ())).reshape(-1) for name in names]
    if any(one.size != 1 or one.dtype.kind not in "iuf" for one in ends):
        raise CubeError(
            f"{file.path}: expected one number in each of {' and '.join(names)}, as PRISMA's level "
            "2D has them. Download the file again."
        )
    low, high = (float(one[0]) for one in ends)
    if not (abs(low) < 1e6 and low < high < 1e6):
        raise CubeError(
            f"{file.path}: expected {names[0]} below {names[1]}, found {low:g} and {high:g}. "
            "Download the file again."
        )
    return (high - low) / _FULL, low


def _flags(told: Any, bands: list[int]) -> BoolArray:
    """Bands that the file does not call void."""
    flags = []
    for detector, count in zip(_DETECTORS, bands, strict=True):
        values = np.asarray(told.get(f"List_Cw_{detector}_Flags", ())).reshape(-1)
        there = values.size == count and values.dtype.kind in "iufb"
        flags.append(values != 0 if there else np.ones(count, dtype=np.bool_))
    return np.concatenate(flags)
