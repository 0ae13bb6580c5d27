"""Files of regions: opened on the active cube, several together, and refused without one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from ui.fakes import FakeServices, ImmediateRunner, make_cube

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import OtherKind
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench


class Services(FakeServices):
    """With an image of labels, which is no cube."""

    def read_cube(self, path: Path, *further: object) -> Cube:
        if path.name == "labels.tif":
            raise OtherKind(f"{path} is an image of a single band, perhaps labels.", "picture")
        return replace(make_cube(), name=path.stem)


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def workbench(session: Session) -> Workbench:
    return Workbench(session, ImmediateRunner(), Services())


def names(session: Session) -> list[str]:
    assert session.state.document is not None
    return [region.name for region in session.state.document.annotations]


def problem(session: Session) -> str:
    assert session.state.requests.problem is not None
    return session.state.requests.problem.text


def test_a_file_that_can_only_be_regions_is_opened_on_the_active_cube(
    session: Session, workbench: Workbench
) -> None:
    workbench.open([Path("a.hdr")])
    workbench.open([Path("plots.geojson")])
    assert names(session) == ["plots"]
    workbench.open([Path("one.geojson"), Path("two.geojson")])
    assert names(session) == ["one", "two"]
    assert session.state.document is not None
    assert [region.id for region in session.state.document.annotations] == [1, 2]
    session.history.undo()
    assert names(session) == ["plots"]


def test_what_a_reader_left_out_is_shown(session: Session) -> None:
    class Noting(Services):
        def read_annotations(self, path: Path, cube: Cube) -> Annotations:
            note = f"{path.stem}: 1 of 2 regions have no pixel on the image."
            return replace(super().read_annotations(path, cube), notes=(note,))

    workbench = Workbench(session, ImmediateRunner(), Noting())
    workbench.open([Path("a.hdr")])
    workbench.open([Path("one.geojson"), Path("two.geojson")])
    assert names(session) == ["one", "two"]
    assert problem(session) == (
        "one: 1 of 2 regions have no pixel on the image. "
        "two: 1 of 2 regions have no pixel on the image."
    )


def test_regions_without_a_cube_say_what_to_do(session: Session, workbench: Workbench) -> None:
    workbench.open([Path("plots.gpkg")])
    assert problem(session) == (
        "plots.gpkg holds regions, and no cube is open. Open the cube first, then this."
    )


def test_regions_beside_a_cube_wait_for_it(session: Session, workbench: Workbench) -> None:
    workbench.open([Path("a.hdr"), Path("plots.geojson")])
    assert names(session) == []
    assert "Open it again once that cube is shown" in problem(session)


def test_an_image_of_labels_names_the_way_to_open_it(
    session: Session, workbench: Workbench
) -> None:
    workbench.open([Path("labels.tif")])
    assert problem(session).endswith("labels of regions, use Regions > Open regions.")
