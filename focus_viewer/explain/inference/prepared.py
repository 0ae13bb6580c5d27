"""Prepared cubes: read for a model, and explained several in a pass."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.preprocessing.spatial_binning import binned
from focus_viewer.core.progress import Step, part
from focus_viewer.core.saliency.explanation import Cost, Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.core.typing import FloatArray
from focus_viewer.explain.inference.applicability import judge
from focus_viewer.explain.inference.devices import (
    describe,
    peak_memory_bytes,
    reset_peak_memory,
)
from focus_viewer.explain.inference.group_images import GroupImages, read_group_images
from focus_viewer.explain.inference.sliding_window import (
    ImageReading,
    SlidingWindow,
    windows_in_a_pass,
)
from focus_viewer.explain.model.checkpoint import LoadedModel
from focus_viewer.explain.model.focus_model import FocusModel, FocusOutput, contrast
from focus_viewer.explain.model.prompts import PARTS

READ_SHARE = 0.1
"""Share of an explanation's time that reading the cube takes."""

_EMPTY = (
    "nothing in the image differs from a usual leaf as the model sees it: there is no evidence, "
    "and the decision is that of the usual leaf"
)
_WINDOW_SHARE = 0.95
# A larger image is explained more coarsely, so that memory does not grow with the cube.
_MOST_PIXELS = 4_000_000
_MOST_BYTES = 2_000_000_000


@dataclass(frozen=True, eq=False)
class PreparedCube:
    """Cube that was read for a model.

    Attributes
    ----------
    seen : Cube
        At the resolution at which it is explained.
    seconds : float
        That reading took.
    """

    request: ExplainRequest
    seen: Cube
    images: GroupImages
    seconds: float

    @property
    def windows(self) -> int:
        """Number of windows that pass the backbone."""
        return len(self.images.occupied)

    def without_pixels(self) -> PreparedCube:
        """Return the same without the images' pixels, which take most of its memory."""
        return replace(self, images=self.images.without_pixels())

    def may_share(self, others: Sequence[PreparedCube]) -> bool:
        """Return whether it fits in a pass with others: same model and groups, few windows."""
        first, groups = self.request, self.images.grouping.groups
        same = all(
            (other.request.model, other.request.device) == (first.model, first.device)
            and np.array_equal(other.images.grouping.groups, groups)
            for other in others
        )
        total = self.windows + sum(other.windows for other in others)
        return same and total <= windows_in_a_pass(groups.size)


def prepare(request: ExplainRequest, loaded: LoadedModel, step: Step) -> PreparedCube:
    """Read a cube as the images of a model's groups.

    Raises
    ------
    IncompatibleCube
        If the cube has no wavelengths, too few of the model's groups, or no data.
    """
    started = time.perf_counter()
    card, model = loaded
    cube = binned(request.cube, most_pixels(model))
    asked = request.within
    within = None if asked is None else asked.on(request.cube.shape[:2], cube.shape[:2])
    images = read_group_images(cube, model, card.edges_nm, step, within, original=request.cube)
    return PreparedCube(request, cube, images, time.perf_counter() - started)


def explain_prepared(
    cubes: Sequence[PreparedCube], loaded: LoadedModel, device: torch.device, step: Step
) -> list[Explanation]:
    """Explain cubes of the same groups, whose windows share passes.

    The time of an explanation is that of reading its cube, and its windows' share of the passes.

    Raises
    ------
    ValueError
        If the cubes differ in their groups.
    ModelError
        If one window does not fit in memory.
    """
    started = time.perf_counter()
    reset_peak_memory(device)
    sliding = SlidingWindow(loaded.model, [each.images for each in cubes], device)
    readings = sliding.read(part(step, 0.0, _WINDOW_SHARE))
    step(_WINDOW_SHARE, "taking the decision apart")
    windows = np.array([each.windows for each in cubes])
    seconds = (time.perf_counter() - started) * windows / windows.sum()
    cubes = [each.without_pixels() for each in cubes]
    # As the window's weights went to the device, so they come back for what is left to do.
    loaded.model.cpu()
    return [
        _decided(loaded, cube, readings.pop(0), sliding, place, float(seconds[place]))
        for place, cube in enumerate(cubes)
    ]


