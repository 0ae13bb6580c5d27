"""What the session does about reads that never return, with a runner that is resolved by hand."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from ui.fakes import FakeServices, HeldRunner, make_cube

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import Cancelled, Stalled
from focus_viewer.core.progress import silent
from focus_viewer.core.typing import FloatArray
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.folder_preview import FilePreview, FolderPreview
from focus_viewer.session.tasks.lane_names import (
    BROWSE,
    DIFFERENCE,
    EXPLAIN,
    HOVER,
    OPEN,
    PICTURE,
    PINS,
    REGIONS,
)
from focus_viewer.session.tasks.runner import READ_PATIENCE_S, WHOLE_PATIENCE_S, Task
from focus_viewer.session.tasks.workbench import Workbench

FAR = Path("/far/cube.hdr")
CUBES = {
    "a.hdr": replace(make_cube(), name="a", path=Path("a.img")),
    "b.hdr": replace(make_cube(), name="b"),
}


class Bench:
    """A session, a workbench and a runner that does nothing by itself."""

    def __init__(self) -> None:
        self.session = Session()
        self.runner = HeldRunner()
        self.workbench = Workbench(self.session, self.runner, FakeServices(CUBES))

    def give_up(self, lane: str) -> None:
        """Do what a runner does with a task that is out of patience."""
        stall(self.runner, lane)


def stall(runner: HeldRunner, lane: str) -> Task[object]:
    task = runner.held.pop(lane)
    assert task.patience_s is not None
    task.failed(Stalled(task.about, task.patience_s))
    return task


@pytest.fixture
def bench() -> Bench:
    one = Bench()
    one.workbench.open([Path("a.hdr")])
    one.runner.release(OPEN)
    return one


def test_the_next_is_opened_and_what_is_open_stays(bench: Bench) -> None:
    bench.workbench.open([FAR, Path("b.hdr")])
    bench.give_up(OPEN)
    problem = bench.session.state.requests.problem
    assert problem is not None
    assert problem.title == "Could not open cube.hdr"
    assert problem.text.startswith(f"{FAR} has not answered for {READ_PATIENCE_S:g} s: its drive")
    bench.runner.release(OPEN)
    assert [one.cube.name for one in bench.session.state.documents.items] == ["a", "b"]
    assert bench.session.state.requests.problem == problem
    bench.session.selection.hover(3, 4)
    bench.runner.release(HOVER)
    assert bench.session.state.selection.spectrum is not None


def test_all_that_could_not_be_opened_are_told_at_the_end(bench: Bench) -> None:
    bench.workbench.open([FAR, Path("nonsense.bin"), Path("b.hdr")])
    bench.give_up(OPEN)
    bench.runner.release(OPEN)
    bench.runner.release(OPEN)
    problem = bench.session.state.requests.problem
    assert problem is not None
    assert problem.title == "Could not open 2 files"
    assert problem.text.startswith(f"{FAR} has not answered")
    assert "nonsense.bin is no cube" in problem.text
    bench.workbench.open([Path("a.hdr")])
    bench.runner.release(OPEN)
    assert bench.session.state.requests.problem is None


def test_each_file_of_a_path_is_a_word(bench: Bench) -> None:
    words: list[str] = []
    bench.workbench.open([Path("b.hdr")])
    bench.runner.held[OPEN].work(lambda fraction, text: words.append(text))
    assert words == ["opening b.hdr"]


def test_a_picture_is_waited_for_long_and_told_of(bench: Bench) -> None:
    assert bench.runner.held[PICTURE].patience_s == WHOLE_PATIENCE_S
    bench.give_up(PICTURE)
    problem = bench.session.state.requests.problem
    assert problem is not None
    assert problem.title == "Could not read the cube"
    assert problem.text.startswith("a.img has not answered")
    bench.session.view.set_display(replace(bench.session.state.view.display, opacity=0.2))
    assert [one.cube.name for one in bench.session.state.documents.items] == ["a"]


def test_a_spectrum_that_stalls_is_told_and_others_are_only_logged(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.session.selection.hover(3, 4)
    task = bench.runner.held[HOVER]
    task.failed(Cancelled())
    with caplog.at_level(logging.ERROR):
        task.failed(ValueError("odd"))
    assert bench.session.state.requests.problem is None
    assert "a spectrum could not be read" in caplog.text
    bench.give_up(HOVER)
    assert bench.session.state.requests.problem is not None
    bench.session.selection.hover(4, 4)
    bench.runner.release(HOVER)
    assert bench.session.state.selection.spectrum is not None


def test_each_pin_is_a_word(bench: Bench) -> None:
    words: list[str] = []
    bench.session.pins.toggle(5, 6)
    bench.session.pins.toggle(7, 8)
    bench.runner.held[PINS].work(lambda fraction, text: words.append(text))
    assert words == ["reading spectra"] * 2
    bench.give_up(PINS)
    assert bench.session.state.requests.problem is not None


def test_an_explanation_whose_drive_is_gone_fails_and_can_be_begun_again(bench: Bench) -> None:
    assert bench.runner.held[EXPLAIN].patience_s == WHOLE_PATIENCE_S
    bench.give_up(EXPLAIN)
    document = bench.session.state.document
    assert document is not None
    assert document.outcome == "failed"
    assert document.problem.startswith("a.img has not answered")
    bench.workbench.explain()
    bench.runner.release(EXPLAIN)
    assert [one.outcome for one in bench.session.state.documents.items] == ["done"]
    assert REGIONS not in bench.runner.held
    assert DIFFERENCE not in bench.runner.held


class Far(FakeServices):
    """A drive that answers nothing until it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = Event()

    def read_cube(self, path: Path, choice: object = None) -> Cube:
        self.answers.wait()
        return CUBES["a.hdr"]


def test_a_file_that_stalls_is_seen_with_its_reason_and_the_next_can_be_looked_at(
    caplog: pytest.LogCaptureFixture,
) -> None:
    runner, services, found = HeldRunner(), Far(), list[FilePreview]()
    browsing = FolderPreview(Background(Session(), runner), services)
    browsing.load(FAR, found.append)
    with caplog.at_level(logging.ERROR):
        late = stall(runner, BROWSE)
    assert not found[0].openable
    assert "has not answered" in found[0].report.reason
    assert caplog.text == ""
    services.answers.set()
    late.work(silent)  # its result goes nowhere
    browsing.load(Path("a.hdr"), found.append)
    runner.release(BROWSE)
    assert len(found) == 2
    assert found[1].openable


class Slow:
    """Pixels that never come."""

    shape = (400, 600, 5)

    def read(self, rows: slice, cols: slice, bands: object) -> FloatArray:
        raise TimeoutError


def test_a_file_that_opens_but_is_not_pictured_in_time_can_be_opened() -> None:
    cube = replace(make_cube(400, 600, 5), source=Slow(), path=FAR)
    runner, found = HeldRunner(), list[FilePreview]()
    FolderPreview(Background(Session(), runner), FakeServices({FAR.name: cube})).load(
        FAR, found.append
    )
    with pytest.raises(TimeoutError):
        runner.held[BROWSE].work(silent)
    stall(runner, BROWSE)
    assert found[0].openable
    assert found[0].picture is None
