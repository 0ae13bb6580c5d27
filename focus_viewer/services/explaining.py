"""Adapter of `focus_viewer.session.tasks.service_protocols.Explaining`."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

from focus_viewer.core.progress import Step
from focus_viewer.core.saliency.applicability import Applicability
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.preload import preload

if TYPE_CHECKING:
    from focus_viewer.explain.inference.explainer import Explainer


class BundledExplaining:
    """Explanations by `focus_viewer.explain`; a window may paint before torch is loaded."""

    def __init__(self, paint_first_s: float = 0.0) -> None:
        self._paint_first_s = paint_first_s

    @cached_property
    def _explainer(self) -> Explainer:
        time.sleep(self._paint_first_s)
        preload()
        from focus_viewer.explain.inference.explainer import Explainer

        return Explainer()

    def explain(self, request: ExplainRequest, step: Step) -> Explanation:
        """See `Explaining.explain`."""
        step(0.0, "loading the model")
        return self._explainer.explain(request, step)

    def judge(self, request: ExplainRequest, step: Step) -> Applicability:
        """Return whether the model applies to a cube, see `Explainer.judge`."""
        return self._explainer.judge(request, step)

    def prepare(self, step: Step) -> None:
        """See `Explaining.prepare`."""
        step(0.0, "loading the model")
        self._explainer  # noqa: B018 - the look-up imports
