"""Studies of a batch and of the open cubes: read, compared, shown."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from ui.fakes import FakeServices, HeldRunner, ImmediateRunner, make_cube

from focus_viewer.core.datasets.cube_labels import CubeLabels
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.core.saliency.region_decision import RegionDecision
from focus_viewer.core.saliency.volume import importance_curve
from focus_viewer.core.studies.explained import ExplainedCube, rows_of
from focus_viewer.core.studies.study import Row
from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.studies import Studied
from focus_viewer.session.tasks.lane_names import STUDY
from focus_viewer.session.tasks.runner import Runner
from focus_viewer.session.tasks.study import studies
from focus_viewer.session.tasks.workbench import Workbench
from tests.core.studies.study_cases import two_groups

BATCH = Path("/batches/night")


class Desk:
    """Explorer with a study on the disk, and cubes of two treatments that can be opened."""

    def __init__(self, runner: Runner | None = None) -> None:
        names = ("c0", "c1", "d0", "d1")
        self.cubes = {
            f"{name}.img": replace(make_cube(12, 18, 9), name=name, path=Path(f"/cubes/{name}.img"))
            for name in names
        }
        self.services = FakeServices(self.cubes)
        self.services.studies.known[BATCH] = two_groups([1, 2, 3, 4], [5, 6, 7, 9])
        self.session = Session()
        self.workbench = Workbench(self.session, runner or ImmediateRunner(), self.services)
        self.tasks = self.workbench.studies

    @property
    def studied(self) -> Studied:
        return self.session.state.studied

    def open_cubes(self) -> None:
        for name, cube in self.cubes.items():
            groups = {"treatment": {"c": "control", "d": "drought"}[name[0]], "plant": name[:2]}
            self.session.documents.open(cube, labels=CubeLabels(groups=groups))


def test_a_batch_is_opened_as_a_study_and_compared() -> None:
    desk = Desk()
    desk.workbench.open([BATCH])
    assert desk.studied.place == BATCH and not desk.studied.follows
    assert [each.quantity.title for each in desk.studied.found] == [
        "NDVI",
        "importance curve of drought",
        "mean spectrum",
    ]
    assert desk.studied.found[0].test is not None
    assert desk.studied.found[0].test.p == pytest.approx(2 / 70)
    assert desk.session.state.documents.items == ()


def test_another_plan_is_compared_anew() -> None:
    desk = Desk()
    desk.tasks.open(BATCH)
    assert desk.studied.plan is not None
    plan = replace(desk.studied.plan, value="", unit="cube")
    desk.session.studies.change_plan(plan)
    assert [each.quantity.kind for each in desk.studied.found] == ["importance", "spectrum"]


def test_what_cannot_be_read_is_reported() -> None:
    desk = Desk()
    desk.tasks.open(Path("/elsewhere"))
    problem = desk.session.state.requests.problem
    assert problem is not None and problem.title == "Could not open the study elsewhere"
    assert desk.studied.study is None


def test_the_open_cubes_are_a_study_with_the_groups_of_their_labels() -> None:
    desk = Desk()
    desk.open_cubes()
    desk.tasks.open_study_of_cubes()
    study, plan = desk.studied.study, desk.studied.plan
    assert study is not None and plan is not None
    assert (plan.column, plan.unit) == ("treatment", "plant")
    row, document = study.rows[0], desk.session.state.documents.items[0]
    done = document.explanation
    assert done is not None and row.decided == done.predicted
    expected = importance_curve(done.volume(done.predicted, "evidence"))
    assert row.importance[done.predicted].values.tolist() == expected.tolist()
    pixels = document.cube.block(slice(None), slice(None)).reshape(-1, 9)
    assert row.spectrum is not None
    assert np.allclose(row.spectrum.values, pixels.mean(axis=0), atol=1e-5)
    assert row.values["probability of chlorosis"] == pytest.approx(done.probabilities[1])
    assert len(desk.studied.found) == 3


def test_regions_are_rows_of_their_own() -> None:
    desk = Desk()
    desk.open_cubes()
    desk.session.regions.draw(Rectangle((2, 2), (8, 8)))
    desk.tasks.open_study_of_cubes()
    study = desk.studied.study
    assert study is not None
    regions = [row for row in study.rows if row.region]
    assert [row.name for row in regions] == ["d1"]
    assert regions[0].groups["treatment"] == "drought"
    pixels = desk.cubes["d1.img"].block(slice(2, 8), slice(2, 8)).reshape(-1, 9)
    assert regions[0].spectrum is not None
    assert np.allclose(regions[0].spectrum.values, pixels.mean(axis=0), atol=1e-5)


def test_a_region_that_was_asked_about_alone_has_its_own_decision() -> None:
    desk = Desk()
    desk.open_cubes()
    desk.session.regions.draw(Rectangle((2, 2), (8, 8)))
    document = desk.session.state.document
    assert document is not None
    shape = next(iter(document.annotations)).outline
    alone = RegionDecision("healthy", 0.9, "doubtful", "little tissue", 0.1, 550.0)
    ticket = desk.session.explaining_job.start(document.id, "test")
    desk.session.explanation.take_decisions(ticket, document.id, {shape: alone})
    desk.tasks.open_study_of_cubes()
    study = desk.studied.study
    assert study is not None
    region = next(row for row in study.rows if row.region)
    assert (region.decided, region.verdict) == ("healthy", "doubtful")


def test_the_study_follows_the_open_cubes() -> None:
    desk = Desk()
    desk.open_cubes()
    desk.tasks.open_study_of_cubes()
    first = desk.session.state.documents.items[0]
    desk.session.documents.label(first.id, CubeLabels(("rust",), {"treatment": "heat"}))
    study = desk.studied.study
    assert study is not None
    assert study.rows[0].groups == {"class": "rust", "treatment": "heat"}
    desk.session.documents.close(first.id)
    assert desk.studied.study is not None and len(desk.studied.study.rows) == 3


def test_a_cube_is_read_again_only_where_it_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    desk, read = Desk(), list[str]()
    desk.open_cubes()

    def counting(explained: ExplainedCube, step: Step) -> tuple[Row, ...]:
        read.append(explained.cube.name)
        return rows_of(explained, step)

    monkeypatch.setattr(studies, "rows_of", counting)
    desk.tasks.open_study_of_cubes()
    assert read == ["c0", "c1", "d0", "d1"]
    first = desk.session.state.documents.items[0]
    desk.session.documents.label(first.id, CubeLabels(groups={"treatment": "heat"}))
    assert read == ["c0", "c1", "d0", "d1"]
    desk.session.regions.draw(Rectangle((2, 2), (8, 8)))  # on d1
    assert read[4:] == ["d1"]


def test_a_cube_that_is_not_explained_is_a_row_with_the_reason() -> None:
    desk = Desk(HeldRunner())
    desk.open_cubes()
    desk.tasks.open_study_of_cubes()
    runner = desk.workbench.background._runner
    assert isinstance(runner, HeldRunner)
    runner.release(STUDY)
    study = desk.studied.study
    assert study is not None and {row.error for row in study.rows} == {"not explained"}


def test_a_row_shows_its_cube() -> None:
    desk = Desk()
    desk.open_cubes()
    desk.tasks.open_study_of_cubes()
    study = desk.studied.study
    assert study is not None
    desk.tasks.show_row(study.rows[1])
    document = desk.session.state.document
    assert document is not None and document.cube.name == "c1"
    desk.session.documents.close(document.id)
    desk.tasks.show_row(study.rows[1])
    document = desk.session.state.document
    assert document is not None and document.cube.name == "c1"


def test_the_report_is_written_of_what_is_shown() -> None:
    desk, written = Desk(), list[Path]()
    desk.tasks.open(BATCH)
    desk.tasks.save_report(Path("/reports"), written.extend)
    study, plan, folder = desk.services.studies.reports[0]
    assert (study, plan, folder) == (desk.studied.study, desk.studied.plan, Path("/reports"))
    assert [path.name for path in written] == ["study.html", "study.pdf"]
