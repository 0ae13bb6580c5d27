"""From a request to an explanation: the whole way of a cube through the model."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.preprocessing.spatial_binning import binned
from focus_viewer.core.progress import Step, part
from focus_viewer.core.saliency.explanation import Cost, Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.core.typing import FloatArray
from focus_viewer.explain.inference.devices import (
    describe,
    find_device,
    peak_memory_bytes,
    reset_peak_memory,
)
from focus_viewer.explain.inference.group_images import GroupImages, read_group_images
from focus_viewer.explain.inference.sliding_window import Scan
from focus_viewer.explain.model.checkpoint import LoadedModel, load_model
from focus_viewer.explain.model.focus_model import FocusModel, FocusOutput, contrast
from focus_viewer.explain.model.prompts import PatchReading

_WAIT_SECONDS = 0.05
_READ_SHARE, _SCAN_SHARE = 0.1, 0.95
# A larger image is explained more coarsely, so that memory does not grow with the cube.
_MOST_PIXELS = 4_000_000
_MOST_BYTES = 2_000_000_000


class Explainer:
    """Explains cubes; keeps the models that it has loaded.

    One explanation at a time: a cancelled one leaves the model before the next one enters.
    """

    def __init__(self) -> None:
        self._models: dict[str, LoadedModel] = {}
        self._busy = threading.Lock()

    def explain(self, request: ExplainRequest, step: Step) -> Explanation:
        """Explain a cube for all classes in one pass, without gradients.

        A large image takes a pass for each batch of windows. The time is measured from the cube to
        the result, with the model loaded.

        Parameters
        ----------
        request : ExplainRequest
        step : Step
            Called between stages and ahead of every layer.

        Raises
        ------
        Cancelled
            From `step`.
        IncompatibleCube
            If the cube has no wavelengths, too few of the model's groups, or no data.
        ModelError
            If the model cannot be loaded or the device is not there.
        """
        with self._turn(step), torch.inference_mode():
            step(0.0, "loading model")
            loaded = self._load(request.model)
            return _explain(request, loaded, find_device(request.device), step)

    def _load(self, name: str) -> LoadedModel:
        if name not in self._models:
            self._models[name] = load_model(name)
        return self._models[name]

    @contextmanager
    def _turn(self, step: Step) -> Iterator[None]:
        while not self._busy.acquire(timeout=_WAIT_SECONDS):
            step(0.0, "waiting for the job before")
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
    cube = binned(request.cube, _most_pixels(model))
    images = read_group_images(cube, model, card.edges_nm, part(step, 0.0, _READ_SHARE))
    scan = Scan(model, images, device)
    reading = scan.read(part(step, _READ_SHARE, _SCAN_SHARE))
    step(_SCAN_SHARE, "blending")
    output = _decided(model, reading, images.known.flatten())
    cost = Cost(
        scan.forward_passes,
        scan.backward_passes,
        time.perf_counter() - started,
        describe(scan.device),
        peak_memory_bytes(scan.device),
    )
    notes = (*images.grouping.notes, *_told_if_binned(request.cube, cube), *scan.notes)
    return _explanation(loaded, images, output, cost, request.cube, notes)


def _most_pixels(model: FocusModel) -> int:
    """Pixels that an image may have to be explained as it is.

    Of each the group images hold one float32 a group, and evidence, attention and saliency each one
    a class, group and patch. There is no second copy of any: an explanation holds `_MOST_BYTES` at
    the most, a part of the cube (see `core.binning.parts`) and then the model's pass over a batch
    of windows beside it. An image narrower than a window is padded to one, which takes more.
    """
    groups, patch = model.mean.numel(), model.backbone.patch_px
    volumes = 3 * model.prompts.bias.numel() / patch**2
    return min(_MOST_PIXELS, int(_MOST_BYTES / (4 * groups * (1 + volumes))))


def _decided(model: FocusModel, reading: PatchReading, known: Tensor) -> FocusOutput:
    """As `FocusModel.decide` on a batch of one, with the reading's memory for the result."""
    score, contribution, attention = reading
    weighed = model.decide(PatchReading(score, contribution[..., :0], attention[..., :0]), known)
    weight = weighed.weight[..., None]
    evidence, attention = contribution.mul_(weight), attention.mul_(weight)
    logits = weighed.logits + evidence.sum((2, 3))
    sink = weighed.sink - attention.sum((2, 3))
    return FocusOutput(logits, attention, evidence, sink, weighed.weight)


def _contrast(evidence: Tensor) -> Tensor:
    """As `contrast`, a group at a time: without copies of all evidence on the way."""
    saliency = torch.empty_like(evidence)
    for group in range(evidence.shape[-1]):
        saliency[..., group] = contrast(evidence[..., group])
    return saliency


def _explanation(
    loaded: LoadedModel,
    images: GroupImages,
    output: FocusOutput,
    cost: Cost,
    cube: Cube,
    notes: tuple[str, ...],
) -> Explanation:
    grid = images.layout.grid
    return Explanation(
        card=loaded.card,
        logits=output.logits[0].numpy(),
        attention=_on_grid(output.attention, grid),
        evidence=_on_grid(output.evidence, grid),
        saliency=_on_grid(_contrast(output.evidence), grid),
        bias=loaded.model.prompts.bias.cpu().numpy(),
        sink=output.sink[0].numpy(),
        edges_nm=images.grouping.edges_nm,
        image_shape=(cube.rows, cube.cols),
        cost=cost,
        notes=notes,
    )


def _told_if_binned(cube: Cube, seen: Cube) -> tuple[str, ...]:
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
