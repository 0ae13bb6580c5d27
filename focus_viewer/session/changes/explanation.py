"""Changes of the explanation of a document: results, class, reference class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from focus_viewer.core.counted import counted
from focus_viewer.core.regions.shapes import Shape
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.region_decision import RegionDecision
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.session.state.activation import with_window
from focus_viewer.session.state.band_windows import clamped, strongest_window
from focus_viewer.session.state.document import Document, Outcome
from focus_viewer.session.state.job import JobStatus
from focus_viewer.session.state.pair_correspondence import linked
from focus_viewer.session.state.state import State
from focus_viewer.session.store import Changes


class ExplanationChanges(Changes):
    """Changes of explanations, and of the class that is explained."""

    def take(self, ticket: int, document_id: int, result: Explanation) -> None:
        """Take a result, if its ticket is current and its cube still open.

        The class chosen before stays if the model has it, else the predicted one is explained.
        """
        state = self._state
        document, job = state.find(document_id), state.jobs.explaining
        if document is None or not job.is_running(ticket):
            return
        # A class without a result was chosen, in a project, together with its window.
        is_first = document.explanation is None and document.class_name is None
        document = explained(document, result)
        state = state.with_document(document)
        if is_first and document_id == state.documents.active and not document.withheld:
            state = with_window(state, _strongest(document, state))
        jobs = replace(state.jobs, explaining=job.ended("done", summary(result)))
        self._store.publish(linked(replace(state, jobs=jobs)))

    def fail(self, ticket: int, document_id: int, outcome: Outcome, problem: str) -> None:
        """Record that explaining was cancelled or failed, with the reason for the user."""
        state = self._state
        document, job = state.find(document_id), state.jobs.explaining
        if not job.is_running(ticket):
            return
        status: JobStatus = "cancelled" if outcome == "cancelled" else "failed"
        if document is not None:
            state = state.with_document(replace(document, outcome=outcome, problem=problem))
        jobs = replace(state.jobs, explaining=job.ended(status, problem or status))
        self._store.publish(replace(state, jobs=jobs))

    def take_decisions(
        self, ticket: int, document_id: int, decisions: Mapping[Shape, RegionDecision]
    ) -> None:
        """Take the decisions on regions, if their ticket is current and the cube still open."""
        state = self._state
        document, job = state.find(document_id), state.jobs.explaining
        if document is None or not job.is_running(ticket):
            return
        state = state.with_document(replace(document, decisions=decisions))
        count = len(decisions)
        text = f"{count} region{'s' if count != 1 else ''} explained"
        jobs = replace(state.jobs, explaining=job.ended("done", text))
        self._store.publish(replace(state, jobs=jobs))

    def choose_class(self, class_name: str) -> None:
        """Explain another class of the active document.

        A band window that stands where the class before is strongest goes along.

        Raises
        ------
        ValueError
            If the model has no such class.
        """
        document = self._state.document
        if document is not None and document.explanation is not None:
            document.explanation.card.class_index(class_name)
            known = document.reference_class
            self._choose(document, class_name, None if known == class_name else known)

    def set_reference_class(self, class_name: str | None) -> None:
        """Contrast the class with this one alone; None: with the mean of all others.

        Raises
        ------
        ValueError
            If the model has no such class.
        """
        document = self._state.document
        if document is None or document.explanation is None or class_name == document.class_name:
            return
        if class_name is not None:
            document.explanation.card.class_index(class_name)
        self._choose(document, document.class_name, class_name)

    def _choose(self, document: Document, class_name: str | None, reference: str | None) -> None:
        """Set class and reference class, in both cubes of a linked pair that know them."""
        before, state = document, self._state
        document = replace(document, class_name=class_name, reference_class=reference)
        window = state.view.window_nm
        if not document.withheld and window == _strongest(before, state):
            window = _strongest(document, state)
        self._store.publish(linked(with_window(state.with_document(document), window)))


def _strongest(document: Document, state: State) -> BandWindow:
    window = strongest_window(document, state.view.display, state.view.window_nm)
    return clamped(window, document.cube)


def explained(document: Document, result: Explanation) -> Document:
    """Return a document with a result; classes that the model lacks are replaced."""
    class_name, reference = document.class_name, document.reference_class
    before = document.explanation
    followed = before is not None and class_name == before.predicted
    if followed or class_name not in result.classes:
        class_name = result.predicted
    return replace(
        document,
        explanation=result,
        trust=None,
        rival=None,
        outcome="done",
        problem="",
        class_name=class_name,
        reference_class=reference if reference in {*result.classes} - {class_name} else None,
    )


def summary(result: Explanation) -> str:
    """Return the cost in a line: `950 ms on cpu: 1 forward pass, no gradients`."""
    cost = result.cost
    backward = cost.backward_passes
    gradients = counted(backward, "backward pass") if backward else "no gradients"
    passes = f"{counted(cost.forward_passes, 'forward pass')}, {gradients}"
    return f"{_took(cost.seconds)} on {cost.device}: {passes}"


def _took(seconds: float) -> str:
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
