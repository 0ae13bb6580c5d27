"""Explanation of a cube by an attached model: windows decided one by one, and summed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.preprocessing.spatial_binning import binned
from focus_viewer.core.progress import Step, part
from focus_viewer.core.saliency.applicability import Applicability
from focus_viewer.core.saliency.explanation import Cost, Explanation
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.core.typing import FloatArray
from focus_viewer.explain.foreign.adapter import Decision
from focus_viewer.explain.foreign.model import AttachedModel, WindowParts
from focus_viewer.explain.inference.attached_applicability import judge_attached
from focus_viewer.explain.inference.band_images import BandImages, read_band_images
from focus_viewer.explain.inference.devices import (
    describe,
    fall_back,
    peak_memory_bytes,
    reset_peak_memory,
)
from focus_viewer.explain.inference.tiles import Origin
from focus_viewer.explain.model.focus_model import contrast
from focus_viewer.explain.model.prompts import PARTS

# Numbers in the keys, and in the shares, of a batch of windows: about an eighth of a gigabyte.
_NUMBERS = 30_000_000
_READ_SHARE, _WINDOW_SHARE = 0.1, 0.95
_MOST_PIXELS, _MOST_BYTES = 4_000_000, 2_000_000_000
# Volumes of an explanation: whole, evidence, saliency and attention, and a copy of one of them.
_VOLUMES = 5


def explain_attached(
    request: ExplainRequest, card: ModelCard, model: AttachedModel, device: torch.device, step: Step
) -> Explanation:
    """Explain a cube for all classes.

    An image's logit is the mean of its windows' logits, each of which is the frozen model's own;
    windows without data do not count.

    Raises
    ------
    IncompatibleCube
        If the cube lacks bands or data.
    ModelError
        If one window does not fit in memory.
    """
    started = time.perf_counter()
    reset_peak_memory(device)
    images, cube = _read(request, model, part(step, 0.0, _READ_SHARE))
    scan = _Scan(model, images, device)
    scan.run(part(step, _READ_SHARE, _WINDOW_SHARE))
    step(_WINDOW_SHARE, "taking the decision apart")
    cost = Cost(
        *(scan.passes, 0, time.perf_counter() - started, describe(scan.device)),
        peak_memory_bytes=peak_memory_bytes(scan.device),
    )
    return scan.explanation(request, card, cost, _notes(request, cube, images, scan))


def judge_image(
    request: ExplainRequest, card: ModelCard, model: AttachedModel, step: Step
) -> Applicability:
    """Return whether the model applies to a cube, without a pass; errors as for explaining."""
    images, _ = _read(request, model, step)
    return judge_attached(request.cube, images, card, _asked(request))


def _asked(request: ExplainRequest) -> str:
    return request.within.name if request.within else "the image"


def _read(request: ExplainRequest, model: AttachedModel, step: Step) -> tuple[BandImages, Cube]:
    cube = binned(request.cube, most_pixels(model))
    asked = request.within
    within = None if asked is None else asked.on(request.cube.shape[:2], cube.shape[:2])
    return read_band_images(cube, model, step, within), cube


def most_pixels(model: AttachedModel) -> int:
    """Return the number of pixels up to which an image is not binned; see `explainer`."""
    classes, groups = model.anchor.shape
    volumes = _VOLUMES * classes * groups / model.adapter.patch_px**2
    return min(_MOST_PIXELS, int(_MOST_BYTES / (4 * (len(model.bands_nm) + volumes))))


class _Scan:
    """Scan of an image, window by window, summed on its grid."""

    def __init__(self, model: AttachedModel, images: BandImages, device: torch.device) -> None:
        self.device = device
        self.notes: list[str] = []
        self.passes = 0
        self._model, self._images = model, images
        classes, cells = len(model.anchor), images.layout.grid[0] * images.layout.grid[1]
        present = len(images.present)
        self._logits = torch.zeros(classes, dtype=torch.float64)
        self._whole = torch.zeros(cells, classes, present)
        self._attention = torch.zeros(cells, classes, present)
        self._absorbed = torch.zeros(cells, present)
        self._contrasts = torch.zeros(cells, present)
        self._visits = torch.zeros(cells, 1)
        self._baseline = torch.zeros(1, classes)
        rows, cols = (
            np.pad(np.arange(grid), (first, padded - grid - first), mode="symmetric")
            for grid, first, padded in zip(
                images.layout.grid, images.layout.first, images.layout.padded, strict=True
            )
        )
        # A cell of the padding counts where the cell that it mirrors is.
        self._cells = torch.from_numpy(rows[:, None] * images.layout.grid[1] + cols)

    def run(self, step: Step) -> None:
        """Decide on all windows with data."""
        model, origins = self._model, self._images.occupied
        size = self._batch_size()
        done, usual = 0, None
        with _ticks(model, lambda: step(done / len(origins), "explaining")):
            while done < len(origins):
                some = origins[done : done + size]
                try:
                    model = model.to(self.device)
                    images, shown = (each.to(self.device) for each in self._images.windows(some))
                    parts = model.adapter.parts(images)
                    usual = usual or model.usual(parts)
                    taken = self._take_apart(parts, usual, shown)
                except torch.OutOfMemoryError as error:
                    self.device, size, note = fall_back(self.device, size, error)
                    self.notes.append(note)
                    usual = None
                    continue
                self._add(some, taken, images)
                done += len(some)
        self._baseline = taken.baseline.cpu()
        model.cpu()

    def _batch_size(self) -> int:
        model = self._model
        tokens = self._images.layout.tile_cells**2 * model.adapter.tokens
        numbers = model.adapter.width + PARTS * len(model.anchor)
        return max(1, _NUMBERS // (tokens * numbers))

    def _take_apart(
        self, parts: Tensor, usual: tuple[Tensor, Decision], shown: Tensor
    ) -> WindowParts:
        present = torch.from_numpy(self._images.present)
        self.passes += 1
        return self._model.take_apart(
            parts, self._model.adapter.decide(parts), usual, present, shown
        )

    def _add(self, origins: tuple[Origin, ...], taken: WindowParts, images: Tensor) -> None:
        side = self._images.layout.tile_cells
        cells = torch.stack(
            [self._cells[row : row + side, col : col + side].flatten() for row, col in origins]
        ).flatten()
        taken = WindowParts(*(each.cpu() for each in taken))
        self._logits += taken.logits.double().sum(0)
        for sums, values in ((self._whole, taken.whole), (self._attention, taken.attention)):
            sums.index_add_(0, cells, values.transpose(1, 2).flatten(0, 1))
        self._absorbed.index_add_(0, cells, taken.absorbed.flatten(0, 1))
        self._contrasts.index_add_(0, cells, self._departures(images.cpu()).flatten(0, 1))
        self._visits.index_add_(0, cells, torch.ones(len(cells), 1))

    def _departures(self, images: Tensor) -> Tensor:
        """Return each patch's departure from usual, (windows, patches, groups), in spreads."""
        model, images_of = self._model, self._images
        usual, spread = (each.cpu()[:, None, None] for each in (model.adapter.usual, model.spread))
        means = functional.avg_pool2d((images - usual) / spread, images_of.layout.patch_px)
        members = [torch.from_numpy(model.groups.members[group]) for group in images_of.present]
        return torch.stack([means[:, bands].mean(1) for bands in members], -1).flatten(1, 2)

    def explanation(
        self, request: ExplainRequest, card: ModelCard, cost: Cost, notes: tuple[str, ...]
    ) -> Explanation:
        """Return what was found."""
        images, model, count = self._images, self._model, len(self._images.occupied)
        visits = self._visits.clamp_min(1)
        absorbed = self._absorbed / visits
        kept = (1 - absorbed)[:, None]
        evidence = self._whole / count * kept
        attention = self._attention / count * kept
        found = Explanation(
            card=card,
            suitability=judge_attached(request.cube, images, card, _asked(request)),
            logits=(self._logits / count).float().numpy(),
            baseline=self._baseline[0].numpy(),
            attention=self._on_grid(attention),
            evidence=self._on_grid(evidence),
            saliency=self._on_grid(self._compared(evidence)),
            sink=1 - attention.sum((0, 2)).numpy(),
            absorbed=self._on_grid(absorbed[:, None])[0],
            contrasts=self._on_grid((self._contrasts / visits)[:, None])[0],
            anchors=model.anchor.cpu()[:, torch.from_numpy(images.present)].numpy(),
            edges_nm=model.groups.edges_nm[images.present],
            met=images.met,
            image_shape=(request.cube.rows, request.cube.cols),
            cost=cost,
            within=request.within.name if request.within else "",
            notes=notes,
        )
        found.settle()
        return found

    def _compared(self, evidence: Tensor) -> Tensor:
        """Return evidence, (cells, classes, groups), less the other classes' mean.

        Where several classes may hold at once, as it is.
        """
        return evidence if self._model.several else contrast(evidence)

    def _on_grid(self, values: Tensor) -> FloatArray:
        """Fold (cells, classes, groups) to (classes, grid_rows, grid_cols, groups)."""
        planes = values.permute(1, 2, 0).contiguous()
        folded = planes.reshape(*planes.shape[:2], *self._images.layout.grid).numpy()
        return np.moveaxis(folded, 1, -1)


