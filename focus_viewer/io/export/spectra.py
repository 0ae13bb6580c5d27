"""Spectra of regions and pins of a cube, under distinct names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from focus_viewer.core.csv_text import distinct_names
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.progress import Step, part
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.spectra import RegionSpectrum, region_spectrum
from focus_viewer.core.typing import FloatArray

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
    found = zip(names, measured, strict=True)
    return NamedSpectra(
        tuple((name, spectrum) for name, spectrum in found if spectrum.pixels),
        tuple((f"Pin row {row} col {col}", cube.pixel(row, col)) for row, col in pins),
    )
