"""Explanations of documents in the background."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from focus_viewer.core.errors import Cancelled, IncompatibleCube
from focus_viewer.core.progress import Step, part
from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.core.regions.mask_crop import union
from focus_viewer.core.regions.shapes import Shape
from focus_viewer.core.saliency.region_decision import RegionDecision, decision_of, undecided
from focus_viewer.core.saliency.request import ExplainRequest, Within
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.slices.requests import Problem, problem_of
from focus_viewer.session.tasks.background import Background, log_failure
from focus_viewer.session.tasks.lane_names import EXPLAIN
from focus_viewer.session.tasks.runner import WHOLE_PATIENCE_S
from focus_viewer.session.tasks.service_protocols import Explaining

T = TypeVar("T")

_NO_PIXEL = Problem("Nothing to explain", "The region covers no pixel of the image.")


class ExplanationTasks:
    """Explanations of documents by the chosen model."""

    def __init__(
        self,
        session: Session,
        background: Background,
        explaining: Explaining,
        device: str,
    ) -> None:
        self._session = session
        self._background = background
        self._explaining = explaining
        self.device = device
        self._asked: ExplainRequest | None = None

    def prepare(self) -> None:
        """Load ahead what explaining needs, while there is nothing else to do."""
        self._background.submit(
            EXPLAIN, self._explaining.prepare, failed=log_failure("background work")
        )

    def explain_once(self, document: Document) -> None:
        """Explain a document, unless the chosen model is just doing so."""
        asked, state = self._asked, self._session.state
        same = asked is not None and asked.cube is document.cube and asked.within is None
        if not (same and asked and asked.model == state.models.chosen) or not state.jobs.explains(
            document.id
        ):
            self.explain(document)

    def explain(self, document: Document, regions: Sequence[Annotation] = ()) -> None:
        """Explain a document, again if need be; with regions, what is within them alone."""
        session, document_id = self._session, document.id
        within = _within(document, regions)
        if regions and within is None:
            session.requests.report(_NO_PIXEL)
            return
        where = f" in {within.name}" if within else ""
        ticket = session.explaining_job.start(
            document_id, f"Explaining {document.cube.name}{where}"
        )
        model = session.state.models.chosen
        request = ExplainRequest(ticket, document.cube, model, self.device, within)
        self._asked = request

        def failed(error: Exception) -> None:
            if isinstance(error, Cancelled):
                session.explanation.fail(ticket, document_id, "cancelled", "")
            else:
                text = problem_of("Could not explain", error).text
                session.explanation.fail(ticket, document_id, "failed", text)

        self._submit(
            document,
            ticket,
            partial(self._explaining.explain, request),
            partial(session.explanation.take, ticket, document_id),
            failed,
        )

    def explain_in_selected(self) -> None:
        """Explain the active document within its selected regions alone."""
        document = self._session.state.document
        if document is not None:
            chosen = [each for each in document.annotations if each.id in document.selected]
            self.explain(document, chosen)

    def explain_each_region(self) -> None:
        """Ask the model about each region of the active document alone, for the table."""
        session, document = self._session, self._session.state.document
        if document is None or not document.annotations.regions:
            return
        self._asked = None
        title = f"Explaining each region of {document.cube.name}"
        ticket = session.explaining_job.start(document.id, title)

        def failed(error: Exception) -> None:
            if isinstance(error, Cancelled):
                session.explaining_job.end(ticket, "cancelled", "cancelled")
            else:
                problem = problem_of("Could not explain the regions", error)
                session.explaining_job.end(ticket, "failed", problem.text)
                session.requests.report(problem)

        self._submit(
            document,
            ticket,
            partial(self._decide, document, session.state.models.chosen, ticket),
            partial(session.explanation.take_decisions, ticket, document.id),
            failed,
        )

    def _decide(
        self, document: Document, model: str, ticket: int, step: Step
    ) -> dict[Shape, RegionDecision]:
        decisions: dict[Shape, RegionDecision] = {}
        # Regions of the same outline have one decision.
        regions = list({each.outline: each for each in document.annotations}.values())
        for number, region in enumerate(regions):
            within = _within(document, [region])
            if within is None:
                decisions[region.outline] = undecided(_NO_PIXEL.text)
                continue
            request = ExplainRequest(ticket, document.cube, model, self.device, within)
            own = part(step, number / len(regions), (number + 1) / len(regions))
            try:
                decisions[region.outline] = decision_of(self._explaining.explain(request, own))
            except IncompatibleCube as error:
                decisions[region.outline] = undecided(str(error))
        return decisions

    def _submit(
        self,
        document: Document,
        ticket: int,
        work: Callable[[Step], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._background.submit(
            EXPLAIN,
            work,
            done,
            reads=document.cube.place,
            patience_s=WHOLE_PATIENCE_S,
            failed=failed,
            progress=partial(self._session.explaining_job.progress, ticket),
        )

    def cancel(self) -> None:
        """Stop explaining; cubes that are queued are explained when they are shown."""
        self._session.queue.clear()
        self._background.cancel(EXPLAIN)

    def abandon(self) -> None:
        """Stop explaining a document that was closed."""
        self._background.cancel(EXPLAIN)
        self._session.explaining_job.abandon()


def _within(document: Document, regions: Sequence[Annotation]) -> Within | None:
    """Return the pixels of regions together; None where they cover none."""
    shape = document.cube.shape[:2]
    pixels = union([region.outline.crop(shape) for region in regions])
    if pixels is None:
        return None
    name = " and ".join(region.name for region in regions)
    return Within(name, pixels.rows, pixels.cols, pixels.inside)
