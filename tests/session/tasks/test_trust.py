"""Tests of explanations as tasks: stages, cancelling, and results that come too late."""

from __future__ import annotations

from dataclasses import replace

import pytest
from trust_cases import FakeTrialRun, make_report
from ui.fakes import FakeServices, HeldRunner, make_cube, make_explanation

from focus_viewer.core.errors import IncompatibleCube
from focus_viewer.core.preprocessing.settings import NO_PREPROCESSING
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.core.saliency.trust import TrustReport, TrustRequest
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.lane_names import EXPLAIN, REGIONS, TRUST
from focus_viewer.session.tasks.workbench import Workbench


class Bench:
    """A session with an explained cube, whose work waits to be released."""

    def __init__(self, services: FakeServices | None = None) -> None:
        self.session, self.runner = Session(), HeldRunner()
        self.workbench = Workbench(self.session, self.runner, services or FakeServices())
        self.session.documents.open(make_cube())
        self.runner.release(EXPLAIN)

    @property
    def document(self) -> Document:
        assert self.session.state.document is not None
        return self.session.state.document

    def test(self, stages: int) -> None:
        """Begin a test, and do so many of its stages."""
        self.workbench.trust.test()
        for _ in range(stages):
            self.runner.release(TRUST)

    @property
    def status(self) -> str:
        return self.session.state.jobs.trust.status


def test_each_stage_brings_a_report_and_the_last_ends_the_job() -> None:
    bench = Bench()
    bench.test(stages=1)
    assert bench.document.tested is not None
    assert [each.unit for each in bench.document.tested.removals] == ["place"]
    assert bench.session.state.jobs.tests(bench.document.id)
    assert bench.session.state.jobs.trust.stage == ""
    bench.runner.release(TRUST)
    assert len(bench.document.tested.removals) == 3
    bench.runner.release(TRUST)
    assert bench.document.tested.finished
    assert bench.status == "done"
    assert bench.session.state.jobs.trust.message == "12 s"
    assert TRUST not in bench.runner.held


def test_nothing_is_tested_without_an_explanation() -> None:
    bench = Bench()
    bench.session.publish(
        bench.session.state.with_document(replace(bench.document, explanation=None))
    )
    bench.runner.held.clear()
    bench.workbench.trust.test()
    assert TRUST not in bench.runner.held


def test_what_was_found_before_cancelling_stays() -> None:
    bench = Bench()
    bench.test(stages=1)
    bench.workbench.trust.cancel()
    assert bench.status == "cancelled"
    assert bench.document.tested is not None
    assert not bench.document.tested.finished
    assert TRUST not in bench.runner.held


def test_explaining_anew_ends_the_test_of_the_explanation_before() -> None:
    bench = Bench()
    bench.test(stages=1)
    assert TRUST in bench.runner.held
    bench.workbench.explain()
    assert TRUST not in bench.runner.held
    bench.runner.release(EXPLAIN)
    assert bench.document.trust is None
    assert bench.status == "idle"


def test_a_report_of_an_earlier_ticket_is_dropped() -> None:
    bench = Bench()
    bench.test(stages=0)
    late = bench.runner.held[TRUST]
    bench.test(stages=0)
    assert late.work(lambda fraction, text: None) is not None
    explanation = bench.document.explanation
    assert explanation is not None
    late.done(make_report(explanation))
    assert bench.document.trust is None
    assert bench.session.state.jobs.trust.is_running()


def test_the_report_of_one_class_is_not_that_of_another() -> None:
    bench = Bench()
    bench.test(stages=3)
    tested = bench.document.trust
    bench.session.trust.view("Grad-CAM")
    bench.session.explanation.choose_class("healthy")
    assert bench.document.tested is None
    assert bench.document.viewed_rival is None
    bench.session.explanation.choose_class("chlorosis")
    assert bench.document.tested is tested


def test_closing_the_cube_ends_the_test() -> None:
    bench = Bench()
    bench.test(stages=1)
    bench.session.documents.close(bench.document.id)
    assert not bench.session.state.jobs.trust.is_running()
    assert TRUST not in bench.runner.held


