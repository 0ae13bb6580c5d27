"""Trials of what only FOCUS has: a decision taken apart, prompts, and a sink.

Prompts are exchanged and shuffled, and the sink is taken out under noise: what carries an
explanation must be missed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch

from focus_viewer.core.saliency.volume import SaliencyVolume, importance_curve
from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.benchmark.methods import Focus, Window
from focus_viewer.explain.metrics.accounts import sink_remainder, sum_error
from focus_viewer.explain.metrics.coalitions import cosine
from focus_viewer.explain.metrics.localisation import volume_ap
from focus_viewer.explain.metrics.sanity import prompts_shuffled, prompts_swapped
from focus_viewer.explain.metrics.sink import NoisyWindow, plant_noise, sink_shares
from focus_viewer.explain.metrics.truth import Truth


@dataclass(frozen=True, eq=False)
class FocusTrial:
    """Trials of FOCUS on a window.

    Attributes
    ----------
    target : int
        The class that is explained.
    seed : int
        Of noise and shuffled prompts.
    """

    method: Focus
    window: Window
    target: int
    truth: Truth
    seed: int

    @torch.inference_mode()
    def accounts(self) -> dict[str, float]:
        """Return whether the parts sum to the frozen backbone's logits, and what is left over."""
        window = self.window
        parts = self.method.read(window)
        logits = self.method.model.backbone.logits(window.images, window.groups)
        return {
            "sum_error": sum_error(parts, logits),
            "sink_remainder": sink_remainder(parts, self.target),
        }

    def without_prompts(self, whole: SaliencyVolume) -> dict[str, float]:
        """Return what the average precision loses with other prompts."""
        before = volume_ap(whole, self.truth)
        return {
            f"{name}_ap_drop": before - volume_ap(volume, self.truth)
            for name, volume in self._misled.items()
        }

    def prompts_against(self, own: DoubleArray) -> dict[str, float]:
        """Return the curves' cosines with own values, with other prompts."""
        return {
            f"{name}_curve": cosine(importance_curve(volume), own)
            for name, volume in self._misled.items()
        }

    @torch.inference_mode()
    def without_sink(self, own: DoubleArray) -> dict[str, float]:
        """Return what noise does with and without the sink, against own values without noise."""
        noisy = self._noisy
        window = replace(self.window, images=noisy.images)
        sinks = {True: self.method, False: replace(self.method, sink=False)}
        near = {
            sink: cosine(importance_curve(self._volume(method, window)), own)
            for sink, method in sinks.items()
        }
        kept, whole = (sinks[sink].read(window).attention[0, self.target] for sink in sinks)
        return {
            "noisy_curve": near[True],
            "sink_out_drop": near[True] - near[False],
            **sink_shares(kept, whole, noisy.noisy),
        }

    @cached_property
    def _noisy(self) -> NoisyWindow:
        rng = np.random.default_rng(self.seed)
        return plant_noise(self.window.images, self.method.model.backbone.patch_px, rng)

    @cached_property
    def _misled(self) -> dict[str, SaliencyVolume]:
        model = self.method.model
        models = {"swap": prompts_swapped(model), "shuffle": prompts_shuffled(model, self.seed)}
        return {
            name: self._volume(replace(self.method, model=other), self.window)
            for name, other in models.items()
        }

    def _volume(self, method: Focus, window: Window) -> SaliencyVolume:
        return method.answers(window, [self.target])[0].volume
