"""Regions of the strongest saliency, found in the background."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from region_masks import mask_of
from ui.fakes import FakeServices, HeldRunner, make_cube

from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.core.saliency.volume import heatmap
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.lane_names import EXPLAIN, OPEN, STRONGEST
from focus_viewer.session.tasks.workbench import Workbench


class Bench:
    """A session with an open cube, its workbench and a runner that is resolved by hand."""

    def __init__(self) -> None:
        self.session, self.runner = Session(), HeldRunner()
        cubes = {"a.hdr": replace(make_cube(20, 30), name="a")}
        self.workbench = Workbench(self.session, self.runner, FakeServices(cubes))
        self.workbench.open([Path("a.hdr")])
        self.runner.release(OPEN)

    def start(self) -> None:
        self.runner.release(EXPLAIN)
        self.workbench.regions.draw_strongest()

    @property
    def regions(self) -> tuple[Annotation, ...]:
        document = self.session.state.document
        assert document is not None
        return document.annotations.regions


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_the_strongest_saliency_becomes_a_region(bench: Bench) -> None:
    bench.workbench.regions.draw_strongest()
    assert STRONGEST not in bench.runner.held
    bench.start()
    assert bench.regions == ()
    bench.runner.release(STRONGEST)
    volume, document = bench.session.state.volume, bench.session.state.document
    assert volume is not None
    assert document is not None
    plane = heatmap(volume, bench.session.state.view.window_nm)
    (region,) = bench.regions
    assert (mask_of(region.outline, (20, 30)) == (plane > plane.max() / 2)).all()
    assert region.class_name == document.class_name
    assert document.selected == (region.id,)


def test_the_region_of_another_window_class_or_cube_is_dropped(bench: Bench) -> None:
    bench.start()
    bench.session.view.set_window(500.0)
    bench.runner.release(STRONGEST)
    assert bench.regions == ()
    bench.workbench.regions.draw_strongest()
    bench.session.explanation.choose_class("healthy")
    bench.runner.release(STRONGEST)
    assert bench.regions == ()
    bench.workbench.regions.draw_strongest()
    bench.session.documents.open(make_cube(20, 30))
    bench.runner.release(STRONGEST)
    assert bench.session.state.documents.items[0].annotations.regions == bench.regions == ()


def test_without_saliency_for_the_class_there_is_no_region(bench: Bench) -> None:
    document = bench.session.state.document
    assert document is not None
    bench.runner.release(EXPLAIN)
    document = bench.session.state.document
    assert document is not None
    assert document.explanation is not None
    lowered = replace(document.explanation, saliency=-abs(document.explanation.saliency))
    ticket = bench.session.explaining_job.start(document.id, "Explaining")
    bench.session.explanation.take(ticket, document.id, lowered)
    bench.workbench.regions.draw_strongest()
    bench.runner.release(STRONGEST)
    assert bench.regions == ()
