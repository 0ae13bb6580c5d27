"""The table of regions of two cubes as one text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from ui.fakes import FakeServices, ImmediateRunner, make_cube

from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.session.outputs.region_csv import table_text
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench


@pytest.fixture
def session() -> Iterator[Session]:
    """A session whose regions are measured at once."""
    session = Session()
    workbench = Workbench(session, ImmediateRunner(), FakeServices())
    yield session
    workbench.close()


def _open_two(session: Session) -> None:
    for name in ("first, early", "second"):
        session.documents.open(replace(make_cube(), name=name))
        session.regions.draw(Rectangle((2, 2), (9, 9)), "spot")


def test_regions_of_two_cubes_stand_under_one_header(session: Session) -> None:
    _open_two(session)
    rows = list(csv.reader(io.StringIO(table_text(session.state.documents.items))))
    assert rows[0][:3] == ["cube", "id", "name"]
    assert [row[0] for row in rows[1:]] == ["first, early", "second"]
    assert len({len(row) for row in rows}) == 1


def test_a_single_cube_needs_no_column_for_it(session: Session) -> None:
    _open_two(session)
    rows = list(csv.reader(io.StringIO(table_text(session.state.documents.items[:1]))))
    assert rows[0][0] == "id"
    assert len(rows) == 2


def test_other_units_get_their_own_titles(session: Session) -> None:
    for units in ("reflectance", "counts"):
        session.documents.open(replace(make_cube(), name=units, units=units))
        session.regions.draw(Rectangle((2, 2), (9, 9)))
    rows = list(csv.reader(io.StringIO(table_text(session.state.documents.items))))
    assert [row[0] for row in rows] == ["cube", "reflectance", "cube", "counts"]
    assert "mean_counts" in rows[2]


def test_nothing_measured_is_no_text() -> None:
    session = Session()
    session.documents.open(make_cube())
    assert table_text(session.state.documents.items) == ""
