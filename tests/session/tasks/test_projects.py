"""Projects in the session: what is kept, what is asked, what comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from ui.fakes import FakeServices, ImmediateRunner, make_cube

from focus_viewer.core.cubes.viewpoint import Camera, Extent
from focus_viewer.core.documents.project import ProjectReading, RecoveredWork
from focus_viewer.core.errors import FocusError
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.workbench import Workbench

HERE = Path("work.focus.json")
CUBES = {name: replace(make_cube(), name=name[0], path=Path(name)) for name in ("a.img", "b.img")}


class Desk:
    """A session and its workbench; another one can open what it has saved."""

    def __init__(self, services: FakeServices | None = None) -> None:
        self.services = services or FakeServices(CUBES)
        self.session = Session()
        self.workbench = Workbench(self.session, ImmediateRunner(), self.services)
        self.projects = self.workbench.projects

    @property
    def state(self) -> State:
        return self.session.state

    @property
    def document(self) -> Document:
        document = self.state.document
        assert document is not None
        return document

    def open(self, *names: str) -> None:
        self.workbench.open([Path(name) for name in names])

    def work(self) -> None:
        """Two cubes, two regions, a pin, a view of one's own."""
        self.open("a.img", "b.img")
        self.session.regions.draw(Rectangle((2, 2), (9, 9)), "chlorosis")
        self.session.regions.draw(Rectangle((12, 2), (19, 9)))
        self.session.pins.toggle(4, 5)
        self.session.explanation.choose_class("healthy")
        self.session.explanation.set_reference_class("chlorosis")
        self.session.view.set_window(700, 30)
        self.session.view.set_display(
            replace(
                self.session.state.view.display,
                opacity=0.4,
                recipe=CompositeRecipe("cir"),
                colourmap="RdBu",
            )
        )
        self.session.view.set_display(
            replace(self.session.state.view.display, camera=Camera(10, 20, 2.5, (0.5, 0.4, 0.3)))
        )
        self.session.view.set_display(
            replace(
                self.session.state.view.display,
                spread="quartiles",
                spectral_view="snv",
                indices=("NDVI",),
            )
        )
        self.session.documents.set_extent(Extent((1, 2), (31, 22)))
        self.session.pair.show_with(self.state.documents.items[0].id)
        self.session.pair.set_view("swipe")
        self.session.pair.set_split(0.3)


def essence(state: State) -> tuple[object, ...]:
    """All of a state that a project keeps; ids are given anew."""
    documents = [
        (
            one.cube.name,
            one.annotations,
            one.class_name,
            one.reference_class,
            one.extent,
            one.explanation,
        )
        for one in state.documents.items
    ]
    pins = [(pin.row, pin.col, pin.colour) for one in state.documents.items for pin in one.pins]
    active = state.document.cube.name if state.document else None
    names = {one.id: one.cube.name for one in state.documents.items}
    pair = state.comparison.pair and (
        names[state.comparison.pair.first],
        names[state.comparison.pair.second],
        state.comparison.pair.how,
    )
    return (
        pair,
        documents,
        pins,
        active,
        state.view.window_nm,
        state.view.display,
        state.view.figure,
    )


def test_what_was_saved_comes_back() -> None:
    desk = Desk()
    desk.work()
    desk.projects.save(HERE, "a layout")
    again = Desk(desk.services)
    again.open(str(HERE))
    assert essence(again.state) == essence(desk.state)
    assert again.state.requests.layout == "a layout"
    assert again.state.project.path == HERE
    assert not again.state.unsaved


def test_a_project_takes_the_place_of_what_is_open() -> None:
    desk = Desk()
    desk.work()
    desk.projects.save(HERE)
    other = Desk(desk.services)
    other.open("a.img")
    other.open(str(HERE))
    assert [one.cube.name for one in other.state.documents.items] == ["a", "b"]


def test_a_result_that_was_not_kept_is_computed_and_the_window_stays() -> None:
    desk = Desk()
    desk.work()
    desk.projects.save(HERE)
    reading = desk.services.saved[HERE]
    cubes = tuple(replace(one, explanation=None) for one in reading.project.cubes)
    project = replace(reading.project, cubes=cubes)
    desk.services.saved[HERE] = ProjectReading(project)
    again = Desk(desk.services)
    again.open(str(HERE))
    assert again.document.explanation is not None
    assert again.state.view.window_nm == desk.state.view.window_nm
    assert again.document.class_name == "healthy"


