"""Removal of parts of a trial image, in the order of an explanation, by chance and in reverse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from torch import Tensor

from focus_viewer.core.progress import Step
from focus_viewer.core.saliency.trust import Removal, RemovalCurve, Unit
from focus_viewer.core.typing import BoolArray, DoubleArray, IntArray
from focus_viewer.explain.metrics.faithfulness import (
    Trial,
    ask,
    class_probability,
    masked,
    ranks_of,
)
from focus_viewer.explain.model.backbone import BandPureBackbone
from focus_viewer.explain.trust.trial_image import TrialImage

STEPS = 10
RIVAL_STEPS = 5
ORDERS_BY_CHANCE = 2
_OVER: dict[Unit, tuple[int, ...]] = {"place": (2,), "wavelength": (0, 1), "both": ()}


class RemovalGame:
    """Frozen model's probability of a class on a trial image of which parts are blanked.

    Attributes
    ----------
    whole, nothing : float
        Probability of the image, and where all of it is blank.
    """

    def __init__(
        self,
        image: TrialImage,
        backbone: BandPureBackbone,
        target: int,
        temperature: float,
        only: Tensor | None = None,
        several: bool = False,
    ) -> None:
        asked = (image.groups, target, temperature, only, several)
        probability = class_probability(backbone, *asked)
        pixels = image.images[0].cpu().numpy()
        blank = np.zeros(len(pixels), dtype=np.float32)
        # One image at a time: larger batches take a CPU longer, and cannot be cancelled within.
        self._trial = Trial(pixels, blank, probability, STEPS, batch=1)
        self._filled = image.filled
        self.whole = float(ask(self._trial, pixels[None])[0])
        self.nothing = float(ask(self._trial, np.zeros_like(pixels)[None])[0])

    def strongest_first(self, scores: DoubleArray, unit: Unit) -> RemovalCurve:
        """Remove what a rival calls strongest first, in fewer steps.

        Parameters
        ----------
        scores : DoubleArray, shape (rows, cols, groups)
        """
        return self._curve(self._ranks(scores, unit), self._parts(unit), RIVAL_STEPS)

    def all_orders(self, scores: DoubleArray, unit: Unit) -> Removal:
        """Remove in the order of an explanation, in reverse, and in several random orders."""
        parts = self._parts(unit)
        ranks, count = self._ranks(scores, unit), int(parts.sum())
        level = np.zeros_like(scores)
        chance = [
            self._curve(self._ranks(level, unit, seed), parts) for seed in range(ORDERS_BY_CHANCE)
        ]
        mean = np.mean([curve.probabilities for curve in chance], axis=0)
        return Removal(
            unit,
            count,
            strongest=self._curve(ranks, parts),
            random=RemovalCurve(chance[0].shares, mean),
            weakest=self._curve(count - 1 - ranks, parts),
        )

    def _parts(self, unit: Unit) -> BoolArray:
        """Return which parts show anything: others have nothing to remove."""
        return np.asarray(self._filled.any(axis=_OVER[unit], keepdims=True))

    def _ranks(self, scores: DoubleArray, unit: Unit, seed: int = 0) -> IntArray:
        """Rank the parts from 0, the strongest; those that show nothing come last."""
        totals = (scores * self._filled).sum(axis=_OVER[unit], keepdims=True)
        return ranks_of(np.where(self._parts(unit), totals, -np.inf), seed)

    def _curve(self, ranks: IntArray, parts: BoolArray, steps: int = STEPS) -> RemovalCurve:
        count = int(parts.sum())
        removed = np.unique(np.linspace(0, count, steps + 1).round().astype(np.intp))
        found = [self.whole]
        for number in removed[1:-1]:
            (image,) = masked(self._trial, [~(parts & (ranks < number))])
            found.append(float(ask(self._trial, image[None])[0]))
        return RemovalCurve(removed / max(count, 1), np.array([*found, self.nothing]))


@contextmanager
def stepping(backbone: BandPureBackbone, step: Step, text: str, passes: int) -> Iterator[None]:
    """Call `step` ahead of each pass of the backbone, so that work can be cancelled there.

    Parameters
    ----------
    passes : int
        That are expected.
    """
    done = 0

    def tick(*_: Any) -> None:
        nonlocal done
        step(min(done / passes, 1.0), text)
        done += 1

    with backbone.vit.patch_embed.register_forward_pre_hook(tick):
        yield
