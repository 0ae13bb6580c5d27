"""Region table: size, spectra, indices and share of saliency of each region and each class."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from focus_viewer.core.cubes.cube import Cube, Units
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.mask_crop import MaskCrop
from focus_viewer.core.regions.masked_pixels import masked_pixels
from focus_viewer.core.regions.moments import Moments, moments_of, no_moments
from focus_viewer.core.regions.saliency import RegionSaliency, region_saliencies
from focus_viewer.core.saliency.applicability import Verdict
from focus_viewer.core.saliency.region_decision import RegionDecision
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.spectra.indices import INDICES, Index, available
from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray, IntArray


@dataclass(frozen=True)
class RegionRow:
    """Row of the table: a region.

    Attributes
    ----------
    class_name : str or None
        Class that the user assigned.
    area : float
        In the unit of the `pixel_area` of the table.
    mean : float
        Mean over its pixels of their means over the good bands, in the cube's units; NaN without
        data.
    sd : float
        Sample standard deviation (ddof 1) among its pixels of their means over the good bands.
    positive_share, negative_share : float
        Share of the image's saliency above and below zero in the region, 0 to 1; NaN without
        saliency.
    peaks_nm : tuple of float
        Highest peaks of its importance curve, the highest first.
    indices : mapping of str to float
        Vegetation indices of its mean spectrum, by name.
    """

    id: int
    name: str
    class_name: str | None
    pixels: int
    area: float
    mean: float
    sd: float
    positive_share: float
    negative_share: float
    peaks_nm: tuple[float, ...]
    indices: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class _Measured:
    """Sums over the pixels of a region: spectra, and their means over the good bands."""

    sums: DoubleArray
    counts: IntArray
    level: Moments

    def with_pixels(self, spectra: FloatArray, good_bands: BoolArray) -> _Measured:
        known = np.isfinite(spectra)
        filled = spectra if known.all() else np.where(known, spectra, np.float32(0))
        usable = np.count_nonzero(known & good_bands, axis=1)
        levels = filled.sum(axis=1, where=good_bands, dtype=np.float64)
        levels /= np.where(usable > 0, usable, np.nan)
        return _Measured(
            self.sums + filled.sum(axis=0, dtype=np.float64),
            self.counts + known.sum(axis=0),
            self.level.merged(moments_of(levels[:, None])),
        )

    @property
    def mean(self) -> DoubleArray:
        """Mean spectrum, shape (bands,)."""
        return np.asarray(self.sums / np.where(self.counts > 0, self.counts, np.nan))


def region_rows(
    cube: Cube,
    regions: Annotations | Sequence[Annotation],
    volume: SaliencyVolume | None = None,
    pixel_area: float = 1.0,
    step: Step = silent,
    indices: Sequence[Index] = INDICES,
) -> list[RegionRow]:
    """Compute a row for each region, in their order; the cube is read once for all of them.

    Parameters
    ----------
    regions : Annotations or sequence of Annotation
        Hidden ones too.
    pixel_area : float
        Area of a pixel, in the unit wanted.
    indices : sequence of Index
        Indices to compute; an index whose bands the cube lacks is left out.

    Raises
    ------
    ValueError
        If the volume is of an image of another shape.
    """
    shape = cube.rows, cube.cols
    if volume is not None and volume.image_shape != shape:
        raise ValueError(f"saliency of an image {volume.image_shape} does not fit one {shape}")
    crops = [region.outline.crop(shape) for region in regions]
    measured = _measure(cube, crops, step)
    values = _indices_of(cube, [sums.mean for sums in measured], indices)
    saliencies = [None] * len(crops) if volume is None else region_saliencies(volume, crops)
    return [
        _row(region, crop, pixel_area, sums, saliency, own)
        for region, crop, sums, saliency, own in zip(
            regions, crops, measured, saliencies, values, strict=True
        )
    ]


def to_csv_text(
    rows: Iterable[RegionRow],
    units: Units = "reflectance",
    area_unit: str = "px",
    indices: Sequence[Index] = INDICES,
    decisions: Mapping[int, RegionDecision] | None = None,
    image: tuple[Verdict, str] | None = None,
    mask: str = "",
) -> str:
    """Return the table as comma-separated values (RFC 4180); unknown values are left empty.

    The units of cube, areas and indices name the columns.

    Parameters
    ----------
    decisions : mapping of int to RegionDecision, or None
        By id of the region: columns decision, probability, applicability, doubt and
        evidence_peak_nm at the end; None for a table without them.
    image : tuple of ({"applies", "doubtful", "does not apply"}, str), or None
        Verdict on the image, and the class whose saliency the shares and peaks are of, for the
        columns image_applicability and saliency_of; None for a table without them.
    mask : str
        What pixels are limited to, for a column mask; empty for a table without it.
    """
    table = list(rows)
    names = list(dict.fromkeys(name for row in table for name in row.indices))
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    in_nm = {index.name for index in indices if index.unit == "nm"}
    titles = [f"{name}_nm" if name in in_nm else name for name in names]
    header = _header(titles, "value" if units == "unknown" else units, area_unit)
    more = ["image_applicability", "saliency_of"] if image else []
    masked = ["mask"] if mask else []
    writer.writerow([*header, *more, *(() if decisions is None else _DECISION), *masked])
    for row in table:
        decided = [] if decisions is None else _decided(decisions.get(row.id))
        last = [mask] if mask else []
        writer.writerow([*_fields(row, names), *(image or ()), *decided, *last])
    return text.getvalue()


_DECISION = ("decision", "probability", "applicability", "doubt", "evidence_peak_nm")


def _decided(found: RegionDecision | None) -> list[object]:
    """Return the fields of a decision; where the model does not apply, its verdict alone."""
    if found is None or not found.diagnosis:
        return ["", "", found.verdict if found else "", "", ""]
    numbers = (f"{value:.4g}" for value in (found.probability, found.doubt, found.peak_nm))
    probability, doubt, peak = numbers
    return [found.diagnosis, probability, found.verdict, doubt, peak]


def _measure(cube: Cube, crops: Sequence[MaskCrop | None], step: Step) -> list[_Measured]:
    counts = np.zeros(cube.bands, dtype=np.intp)
    measured = [_Measured(np.zeros(cube.bands), counts, no_moments(1)) for _ in crops]
    present = [(index, crop) for index, crop in enumerate(crops) if crop is not None]
    for which, spectra in masked_pixels(cube, [crop for _, crop in present], step):
        index = present[which][0]
        measured[index] = measured[index].with_pixels(spectra, cube.good_bands)
    return measured


def _indices_of(
    cube: Cube, means: Sequence[DoubleArray], indices: Sequence[Index]
) -> list[dict[str, float]]:
    spectra = np.array(means).reshape(len(means), cube.bands)
    found = available(cube, indices=indices)
    values = {index.index.name: index.of(spectra) for index in found}
    return [
        {name: float(value[row]) for name, value in values.items()} for row in range(len(means))
    ]


def _row(
    region: Annotation,
    crop: MaskCrop | None,
    pixel_area: float,
    measured: _Measured,
    saliency: RegionSaliency | None,
    indices: Mapping[str, float],
) -> RegionRow:
    pixels = 0 if crop is None else crop.pixels
    return RegionRow(
        id=region.id,
        name=region.name,
        class_name=region.class_name,
        pixels=pixels,
        area=pixels * pixel_area,
        mean=float(measured.level.means[0]),
        sd=float(measured.level.sd[0]),
        positive_share=math.nan if saliency is None else saliency.positive_share,
        negative_share=math.nan if saliency is None else saliency.negative_share,
        peaks_nm=() if saliency is None else saliency.peaks_nm,
        indices=indices,
    )


def _header(index_titles: Sequence[str], units: str, area_unit: str) -> list[str]:
    return [
        *("id", "name", "class", "pixels", f"area_{area_unit}", f"mean_{units}", f"sd_{units}"),
        *("positive_saliency_share", "negative_saliency_share", "peaks_nm"),
        *index_titles,
    ]


def _fields(row: RegionRow, index_names: Sequence[str]) -> list[str]:
    numbers = (row.area, row.mean, row.sd, row.positive_share, row.negative_share)
    return [
        *(str(row.id), row.name, row.class_name or "", str(row.pixels)),
        *(_number(value) for value in numbers),
        " ".join(_number(peak) for peak in row.peaks_nm),
        *(_number(row.indices.get(name, math.nan)) for name in index_names),
    ]


def _number(value: float) -> str:
    return f"{value:.7g}" if math.isfinite(value) else ""


@dataclass(frozen=True)
class ClassRow:
    """All regions of a class.

    Attributes
    ----------
    class_name : str or None
        None gathers the regions without a class.
    region_ids : tuple of int
        In the order of the table.
    pixels : int
        Of all regions; pixels in two regions count twice.
    mean, sd : float
        Of the means of all pixels over the good bands: the deviation is within regions and between
        their means. NaN without data.
    positive_share, negative_share : float
        Sums of the regions' shares; NaN without saliency.
    """

    class_name: str | None
    region_ids: tuple[int, ...]
    pixels: int
    mean: float
    sd: float
    positive_share: float
    negative_share: float


def class_rows(rows: Iterable[RegionRow]) -> list[ClassRow]:
    """Return a row for each class, by name; regions without a class come last.

    Parameters
    ----------
    rows : iterable of RegionRow
        Regions without data are left out of mean and deviation. A region with data in some pixels
        weighs as if all had data.
    """
    members: dict[str | None, list[RegionRow]] = {}
    for row in rows:
        members.setdefault(row.class_name, []).append(row)
    names = sorted(members, key=lambda name: (name is None, (name or "").lower()))
    return [_pooled(name, members[name]) for name in names]


def _pooled(class_name: str | None, rows: Sequence[RegionRow]) -> ClassRow:
    known = [row for row in rows if math.isfinite(row.mean)]
    pixels = sum(row.pixels for row in known)
    mean = sum(row.pixels * row.mean for row in known) / pixels if pixels else math.nan
    return ClassRow(
        class_name,
        tuple(row.id for row in rows),
        sum(row.pixels for row in rows),
        mean,
        _pooled_sd(known, pixels, mean),
        sum(row.positive_share for row in rows),
        sum(row.negative_share for row in rows),
    )


def _pooled_sd(rows: Sequence[RegionRow], pixels: int, mean: float) -> float:
    if pixels < 2:
        return math.nan
    within = sum((row.pixels - 1) * row.sd**2 for row in rows if row.pixels > 1)
    between = sum(row.pixels * (row.mean - mean) ** 2 for row in rows)
    return math.sqrt((within + between) / (pixels - 1))
