"""Teaching in the background: counts, what is requested, results, and the live preview."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ui.fakes import FakeServices, HeldRunner, ImmediateRunner, make_cube

from focus_viewer.core.datasets.cube_labels import CubeLabels
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.core.validation.doubt import Place
from focus_viewer.session.outputs.data_set import data_set_of
from focus_viewer.session.outputs.project import project_of
from focus_viewer.session.session import Session
from focus_viewer.session.state.labels import class_colours
from focus_viewer.session.state.project import SavedProject
from focus_viewer.session.state.slices.teaching import TeachingChoice
from focus_viewer.session.tasks.lane_names import CLASS_MAP, TEACH
from focus_viewer.session.tasks.workbench import Workbench

HERE = Path("/data")


class Desk:
    """Session with two cubes, "a" with regions of two classes."""

    def __init__(self, runner: Any = None) -> None:
        self.session = Session()
        self.services = FakeServices()
        self.bench = Workbench(self.session, runner or ImmediateRunner(), self.services)
        self.a, self.b = (
            self.session.documents.open(replace(make_cube(name=name), path=HERE / f"{name}.img"))
            for name in "ab"
        )
        self.session.documents.activate(self.a)
        for place, name in enumerate(("rust", "healthy", "rust", None)):
            self.draw(place, name)

    def draw(self, place: int, name: str | None) -> None:
        corner = (4.0 + 10 * place, 4.0)
        self.session.regions.draw(Rectangle(corner, (corner[0] + 6, 10.0)), name)

    @property
    def teaching(self) -> Any:
        return self.session.state.teaching


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_classes_are_counted_as_regions_change(desk: Desk) -> None:
    counts = desk.teaching.counts
    assert list(counts.classes) == ["healthy", "rust"]
    rust = counts.classes["rust"]
    assert (rust.regions, rust.cubes, rust.pixels) == (2, 1, 72)
    desk.session.history.undo()
    desk.session.history.undo()
    assert desk.teaching.counts.classes["rust"].regions == 1


def test_labels_of_whole_cubes_and_their_groups_count(desk: Desk) -> None:
    desk.session.documents.label(desk.b, CubeLabels(("rust",), {"plant": "7"}))
    counts = desk.teaching.counts
    assert counts.classes["rust"].cubes == 2
    assert counts.columns == ("plant",)
    desk.session.teaching.choose(replace(desk.teaching.choice, group="plant"))
    desk.session.documents.label(desk.b, CubeLabels(("rust",)))
    assert desk.teaching.choice.group is None  # the column is not there any more


def test_a_model_is_taught_of_the_chosen_classes_and_explains(desk: Desk) -> None:
    desk.draw(4, "dry")
    desk.session.teaching.use_class("dry", False)
    choice = replace(
        desk.teaching.choice, name="mine", folder=HERE, bands_nm=((400.0, 700.0),), several=True
    )
    desk.session.teaching.choose(choice)
    desk.bench.teaching.teach()
    (request,) = desk.services.teaching.requests
    assert request.data_set.classes == ("healthy", "rust")
    assert request.data_set.several_classes
    assert (request.out, request.bands_nm) == (HERE / "mine", ((400.0, 700.0),))
    assert desk.teaching.result.card.name == "mine"
    assert desk.teaching.taught_choice == choice
    assert desk.session.state.models.chosen == str(HERE / "mine")
    assert desk.session.state.jobs.teaching.status == "done"


def test_a_problem_is_shown_and_nothing_is_taken(desk: Desk) -> None:
    desk.session.teaching.choose(replace(desk.teaching.choice, name="refused"))
    desk.bench.teaching.teach()
    assert desk.teaching.result is None
    assert desk.session.state.jobs.teaching.status == "failed"
    problem = desk.session.state.requests.problem
    assert problem is not None and "choose another folder" in problem.text


def test_teaching_can_be_cancelled() -> None:
    runner = HeldRunner()
    desk = Desk(runner)
    desk.bench.teaching.teach()
    assert desk.session.state.jobs.teaching.is_running()
    desk.bench.teaching.cancel()
    assert desk.session.state.jobs.teaching.status == "cancelled"
    assert desk.session.state.requests.problem is None
    assert TEACH not in runner.held


def test_a_validation_stays_until_another_model_is_taught(desk: Desk) -> None:
    desk.bench.teaching.teach()
    desk.bench.teaching.validate()
    assert desk.teaching.report is not None
    assert desk.teaching.report.rivals
    desk.bench.teaching.save_report(HERE)
    assert desk.services.teaching.reports == [HERE]
    assert "report.html" in desk.session.state.jobs.export.message
    desk.bench.teaching.teach()
    assert desk.teaching.report is None


def test_what_was_taught_leaves_with_its_cubes(desk: Desk) -> None:
    desk.bench.teaching.teach()
    desk.bench.teaching.validate()
    assert desk.teaching.result is not None
    project = project_of(desk.session.state)
    cubes = [each.cube for each in desk.session.state.documents.items]
    desk.session.project.open(project, cubes, SavedProject())
    assert desk.teaching.result is None and desk.teaching.report is None
    assert set(desk.teaching.counts.classes) == {"healthy", "rust"}  # those of the project


def test_nothing_of_it_stays_when_all_cubes_are_closed(desk: Desk) -> None:
    desk.bench.teaching.teach()
    desk.bench.teaching.show_preview(True)
    first, *rest = [each.id for each in desk.session.state.documents.items]
    for other in rest:
        desk.session.documents.close(other)
    assert desk.teaching.result is not None
    desk.session.documents.close(first)
    assert desk.teaching.result is None
    assert not desk.teaching.preview and not desk.teaching.counts.classes


def test_a_doubtful_place_is_shown_in_its_cube(desk: Desk) -> None:
    place = Place("b.img", "", (8, 16), (24, 32), False, 0.9, (("rust", 0.5),), HERE / "b.img")
    desk.bench.teaching.show_place(place)
    document = desk.session.state.document
    assert document is not None and document.id == desk.b
    extent = document.extent
    assert extent is not None
    assert extent.low[0] < 24 < 32 < extent.high[0]
    assert extent.low[1] < 8 < 16 < extent.high[1]
    desk.bench.teaching.show_place(replace(place, cube="c.img", path=HERE / "c.img"))
    problem = desk.session.state.requests.problem
    assert problem is not None and "c.img is not open" in problem.text


def test_a_doubtful_region_is_selected(desk: Desk) -> None:
    place = Place("a.img", "Region 2", (4, 10), (14, 20), True, 0.9, (("rust", 0.5),))
    desk.bench.teaching.show_place(place)
    assert desk.session.state.document is not None
    assert desk.session.state.document.selected == (2,)


def test_the_preview_follows_every_change_of_regions(desk: Desk) -> None:
    fake = desk.services.teaching
    assert not fake.mapped
    desk.bench.teaching.show_preview(True)
    assert desk.session.state.class_map is not None
    assert desk.session.state.class_map.examples == 3
    desk.draw(4, "dry")
    assert desk.session.state.class_map.classes == ("rust", "healthy", "dry")
    desk.session.teaching.use_class("dry", False)
    assert desk.session.state.class_map.classes == ("rust", "healthy")
    asked = len(fake.mapped)
    desk.bench.teaching.show_preview(False)
    desk.draw(5, "rust")
    assert len(fake.mapped) == asked
    assert desk.session.state.class_map is None


def test_the_preview_reads_stage_by_stage_and_stops_when_hidden() -> None:
    runner = HeldRunner()
    desk = Desk(runner)
    desk.services.teaching.stages = 3
    desk.bench.teaching.show_preview(True)
    runner.release(CLASS_MAP)
    assert desk.session.state.class_map is not None
    assert desk.session.state.class_map.read == pytest.approx(1 / 3)
    assert CLASS_MAP in runner.held
    runner.release(CLASS_MAP)
    desk.bench.teaching.show_preview(False)
    assert CLASS_MAP not in runner.held
    desk.bench.teaching.show_preview(True)
    runner.release(CLASS_MAP)
    assert CLASS_MAP not in runner.held  # all is read


def test_other_bands_make_the_maps_outdated(desk: Desk) -> None:
    desk.bench.teaching.show_preview(True)
    before = len(desk.services.teaching.mapped)
    desk.session.teaching.choose(TeachingChoice(bands_nm=((400.0, 900.0),)))
    assert desk.services.teaching.mapped[before].bands_nm == ((400.0, 900.0),)


def test_colours_are_those_of_regions_and_differ(desk: Desk) -> None:
    colours = class_colours(desk.session.state)
    regions = data_set_of(desk.session.state).samples[0].regions
    assert [region.classes for region in regions] == [("rust",), ("healthy",), ("rust",)]
    document = desk.session.state.find(desk.a)
    assert document is not None
    assert colours["rust"] == document.annotations.regions[0].colour
    desk.session.regions.set_colour((1, 2), "#123456")
    found = class_colours(desk.session.state)
    assert len(set(found.values())) == 2
