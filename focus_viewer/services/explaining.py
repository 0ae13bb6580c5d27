"""Adapter of `focus_viewer.session.tasks.service_protocols.Explaining`."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from focus_viewer.core.progress import Step
from focus_viewer.core.saliency.applicability import Applicability
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.core.saliency.trust import TrustReport, TrustRequest
from focus_viewer.preload import preload

if TYPE_CHECKING:
    from focus_viewer.explain.inference.explainer import Explainer
    from focus_viewer.explain.trust.run import TrustRun


class BundledTrialRun:
    """Run of `focus_viewer.explain.trust`, which is loaded with its first stage."""

    def __init__(self, request: TrustRequest, explainer: Callable[[], Explainer]) -> None:
        self._request = request
        self._explainer = explainer

    @cached_property
    def _run(self) -> TrustRun:
        explainer = self._explainer()
        from focus_viewer.explain.trust.run import TrustRun

        return TrustRun(explainer, self._request)

    def advance(self, step: Step) -> TrustReport | None:
        """See `TrialRun.advance`."""
        return self._run.advance(step)


class BundledExplaining:
    """Explanations by `focus_viewer.explain`; a window may paint before torch is loaded."""

    def __init__(self, paint_first_s: float = 0.0) -> None:
        self._paint_first_s = paint_first_s

    def _loaded(self, step: Step) -> Explainer:
        """Return the explainer, once the libraries are loaded; until then it can be cancelled."""
        step(0.0, "loading the model")
        if "_explainer" not in self.__dict__:
            time.sleep(self._paint_first_s)
            preload(step)
        return self._explainer

    @cached_property
    def _explainer(self) -> Explainer:
        from focus_viewer.explain.inference.explainer import Explainer

        return Explainer()

    def explain(self, request: ExplainRequest, step: Step) -> Explanation:
        """See `Explaining.explain`."""
        return self._loaded(step).explain(request, step)

    def judge(self, request: ExplainRequest, step: Step) -> Applicability:
        """Return whether the model applies to a cube, see `Explainer.judge`."""
        return self._loaded(step).judge(request, step)

    def test(self, request: TrustRequest) -> BundledTrialRun:
        """See `Explaining.test`."""
        return BundledTrialRun(request, lambda: self._explainer)

    def prepare(self, step: Step) -> None:
        """See `Explaining.prepare`."""
        self._loaded(step)
