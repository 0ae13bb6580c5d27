"""Explanations of regions alone, and leaves as regions, in the background."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from ui.fakes import FakeServices, HeldRunner, foreign, make_cube

from focus_viewer.core.errors import Cancelled, IncompatibleCube
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.shapes import PointMark, Rectangle
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.session.changes.explanation import explained
from focus_viewer.session.outputs.region_csv import table_text
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.lane_names import EXPLAIN, OPEN, REGIONS, STRONGEST, TRUST
from focus_viewer.session.tasks.workbench import Workbench


class Services(FakeServices):
    """Explains the part that it is asked about; refuses what is lower than three pixels."""

    def __init__(self) -> None:
        super().__init__({"a.hdr": replace(make_cube(20, 30), name="a")})
        self.requests: list[ExplainRequest] = []

    def explain(self, request: ExplainRequest, step: Step) -> Explanation:
        self.requests.append(request)
        within = request.within
        if within is not None and len(within.inside) < 3:
            raise IncompatibleCube("a: too little")
        found = super().explain(request, step)
        return replace(found, within=within.name if within else "")


class Bench:
    """A session with an explained cube, its workbench and a runner that is resolved by hand."""

    def __init__(self) -> None:
        self.session, self.runner, self.services = Session(), HeldRunner(), Services()
        self.workbench = Workbench(self.session, self.runner, self.services)
        self.workbench.open([Path("a.hdr")])
        self.runner.release(OPEN)
        self.runner.release(EXPLAIN)

    @property
    def document(self) -> Document:
        assert self.session.state.document is not None
        return self.session.state.document


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_the_selected_regions_are_explained_together(bench: Bench) -> None:
    first = bench.session.regions.draw(Rectangle((2, 3), (10, 9)))
    second = bench.session.regions.draw(Rectangle((12, 3), (20, 9)))
    assert first is not None and second is not None
    bench.session.regions.select((first, second))
    bench.workbench.explaining.explain_in_selected()
    assert bench.session.state.jobs.explaining.title == "Explaining a in Region 1 and Region 2"
    bench.runner.release(EXPLAIN)
    within = bench.services.requests[-1].within
    assert within is not None
    mask = within.on((20, 30), (20, 30))
    assert mask.sum() == 96 and mask[3:9, 2:10].all() and mask[3:9, 12:20].all()
    assert bench.document.explanation is not None
    assert bench.document.explanation.within == "Region 1 and Region 2"
    bench.workbench.explain()
    bench.runner.release(EXPLAIN)
    assert bench.services.requests[-1].within is None
    assert bench.document.explanation.within == ""


def test_each_region_gets_a_decision_of_its_own(bench: Bench) -> None:
    before = bench.document.explanation
    bench.session.regions.draw(Rectangle((2, 3), (10, 9)))
    bench.session.regions.draw(PointMark((5.5, 5.5)))
    bench.workbench.explaining.explain_each_region()
    bench.runner.release(EXPLAIN)
    decided, refused = (
        bench.document.decisions[region.outline] for region in bench.document.annotations
    )
    assert before is not None and bench.document.explanation is before
    assert (decided.diagnosis, decided.verdict) == ("chlorosis", "applies")
    assert decided.probability == pytest.approx(float(before.probabilities.max()))
    assert (refused.diagnosis, refused.why) == ("", "a: too little")
    assert bench.session.state.jobs.explaining.message == "2 regions explained"
    bench.runner.release(REGIONS)
    rows = list(csv.DictReader(io.StringIO(table_text([bench.document]))))
    assert [row["decision"] for row in rows] == ["chlorosis", ""]
    assert [row["applicability"] for row in rows] == ["applies", "does not apply"]
    assert {row["image_applicability"] for row in rows} == {"applies"}
    assert {row["saliency_of"] for row in rows} == {"chlorosis"}
    assert float(rows[0]["probability"]) == pytest.approx(decided.probability, abs=1e-3)


def test_cancelled_decisions_leave_all_as_it_was(bench: Bench) -> None:
    bench.session.regions.draw(Rectangle((2, 3), (10, 9)))
    bench.workbench.explaining.explain_each_region()
    bench.runner.held.pop(EXPLAIN).failed(Cancelled())
    assert bench.document.outcome == "done" and not bench.document.decisions
    assert bench.session.state.jobs.explaining.status == "cancelled"


def test_leaves_become_regions_in_one_step(bench: Bench) -> None:
    found = bench.document.explanation
    assert found is not None
    met = np.zeros((20, 30), dtype=np.bool_)
    met[2:18, 2:12] = met[2:18, 18:29] = True
    tray = replace(bench.document, explanation=replace(found, met=met))
    bench.session.publish(bench.session.state.with_document(tray))
    bench.workbench.regions.draw_leaves()
    bench.runner.release(STRONGEST)
    regions = bench.document.annotations.regions
    assert [region.name for region in regions] == ["Leaf 1", "Leaf 2"]
    assert bench.document.selected == tuple(region.id for region in regions)
    bench.session.history.undo()
    assert not bench.document.annotations.regions


def test_an_image_without_tissue_has_no_leaf(bench: Bench) -> None:
    bench.session.publish(foreign(bench.session.state))
    bench.workbench.regions.draw_leaves()
    assert STRONGEST not in bench.runner.held
    assert bench.session.state.requests.problem is not None
    assert bench.session.state.requests.problem.title == "No leaf was found"


def test_what_is_kept_back_is_measured_nowhere(bench: Bench) -> None:
    bench.session.regions.draw(Rectangle((2, 3), (10, 9)))
    bench.runner.release(REGIONS)
    assert bench.document.measures is not None and bench.document.measures.volume is not None
    window = bench.session.state.view.window_nm
    bench.session.publish(foreign(bench.session.state))
    bench.runner.release(REGIONS)
    assert bench.document.measures.volume is None
    (row,) = csv.DictReader(io.StringIO(table_text([bench.document])))
    assert (row["positive_saliency_share"], row["peaks_nm"], row["saliency_of"]) == ("", "", "")
    assert row["image_applicability"] == "does not apply"
    bench.workbench.regions.draw_strongest()
    assert STRONGEST not in bench.runner.held
    bench.session.explanation.choose_class("healthy")
    assert bench.session.state.view.window_nm == window
    bench.workbench.trust.test()
    assert TRUST not in bench.runner.held
    bench.session.view.show_heatmap(True)
    bench.runner.release(REGIONS)
    assert bench.document.measures.volume is not None


def test_asking_for_what_is_kept_back_changes_no_other_cube(bench: Bench) -> None:
    bench.session.view.show_heatmap(False)
    bench.session.publish(foreign(bench.session.state))
    bench.session.view.show_heatmap(True)
    assert bench.session.state.heatmap_shown
    assert not bench.session.state.view.display.heatmap


def test_regions_of_one_outline_have_one_decision(bench: Bench) -> None:
    for _ in range(2):
        bench.session.regions.draw(Rectangle((2, 3), (10, 9)))
    before = len(bench.services.requests)
    bench.workbench.explaining.explain_each_region()
    bench.runner.release(EXPLAIN)
    assert len(bench.services.requests) == before + 1
    assert bench.session.state.jobs.explaining.message == "1 region explained"


def test_the_decision_is_followed_unless_another_class_was_chosen(bench: Bench) -> None:
    found = bench.document.explanation
    assert found is not None and found.predicted == bench.document.class_name == "chlorosis"
    other = replace(found, logits=found.logits[[1, 0, 2]])
    assert explained(bench.document, other).class_name == other.predicted == "healthy"
    bench.session.explanation.choose_class("water stress")
    assert explained(bench.document, other).class_name == "water stress"
