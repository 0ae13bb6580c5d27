"""Spectra of regions and pins as CSV or an ENVI spectral library, and curves as CSV."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from focus_viewer.core.csv_text import Column, csv_text, distinct_names, number_texts
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.export_request import ExportRequest
from focus_viewer.core.masks.mask import Mask, clipped, mask_note
from focus_viewer.core.progress import Step, part
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.saliency import region_saliencies
from focus_viewer.core.regions.spectra import RegionSpectrum, region_spectrum
from focus_viewer.core.saliency.curve_table import curve_table
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.typing import FloatArray
from focus_viewer.io.envi_writer import write_envi

QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True, eq=False)
class NamedSpectra:
    """Spectra to be written for a cube.

    Attributes
    ----------
    regions : tuple of (str, RegionSpectrum)
        With `QUARTILES`.
    pins : tuple of (str, FloatArray)
    """

    regions: tuple[tuple[str, RegionSpectrum], ...]
    pins: tuple[tuple[str, FloatArray], ...]


def named_spectra(
    cube: Cube, annotations: Annotations, pins: Iterable[tuple[int, int]], step: Step
) -> NamedSpectra:
    """Read the spectra of all regions and pins; a region without a pixel has none.

    Parameters
    ----------
    pins : iterable of (int, int)
        (row, col).
    """
    regions = annotations.regions
    measured = []
    for done, region in enumerate(regions):
        own = part(step, done / len(regions), (done + 1) / len(regions))
        crop = region.outline.crop((cube.rows, cube.cols))
        measured.append(region_spectrum(cube, crop, QUARTILES, step=own))
    names = distinct_names([region.name for region in regions])
    named = zip(names, measured, strict=True)
    return NamedSpectra(
        tuple((name, spectrum) for name, spectrum in named if spectrum.pixels),
        tuple((f"Pin row {row} col {col}", cube.pixel(row, col)) for row, col in pins),
    )


def write_library(
    header: Path, cube: Cube, spectra: NamedSpectra, mask: Mask | None = None
) -> None:
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
    write_envi(header, [values], {**_entries(cube, mask), "spectra names": names}, ".sli")


def _entries(cube: Cube, mask: Mask | None) -> dict[str, Any]:
    entries: dict[str, Any] = {
        "description": f"Spectra of {cube.name}{mask_note(mask)}",
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


def curves_text(request: ExportRequest, volume: SaliencyVolume) -> str:
    """Return the importance curves of the image and of each region; see `curve_table`.

    The curve of the image is of all pixels, those of regions of the pixels inside a mask.
    """
    annotations = clipped(request.annotations, request.mask)
    crops = [region.outline.crop(volume.image_shape) for region in annotations]
    curves = [part.curve for part in region_saliencies(volume, crops)] if crops else []
    names = [region.name for region in annotations]
    named = list(zip(names, curves, strict=True))
    text = request.mask.text if request.mask else ""
    return curve_table(volume, request.explanation, named, text)


def spectra_text(cube: Cube, spectra: NamedSpectra, mask: Mask | None = None) -> str:
    """Return spectra of regions and pins, a row for each band.

    Columns: wavelength_nm (band without wavelengths), good, units (of the values), with a mask
    mask_of_regions (what these are limited to), then for each region NAME mean, sd, median, q25,
    q75 and n (pixels with data), and one for each pin.
    """
    axis: Column = ("wavelength_nm", number_texts(cube.axis))
    if cube.wavelengths_nm is None:
        axis = ("band", range(1, cube.bands + 1))
    good: Column = ("good", [int(good) for good in cube.good_bands])
    columns: list[Column] = [axis, good, ("units", [cube.units] * cube.bands)]
    if mask is not None:
        columns.append(("mask_of_regions", [mask.text] * cube.bands))
    for name, region in spectra.regions:
        low, middle, high = (region.quantiles[region.probabilities.index(q)] for q in QUARTILES)
        statistics = {
            "mean": region.mean,
            "sd": region.sd,
            "median": middle,
            "q25": low,
            "q75": high,
        }
        columns += [(f"{name} {what}", number_texts(values)) for what, values in statistics.items()]
        columns.append((f"{name} n", region.counts.tolist()))
    columns += [(name, number_texts(values.astype(np.float64))) for name, values in spectra.pins]
    return csv_text(columns)
