"""The workbench: what it has done in the background, with a runner that is resolved by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from ui.fakes import FakeServices, HeldRunner, ImmediateRunner, make_cube

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import CubeError, IncompatibleCube
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.progress import Step
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.requests import FileChoice
from focus_viewer.session.tasks.lane_names import EXPLAIN, HOVER, OPEN, PICTURE, PINS
from focus_viewer.session.tasks.workbench import Workbench

CUBES = {"a.hdr": replace(make_cube(), name="a"), "b.hdr": replace(make_cube(), name="b")}


class Bench:
    """A session, a workbench and a runner that does nothing by itself."""

    def __init__(self, services: FakeServices | None = None) -> None:
        self.session = Session()
        self.runner = HeldRunner()
        self.workbench = Workbench(self.session, self.runner, services or FakeServices(CUBES))

    def open(self, *names: str) -> None:
        self.workbench.open([Path(name) for name in names])
        for _ in names:
            self.runner.release(OPEN)


def test_a_cube_is_opened_pictured_and_explained() -> None:
    bench = Bench()
    bench.open("a.hdr")
    assert bench.session.state.jobs.explaining.status == "running"
    assert bench.session.state.jobs.explaining.title == "Explaining a"
    bench.runner.release(PICTURE)
    bench.runner.release(EXPLAIN)
    document = bench.session.state.document
    assert document is not None
    assert document.composite is not None
    assert document.explanation is not None
    assert bench.session.state.jobs.explaining.status == "done"


def test_what_is_no_cube_is_reported_and_nothing_open_is_lost() -> None:
    bench = Bench()
    bench.open("a.hdr")
    bench.runner.release(EXPLAIN)
    before = bench.session.state.documents.items
    bench.open("nonsense.bin")
    assert bench.session.state.requests.problem is not None
    assert bench.session.state.requests.problem.title == "Could not open nonsense.bin"
    assert bench.session.state.documents.items == before


def test_several_files_open_one_after_the_other_and_the_last_is_explained() -> None:
    bench = Bench()
    bench.open("a.hdr", "nonsense.bin", "b.hdr")
    assert [one.cube.name for one in bench.session.state.documents.items] == ["a", "b"]
    assert bench.session.state.jobs.explaining.title == "Explaining b"


class Folders(FakeServices):
    """Folders by name with the files in them."""

    def find_cubes(self, path: Path) -> Sequence[Path]:
        inside = {"three": ["a.hdr", "bad.hdr", "b.hdr"], "two": ["b.hdr", "c.hdr"]}
        if path.name == "none":
            raise CubeError("none is a folder without images")
        return [path / name for name in inside[path.name]] if path.name in inside else [path]


def test_a_folder_of_several_is_offered_and_nothing_is_opened() -> None:
    bench = Bench(Folders(CUBES))
    bench.open("three")
    assert bench.session.state.documents.items == ()
    three = Path("three")
    assert bench.session.state.requests.file_choice == FileChoice(
        (three,), (three / "a.hdr", three / "bad.hdr", three / "b.hdr")
    )


def test_files_among_folders_are_opened_and_all_folders_offered_at_once() -> None:
    bench = Bench(Folders(CUBES))
    offers: list[FileChoice | None] = []
    bench.session.changed.connect(
        lambda change: (
            offers.append(change.after.requests.file_choice)
            if change.touched(lambda state: state.requests.file_choice)
            else None
        )
    )
    bench.open("three", "a.hdr", "two")
    assert [one.cube.name for one in bench.session.state.documents.items] == ["a"]
    (offer,) = offers
    assert offer is not None
    assert offer.folders == (Path("three"), Path("two"))
    assert [path.parent.name for path in offer.paths] == ["three"] * 3 + ["two"] * 2
    bench.session.requests.offer_files(None)
    bench.open("b.hdr")
    assert bench.session.state.requests.file_choice is None


def test_a_folder_without_images_is_told() -> None:
    bench = Bench(Folders(CUBES))
    bench.open("none")
    assert bench.session.state.requests.problem is not None
    assert "without images" in bench.session.state.requests.problem.text


def test_a_second_cube_while_the_first_is_explained() -> None:
    bench = Bench()
    bench.open("a.hdr")
    first = bench.runner.held[EXPLAIN]
    bench.open("b.hdr")
    first.done(
        FakeServices().explain(ExplainRequest(0, CUBES["a.hdr"], "focus-leaf"), lambda f, t: None)
    )
    assert [one.explanation for one in bench.session.state.documents.items] == [None, None]
    bench.runner.release(EXPLAIN)
    assert [one.outcome for one in bench.session.state.documents.items] == ["none", "done"]
    bench.session.documents.activate(bench.session.state.documents.items[0].id)
    assert bench.session.state.jobs.explaining.title == "Explaining a"
    bench.runner.release(EXPLAIN)
    assert [one.outcome for one in bench.session.state.documents.items] == ["done", "done"]


def test_cancelling_is_a_state_and_is_not_tried_again_by_itself() -> None:
    bench = Bench()
    bench.open("a.hdr")
    bench.workbench.explaining.cancel()
    document = bench.session.state.document
    assert document is not None
    assert document.outcome == "cancelled"
    bench.open("b.hdr")
    bench.session.documents.activate(document.id)
    assert bench.session.state.jobs.explaining.title == "Explaining b"
    bench.workbench.explain()
    assert bench.session.state.jobs.explaining.title == "Explaining a"


def test_closing_the_cube_that_is_explained_cancels() -> None:
    bench = Bench()
    bench.open("a.hdr")
    active = bench.session.state.documents.active
    assert active is not None
    bench.session.documents.close(active)
    assert EXPLAIN not in bench.runner.held
    assert bench.session.state.jobs.explaining.status == "idle"


def test_a_refused_cube_says_why() -> None:
    class Refusing(FakeServices):
        def explain(self, request: ExplainRequest, step: Step) -> Explanation:
            raise IncompatibleCube("a.hdr gives no wavelengths: add them")

    bench = Bench(Refusing(CUBES))
    bench.open("a.hdr")
    bench.runner.release(EXPLAIN)
    document = bench.session.state.document
    assert document is not None
    assert (document.outcome, document.problem) == (
        "failed",
        "a.hdr gives no wavelengths: add them",
    )


def test_a_surprise_is_shown_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench()
    bench.open("a.hdr")
    bench.runner.held.pop(EXPLAIN).failed(ZeroDivisionError("by zero"))
    document = bench.session.state.document
    assert document is not None
    assert "ZeroDivisionError: by zero" in document.problem
    assert "ZeroDivisionError" in caplog.text


def test_a_new_recipe_is_read_once() -> None:
    bench = Bench()
    bench.open("a.hdr")
    bench.runner.release(PICTURE)
    bench.session.view.set_recipe(CompositeRecipe("cir"))
    bench.runner.release(PICTURE)
    document = bench.session.state.document
    assert document is not None
    assert document.composite is not None
    assert document.composite.recipe.kind == "cir"
    bench.session.view.set_display(replace(bench.session.state.view.display, opacity=0.2))
    assert PICTURE not in bench.runner.held


def test_spectra_follow_the_cursor_and_the_pins() -> None:
    bench = Bench()
    bench.open("a.hdr")
    bench.session.selection.hover(3, 4)
    bench.runner.release(HOVER)
    spectrum = bench.session.state.selection.spectrum
    assert spectrum is not None
    np.testing.assert_array_equal(spectrum.values, CUBES["a.hdr"].pixel(3, 4))
    bench.session.pins.toggle(5, 6)
    bench.runner.release(PINS)
    document = bench.session.state.document
    assert document is not None
    assert document.pins[0].spectrum is not None
    np.testing.assert_array_equal(document.pins[0].spectrum.values, CUBES["a.hdr"].pixel(5, 6))


def test_a_cube_whose_file_vanished_is_reported() -> None:
    class Gone:
        shape = (4, 4, 4)

        def read(self, *_: object) -> None:
            raise CubeError("a.img has gone")

    cube = Cube(Gone(), "a", np.ones(4, dtype=np.bool_))  # type: ignore[arg-type]
    session = Session()
    workbench = Workbench(session, ImmediateRunner(), FakeServices())
    session.documents.open(cube)
    workbench.close()
    assert session.state.requests.problem is not None
    assert session.state.requests.problem.text == "a.img has gone"


def test_after_closing_the_workbench_nothing_is_started() -> None:
    bench = Bench()
    bench.workbench.close()
    bench.session.documents.open(CUBES["a.hdr"])
    assert bench.runner.held == {}
