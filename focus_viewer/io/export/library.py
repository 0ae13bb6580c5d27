"""Spectra as an ENVI spectral library: NAME.hdr and NAME.sli."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from focus_viewer.core.csv_text import distinct_names
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.io.envi_writer import write_envi
from focus_viewer.io.export.spectra import NamedSpectra


def write_library(header: Path, cube: Cube, spectra: NamedSpectra) -> None:
    """Write the mean of each region and each pin, then each region's deviation as "NAME sd".

    One library, not two: the deviations cannot be lost from beside their means.

    Parameters
    ----------
    header : Path
        NAME.hdr; the spectra go to NAME.sli beside it, as float32.

    Raises
    ------
    CubeError
        If the files cannot be written.
    """
    means = [region.mean for _, region in spectra.regions]
    deviations = [spectrum.sd for _, spectrum in spectra.regions]
    values = np.stack([*means, *(pin for _, pin in spectra.pins), *deviations]).astype(np.float32)
    regions, pins = [name for name, _ in spectra.regions], [name for name, _ in spectra.pins]
    names = distinct_names(
        name.replace(",", " ")
        for name in (*regions, *pins, *(f"{spectrum} sd" for spectrum in regions))
    )
    write_envi(header, [values], {**_entries(cube), "spectra names": names}, ".sli")


def _entries(cube: Cube) -> dict[str, Any]:
    entries: dict[str, Any] = {
        "description": f"Spectra of {cube.name}",
        "file type": "ENVI Spectral Library",
    }
    if cube.units != "unknown":
        entries["data units"] = cube.units
    if cube.wavelengths_nm is not None:
        entries["wavelength units"] = "Nanometers"
        entries["wavelength"] = cube.wavelengths_nm.tolist()
    if cube.fwhm_nm is not None:
        entries["fwhm"] = cube.fwhm_nm.tolist()
    if not cube.good_bands.all():
        entries["bbl"] = [int(good) for good in cube.good_bands]
    return entries