def test_a_result_of_an_earlier_method_is_reported_and_computed_anew() -> None:
    desk = Desk()
    desk.work()
    desk.projects.save(HERE)
    project = desk.services.saved[HERE].project
    cubes = tuple(replace(cube, explanation=None) for cube in project.cubes)
    why = "a.img must be explained anew: its result was of version 1 of the method, this one is 2."
    desk.services.saved[HERE] = ProjectReading(replace(project, cubes=cubes), anew=(why,))
    again = Desk(desk.services)
    again.open(str(HERE))
    problem = again.state.requests.problem
    assert problem is not None
    assert (problem.title, problem.text) == ("Some results are computed anew", why)
    assert again.document.explanation is not None


def test_work_is_unsaved_until_it_is_saved_and_views_are_no_work() -> None:
    desk = Desk()
    desk.open("a.img")
    assert not desk.state.unsaved
    desk.session.regions.draw(Rectangle((2, 2), (9, 9)))
    assert desk.state.unsaved
    desk.projects.save(HERE)
    assert not desk.state.unsaved
    desk.session.view.set_window(600)
    assert not desk.state.unsaved
    desk.session.history.undo()
    assert desk.state.unsaved
    desk.session.history.redo()
    assert not desk.state.unsaved
    desk.open("b.img")
    assert desk.state.unsaved


def test_work_drawn_while_a_project_is_written_stays_unsaved() -> None:
    desk = Desk()
    desk.work()

    def draw_then_write(*args: object) -> None:
        desk.session.regions.draw(Rectangle((20, 20), (25, 25)))

    desk.services.write_project = draw_then_write  # type: ignore[method-assign]
    desk.projects.save(HERE)
    assert desk.state.unsaved


def test_closing_all_cubes_closes_the_project() -> None:
    desk = Desk()
    desk.work()
    desk.projects.save(HERE)
    for document in desk.state.documents.items:
        desk.session.documents.close(document.id)
    assert desk.state.project.path is None
    assert not desk.state.unsaved


def test_each_change_is_kept_against_a_crash_until_it_is_saved() -> None:
    desk = Desk()
    desk.open("a.img")
    assert desk.services.kept is None
    desk.session.regions.draw(Rectangle((2, 2), (9, 9)))
    desk.session.regions.draw(Rectangle((12, 2), (19, 9)))
    assert desk.services.kept is not None
    project, of = desk.services.kept
    assert len(project.cubes[0].annotations) == 2
    assert of is None
    desk.projects.save(HERE)
    assert desk.services.kept is None
    desk.session.history.undo()
    assert desk.services.kept is not None
    assert desk.services.kept[1] == HERE
    desk.workbench.close()
    assert desk.services.kept is None


@pytest.mark.parametrize("of", [None, HERE])
def test_lost_work_comes_back_unsaved(of: Path | None) -> None:
    desk = Desk()
    desk.work()
    desk.projects.save(Path("kept.focus.json"))
    lost = RecoveredWork(Path("kept.focus.json"), of, 1e9, 2, 2)
    desk.services.lost.append(lost)
    again = Desk(desk.services)
    again.projects.look_for_unsaved()
    assert again.state.requests.recovered_work == (lost,)
    again.projects.recover(lost)
    assert essence(again.state) == essence(desk.state)
    assert again.state.unsaved
    assert again.state.project.path == of
    assert again.state.requests.recovered_work == ()
    assert desk.services.lost == []
    assert desk.services.kept is not None
    project, kept_of = desk.services.kept
    assert [len(one.annotations) for one in project.cubes] == [0, 2]
    assert kept_of == of


def test_lost_work_stays_if_it_cannot_be_kept_anew() -> None:
    desk = Desk()
    desk.work()
    desk.projects.save(Path("kept.focus.json"))
    lost = RecoveredWork(Path("kept.focus.json"), None, 1e9, 2, 2)
    desk.services.lost.append(lost)
    desk.services.autosave = _fail  # type: ignore[method-assign]
    desk.projects.recover(lost)
    assert desk.state.requests.problem is not None
    assert desk.services.lost == [lost]


def test_lost_work_is_discarded() -> None:
    desk = Desk()
    lost = RecoveredWork(Path("kept.focus.json"), None, 1e9, 1, 1)
    desk.services.lost.append(lost)
    desk.projects.look_for_unsaved()
    desk.projects.discard(lost)
    assert desk.state.requests.recovered_work == ()
    assert desk.services.lost == []


@pytest.fixture
def moved() -> Desk:
    """A desk that opens a project whose first cube is not there, second has changed."""
    desk = Desk()
    desk.work()
    desk.projects.save(HERE)
    project = desk.services.saved[HERE].project
    gone = replace(project.cubes[0], path=Path("gone.img"))
    project = replace(project, cubes=(gone, project.cubes[1]))
    desk.services.saved[HERE] = ProjectReading(project, missing=(0,), changed=(1,))
    again = Desk(desk.services)
    again.open("a.img")
    again.open(str(HERE))
    return again


