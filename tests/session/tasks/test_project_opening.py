"""Projects whose references or arrays are not as they were: told, asked for, and kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from ui.fakes import FakeServices, ImmediateRunner, change_preprocessing, make_cube

from focus_viewer.core.cubes.array_choice import ArrayChoice, Candidate, NeedsChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.project import ProjectCube, ProjectReading
from focus_viewer.core.errors import FocusError
from focus_viewer.core.preprocessing.settings import (
    FlatField,
    LostReferences,
    PreprocessedCube,
    Preprocessing,
    ReferenceFingerprints,
    Smoothing,
    WhiteAndDark,
    preprocessing_of,
)
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.projects import Projects
from focus_viewer.session.tasks.workbench import Workbench

HERE = Path("/data/work.focus.json")
WHITE = Path("/data/white.raw")
PLANT = replace(make_cube(), name="plant", units="counts", path=Path("/data/plant.raw"))
LEAF = replace(make_cube(), name="leaf", path=Path("/data/leaf.h5"))
FINGERPRINTS = ReferenceFingerprints(white="as it was")
CALIBRATED = Preprocessing(references=WhiteAndDark(WHITE), smoothing=Smoothing(5, 2))
CHOICE = ArrayChoice("a")
QUESTION = NeedsChoice(
    LEAF.path or Path(), (Candidate("a", (40, 60, 50), "f4"),), "several may be the cube."
)


class Services(FakeServices):
    """References that can be marked otherwise, and that are there or not."""

    def __init__(self) -> None:
        super().__init__({"plant.raw": PLANT, "leaf.h5": LEAF, "moved.raw": PLANT})
        self.reference_fingerprints = FINGERPRINTS
        self.there: Callable[[Path], bool] = lambda path: True
        self.same = True

    def preprocess(self, cube: Cube, preprocessing: Preprocessing, step: Step) -> Cube:
        """Treat it, with the marks that its references have now."""
        files = preprocessing.references.files if preprocessing.references is not None else ()
        lost = [path for path in files if not self.there(path)]
        if lost:
            raise FocusError(f"{lost[0]} is not there: choose another file.")
        found = super().preprocess(cube, preprocessing, step)
        marked = isinstance(found, PreprocessedCube) and preprocessing.references is not None
        return (
            replace(found, reference_fingerprints=self.reference_fingerprints) if marked else found
        )  # type: ignore[call-arg]

    def is_unchanged(self, kept: ProjectCube, cube: Cube, step: Step) -> bool:
        """Say what the test wants."""
        return self.same


class Desk:
    def __init__(self, services: Services | None = None) -> None:
        self.services = services or Services()
        self.session = Session()
        self.workbench = Workbench(self.session, ImmediateRunner(), self.services)

    @property
    def projects(self) -> Projects:
        return self.workbench.projects

    @property
    def document(self) -> Document:
        document = self.session.state.document
        assert document is not None
        return document

    @property
    def problem(self) -> str:
        problem = self.session.state.requests.problem
        return "" if problem is None else problem.text

    def saved(self) -> ProjectCube:
        self.projects.save(HERE)
        return self.services.saved[HERE].project.cubes[0]

    def reopened(self) -> Desk:
        again = Desk(self.services)
        again.workbench.open([HERE])
        return again


@pytest.fixture
def desk() -> Desk:
    """A calibrated plant that was saved."""
    one = Desk()
    one.workbench.open([Path("/data/plant.raw")])
    one.session.regions.draw(Rectangle((2, 3), (5, 6)))
    one.workbench.preprocessing.apply(one.document.id, CALIBRATED)
    one.saved()
    return one


# Treatments are work


def test_a_treatment_alone_is_work_and_is_kept_against_a_crash() -> None:
    desk = Desk()
    desk.workbench.open([Path("/data/plant.raw")])
    assert not desk.session.state.unsaved
    change_preprocessing(desk.session, desk.workbench.preprocessing, smoothing=Smoothing(5, 2))
    assert desk.session.state.unsaved
    assert desk.services.kept is not None
    project, of = desk.services.kept
    assert (project.cubes[0].preprocessing, of) == (Preprocessing(smoothing=Smoothing(5, 2)), None)
    change_preprocessing(desk.session, desk.workbench.preprocessing, smoothing=None)
    assert not desk.session.state.unsaved


@pytest.mark.parametrize(
    "wanted",
    [
        Preprocessing(references=WhiteAndDark(WHITE)),
        Preprocessing(bad_ranges=((400.0, 420.0),)),
        Preprocessing(flat_field=FlatField((2.0,) * 50, "the mean of panel")),
        Preprocessing(bin_bands=2),
    ],
)
def test_each_kind_of_treatment_is_work(wanted: Preprocessing) -> None:
    desk = Desk()
    desk.workbench.open([Path("/data/plant.raw")])
    desk.workbench.preprocessing.apply(desk.document.id, wanted)
    assert desk.session.state.unsaved
    desk.projects.save(HERE)
    assert not desk.session.state.unsaved


def test_references_that_were_only_found_are_no_work() -> None:
    desk = Desk()
    desk.workbench.open([Path("/data/plant.raw")])
    assert desk.document.references is not None
    desk.workbench.preprocessing.decline()
    assert not desk.session.state.unsaved
    assert desk.services.kept is None


# References that changed


def test_references_are_marked_in_the_project(desk: Desk) -> None:
    assert desk.services.saved[HERE].project.cubes[0].reference_fingerprints == FINGERPRINTS


def test_references_that_are_the_same_are_not_spoken_of(desk: Desk) -> None:
    again = desk.reopened()
    assert again.problem == ""
    assert preprocessing_of(again.document.cube) == CALIBRATED


def test_a_changed_reference_is_told_and_the_result_is_made_anew(desk: Desk) -> None:
    before = desk.services.saved[HERE].project.cubes[0].explanation
    assert before is not None
    desk.services.reference_fingerprints = ReferenceFingerprints(white="another")
    again = desk.reopened()
    assert "/data/white.raw has changed since the project was saved" in again.problem
    assert again.document.cube.units == "reflectance"
    assert again.document.explanation not in (None, before)
    assert not again.session.state.unsaved
    assert again.saved().reference_fingerprints == ReferenceFingerprints(white="another")
    assert again.reopened().problem == ""


# References that are lost


def test_a_lost_reference_leaves_counts_and_stays_in_the_project(desk: Desk) -> None:
    desk.services.there = lambda path: path != WHITE
    again = desk.reopened()
    assert again.document.cube.units == "counts"
    assert preprocessing_of(again.document.cube) == Preprocessing(smoothing=Smoothing(5, 2))
    assert again.document.lost == LostReferences(WhiteAndDark(WHITE), FINGERPRINTS)
    assert "plant is not calibrated, its values are in counts: /data/white.raw" in again.problem
    assert not again.session.state.unsaved
    kept = again.saved()
    assert (kept.preprocessing, kept.reference_fingerprints) == (CALIBRATED, FINGERPRINTS)
    desk.services.there = lambda path: True
    found = again.reopened()
    assert found.problem == ""
    assert preprocessing_of(found.document.cube) == CALIBRATED
    assert found.document.lost is None


def test_other_treatments_leave_a_lost_reference_asked_for(desk: Desk) -> None:
    desk.services.there = lambda path: path != WHITE
    again = desk.reopened()
    change_preprocessing(again.session, again.workbench.preprocessing, smoothing=None, bin_bands=2)
    assert again.document.lost is not None
    assert again.session.state.unsaved
    assert again.saved().preprocessing == Preprocessing(references=WhiteAndDark(WHITE), bin_bands=2)


def test_another_calibration_takes_the_place_of_a_lost_reference(desk: Desk) -> None:
    desk.services.there = lambda path: path != WHITE
    again = desk.reopened()
    other = WhiteAndDark(Path("/data/other.raw"))
    change_preprocessing(again.session, again.workbench.preprocessing, references=other)
    assert again.document.lost is None
    assert again.saved().preprocessing.references == other


def test_a_lost_reference_is_given_up(desk: Desk) -> None:
    desk.services.there = lambda path: path != WHITE
    again = desk.reopened()
    again.session.preprocessing.forget_references(again.document.id)
    assert again.session.state.unsaved
    assert again.saved().preprocessing == Preprocessing(smoothing=Smoothing(5, 2))


def test_a_lost_reference_is_kept_against_a_crash(desk: Desk) -> None:
    desk.services.there = lambda path: path != WHITE
    again = desk.reopened()
    again.session.regions.draw(Rectangle((12, 13), (15, 16)))
    assert again.services.kept is not None
    assert again.services.kept[0].cubes[0].preprocessing == CALIBRATED


@pytest.mark.parametrize("along", [True, False])
def test_references_move_along_with_a_cube_that_was_found_elsewhere(
    desk: Desk, along: bool
) -> None:
    project = desk.services.saved[HERE].project
    preprocessing = Preprocessing(references=WhiteAndDark(Path("/data/refs/white.raw")))
    gone = replace(project.cubes[0], path=Path("/data/scans/gone.raw"), preprocessing=preprocessing)
    desk.services.saved[HERE] = ProjectReading(replace(project, cubes=(gone,)), missing=(0,))
    desk.services.there = lambda path: along and path == Path("/new/refs/white.raw")
    again = desk.reopened()
    again.projects.decide({0: Path("/new/scans/moved.raw")})
    assert again.document.preprocessing.references is not None
    white = again.document.preprocessing.references.white
    if along:
        assert (again.problem, white) == ("", Path("/new/refs/white.raw"))
        assert again.document.cube.units == "reflectance"
    else:
        assert "/data/refs/white.raw is not there" in again.problem
        assert white == Path("/data/refs/white.raw")


# Arrays that are asked about


@pytest.fixture
def asked() -> Desk:
    """A project of two cubes, of which one does not tell which of its arrays it is."""
    desk = Desk()
    desk.workbench.open([Path("/data/leaf.h5"), Path("/data/plant.raw")])
    desk.session.documents.activate(desk.session.state.documents.items[0].id)
    desk.session.regions.draw(Rectangle((2, 3), (5, 6)))
    desk.projects.save(HERE)
    desk.services.questions["leaf.h5"] = QUESTION
    return desk


def test_an_array_is_asked_for_and_goes_into_the_project(asked: Desk) -> None:
    again = asked.reopened()
    assert again.session.state.documents.items == ()
    question = again.session.state.requests.array_question
    assert question is not None
    assert question.path == LEAF.path
    again.workbench.array_choice.confirm(CHOICE)
    assert again.session.state.requests.array_question is None
    assert [one.cube.name for one in again.session.state.documents.items] == ["leaf", "plant"]
    assert len(again.session.state.documents.items[0].annotations) == 1
    assert again.saved().choice == CHOICE
    third = again.reopened()
    assert third.session.state.requests.array_question is None
    assert [one.cube.name for one in third.session.state.documents.items] == ["leaf", "plant"]


def test_a_cube_without_an_answer_stays_in_the_project(asked: Desk) -> None:
    again = asked.reopened()
    again.workbench.array_choice.skip()
    assert [one.cube.name for one in again.session.state.documents.items] == ["plant"]
    assert [one.path for one in again.session.state.project.absent] == [LEAF.path]
    again.projects.save(HERE)
    kept = again.services.saved[HERE].project.cubes
    assert [one.path for one in kept] == [PLANT.path, LEAF.path]
    assert len(kept[1].annotations) == 1


def test_a_choice_that_does_not_fit_is_told_and_the_cube_stays(asked: Desk) -> None:
    again = asked.reopened()
    again.workbench.array_choice.confirm(ArrayChoice("nothing"))
    assert [one.cube.name for one in again.session.state.documents.items] == ["plant"]
    assert [one.path for one in again.session.state.project.absent] == [LEAF.path]


def test_an_array_of_another_shape_is_asked_about_again(asked: Desk) -> None:
    again = asked.reopened()
    again.services._cubes["leaf.h5"] = make_cube(rows=10)
    again.workbench.array_choice.confirm(CHOICE)
    question = again.session.state.requests.array_question
    assert question is not None
    assert question.reason == (
        "the project expects rows x columns x bands 40x60x50, and it was read as 10x60x50."
    )
    again.services._cubes["leaf.h5"] = LEAF
    again.workbench.array_choice.confirm(CHOICE)
    assert [one.cube.name for one in again.session.state.documents.items] == ["leaf", "plant"]


@pytest.mark.parametrize("same", [True, False])
def test_a_result_is_taken_only_if_the_chosen_array_is_what_it_was(asked: Desk, same: bool) -> None:
    asked.services.same = same
    before = asked.services.saved[HERE].project.cubes[0].explanation
    again = asked.reopened()
    again.workbench.array_choice.confirm(CHOICE)
    assert (again.session.state.documents.items[0].explanation is before) is same


def test_a_choice_made_when_a_file_was_opened_goes_into_the_project() -> None:
    desk = Desk()
    desk.services.questions["leaf.h5"] = QUESTION
    desk.workbench.open([Path("/data/leaf.h5")])
    desk.workbench.array_choice.confirm(CHOICE)
    assert desk.saved().choice == CHOICE


def test_what_is_open_stays_while_an_array_is_asked_for(asked: Desk) -> None:
    other = Desk(asked.services)
    other.workbench.open([Path("/data/plant.raw")])
    other.workbench.open([HERE])
    assert [one.cube.name for one in other.session.state.documents.items] == ["plant"]
    assert other.session.state.project.path is None
