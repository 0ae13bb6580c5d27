"""Tables and figures of a session with a mask and layers: what they say they are limited to."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from ui.fakes import FakeServices, ImmediateRunner, make_cube

from focus_viewer.core.documents.figure_spec import FigureSpec
from focus_viewer.core.masks.rules import WithinOutline
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.figures.publication.provenance import about_figure, caption
from focus_viewer.session.outputs.figure_subject import figure_subject
from focus_viewer.session.outputs.region_csv import table_text
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.libraries import targets_of
from focus_viewer.session.tasks.workbench import Workbench

LEFT = WithinOutline(Rectangle((0, 0), (10, 20)), "Left half", (20, 30))
TEXT = "Left half (200 of 600 px)"


@pytest.fixture
def session() -> Iterator[Session]:
    """A session with a region and a mask over half of it."""
    session = Session()
    workbench = Workbench(session, ImmediateRunner(), FakeServices())
    session.documents.open(make_cube(20, 30))
    session.regions.draw(Rectangle((5, 0), (15, 10)))
    session.masks.start(LEFT)
    yield session
    workbench.close()  # held until here: a session does not keep what listens to it


def document(session: Session) -> Document:
    assert session.state.document is not None
    return session.state.document


def test_the_table_has_a_column_that_names_the_mask(session: Session) -> None:
    (row,) = csv.DictReader(io.StringIO(table_text([document(session)])))
    assert (row["pixels"], row["mask"]) == ("50", TEXT)
    session.masks.use(False)
    (row,) = csv.DictReader(io.StringIO(table_text([document(session)])))
    assert row["pixels"] == "100" and "mask" not in row


def test_spectra_that_libraries_are_compared_with_name_the_mask(session: Session) -> None:
    assert targets_of(document(session))[0].name == "Region 1, mean inside the mask"


def test_figures_are_limited_and_name_the_mask_and_the_layers(session: Session) -> None:
    session.layers.add(CompositeRecipe("formula", formula="r800 / r670"))
    spec = FigureSpec(panels=("composite", "table"))
    subject = figure_subject(session.state, spec)
    assert subject is not None
    assert subject.first.rows[0].pixels == 50
    assert subject.first.composite.image is not document(session).composite.image  # type: ignore[union-attr]
    text = caption(subject, {"composite": ("a",), "table": ("b",)}, ())
    assert f"only pixels inside the mask, {TEXT}" in text
    assert "outside of the mask (Left half) in #cc3311, opacity 50 %" in text
    assert "(dark) to" in text and "opacity 70 %" in text
    assert TEXT in about_figure(subject, spec).description


def test_figures_without_a_mask_say_nothing_of_one(session: Session) -> None:
    session.masks.clear()
    subject = figure_subject(session.state, FigureSpec(panels=("composite",)))
    assert subject is not None and subject.first.rows[0].pixels == 100
    assert "mask" not in caption(subject, {"composite": ("a",)}, ())
