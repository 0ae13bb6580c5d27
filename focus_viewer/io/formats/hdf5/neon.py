"""Reflectance and radiance of NEON's Airborne Observation Platform.

The layout: NEON.DOC.001288, "NEON Imaging Spectrometer Radiance to Reflectance ATBD", and the
readme of the products DP1.30006, DP3.30006 and DP3.30006.002: SITE/Reflectance/Reflectance_Data
with the attributes Scale_Factor and Data_Ignore_Value, wavelengths in SITE/Reflectance/Metadata/
Spectral_Data, and the water vapour bands as attributes of SITE/Reflectance. Radiance since 2021
(DP1.30008) is in two parts in SITE/Radiance, RadianceIntegerPart and RadianceDecimalPart, the
latter multiplied by its Scale_Factor (50000), with -9999 for no data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.cubes.notes import Ignored
from focus_viewer.core.errors import CubeError
from focus_viewer.core.typing import BoolArray
from focus_viewer.io.formats.arrays.cube import Description, in_type
from focus_viewer.io.formats.arrays.spectral import Spectral, text_of
from focus_viewer.io.formats.arrays.stored_array import Contents, Key, StoredArray
from focus_viewer.io.formats.hdf5.file import Hdf5File
from focus_viewer.io.metadata.scaling import Calibration

_PARTS = ("RadianceIntegerPart", "RadianceDecimalPart")
_NO_DATA = -9999
_WINDOWS = ("Band_Window_1_Nanometers", "Band_Window_2_Nanometers")


def neon(file: Hdf5File) -> Description | None:
    """Return the description of a file of this layout; None for any other file."""
    for site in file.groups():
        root = f"{site}/Reflectance"
        stored = file.array(f"{root}/Reflectance_Data")
        if stored is not None and len(stored.shape) == 3:
            return _described(file, root, stored)
        parts = [file.array(f"{site}/Radiance/{name}") for name in _PARTS]
        whole, decimal = parts
        if whole is not None and decimal is not None and len(whole.shape) == 3:
            return _radiance(file, f"{site}/Radiance", whole, decimal)
    return None


def with_parts_noted(contents: Contents) -> Contents:
    """Return the contents with a note at each part of radiance, which alone is not radiance."""
    return replace(contents, arrays=tuple(_part_noted(array) for array in contents.arrays))


def _part_noted(array: StoredArray) -> StoredArray:
    group, _, name = array.name.rpartition("/")
    if name not in _PARTS or group.rpartition("/")[2] != "Radiance":
        return array
    text = (
        f"{name} is one of two parts of NEON's radiance: alone it has not the values that were "
        "measured."
    )
    return replace(array, notes=(*array.notes, text))


def _radiance(file: Hdf5File, root: str, whole: StoredArray, decimal: StoredArray) -> Description:
    """Return the description of radiance in two parts."""
    if whole.shape != decimal.shape:
        raise CubeError(
            f"{file.path}: expected two parts of radiance of one size, as NEON writes them, found "
            f"{whole.text} and {decimal.text}. Download the file again."
        )
    notes: list[str] = []
    spectral = _spectral(file, root, whole)
    good = None if spectral is None else _good(file.attributes(root), spectral, notes)
    return Description(
        file.path,
        _joined(whole, decimal, _scale_factor(file, decimal)),
        ("rows", "cols", "bands"),
        spectral,
        good,
        calibration=Calibration(units="radiance"),
        declared_units="radiance",
        header=_map_entries(file, root),
        notes=tuple(notes),
    )


def _joined(whole: StoredArray, decimal: StoredArray, factor: float) -> StoredArray:
    """Return both parts as one array, NaN where either has no data."""
    name = f"{whole.name} + {_PARTS[1]}"
    ignored = [_ignored(part) for part in (whole, decimal)]

    def read(key: Key) -> NDArray[Any]:
        parts = whole.read(key), decimal.read(key)
        values = (parts[0] + parts[1] / factor).astype(np.float32)
        for part, value in zip(parts, ignored, strict=True):
            values[part == value] = np.nan
        return values

    chunk = max(whole.chunk_bytes, decimal.chunk_bytes)
    return StoredArray(name, whole.shape, np.dtype(np.float32), read, (), {}, chunk)


def _ignored(part: StoredArray) -> np.generic | None:
    return in_type(part.attributes.get("Data_Ignore_Value", _NO_DATA), part.dtype)


def _described(file: Hdf5File, root: str, stored: StoredArray) -> Description:
    notes: list[str] = []
    spectral = _spectral(file, root, stored)
    good = None if spectral is None else _good(file.attributes(root), spectral, notes)
    missing = in_type(stored.attributes.get("Data_Ignore_Value", ""), stored.dtype)
    return Description(
        file.path,
        stored,
        ("rows", "cols", "bands"),
        spectral,
        good,
        calibration=Calibration(_scale_factor(file, stored), units="reflectance"),
        missing=() if missing is None else (missing,),
        declared_units="reflectance",
        header=_map_entries(file, root),
        notes=tuple(notes),
    )


def _spectral(file: Hdf5File, root: str, stored: StoredArray) -> Spectral | None:
    folder = f"{root}/Metadata/Spectral_Data"
    centers, widths = (_vector(file, f"{folder}/{name}", stored) for name in ("Wavelength", "FWHM"))
    if centers is None:
        return None
    attributes = file.attributes(f"{folder}/Wavelength")
    unit = text_of(attributes.get("Units", "")) or "nanometers"
    return Spectral(centers, unit, f"{folder}/Wavelength", widths)


def _vector(file: Hdf5File, name: str, stored: StoredArray) -> Any:
    stored_vector = file.array(name)
    if stored_vector is None or int(np.prod(stored_vector.shape)) != stored.shape[2]:
        return None
    return stored_vector.all().reshape(-1).astype(np.float64)


def _good(attributes: Mapping[str, Any], spectral: Spectral, notes: list[str]) -> BoolArray:
    """Return the bands outside the windows of water vapour."""
    good = np.ones(spectral.centers.size, dtype=np.bool_)
    for name in _WINDOWS:
        window = np.asarray(attributes.get(name, ())).reshape(-1)
        if window.size == 2 and window.dtype.kind in "iuf":
            good &= (spectral.centers < window.min()) | (spectral.centers > window.max())
    if not good.any():
        notes.append(Ignored("The windows of bad bands hold every band: all are taken as good."))
    return good


def _scale_factor(file: Hdf5File, stored: StoredArray) -> float:
    factor = np.asarray(stored.attributes.get("Scale_Factor", ())).reshape(-1)
    if factor.size != 1 or factor.dtype.kind not in "iuf" or not 1e-30 < float(factor[0]) < 1e30:
        raise CubeError(
            f"{file.path}: expected a positive Scale_Factor at {stored.name}, as NEON writes it, "
            f"found {factor.tolist() or 'none'}. Download the file again."
        )
    return float(factor[0])


def _map_entries(file: Hdf5File, root: str) -> dict[str, str]:
    """Return the map info of ENVI, which NEON's file contains as text."""
    folder = f"{root}/Metadata/Coordinate_System"
    names = {"map info": "Map_Info", "coordinate system string": "Coordinate_System_String"}
    texts = {name: file.text(f"{folder}/{place}") for name, place in names.items()}
    return {name: f"{{{text.strip('{} ')}}}" for name, text in texts.items() if text}
