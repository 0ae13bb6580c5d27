"""Asking which array of a file is the cube, with a runner that is resolved by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from ui.fakes import FakeServices, HeldRunner, make_cube

from focus_viewer.core.cubes.array_choice import ArrayChoice, Candidate, NeedsChoice
from focus_viewer.core.errors import FocusError
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.array_choice import ArrayPreview
from focus_viewer.session.tasks.lane_names import OPEN, OPEN_ARRAY, TRY_ARRAY
from focus_viewer.session.tasks.workbench import Workbench

CANDIDATES = (Candidate("a", (40, 60, 50), "f4"), Candidate("b", (40, 60, 50), "f4"))
CHOICE = ArrayChoice("a")


class Bench:
    """Two files that are asked about, and one that is not."""

    def __init__(self) -> None:
        names = ("one.h5", "two.h5", "leaf.hdr")
        self.services = FakeServices({name: replace(make_cube(), name=name) for name in names})
        for name in names[:2]:
            needed = NeedsChoice(Path(name), CANDIDATES, "several arrays may be the cube.")
            self.services.questions[name] = needed
        self.session, self.runner = Session(), HeldRunner()
        self.workbench = Workbench(self.session, self.runner, self.services)
        self.choosing = self.workbench.array_choice

    def open(self, *names: str) -> None:
        self.workbench.open([Path(name) for name in names])
        for _ in names:
            self.runner.release(OPEN)

    @property
    def asked(self) -> str | None:
        question = self.session.state.requests.array_question
        return None if question is None else question.path.name

    @property
    def opened(self) -> list[str]:
        return [one.cube.name for one in self.session.state.documents.items]


@pytest.fixture
def bench() -> Iterator[Bench]:
    one = Bench()
    yield one
    one.workbench.close()


def test_files_are_asked_about_one_after_the_other_and_others_open_at_once(bench: Bench) -> None:
    bench.open("one.h5", "leaf.hdr", "two.h5")
    assert bench.opened == ["leaf.hdr"]
    assert bench.session.state.requests.problem is None
    assert bench.asked == "one.h5"
    bench.choosing.confirm(CHOICE)
    bench.runner.release(OPEN_ARRAY)
    assert bench.opened == ["leaf.hdr", "one.h5"]
    assert bench.asked == "two.h5"
    bench.choosing.skip()
    assert bench.asked is None
    assert bench.opened == ["leaf.hdr", "one.h5"]
    assert bench.services.choices == {Path("one.h5"): CHOICE}


def test_an_attempt_tells_what_the_choice_would_give(bench: Bench) -> None:
    bench.open("one.h5")
    trials: list[ArrayPreview] = []
    bench.choosing.preview(CHOICE, trials.append)
    bench.runner.release(TRY_ARRAY)
    assert trials[0].picture is not None and trials[0].picture.shape == (40, 60)
    assert trials[0].description == (
        "40 rows x 60 columns, 50 bands, reflectance. Shown: band 26, 706 nm."
    )
    bench.choosing.preview(ArrayChoice("c"), trials.append)
    bench.runner.release(TRY_ARRAY)
    assert trials[1].picture is None
    assert trials[1].description == "one.h5 has no array c: choose another"
    assert bench.opened == [] and bench.session.state.requests.problem is None


def test_an_attempt_that_is_given_up_tells_nothing(bench: Bench) -> None:
    bench.open("one.h5")
    trials: list[ArrayPreview] = []
    bench.choosing.preview(CHOICE, trials.append)
    bench.choosing.skip()
    assert bench.runner.held.get(TRY_ARRAY) is None
    assert trials == []


def test_a_choice_that_fails_after_all_is_reported_and_not_remembered(bench: Bench) -> None:
    bench.open("one.h5")
    bench.choosing.confirm(ArrayChoice("c"))
    bench.runner.release(OPEN_ARRAY)
    problem = bench.session.state.requests.problem
    assert problem is not None and problem.title == "Could not open one.h5"
    assert bench.asked is None and bench.opened == [] and bench.services.choices == {}


def test_asked_again(bench: Bench) -> None:
    bench.choosing.ask_again()  # nothing is on the screen
    cube = replace(make_cube(), path=Path("two.h5"), choice=CHOICE)
    bench.session.documents.open(cube)
    bench.choosing.ask_again()
    bench.runner.release(OPEN_ARRAY)
    assert bench.asked == "two.h5"
    question = bench.session.state.requests.array_question
    assert question is not None and question.said == CHOICE


def test_asked_again_about_what_holds_no_arrays(bench: Bench) -> None:
    bench.session.documents.open(replace(make_cube(), path=Path("leaf.hdr")))
    bench.choosing.ask_again()
    bench.runner.release(OPEN_ARRAY)
    assert bench.asked is None
    problem = bench.session.state.requests.problem
    assert problem is not None and problem.title == "Could not look into leaf.hdr"


def test_tables_of_wavelengths(bench: Bench) -> None:
    found: list[tuple[float, ...] | str] = []
    bench.choosing.read_wavelengths(Path("a.csv"), found.append)
    bench.runner.release(OPEN_ARRAY)
    bench.choosing.read_wavelengths(Path("a.pdf"), found.append)
    bench.runner.release(OPEN_ARRAY)
    assert found == [(450.0, 550.0, 650.0), "a.pdf holds no numbers: choose another file"]


def test_a_question_is_an_error_for_those_who_cannot_ask() -> None:
    error = NeedsChoice(Path("x.npz"), CANDIDATES, "several arrays may be the cube.")
    assert isinstance(error, FocusError)
    assert str(error) == (
        "x.npz: several arrays may be the cube. It holds a (40 x 60 x 50, f4), "
        "b (40 x 60 x 50, f4). Open it in the window and choose, or say which on the command line "
        "with --array and --axes."
    )
