"""What has been measured of the regions of a cube."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from focus_viewer.core.annotations import Annotation, Annotations
from focus_viewer.core.cube import Cube
from focus_viewer.core.mask_crop import crop_mask
from focus_viewer.core.progress import Step
from focus_viewer.core.region_saliency import region_saliencies
from focus_viewer.core.region_spectra import RegionSpectrum, region_spectrum
from focus_viewer.core.region_table import RegionRow, region_rows
from focus_viewer.core.saliency import SaliencyVolume
from focus_viewer.core.typing import DoubleArray

MOST_CURVES = 8
"""Regions whose spectra are drawn at a time: more lines could not be told apart."""


@dataclass(frozen=True, eq=False)
class Measures:
    """Rows of the table of regions, and the curves of those that are drawn.

    Attributes
    ----------
    regions : tuple of Annotation
        What was measured.
    volume : SaliencyVolume or None
        What it was measured in.
    rows : tuple of RegionRow
        One for each region.
    spectra : mapping of int to RegionSpectrum
        By id of the region.
    importance : mapping of int to DoubleArray, shape (groups,)
        By id of the region.
    """

    regions: tuple[Annotation, ...] = ()
    volume: SaliencyVolume | None = None
    rows: tuple[RegionRow, ...] = ()
    spectra: Mapping[int, RegionSpectrum] | None = None
    importance: Mapping[int, DoubleArray] | None = None


def drawn_regions(annotations: Annotations, selected: tuple[int, ...]) -> tuple[Annotation, ...]:
    """Regions whose curves are drawn: those selected, or all that are shown if none is."""
    shown = tuple(one for one in annotations if not one.hidden)
    chosen = tuple(one for one in shown if one.id in selected)
    return (chosen or shown)[:MOST_CURVES]


def measure(
    cube: Cube,
    annotations: Annotations,
    selected: tuple[int, ...],
    volume: SaliencyVolume | None,
    before: Measures | None,
    step: Step,
) -> Measures:
    """Measure all regions, and the curves of those that are drawn.

    Parameters
    ----------
    before : Measures or None
        Its spectra are kept for outlines that have not changed, and its rows if nothing has.
    """
    regions = annotations.regions
    same = before is not None and before.regions == regions and before.volume is volume
    rows = before.rows if before and same else tuple(region_rows(cube, regions, volume, step=step))
    drawn = drawn_regions(annotations, selected)
    known = _known_spectra(before)
    spectra = {}
    for region in drawn:
        kept = known.get(region.outline)
        mask = region.outline.mask((cube.rows, cube.cols))
        spectra[region.id] = kept or region_spectrum(cube, mask, step=step)
    return Measures(regions, volume, rows, spectra, _importance(cube, drawn, volume))


def _known_spectra(before: Measures | None) -> dict[object, RegionSpectrum]:
    if before is None or before.spectra is None:
        return {}
    outlines = {region.id: region.outline for region in before.regions}
    return {outlines[one]: found for one, found in before.spectra.items() if one in outlines}


def _importance(
    cube: Cube, drawn: tuple[Annotation, ...], volume: SaliencyVolume | None
) -> dict[int, DoubleArray]:
    if volume is None:
        return {}
    crops = [crop_mask(region.outline.mask((cube.rows, cube.cols))) for region in drawn]
    found = region_saliencies(volume, crops)
    return {region.id: one.curve for region, one in zip(drawn, found, strict=True)}
