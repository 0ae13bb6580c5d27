"""Volumes, heatmaps and label masks as ENVI images on the grid of the cube."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.masks.mask import Mask, mask_note
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.typing import DoubleArray
from focus_viewer.io.annotations import checked_values
from focus_viewer.io.annotations.labels.legend import OWN_ENTRY, own_entry
from focus_viewer.io.envi_writer import write_envi
from focus_viewer.io.export.planes import (
    description,
    heatmap_plane,
    image_planes,
    plane_names,
    window_name,
)
from focus_viewer.io.metadata.projections import written_entries


def write_volume(
    header: Path,
    volume: SaliencyVolume,
    cube: Cube,
    description: str,
    step: Step,
    mask: Mask | None = None,
) -> None:
    """Write a volume plane by plane: float32, band-sequential, little-endian.

    Only one plane at a time is held at the image's resolution.

    Parameters
    ----------
    header : Path
        NAME.hdr; the values go to NAME.img beside it.
    volume : SaliencyVolume
        Its groups become bands: centres as wavelengths, widths as fwhm.
    cube : Cube
        What it is the volume of: its place on the map is kept.
    mask : Mask or None
        Outside of it values are NaN.

    Raises
    ------
    CubeError
        If the files cannot be written.
    """
    entries = _bands(description, cube, volume.edges_nm, plane_names(volume))
    write_envi(header, image_planes(volume, step, mask), entries)


def write_heatmap(
    header: Path,
    volume: SaliencyVolume,
    window: BandWindow,
    cube: Cube,
    mask: Mask | None = None,
) -> None:
    """Write the mean over a band window as an image of one band: its middle as wavelength.

    Parameters
    ----------
    header : Path
        NAME.hdr; the values go to NAME.img beside it.

    Raises
    ------
    CubeError
        If the files cannot be written.
    """
    edges = np.array([[window.low_nm, window.high_nm]])
    entries = _bands(description(volume, cube.name, mask), cube, edges, [window_name(window)])
    write_envi(header, [heatmap_plane(volume, window, mask)], entries)


def write_labels(
    header: Path,
    labels: NDArray[Any],
    annotations: Annotations,
    cube: Cube,
    mask: Mask | None = None,
) -> None:
    """Write numbers of regions as an ENVI classification: names and colours in the header.

    Parameters
    ----------
    header : Path
        NAME.hdr; the numbers go to NAME.img beside it.
    labels : array of uint8 or uint16, shape (rows, cols)
        0 outside regions, else the position of the region, counted from 1.

    Raises
    ------
    CubeError
        If the files cannot be written.
    """
    colours = [part for region in annotations for part in checked_values.rgb(region.colour)]
    entries: dict[str, Any] = {
        "description": f"Regions of {cube.name}{mask_note(mask)}",
        "file type": "ENVI Classification",
        "classes": len(annotations) + 1,
        "class names": ["Unclassified", *(region.name for region in annotations)],
        "class lookup": [0, 0, 0, *colours],
        OWN_ENTRY: own_entry(annotations),
        **written_entries(cube.georeference),
    }
    write_envi(header, [labels], entries)


def _bands(description: str, cube: Cube, edges_nm: DoubleArray, names: list[str]) -> dict[str, Any]:
    low, high = edges_nm.T
    return {
        "description": description,
        "file type": "ENVI Standard",
        "data ignore value": "nan",
        "wavelength units": "Nanometers",
        "wavelength": edges_nm.mean(axis=1).tolist(),
        "fwhm": (high - low).tolist(),
        "band names": names,
        **written_entries(cube.georeference),
    }
