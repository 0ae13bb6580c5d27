"""Explainer: from a request to an explanation."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import ModelError
from focus_viewer.core.preprocessing.spatial_binning import binned
from focus_viewer.core.progress import Step, part
from focus_viewer.core.saliency.applicability import Applicability
from focus_viewer.core.saliency.explanation import Cost, Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.core.typing import FloatArray
from focus_viewer.explain.foreign.model import AttachedModel
from focus_viewer.explain.foreign.storage import Loaded, load_any
from focus_viewer.explain.inference.applicability import judge
from focus_viewer.explain.inference.attached import explain_attached, judge_image
from focus_viewer.explain.inference.devices import (
    describe,
    find_device,
    peak_memory_bytes,
    reset_peak_memory,
)
from focus_viewer.explain.inference.group_images import GroupImages, read_group_images
from focus_viewer.explain.inference.sliding_window import SlidingWindow
from focus_viewer.explain.model.cards import read_card
from focus_viewer.explain.model.checkpoint import LoadedModel
from focus_viewer.explain.model.focus_model import FocusModel, FocusOutput, contrast
from focus_viewer.explain.model.prompts import PARTS

_EMPTY = (
    "nothing in the image differs from a usual leaf as the model sees it: there is no evidence, "
    "and the decision is that of the usual leaf"
)
_WAIT_SECONDS = 0.05
_READ_SHARE, _WINDOW_SHARE = 0.1, 0.95
# A larger image is explained more coarsely, so that memory does not grow with the cube.
_MOST_PIXELS = 4_000_000
_MOST_BYTES = 2_000_000_000


class Explainer:
    """Explainer of cubes with a cache of loaded models.

    One explanation at a time: a cancelled one leaves the model before the next one enters.
    """

    def __init__(self) -> None:
        self._models: dict[str, Loaded] = {}
        self._busy = threading.Lock()

    def explain(self, request: ExplainRequest, step: Step) -> Explanation:
        """Explain a cube for all classes in one pass, without gradients.

        A large image takes a pass for each batch of windows. The time is measured from the cube to
        the result, with the model loaded.

        Parameters
        ----------
        step : Step
            Called between stages and ahead of every layer.

        Raises
        ------
        IncompatibleCube
            If the cube has no wavelengths, too few of the model's groups, or no data.
        ModelError
            If the model cannot be loaded or the device is missing.
        """
        with self._turn(step), torch.inference_mode():
            step(0.0, "loading model")
            card, model = self.load(request.model)
            device = find_device(request.device)
            if isinstance(model, AttachedModel):
                return explain_attached(request, card, model, device, step)
            return _explain(request, LoadedModel(card, model), device, step)

    def judge(self, request: ExplainRequest, step: Step) -> Applicability:
        """Return whether the model applies to a cube, without a pass and without its sink's part.

        Errors are those of `explain`.
        """
        with self._turn(step), torch.inference_mode():
            step(0.0, "loading model")
            card, model = self.load(request.model)
            if isinstance(model, AttachedModel):
                return judge_image(request, card, model, step)
            cube = binned(request.cube, most_pixels(model))
            images = read_group_images(cube, model, card.edges_nm, step, original=request.cube)
            return judge(request.cube, images, card)

    def load(self, name: str) -> Loaded:
        """Load a model, or return the one that was loaded before.

        Raises
        ------
        ModelError
            If files are missing, damaged, or not those that the card was written for.
        """
        # A model may be taught anew into the same folder.
        known = self._models.get(name)
        if known is None or known.card != read_card(name):
            self._models[name] = load_any(name)
        return self._models[name]

    def copy_of(self, name: str, step: Step) -> LoadedModel:
        """Copy a model on the CPU, so that it can be tested while others are explained.

        Raises
        ------
        ModelError
            If it is an attached one, or cannot be loaded.
        """
        with self._turn(step):
            card, model = self.load(name)
            if isinstance(model, AttachedModel):
                raise ModelError(
                    f"{card.name} is an attached model, to which these tests do not apply: its "
                    "card says how explanations agree with brute force on what was held out."
                )
            return LoadedModel(card, copy.deepcopy(model).cpu())

    @contextmanager
    def _turn(self, step: Step) -> Iterator[None]:
        while not self._busy.acquire(timeout=_WAIT_SECONDS):
            step(0.0, "waiting for the previous job")
        try:
            yield
        finally:
            self._busy.release()


def explain(request: ExplainRequest, step: Step) -> Explanation:
    """Explain one cube with a model loaded for it alone; see `Explainer.explain`."""
    return Explainer().explain(request, step)


def _explain(
    request: ExplainRequest, loaded: LoadedModel, device: torch.device, step: Step
) -> Explanation:
    card, model = loaded
    started = time.perf_counter()
    reset_peak_memory(device)
    cube = binned(request.cube, most_pixels(model))
    asked = request.within
    within = None if asked is None else asked.on(request.cube.shape[:2], cube.shape[:2])
    reading_step = part(step, 0.0, _READ_SHARE)
    images = read_group_images(
        cube, model, card.edges_nm, reading_step, within, original=request.cube
    )
    sliding_window = SlidingWindow(model, images, device)
    reading = sliding_window.read(part(step, _READ_SHARE, _WINDOW_SHARE))
    step(_WINDOW_SHARE, "taking the decision apart")
    shown = images.shown.flatten()[None]
    # As the window's weights went to the device, so they come back for what is left to do.
    output = model.cpu().decide(reading.reading, reading.usual, shown)
    cost = Cost(
        sliding_window.forward_passes,
        sliding_window.backward_passes,
        time.perf_counter() - started,
        describe(sliding_window.device),
        peak_memory_bytes(sliding_window.device),
    )
    within_notes = () if asked is None else (f"the question was restricted to {asked.name}",)
    notes = (
        *within_notes,
        *images.grouping.notes,
        *_binned_notes(request.cube, cube),
        *sliding_window.notes,
    )
    found = (output, reading.reading.attention.absorbed, reading.contrasts)
    return _explanation(loaded, images, found, cost, request, notes)


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
    images: GroupImages,
    found: tuple[FocusOutput, Tensor, Tensor],
    cost: Cost,
    request: ExplainRequest,
    notes: tuple[str, ...],
) -> Explanation:
    cube, within = request.cube, request.within.name if request.within else ""
    grid = images.layout.grid
    output, absorbed, contrasts = found
    groups = torch.from_numpy(images.grouping.groups)
    explanation = Explanation(
        card=loaded.card,
        suitability=judge(cube, images, loaded.card, within or "the image"),
        logits=output.logits[0].numpy(),
        baseline=output.baseline[0].numpy(),
        attention=_on_grid(output.attention, grid),
        evidence=_on_grid(output.evidence, grid),
        saliency=_on_grid(_contrast(output.evidence), grid),
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


def _on_grid(values: Tensor, grid: tuple[int, int]) -> FloatArray:
    """Unfold (1, classes, patches, groups) to (classes, grid_rows, grid_cols, groups).

    In memory group by group, as a volume keeps it: the window then has nothing to copy.
    """
    planes = values[0].mT.contiguous()  # (classes, groups, patches)
    folded = planes.reshape(*planes.shape[:2], *grid).numpy()
    return np.moveaxis(folded, 1, -1)