def _decided(
    loaded: LoadedModel,
    prepared: PreparedCube,
    reading: ImageReading,
    sliding: SlidingWindow,
    place: int,
    seconds: float,
) -> Explanation:
    started = time.perf_counter()
    request, images = prepared.request, prepared.images
    shown = images.shown.flatten()[None]
    output = loaded.model.decide(reading.reading, reading.usual, shown, places=images.places)
    cost = Cost(
        sliding.forward_passes[place],
        sliding.backward_passes,
        prepared.seconds + seconds + time.perf_counter() - started,
        describe(sliding.device),
        peak_memory_bytes(sliding.device),
    )
    asked = request.within
    within_notes = () if asked is None else (f"the question was restricted to {asked.name}",)
    notes = (
        *within_notes,
        *images.grouping.notes,
        *_binned_notes(request.cube, prepared.seen),
        *sliding.notes,
    )
    found = (output, reading.reading.attention.absorbed, reading.contrasts)
    del reading  # and with it the shares, before the volumes are made
    return _explanation(loaded, prepared, found, cost, notes)


def most_pixels(model: FocusModel) -> int:
    """Return the number of pixels up to which an image is not binned.

    Of each the group images hold one float32 a group, and the parts' shares, evidence, attention,
    saliency and what the sink took each one a class, group and patch. An explanation holds
    `_MOST_BYTES` at the most, a part of the cube (`spatial_binning.parts`) and then the model's
    pass over a batch of windows beside it. An image narrower than a window is padded to one, which
    takes more.
    """
    groups, patch = model.mean.numel(), model.backbone.patch_px
    volumes = (PARTS + 4) * model.prompts.classes / patch**2
    return min(_MOST_PIXELS, int(_MOST_BYTES / (4 * groups * (1 + volumes))))


def _contrast(evidence: Tensor) -> Tensor:
    """Compute `contrast` group by group, without copies of all evidence."""
    saliency = torch.empty_like(evidence)
    for group in range(evidence.shape[-1]):
        saliency[..., group] = contrast(evidence[..., group])
    return saliency


def _explanation(
    loaded: LoadedModel,
    prepared: PreparedCube,
    found: tuple[FocusOutput, Tensor, Tensor],
    cost: Cost,
    notes: tuple[str, ...],
) -> Explanation:
    request, images, grid = prepared.request, prepared.images, prepared.images.layout.grid
    cube, within = request.cube, request.within.name if request.within else ""
    output, absorbed, contrasts = found
    groups = torch.from_numpy(images.grouping.groups)
    explanation = Explanation(
        card=loaded.card,
        suitability=judge(cube, images, loaded.card, within or "the image"),
        logits=output.logits[0].numpy(),
        baseline=output.baseline[0].numpy(),
        attention=_on_grid(output.attention, grid, images.places),
        evidence=_on_grid(output.evidence, grid, images.places),
        saliency=_on_grid(_contrast(output.evidence), grid, images.places),
        sink=output.sink[0].numpy(),
        absorbed=_on_grid(absorbed[None], grid)[0],
        contrasts=_on_grid(contrasts[None], grid)[0],
        anchors=loaded.model.anchor[:, groups].numpy(),
        edges_nm=images.grouping.edges_nm,
        met=images.met,
        image_shape=(cube.rows, cube.cols),
        cost=cost,
        within=within,
        notes=notes,
    )
    if explanation.empty:
        explanation = replace(explanation, notes=(*notes, _EMPTY))
    explanation.settle()
    return explanation


def _binned_notes(cube: Cube, seen: Cube) -> tuple[str, ...]:
    if seen is cube:
        return ()
    return (
        f"the image has {cube.rows:,} x {cube.cols:,} pixels: it was explained at "
        f"{seen.rows:,} x {seen.cols:,}",
    )


def _on_grid(
    values: Tensor, grid: tuple[int, int], places: Tensor | slice = slice(None)
) -> FloatArray:
    """Unfold (1, classes, patches, groups) to (classes, grid_rows, grid_cols, groups).

    In memory group by group, as a volume keeps it: the window then has nothing to copy.

    Parameters
    ----------
    places : Tensor of int64, shape (patches,)
        Of the patches among the grid's cells, all by default; the others are 0.
    """
    _, classes, _, groups = values.shape
    planes = values.new_zeros(classes, groups, grid[0] * grid[1])
    planes[..., places] = values[0].mT
    return np.moveaxis(planes.reshape(classes, groups, *grid).numpy(), 1, -1)
