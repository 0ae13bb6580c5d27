"""Curves and spectra as comma-separated values: a row for each wavelength."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.saliency import region_saliencies
from focus_viewer.core.saliency.volume import SaliencyVolume, importance_curve
from focus_viewer.core.typing import DoubleArray
from focus_viewer.io.export.spectra import QUARTILES, NamedSpectra, distinct

Column = tuple[str, Sequence[object]]
_CURVE = ("class", "mode", "wavelength_nm", "low_nm", "high_nm", "image")


def curves_text(volume: SaliencyVolume, annotations: Annotations) -> str:
    """Importance curves of the image and of each region, a row for each spectral group.

    Columns: class, mode, wavelength_nm (middle of the group), low_nm, high_nm, image, and one for
    each region under its name. Curves are sums of saliency: those of parts add up to the image's.

    Parameters
    ----------
    volume : SaliencyVolume
    annotations : Annotations
        Of the same image.
    """
    crops = [one.outline.crop(volume.image_shape) for one in annotations]
    curves = [one.curve for one in region_saliencies(volume, crops)] if crops else []
    low, high = volume.edges_nm.T
    told: list[list[str]] = [[volume.class_name] * low.size, [volume.mode] * low.size]
    values = (volume.centers_nm, low, high, importance_curve(volume))
    names = distinct([*_CURVE, *(one.name for one in annotations)])
    columns = [*told, *(_numbers(one) for one in (*values, *curves))]
    return _text(zip(names, columns, strict=True))


def spectra_text(cube: Cube, spectra: NamedSpectra) -> str:
    """Spectra of regions and pins, a row for each band.

    Columns: wavelength_nm (band without wavelengths), good, units (of the values), then for each
    region NAME mean, sd, median, q25, q75 and n (pixels with data), and one for each pin.

    Parameters
    ----------
    cube : Cube
    spectra : NamedSpectra
    """
    without = cube.wavelengths_nm is None
    axis = ("band", range(1, cube.bands + 1)) if without else ("wavelength_nm", _numbers(cube.axis))
    good: Column = ("good", [int(good) for good in cube.good_bands])
    columns: list[Column] = [axis, good, ("units", [cube.units] * cube.bands)]
    for name, one in spectra.regions:
        low, middle, high = (one.quantiles[one.probabilities.index(q)] for q in QUARTILES)
        told = {"mean": one.mean, "sd": one.sd, "median": middle, "q25": low, "q75": high}
        columns += [(f"{name} {what}", _numbers(values)) for what, values in told.items()]
        columns.append((f"{name} n", one.counts.tolist()))
    columns += [(name, _numbers(values.astype(np.float64))) for name, values in spectra.pins]
    return _text(columns)


def _numbers(values: DoubleArray) -> list[str]:
    """As short as tells them to 7 digits; nothing where there is no value."""
    return [f"{value:.7g}" if np.isfinite(value) else "" for value in values]


def _text(columns: Iterable[Column]) -> str:
    titles, values = zip(*columns, strict=True)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(titles)
    writer.writerows(zip(*values, strict=True))
    return text.getvalue()
