"""What has been measured of the regions of a cube."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.georeference import PixelArea
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.saliency import RegionSaliency, region_saliencies
from focus_viewer.core.regions.shapes import Shape
from focus_viewer.core.regions.spectra import RegionSpectrum
from focus_viewer.core.regions.table import RegionRow, region_rows
from focus_viewer.core.regions.viewed_spectra import SpectralView, viewed_region
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.spectra.indices import INDICES, Index, IndexBands, available
from focus_viewer.core.typing import DoubleArray

MOST_CURVES = 8
"""Regions whose spectra are drawn at a time: more lines could not be told apart."""


@dataclass(frozen=True, eq=False)
class Known:
    """What need not be measured again as long as an outline is there.

    Attributes
    ----------
    rows : mapping of Outline to RegionRow
        Without name, class and saliency.
    saliencies : mapping of Outline to RegionSaliency
        In the volume of the measures.
    spectra : mapping of (Outline, view) to RegionSpectrum
        Of those that were ever drawn.
    """

    rows: Mapping[Shape, RegionRow] = field(default_factory=dict)
    saliencies: Mapping[Shape, RegionSaliency] = field(default_factory=dict)
    spectra: Mapping[tuple[Shape, SpectralView], RegionSpectrum] = field(default_factory=dict)


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
        By id of the region, as measured.
    importance : mapping of int to DoubleArray, shape (groups,)
        By id of the region.
    view : {"values", "derivative", "continuum", "snv"}
    viewed : mapping of int to RegionSpectrum
        By id of the region, through the view.
    known : Known
    indices : tuple of IndexBands
        Vegetation indices of the rows.
    area : PixelArea
        What areas of the rows are told in.
    """

    regions: tuple[Annotation, ...] = ()
    volume: SaliencyVolume | None = None
    rows: tuple[RegionRow, ...] = ()
    spectra: Mapping[int, RegionSpectrum] = field(default_factory=dict)
    importance: Mapping[int, DoubleArray] = field(default_factory=dict)
    view: SpectralView = "values"
    viewed: Mapping[int, RegionSpectrum] = field(default_factory=dict)
    known: Known = field(default_factory=Known)
    indices: tuple[IndexBands, ...] = ()
    area: PixelArea = field(default_factory=PixelArea)

    @cached_property
    def by_id(self) -> dict[int, RegionRow]:
        """Rows by id of the region."""
        return {row.id: row for row in self.rows}


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
    view: SpectralView = "values",
    indices: Sequence[Index] = INDICES,
    area: PixelArea | None = None,
) -> Measures:
    """Measure all regions, and the curves of those that are drawn.

    Parameters
    ----------
    before : Measures or None
        What it knows of outlines that are still there is not measured again; its saliency counts
        in the same volume alone, its rows with the same indices.
    indices : sequence of Index
        Those wanted; one that the cube has not the bands for is left out.
    area : PixelArea or None
        None counts areas in pixels.
    """
    regions, drawn = annotations.regions, drawn_regions(annotations, selected)
    kept = before.known if before else Known()
    table = _Table(available(cube, indices=indices), area or PixelArea())
    same_table = before is not None and (before.indices, before.area) == (table.bands, table.area)
    rows = _rows(cube, regions, kept.rows if same_table else {}, table, step)
    same_volume = before is not None and before.volume is volume
    saliencies = _saliencies(cube, regions, volume, kept.saliencies if same_volume else {})
    spectra = _spectra(cube, drawn, ("values", view), kept.spectra, step)
    outlines = {region.outline for region in regions}
    still = {key: one for key, one in kept.spectra.items() if key[0] in outlines}
    return Measures(
        regions,
        volume,
        tuple(_told(region, rows, saliencies) for region in regions),
        {one.id: spectra[one.outline, "values"] for one in drawn},
        {one.id: saliencies[one.outline].curve for one in drawn if one.outline in saliencies},
        view,
        {one.id: spectra[one.outline, view] for one in drawn},
        Known(rows, saliencies, still | spectra),
        table.bands,
        table.area,
    )


@dataclass(frozen=True)
class _Table:
    """What rows are made of."""

    bands: tuple[IndexBands, ...]
    area: PixelArea


def _rows(
    cube: Cube,
    regions: Sequence[Annotation],
    kept: Mapping[Shape, RegionRow],
    table: _Table,
    step: Step,
) -> dict[Shape, RegionRow]:
    """A row for each outline; those not known yet are read from the cube, in one go."""
    new = list({one.outline: one for one in regions if one.outline not in kept}.values())
    wanted = [one.index for one in table.bands]
    found = region_rows(cube, new, None, table.area.value, step=step, indices=wanted) if new else []
    read = {one.outline: row for one, row in zip(new, found, strict=True)}
    return {one.outline: kept.get(one.outline) or read[one.outline] for one in regions}


def _saliencies(
    cube: Cube,
    regions: Sequence[Annotation],
    volume: SaliencyVolume | None,
    kept: Mapping[Shape, RegionSaliency],
) -> dict[Shape, RegionSaliency]:
    if volume is None:
        return {}
    new = list(dict.fromkeys(one.outline for one in regions if one.outline not in kept))
    crops = [outline.crop((cube.rows, cube.cols)) for outline in new]
    read = dict(zip(new, region_saliencies(volume, crops), strict=True)) if new else {}
    return {one.outline: kept.get(one.outline) or read[one.outline] for one in regions}


def _spectra(
    cube: Cube,
    drawn: Sequence[Annotation],
    views: Sequence[SpectralView],
    kept: Mapping[tuple[Shape, SpectralView], RegionSpectrum],
    step: Step,
) -> dict[tuple[Shape, SpectralView], RegionSpectrum]:
    found = {}
    for region in drawn:
        for view in dict.fromkeys(views):
            key = region.outline, view
            found[key] = kept.get(key) or viewed_region(
                cube, region.outline.crop((cube.rows, cube.cols)), view, step
            )
    return found


def _told(
    region: Annotation,
    rows: Mapping[Shape, RegionRow],
    saliencies: Mapping[Shape, RegionSaliency],
) -> RegionRow:
    """The row of a region: what its outline measures, under its own name."""
    row = replace(
        rows[region.outline], id=region.id, name=region.name, class_name=region.class_name
    )
    saliency = saliencies.get(region.outline)
    if saliency is None:
        return row
    return replace(
        row,
        positive_share=saliency.positive_share,
        negative_share=saliency.negative_share,
        peaks_nm=saliency.peaks_nm,
    )
