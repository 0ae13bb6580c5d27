"""Curves and spectra as comma-separated values: a row for each wavelength."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.csv_text import Column, csv_text, number_texts
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.export_request import ExportRequest
from focus_viewer.core.regions.saliency import region_saliencies
from focus_viewer.core.saliency.curve_table import curve_table
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.io.export.spectra import QUARTILES, NamedSpectra


def curves_text(request: ExportRequest, volume: SaliencyVolume) -> str:
    """Return the importance curves of the image and of each region; see `curve_table`."""
    annotations = request.annotations
    crops = [region.outline.crop(volume.image_shape) for region in annotations]
    curves = [part.curve for part in region_saliencies(volume, crops)] if crops else []
    names = [region.name for region in annotations]
    return curve_table(volume, request.explanation, list(zip(names, curves, strict=True)))


def spectra_text(cube: Cube, spectra: NamedSpectra) -> str:
    """Return spectra of regions and pins, a row for each band.

    Columns: wavelength_nm (band without wavelengths), good, units (of the values), then for each
    region NAME mean, sd, median, q25, q75 and n (pixels with data), and one for each pin.
    """
    axis: Column = ("wavelength_nm", number_texts(cube.axis))
    if cube.wavelengths_nm is None:
        axis = ("band", range(1, cube.bands + 1))
    good: Column = ("good", [int(good) for good in cube.good_bands])
    columns: list[Column] = [axis, good, ("units", [cube.units] * cube.bands)]
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
