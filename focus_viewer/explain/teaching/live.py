"""Live preview of teaching: class maps of cubes that a frozen backbone reads once.

Patches are relative to the mean of the cube that was read first, measured then and fixed. Were
they relative to the labelled pixels, as in a taught model, each further region would change all of
them, and the cube would have to be read again. The map is therefore close to that of the taught
model, not the same. It shows the fit to what is labelled, not how good that is; what is like
nothing labelled is left out.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.viewpoint import Extent
from focus_viewer.core.datasets.class_map import ClassMap, LabelledCube, MapRequest
from focus_viewer.core.datasets.data_set import Example
from focus_viewer.core.errors import IncompatibleCube
from focus_viewer.core.preprocessing.spatial_binning import binned
from focus_viewer.core.progress import Step, part
from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray
from focus_viewer.core.validation.cross_validation import membership
from focus_viewer.explain.inference.band_groups import (
    MIN_GROUPS,
    Grouping,
    group_bands,
    read_groups,
)
from focus_viewer.explain.inference.explainer import most_pixels
from focus_viewer.explain.inference.group_images import unread_bands
from focus_viewer.explain.inference.tiles import (
    Origin,
    PaddedImage,
    TileBlender,
    TileLayout,
    cells_within,
    known_cells,
)
from focus_viewer.explain.model.checkpoint import LoadedModel, load_to_teach
from focus_viewer.explain.model.preprocessing import (
    GroupStatistics,
    known_pixels,
    standardise,
    to_tensor,
    typical_spectrum,
)
from focus_viewer.explain.teaching.head import Frozen, Head, fits, lessons_of
from focus_viewer.explain.teaching.likeness import ImageSpectra, unlike_cells
from focus_viewer.explain.teaching.pixels import inside_of
from focus_viewer.explain.teaching.plan import TeachingPlan
from focus_viewer.explain.teaching.statistics import measured_statistics
from focus_viewer.explain.teaching.vit_classifier import frozen_of

_BATCH = 512
_SAMPLE = 4000
_STRENGTH = 1.0
_READ_SHARE = 0.15
STAGE_S = 0.6
"""Time after which a stage of reading ends, so that its map can be shown."""


class _Unread(NamedTuple):
    """Images of a cube of which some windows were not read yet."""

    padded: PaddedImage
    typical: DoubleArray
    waiting: list[Origin]
    blend: TileBlender


@dataclass(eq=False)
class _Reading:
    """What the backbone has read of a cube: its patches, NaN where nothing was read."""

    grouping: Grouping
    layout: TileLayout
    shown: Tensor
    statistics: GroupStatistics
    spectra: ImageSpectra
    patches: Tensor
    unread: _Unread | None
    share: float = 0.0
    cells: dict[str, Tensor] = field(default_factory=dict)

    def of(self, example: Example) -> FloatArray:
        """Return the patches of an example that were read, (patches, dim)."""
        if example.digest not in self.cells:
            self.cells[example.digest] = self._cells_of(example)
        own = self.patches[self.cells[example.digest]]
        return np.asarray(own[torch.isfinite(own).all(1)].numpy())

    def spectra_of(self, example: Example) -> FloatArray:
        """Return some spectra of an example, (n, groups)."""
        return self.spectra.within(inside_of(example, self.layout.image_px))

    def unlike(self, labelled: Sequence[FloatArray]) -> BoolArray:
        """Return which cells with data are like no labelled spectrum, (grid_rows, grid_cols)."""
        found = unlike_cells(labelled, self.spectra, self.grouping.edges_nm, self.statistics)
        return np.asarray(found & self.shown.numpy())

    def _cells_of(self, example: Example) -> Tensor:
        if example.region is None:
            return self.shown
        return cells_within(inside_of(example, self.layout.image_px), self.shown, self.layout)


class _Lesson(NamedTuple):
    """Labelled example that was read: its patches, (patches, dim), and spectra, (n, groups)."""

    example: Example
    patches: FloatArray
    spectra: FloatArray


class LivePreview:
    """Preview that keeps what was read of each open cube; for one call at a time."""

    def __init__(self) -> None:
        self._backbone: tuple[object, LoadedModel] | None = None
        self._readings: WeakKeyDictionary[Cube, _Reading] = WeakKeyDictionary()
        self._fitted: tuple[object, Head] | None = None

    @torch.no_grad()
    def advance(self, request: MapRequest, step: Step, seconds: float = STAGE_S) -> ClassMap:
        """Read on in a cube, what is visible first, and map its classes as far as it was read.

        Once the cube was read, only a head is fitted, and only if labels changed.

        Raises
        ------
        IncompatibleCube
            If the cube has no wavelengths, too few spectral groups, or no data.
        ModelError
            If there is no such backbone.
        Cancelled
            From `step`; what was read by then is kept.
        """
        loaded = self._load(request, step)
        reading = self._readings.get(request.cube)
        if reading is None:
            reading = self._begin(request, loaded, part(step, 0.0, _READ_SHARE))
        if reading.unread is not None:
            _read_on(reading, loaded, request, part(step, _READ_SHARE, 1.0), seconds)
            self._fitted = None  # patches that a head was fitted to are others now
        return self._map(request, reading, loaded)

    def _load(self, request: MapRequest, step: Step) -> LoadedModel:
        key = (request.backbone, request.bands_nm)
        if self._backbone is None or self._backbone[0] != key:
            step(0.0, "loading the backbone")
            self._backbone = (key, load_to_teach(request.backbone))
            self._readings.clear()
            self._fitted = None
        return self._backbone[1]

    def _begin(self, request: MapRequest, loaded: LoadedModel, step: Step) -> _Reading:
        for cube in [cube for cube, own in self._readings.items() if own.unread is not None]:
            del self._readings[cube]  # the images of one cube at a time
        grouping, padded = _group_images(request, loaded, step)
        known = np.asarray(known_pixels(padded.inside))
        shown = known_cells(known, padded.layout)
        if not shown.any():
            raise IncompatibleCube(f"{request.cube.name}: no patch of the image has data.")
        statistics = self._statistics(grouping, padded.inside, known)
        layout, dim = padded.layout, loaded.model.backbone.vit.embed_dim
        spectra = ImageSpectra.of(padded.inside, layout)
        typical = typical_spectrum(padded.inside, statistics)
        padded.mirror()
        unread = _Unread(padded, typical, list(layout.origins), TileBlender(layout, (dim,)))
        patches = torch.full((*layout.grid, dim), torch.nan)
        reading = _Reading(grouping, layout, shown, statistics, spectra, patches, unread)
        self._readings[request.cube] = reading
        return reading

    def _statistics(
        self, grouping: Grouping, images: FloatArray, known: np.ndarray
    ) -> GroupStatistics:
        """Return those of a cube with the same groups that was read before, else of this one."""
        for own in self._readings.values():
            if np.array_equal(own.grouping.groups, grouping.groups):
                return own.statistics
        rows, cols = np.nonzero(known)
        chosen = np.linspace(0, rows.size - 1, min(rows.size, _SAMPLE)).astype(np.intp)
        spectra = images[rows[chosen], cols[chosen]]
        spectra = spectra[np.isfinite(spectra).all(axis=1)]
        if not len(spectra) or not spectra.max() > 0:
            raise IncompatibleCube("No pixel with data in all bands and with light was found.")
        return measured_statistics(spectra)

    def _map(self, request: MapRequest, reading: _Reading, loaded: LoadedModel) -> ClassMap:
        lessons = self._lessons(request.labelled, reading)
        classes = tuple(dict.fromkeys(name for each in lessons for name in each.example.classes))
        grid, frozen = reading.layout.grid, frozen_of(loaded.model, reading.grouping.groups)
        likely = torch.full((*grid, 0), torch.nan)
        unlike = np.zeros(grid, dtype=np.bool_)
        if len(classes) < 2:
            classes = ()
        else:
            head = self._head(lessons, classes, request.several, frozen, reading.statistics)
            logits = head.logits(frozen.norm(reading.patches.flatten(0, 1).double()))
            likely = logits.sigmoid() if request.several else logits.softmax(1)
            likely = likely.reshape(*grid, len(classes)).float()
            unlike = reading.unlike([each.spectra for each in lessons])
            likely[~reading.shown | torch.from_numpy(unlike)] = torch.nan
        return ClassMap(
            classes,
            likely.numpy(),
            (request.cube.rows, request.cube.cols),
            request.several,
            reading.share,
            len(lessons),
            unlike,
        )

    def _head(
        self,
        lessons: Sequence[_Lesson],
        classes: tuple[str, ...],
        several: bool,
        frozen: Frozen,
        statistics: GroupStatistics,
    ) -> Head:
        """Fit a head, unless the last one was fitted to the same."""
        sizes = tuple(
            (each.example.digest, each.example.classes, len(each.patches)) for each in lessons
        )
        key = (sizes, several, id(statistics))
        if self._fitted is None or self._fitted[0] != key:
            labels = membership([each.example for each in lessons], classes)
            own = lessons_of([each.patches for each in lessons], labels, "avg", frozen, several)
            weight, bias = next(fits(own, np.arange(len(labels)), [_STRENGTH], offset=True))
            self._fitted = (key, Head(weight, bias, "avg", _STRENGTH, offset=True))
        return self._fitted[1]

    def _lessons(self, labelled: Sequence[LabelledCube], reading: _Reading) -> list[_Lesson]:
        """Return the labelled examples whose patches were read, relative to the same mean."""
        found: list[_Lesson] = []
        for each in labelled:
            own = self._readings.get(each.cube)
            if own is None or own.statistics is not reading.statistics:
                continue
            found.extend(
                _Lesson(example, patches, own.spectra_of(example))
                for example in each.sample.examples
                if example.crop is not None and len(patches := own.of(example))
            )
        return found


def _group_images(
    request: MapRequest, loaded: LoadedModel, step: Step
) -> tuple[Grouping, PaddedImage]:
    """Read a cube as the images of the groups that may be read and have data."""
    card, model = loaded
    cube = binned(request.cube, most_pixels(model))
    grouping = group_bands(cube, card.edges_nm, unread_bands(request.cube))
    allowed = np.flatnonzero(TeachingPlan(bands_nm=request.bands_nm).allows(grouping.edges_nm))
    if allowed.size < MIN_GROUPS:
        raise IncompatibleCube(_too_few(cube, allowed.size))
    if allowed.size < grouping.groups.size:
        grouping = grouping.only(allowed, "")
    patch = model.backbone.patch_px
    layout = TileLayout((cube.rows, cube.cols), patch, model.backbone.window_px // patch)
    padded = PaddedImage.empty(layout, grouping.groups.size)
    read_groups(cube, grouping, step, padded.inside)
    filled = np.flatnonzero([np.isfinite(each).any() for each in np.moveaxis(padded.inside, -1, 0)])
    if filled.size < MIN_GROUPS:
        raise IncompatibleCube(_too_few(cube, filled.size))
    if filled.size < grouping.groups.size:
        return grouping.only(filled, ""), padded.select(filled)
    return grouping, padded


def _too_few(cube: Cube, found: int) -> str:
    return (
        f"{cube.name}: {found} spectral groups have data and may be read, expected at least "
        f"{MIN_GROUPS}. Allow more bands, or choose another backbone."
    )


def _read_on(
    reading: _Reading, loaded: LoadedModel, request: MapRequest, step: Step, seconds: float
) -> None:
    """Read windows for some time, those that are visible first."""
    unread = reading.unread
    if unread is None:
        return
    backbone, layout = loaded.model.backbone, reading.layout
    groups = torch.from_numpy(reading.grouping.groups)
    size, end = max(1, _BATCH // len(groups)), time.perf_counter() + seconds
    _sort(unread.waiting, layout, request)
    while unread.waiting:
        share = 1 - len(unread.waiting) / len(layout.origins)
        step(share, f"reading {request.cube.name} with the backbone")
        batch = unread.waiting[:size]
        pixels = standardise(unread.padded.tiles(tuple(batch)), reading.statistics, unread.typical)
        side = layout.tile_cells
        for origin, patches in zip(batch, backbone(to_tensor(pixels), groups), strict=True):
            unread.blend.add(origin, patches.T.reshape(-1, side, side))
        del unread.waiting[: len(batch)]
        if time.perf_counter() > end:
            break
    reading.patches = unread.blend.so_far().permute(1, 2, 0)
    reading.share = 1 - len(unread.waiting) / len(layout.origins)
    if not unread.waiting:
        reading.unread = None


def _sort(waiting: list[Origin], layout: TileLayout, request: MapRequest) -> None:
    """Sort windows by their distance to the middle of what is visible; visible ones first."""
    rows, cols = request.cube.rows, request.cube.cols
    seen = request.visible or Extent((0.0, 0.0), (float(cols), float(rows)))
    scale = [cells / px for cells, px in zip(layout.grid, (rows, cols), strict=True)]
    low = [seen.low[1] * scale[0] + layout.first[0], seen.low[0] * scale[1] + layout.first[1]]
    high = [seen.high[1] * scale[0] + layout.first[0], seen.high[0] * scale[1] + layout.first[1]]
    side = layout.tile_cells

    def order(origin: Origin) -> tuple[bool, float]:
        axes = list(zip(origin, low, high, strict=True))
        outside = any(first + side <= start or first >= end for first, start, end in axes)
        away = sum((first + side / 2 - (start + end) / 2) ** 2 for first, start, end in axes)
        return outside, away

    waiting.sort(key=order)