def test_moved_and_changed_cubes_are_asked_for(moved: Desk) -> None:
    assert moved.state.requests.missing_cubes is not None
    assert [one.cube.name for one in moved.state.documents.items] == ["a"]
    moved.projects.decide({0: Path("a.img")})
    assert [one.cube.name for one in moved.state.documents.items] == ["a", "b"]
    assert len(moved.document.annotations) == 2
    assert moved.state.requests.missing_cubes is None


def test_a_cube_may_be_left_out(moved: Desk) -> None:
    moved.projects.decide({0: "leave"})
    assert [one.cube.name for one in moved.state.documents.items] == ["b"]
    assert moved.document.cube.name == "b"
    moved.projects.save(HERE)
    saved = moved.services.saved[HERE].project.cubes
    assert [one.path for one in saved] == [Path("b.img"), Path("gone.img")]


def test_a_cube_may_be_removed(moved: Desk) -> None:
    moved.projects.decide({0: "remove"})
    moved.projects.save(HERE)
    saved = moved.services.saved[HERE].project.cubes
    assert [one.path for one in saved] == [Path("b.img")]


def test_giving_up_leaves_what_is_open(moved: Desk) -> None:
    before = moved.state.documents.items
    moved.projects.cancel_opening()
    assert moved.state.requests.missing_cubes is None
    assert moved.state.documents.items == before


def test_a_cube_of_another_shape_is_refused(moved: Desk) -> None:
    moved.services._cubes["small.img"] = make_cube(rows=10)
    before = moved.state.documents.items
    moved.projects.decide({0: Path("small.img")})
    assert moved.state.requests.problem is not None
    assert (
        "expected rows x columns x bands 40x60x50, found 10x60x50"
        in moved.state.requests.problem.text
    )
    assert moved.state.documents.items == before


def _fail(*args: object) -> None:
    raise FocusError("the disk is full")


def test_a_save_that_fails_is_told_and_the_work_stays_unsaved() -> None:
    desk = Desk()
    desk.work()
    desk.services.write_project = _fail  # type: ignore[method-assign]
    called: list[Callable[[], None]] = []
    desk.projects.save(HERE, "", lambda: called.append(lambda: None))
    assert desk.state.requests.problem is not None
    assert desk.state.unsaved
    assert called == []


def test_no_project_is_told_and_nothing_open_is_lost() -> None:
    desk = Desk()
    desk.open("a.img")
    desk.open("nothing.focus.json")
    assert desk.state.requests.problem is not None
    assert desk.state.requests.problem.title == "Could not open nothing.focus.json"
    assert len(desk.state.documents.items) == 1


def test_a_part_out_of_sight_is_not_looked_at() -> None:
    desk = Desk()
    desk.open("a.img")
    for extent in (Extent((70, 0), (90, 10)), Extent((5, 5), (5, 9)), Extent((0, 0), (9, 1e999))):
        desk.session.documents.set_extent(extent)
        assert desk.document.extent is None
    desk.session.documents.set_extent(Extent((-5, -5), (9, 9)))
    assert desk.document.extent == Extent((-5, -5), (9, 9))
    desk.session.documents.set_extent(None)
    assert desk.document.extent is None


def test_work_drawn_while_a_project_is_read_is_not_lost() -> None:
    desk = Desk()
    desk.work()
    desk.projects.save(HERE)
    other = Desk(desk.services)
    other.open("a.img")
    read = desk.services.read_project

    def draw_then_read(path: Path, step: Step) -> ProjectReading:
        other.session.regions.draw(Rectangle((20, 20), (25, 25)))
        return read(path, step)

    desk.services.read_project = draw_then_read  # type: ignore[method-assign]
    other.open(str(HERE))
    assert other.state.requests.problem is not None
    assert other.state.requests.problem.title == "work.focus.json was not opened"
    assert len(other.document.annotations) == 1
    desk.services.read_project = read  # type: ignore[method-assign]
    other.open(str(HERE))
    assert len(other.state.documents.items) == 2


@pytest.mark.parametrize("same", [True, False])
def test_a_result_goes_with_a_moved_cube_only_if_it_is_the_same(moved: Desk, same: bool) -> None:
    moved.services.is_unchanged = lambda *_: same  # type: ignore[method-assign]
    explained: list[str] = []
    explain = moved.services.explain

    def counted(request: ExplainRequest, step: Step) -> Explanation:
        explained.append(request.cube.name)
        return explain(request, step)

    moved.services.explain = counted  # type: ignore[method-assign]
    moved.projects.decide({0: Path("a.img")})
    first = moved.state.documents.items[0]
    moved.session.documents.activate(first.id)
    assert first.cube.name == "a"
    assert ("a" in explained) is not same
