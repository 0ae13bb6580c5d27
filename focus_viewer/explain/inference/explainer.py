"""Explainer: from a request to an explanation."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch

from focus_viewer.core.errors import ModelError
from focus_viewer.core.preprocessing.spatial_binning import binned
from focus_viewer.core.progress import Step, part, silent
from focus_viewer.core.saliency.applicability import Applicability
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.explain.foreign.model import AttachedModel
from focus_viewer.explain.foreign.storage import Loaded, load_any
from focus_viewer.explain.inference.applicability import judge
from focus_viewer.explain.inference.attached import explain_attached, judge_image
from focus_viewer.explain.inference.devices import find_device
from focus_viewer.explain.inference.group_images import read_group_images
from focus_viewer.explain.inference.prepared import (
    READ_SHARE,
    PreparedCube,
    explain_prepared,
    prepare,
)
from focus_viewer.explain.inference.prepared import most_pixels as most_pixels
from focus_viewer.explain.model.cards import read_card
from focus_viewer.explain.model.checkpoint import LoadedModel

_WAIT_SECONDS = 0.05


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
            loaded = LoadedModel(card, model)
            # Nothing else may hold the prepared cube: its pixels are given back once they are read.
            return explain_prepared(
                [prepare(request, loaded, part(step, 0.0, READ_SHARE))],
                loaded,
                device,
                part(step, READ_SHARE, 1.0),
            )[0]

    def prepare(
        self, request: ExplainRequest, step: Step = silent
    ) -> PreparedCube | ExplainRequest:
        """Read a cube for `explain_prepared`, while another one may be explained.

        Load the model first. For an attached model, which reads a cube as it goes, the request
        itself is returned. Errors are those of `explain`.
        """
        card, model = self.load(request.model)
        if isinstance(model, AttachedModel):
            return request
        return prepare(request, LoadedModel(card, model), step)

    def explain_prepared(self, cubes: Sequence[PreparedCube], step: Step) -> list[Explanation]:
        """Explain cubes that `PreparedCube.may_share` a pass; the results are those of `explain`.

        Equal bit for bit where the arithmetic does not depend on the size of a batch, as on one
        thread of a CPU; else within its rounding.
        """
        with self._turn(step), torch.inference_mode():
            request = cubes[0].request
            card, model = self.load(request.model)
            if isinstance(model, AttachedModel):
                raise ModelError(f"{card.name} is an attached model: explain one cube at a time.")
            device = find_device(request.device)
            return explain_prepared(cubes, LoadedModel(card, model), device, step)

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
