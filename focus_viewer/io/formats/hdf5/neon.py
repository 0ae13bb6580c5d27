"""Reflectance of NEON's Airborne Observation Platform.

The layout: NEON.DOC.001288, "NEON Imaging Spectrometer Radiance to Reflectance ATBD", and the
readme of the products DP1.30006, DP3.30006 and DP3.30006.002: SITE/Reflectance/Reflectance_Data
with the attributes Scale_Factor and Data_Ignore_Value, wavelengths in SITE/Reflectance/Metadata/
Spectral_Data, and the water vapour bands as attributes of SITE/Reflectance.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from focus_viewer.core.cubes.notes import Ignored
from focus_viewer.core.errors import CubeError
from focus_viewer.core.typing import BoolArray
from focus_viewer.io.formats.arrays.cube import Description, in_type
from focus_viewer.io.formats.arrays.spectral import Spectral, text_of
from focus_viewer.io.formats.arrays.stored_array import StoredArray
from focus_viewer.io.formats.hdf5.file import Hdf5File
from focus_viewer.io.metadata.scaling import Calibration

_WINDOWS = ("Band_Window_1_Nanometers", "Band_Window_2_Nanometers")


def neon(file: Hdf5File) -> Description | None:
    """Return the description of a file of this layout; None for any other file."""
    for site in file.groups():
        root = f"{site}/Reflectance"
        stored = file.array(f"{root}/Reflectance_Data")
        if stored is not None and len(stored.shape) == 3:
            return _described(file, root, stored)
    return None


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
        calibration=_calibration(file, stored),
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


def _calibration(file: Hdf5File, stored: StoredArray) -> Calibration:
    factor = np.asarray(stored.attributes.get("Scale_Factor", ())).reshape(-1)
    if factor.size != 1 or factor.dtype.kind not in "iuf" or not 1e-30 < float(factor[0]) < 1e30:
        raise CubeError(
            f"{file.path}: expected a positive Scale_Factor at {stored.name}, as NEON writes it, "
            f"found {factor.tolist() or 'none'}. Download the file again."
        )
    return Calibration(float(factor[0]), units="reflectance")


def _map_entries(file: Hdf5File, root: str) -> dict[str, str]:
    """Return the map info of ENVI, which NEON's file contains as text."""
    folder = f"{root}/Metadata/Coordinate_System"
    names = {"map info": "Map_Info", "coordinate system string": "Coordinate_System_String"}
    texts = {name: file.text(f"{folder}/{place}") for name, place in names.items()}
    return {name: f"{{{text.strip('{} ')}}}" for name, text in texts.items() if text}
