"""Common parts of simulated leaf files: plain ENVI, scale of counts, headers, provenance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.pictures.recipe import TRUE_COLOUR_NM
from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.simulate.sensors import Sensor

SCALE = 10_000
"""Counts of a reflectance of 1."""

PROVENANCE: Mapping[str, str] = MappingProxyType(
    {
        "model": "PROSPECT-D, Féret et al., Remote Sens. Environ. 193 (2017) 204-215",
        "licence": "BSD-3-Clause. Computed with the package prosail (GPL-3.0), which is not a part "
        "of these files.",
    }
)
"""Where the numbers come from, for the JSON beside them."""

_SHOWN_WITHIN_NM = 20.0
_DATA_TYPES = {np.dtype(np.uint8): 1, np.dtype(np.int16): 2}


def to_counts(reflectance: FloatArray) -> NDArray[np.int16]:
    """Quantise reflectance in steps of 1/10,000, well below the noise of any sensor here."""
    return np.round(reflectance * SCALE).astype(np.int16)


def cube_fields(sensor: Sensor) -> dict[str, str]:
    """Return the header fields of a cube of counts.

    The default bands are those nearest to 640, 550 and 460 nm; left out where a sensor has none
    within 20 nm of each.
    """
    shown = _shown_bands(sensor.wavelengths_nm)
    return {
        "description": "{Simulated leaf (PROSPECT-D), not a measurement}",
        "sensor type": "simulated",
        "wavelength units": "Nanometers",
        "reflectance scale factor": str(SCALE),
        **({"default bands": braces(shown)} if shown else {}),
        "wavelength": braces(f"{nm:.3f}" for nm in sensor.wavelengths_nm),
        "fwhm": braces(f"{nm:.3f}" for nm in sensor.fwhm_nm),
    }


def label_fields(colours: Mapping[str, Sequence[int]]) -> dict[str, str]:
    """Return the header fields of a label image.

    Parameters
    ----------
    colours : mapping of str to sequence of int
        Red, green and blue (0 to 255) of each label, in the order of their values from 0.
    """
    return {
        "description": "{Simulated leaf: what is where}",
        "file type": "ENVI Classification",
        "classes": str(len(colours)),
        "class names": braces(colours),
        "class lookup": braces(part for colour in colours.values() for part in colour),
        "band names": "{truth}",
    }


def _shown_bands(wavelengths_nm: DoubleArray) -> list[int]:
    """Return the bands of red, green and blue, from 1 as in ENVI; none if any is missing."""
    distance = np.abs(wavelengths_nm[:, None] - np.array(TRUE_COLOUR_NM))
    if np.any(distance.min(axis=0) > _SHOWN_WITHIN_NM):
        return []
    return [int(band) + 1 for band in distance.argmin(axis=0)]


def braces(values: Iterable[object]) -> str:
    """Format a list as in ENVI headers."""
    return "{" + ", ".join(str(value) for value in values) + "}"


def write_envi(
    header: Path, pixels: NDArray[np.uint8] | NDArray[np.int16], fields: Mapping[str, str]
) -> None:
    """Write `NAME.hdr` and, beside it, `NAME.img`.

    Parameters
    ----------
    pixels : array of uint8 or int16, shape (rows, cols, bands)
    fields : mapping of str to str
        Header fields beyond those of layout.
    """
    rows, cols, bands = pixels.shape
    layout = {
        "samples": cols,
        "lines": rows,
        "bands": bands,
        "header offset": 0,
        "data type": _DATA_TYPES[pixels.dtype],
        "interleave": "bsq",
        "byte order": 0,
    }
    lines = ["ENVI", *(f"{key} = {value}" for key, value in {**layout, **fields}.items()), ""]
    header.write_bytes("\n".join(lines).encode())
    band_first = np.moveaxis(pixels, 2, 0).astype(pixels.dtype.newbyteorder("<"))
    header.with_suffix(".img").write_bytes(band_first.tobytes())
