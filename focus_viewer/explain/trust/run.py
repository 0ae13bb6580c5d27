"""Run of all tests of an explanation, in stages, the quickest to read first."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.errors import FocusError, ModelError
from focus_viewer.core.progress import Step, part
from focus_viewer.core.saliency.trust import (
    RIVAL_UNITS,
    UNITS,
    RandomWeights,
    TrustReport,
    TrustRequest,
    Unit,
)
from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.explain.inference.devices import find_device
from focus_viewer.explain.inference.explainer import Explainer
from focus_viewer.explain.metrics.agreement import spearman
from focus_viewer.explain.metrics.sanity import randomised
from focus_viewer.explain.model.checkpoint import LoadedModel
from focus_viewer.explain.model.focus_model import FocusModel, contrast
from focus_viewer.explain.trust.removal import (
    ORDERS_BY_CHANCE,
    RIVAL_STEPS,
    STEPS,
    RemovalGame,
    stepping,
)
from focus_viewer.explain.trust.rivals import Rival, rivals_for, try_rival
from focus_viewer.explain.trust.trial_image import TrialImage, read_part, read_whole

_MODELS = 3
# A coarse image whose probability is that far from the decision's is not what was explained.
_OFF = 0.1
_READ_SHARE, _FIRST_SHARE = 0.2, 0.15

Stage = Callable[[TrustReport, Step], TrustReport]


class TrustRun:
    """Run of the tests of one explanation.

    A model of its own is tested, so that other images can be explained meanwhile.
    """

    def __init__(self, explainer: Explainer, request: TrustRequest) -> None:
        self._explainer = explainer
        self._request = request
        self._report: TrustReport | None = None
        self._waiting: list[Stage] = []
        self._stages = 1

    def advance(self, step: Step) -> TrustReport | None:
        """Do the next stage: the report so far, or None where nothing is left to do.

        Raises
        ------
        FocusError
            If the image or the model cannot be tested.
        Cancelled
            From `step`, which is called ahead of every pass.
        """
        started = time.perf_counter()
        if self._report is None:
            found = self._begin(part(step, 0.0, _FIRST_SHARE))
        elif self._waiting:
            stage = self._waiting.pop(0)
            low, high = (
                1 - (1 - _FIRST_SHARE) * (len(self._waiting) + left) / self._stages
                for left in (1, 0)
            )
            found = stage(self._report, part(step, low, high))
        else:
            return None
        seconds = found.seconds + time.perf_counter() - started
        self._report = replace(found, seconds=seconds, finished=not self._waiting)
        return self._report

    def _begin(self, step: Step) -> TrustReport:
        """Read the image, and remove evidence by place."""
        request = self._request
        step(0.0, "loading the model")
        trials = Trials(self._explainer.copy_of(request.model, step), request, step)
        self._waiting = [
            *(partial(trials.remove, unit) for unit in UNITS[1:]),
            *(partial(trials.rival, rival) for rival in rivals_for(trials.image)),
            trials.randomise,
        ]
        self._stages = len(self._waiting)
        return trials.remove(UNITS[0], trials.nothing_yet(), part(step, _READ_SHARE, 1.0))


class Trials:
    """Trials of an explanation, each adding to a report.

    Raises
    ------
    FocusError
        If the cube does not fit the model, or the device is missing.
    """

    def __init__(self, loaded: LoadedModel, request: TrustRequest, step: Step) -> None:
        card, model = loaded
        if card.sha256 != request.explanation.card.sha256:
            raise ModelError(
                f"{request.cube.name} was explained by another model than {card.name}. Explain it "
                "again, then test it."
            )
        device = find_device(request.device)
        self._request = request
        self._model = model.requires_grad_(False).eval().to(device)
        self._target = card.class_index(request.class_name)
        self._evidence_volume = request.explanation.volume(request.class_name, "evidence")
        self._device, self._card = device, card
        read = part(step, 0.0, _READ_SHARE)
        # An explanation of a region is tested within it alone.
        within = request.explanation.met if request.explanation.within else None
        self._choose(read_whole(request.cube, self._model, card.edges_nm, read, within))
        if self._differs > _OFF:
            coarse, off = self.image, self._differs
            asked = (request.cube, self._model, card.edges_nm, self._evidence_volume)
            self._choose(read_part(*asked, read, within))
            if self._differs > off:
                self._choose(coarse)

    def _choose(self, image: TrialImage) -> None:
        """Test this image."""
        device = self._device
        self.image = replace(image, images=image.images.to(device), groups=image.groups.to(device))
        self._scores = self.image.cells_of(self._evidence_volume)
        temperature = self._card.temperature(self.image.edges_nm)
        only = self._model.pooled_patches(torch.from_numpy(image.shown).flatten()[None])
        self._game = RemovalGame(
            self.image,
            self._model.backbone,
            self._target,
            temperature,
            None if only is None else only.to(device),
            self._card.several,
        )

    @property
    def _differs(self) -> float:
        """How far the probability on the trial image is from that of the decision."""
        return abs(self._game.whole - self._shown)

    @property
    def _shown(self) -> float:
        return float(self._request.explanation.probabilities[self._target])

    def nothing_yet(self) -> TrustReport:
        """Return a report of the image alone."""
        request, image = self._request, self.image
        return TrustReport(
            request.class_name,
            image.size,
            self._game.whole,
            self._game.nothing,
            self._shown,
            image.volume_of(self._scores.astype(np.float32), request.class_name, "evidence"),
            cropped=image.cropped,
        )

    def remove(self, unit: Unit, report: TrustReport, step: Step) -> TrustReport:
        """Add removal by one unit."""
        passes = (2 + ORDERS_BY_CHANCE) * (STEPS - 1)
        with stepping(self._model.backbone, step, f"removing evidence by {unit}", passes):
            found = self._game.all_orders(self._scores, unit)
        return replace(report, removals=(*report.removals, found))

    def rival(self, rival: Rival, report: TrustReport, step: Step) -> TrustReport:
        """Add another method, or why it could not be run."""
        backbone = self._model.backbone
        step(0.0, rival.name)
        passes = rival.passes + len(RIVAL_UNITS) * (RIVAL_STEPS - 1)
        target = self._target, self._request.class_name
        try:
            with stepping(backbone, step, rival.name, passes):
                found = try_rival(rival, backbone, self.image, target, self._game)
        except FocusError as error:
            left_out = f"{rival.name} was not run: {error}"
            return replace(report, left_out=(*report.left_out, left_out))
        return replace(report, rivals=(*report.rivals, found))

    def randomise(self, report: TrustReport, step: Step) -> TrustReport:
        """Add what is left of the explanation by models whose weights are in random order."""
        own = self._evidence(self._model)
        found = []
        for seed in range(_MODELS):
            step(seed / _MODELS, "randomising weights")
            found.append(_correlations(own, self._evidence(randomised(self._model, seed))))
        place, wavelength = np.mean(found, axis=0).tolist()
        return replace(report, random_weights=RandomWeights(place, wavelength, _MODELS, len(own)))

    @torch.inference_mode()
    def _evidence(self, model: FocusModel) -> DoubleArray:
        """Explain the trial image: evidence of the cells that can have any, (cells, groups)."""
        image, own = self.image, self.image.shown.ravel()
        shown = torch.from_numpy(own)[None].to(image.images.device)
        evidence: Tensor = model(image.images, image.groups, shown).evidence
        values: FloatArray = contrast(evidence)[0, self._target].cpu().numpy()
        return values[own].astype(np.float64)


def _correlations(first: DoubleArray, second: DoubleArray) -> tuple[float, float]:
    """Return the rank correlations of maps and of curves, from evidence (cells, groups)."""
    return (
        spearman(first.sum(axis=1), second.sum(axis=1)),
        spearman(first.sum(axis=0), second.sum(axis=0)),
    )