def test_other_preprocessing_ends_the_test_and_drops_its_report() -> None:
    bench = Bench()
    bench.test(stages=1)
    bench.session.preprocessing.replace_cube(bench.document.id, replace(bench.document.cube))
    assert bench.document.trust is None
    assert not bench.session.state.jobs.trust.is_running()
    assert bench.document.preprocessing == NO_PREPROCESSING


class RefusedRun(FakeTrialRun):
    """Run that fails."""

    def advance(self, step: Step) -> TrustReport | None:
        raise IncompatibleCube("leaf has no groups: open another file")


class Refusing(FakeServices):
    """Refuses to test."""

    def test(self, request: TrustRequest) -> FakeTrialRun:
        return RefusedRun(request)


def test_a_failure_is_said_in_the_job() -> None:
    bench = Bench(Refusing())
    bench.test(stages=1)
    job = bench.session.state.jobs.trust
    assert (job.status, job.message) == ("failed", "leaf has no groups: open another file")


def test_a_rival_stands_in_all_views_until_a_kind_of_evidence_is_chosen() -> None:
    bench = Bench()
    bench.test(stages=3)
    own = bench.session.state.volume
    bench.session.trust.view("Grad-CAM")
    seen = bench.session.state.volume
    assert seen is not None
    assert seen.method == "Grad-CAM"
    assert bench.session.state.viewed_volume is seen
    assert bench.session.state.shown_volume is seen
    assert bench.document.own_volume("evidence") is own
    bench.session.view.set_mode("evidence")
    assert bench.session.state.volume is own
    bench.session.trust.view("Occlusion")
    bench.session.trust.view(None)
    assert bench.session.state.volume is own


def test_an_unknown_rival_is_ignored() -> None:
    bench = Bench()
    bench.test(stages=3)
    bench.session.trust.view("LIME")
    assert bench.document.rival is None


def test_a_pair_is_compared_by_focus_alone() -> None:
    bench = Bench()
    bench.test(stages=3)
    bench.session.trust.view("Grad-CAM")
    first = bench.document.id
    second = bench.session.documents.open(make_cube())
    bench.session.pair.show_with(first)
    assert all(document.rival is None for document in bench.session.state.documents.items)
    bench.session.documents.activate(first)
    bench.session.trust.view("Grad-CAM")
    assert bench.document.rival is None
    assert second != first


def test_exports_are_of_focus_whatever_the_views_show() -> None:
    bench = Bench()
    bench.test(stages=3)
    bench.session.trust.view("Grad-CAM")
    from focus_viewer.session.tasks.export import _request

    request = _request(bench.session.state, "volume", "npz")
    assert request is not None
    assert request.volume is bench.document.own_volume("evidence")


def test_regions_are_measured_by_focus_whatever_the_views_show() -> None:
    bench = Bench()
    bench.session.regions.draw(Rectangle((2.0, 2.0), (9.0, 9.0)))
    bench.runner.release(REGIONS)
    bench.test(stages=3)
    before = bench.document.measures
    assert before is not None
    bench.session.trust.view("Grad-CAM")
    assert REGIONS not in bench.runner.held
    assert bench.document.measures is before
    assert before.volume is bench.document.own_volume("evidence")


@pytest.mark.parametrize("again", [False, True])
def test_testing_again_begins_with_nothing(again: bool) -> None:
    bench = Bench()
    bench.test(stages=3)
    bench.session.trust.view("Grad-CAM")
    if again:
        bench.test(stages=0)
    assert (bench.document.trust is None) == again
    assert (bench.document.rival is None) == again


def test_explaining_anew_shows_focus() -> None:
    bench = Bench()
    bench.test(stages=3)
    bench.session.trust.view("Grad-CAM")
    ticket = bench.session.explaining_job.start(bench.document.id, "Explaining leaf")
    bench.session.explanation.take(ticket, bench.document.id, make_explanation(bench.document.cube))
    assert bench.document.rival is None
    assert bench.document.viewed_rival is None
