"""Measurements of the regions of a cube."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.georeference import PixelArea
from focus_viewer.core.masks.mask import Mask, clipped
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
"""Most regions whose spectra are drawn: more lines could not be distinguished."""


@dataclass(frozen=True, eq=False)
class Known:
    """Measurements that stay valid as long as an outline exists.

    Rows are without name, class and saliency; saliencies are in the volume of the measures;
    spectra are those of regions that have been drawn, by view.
    """

    rows: Mapping[Shape, RegionRow] = field(default_factory=dict)
    saliencies: Mapping[Shape, RegionSaliency] = field(default_factory=dict)
    spectra: Mapping[tuple[Shape, SpectralView], RegionSpectrum] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Measures:
    """Rows of the region table, and curves of the drawn regions.

    Attributes
    ----------
    regions : tuple of Annotation
        Measured regions.
    volume : SaliencyVolume or None
        Volume of their saliency.
    rows : tuple of RegionRow
        One for each region.
    spectra : mapping of int to RegionSpectrum
        By id of the region, as measured.
    importance : mapping of int to DoubleArray, shape (groups,)
        By id of the region.
    view : {"values", "derivative", "continuum", "snv"}
    viewed : mapping of int to RegionSpectrum
        By id of the region, through the view.
    indices : tuple of IndexBands
        Vegetation indices of the rows.
    area : PixelArea
        Unit of the areas in the rows.
    mask : Mask or None
        That all of them are limited to; None for all pixels of the regions.
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
    mask: Mask | None = None

    @cached_property
    def by_id(self) -> dict[int, RegionRow]:
        """Rows by id of the region."""
        return {row.id: row for row in self.rows}


def drawn_regions(annotations: Annotations, selected: tuple[int, ...]) -> tuple[Annotation, ...]:
    """Return regions whose curves are drawn: the selected ones, or all visible ones."""
    shown = tuple(region for region in annotations if not region.hidden)
    chosen = tuple(region for region in shown if region.id in selected)
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
    mask: Mask | None = None,
) -> Measures:
    """Measure all regions, and the curves of the drawn ones.

    Parameters
    ----------
    before : Measures or None
        Measurements of its outlines are reused: saliency in the same volume, rows with the same
        indices.
    indices : sequence of Index
        Indices whose bands the cube lacks are left out.
    area : PixelArea or None
        None counts areas in pixels.
    mask : Mask or None
        Only pixels inside are measured.
    """
    annotations = clipped(annotations, mask)
    regions, drawn = annotations.regions, drawn_regions(annotations, selected)
    kept = before.known if before else Known()
    table = _Table(available(cube, indices=indices), area or PixelArea())
    same_table = before is not None and (before.indices, before.area) == (table.bands, table.area)
    rows = _rows(cube, regions, kept.rows if same_table else {}, table, step)
    same_volume = before is not None and before.volume is volume
    saliencies = _saliencies(cube, regions, volume, kept.saliencies if same_volume else {})
    spectra = _spectra(cube, drawn, ("values", view), kept.spectra, step)
    outlines = {region.outline for region in regions}
    still = {key: spectrum for key, spectrum in kept.spectra.items() if key[0] in outlines}
    return Measures(
        regions,
        volume,
        tuple(_row_of(region, rows, saliencies) for region in regions),
        {region.id: spectra[region.outline, "values"] for region in drawn},
        {
            region.id: saliencies[region.outline].curve
            for region in drawn
            if region.outline in saliencies
        },
        view,
        {region.id: spectra[region.outline, view] for region in drawn},
        Known(rows, saliencies, still | spectra),
        table.bands,
        table.area,
        mask,
    )


@dataclass(frozen=True)
class _Table:
    """Indices and area unit of rows."""

    bands: tuple[IndexBands, ...]
    area: PixelArea


def _rows(
    cube: Cube,
    regions: Sequence[Annotation],
    kept: Mapping[Shape, RegionRow],
    table: _Table,
    step: Step,
) -> dict[Shape, RegionRow]:
    """Return a row for each outline; new ones are read from the cube in one go."""
    new = list(
        {region.outline: region for region in regions if region.outline not in kept}.values()
    )
    wanted = [bands.index for bands in table.bands]
    found = region_rows(cube, new, None, table.area.value, step=step, indices=wanted) if new else []
    read = {region.outline: row for region, row in zip(new, found, strict=True)}
    return {region.outline: kept.get(region.outline) or read[region.outline] for region in regions}


def _saliencies(
    cube: Cube,
    regions: Sequence[Annotation],
    volume: SaliencyVolume | None,
    kept: Mapping[Shape, RegionSaliency],
) -> dict[Shape, RegionSaliency]:
    if volume is None:
        return {}
    new = list(dict.fromkeys(region.outline for region in regions if region.outline not in kept))
    crops = [outline.crop((cube.rows, cube.cols)) for outline in new]
    read = dict(zip(new, region_saliencies(volume, crops), strict=True)) if new else {}
    return {region.outline: kept.get(region.outline) or read[region.outline] for region in regions}


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


def _row_of(
    region: Annotation,
    rows: Mapping[Shape, RegionRow],
    saliencies: Mapping[Shape, RegionSaliency],
) -> RegionRow:
    """Return the row of a region: the measurements of its outline under its name."""
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