@contextmanager
def _ticks(model: AttachedModel, tick: Callable[[], None]) -> Iterator[None]:
    """Call `tick` ahead of every layer, which may raise to leave the pass."""
    with ExitStack() as hooks:
        for module in model.modules():
            hooks.enter_context(module.register_forward_pre_hook(lambda *_: tick()))
        yield


def _notes(request: ExplainRequest, cube: Cube, images: BandImages, scan: _Scan) -> tuple[str, ...]:
    notes = list(scan.notes)
    if request.within:
        notes.insert(0, f"the question was restricted to {request.within.name}")
    if cube is not request.cube:
        notes.append(
            f"the image has {request.cube.rows:,} x {request.cube.cols:,} pixels: it was explained "
            f"at {cube.rows:,} x {cube.cols:,}"
        )
    if request.cube.wavelengths_nm is None:
        notes.append("the cube has no wavelengths: its bands were taken for the model's, in order")
    if images.missing:
        total = len(images.model.bands_nm)
        notes.append(f"{images.missing} of the model's {total} bands are missing: taken as usual")
    side = images.model.adapter.window_px
    if min(cube.rows, cube.cols) < side:
        notes.append(
            f"the image has {cube.rows} x {cube.cols} pixels, the model decides on {side} x "
            f"{side}: it was mirrored at its edges"
        )
    windows = len(images.occupied)
    if windows > 1 and images.layout.tile_cells > 1:
        notes.append(
            f"the logit is the mean of {windows} windows, each decided by the frozen model"
        )
    return tuple(notes)
