"""Regions in the session: every change is a step that can be undone."""

from __future__ import annotations

import pytest
from ui.fakes import make_cube

from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.session.changes.regions import REGION_COLOURS
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document

ONE, OTHER = Rectangle((1, 1), (4, 4)), Rectangle((6, 6), (9, 8))


@pytest.fixture
def session() -> Session:
    session = Session()
    session.documents.open(make_cube(20, 30))
    return session


def document(session: Session) -> Document:
    assert session.state.document is not None
    return session.state.document


def regions(session: Session) -> tuple[Annotation, ...]:
    return document(session).annotations.regions


def draw(session: Session, outline: Rectangle = ONE) -> int:
    region_id = session.regions.draw(outline)
    assert region_id is not None
    return region_id


def test_each_region_has_its_own_id_name_and_colour_and_is_selected(session: Session) -> None:
    first, second = draw(session), draw(session, OTHER)
    assert [one.id for one in regions(session)] == [first, second]
    assert [one.name for one in regions(session)] == ["Region 1", "Region 2"]
    assert [one.colour for one in regions(session)] == list(REGION_COLOURS[:2])
    assert document(session).selected == (second,)


def test_nothing_is_drawn_outside_the_image_or_without_one(session: Session) -> None:
    assert session.regions.draw(Rectangle((50, 50), (60, 60))) is None
    assert not document(session).history.past
    assert Session().regions.draw(ONE) is None


def test_every_change_is_undone_and_made_again(session: Session) -> None:
    steps = [document(session).annotations]

    def note() -> None:
        steps.append(document(session).annotations)

    region = draw(session)
    note()
    session.regions.rename(region, "leaf")
    note()
    session.regions.set_colour([region], "#112233")
    note()
    session.regions.set_class(region, "rust")
    note()
    session.regions.move([region], 2, 1)
    note()
    session.regions.duplicate([region])
    note()
    session.regions.remove([region])
    note()
    for expected in reversed(steps[:-1]):
        session.history.undo()
        assert document(session).annotations.regions == expected.regions
    session.history.undo()  # nothing is left to undo
    for expected in steps[1:]:
        session.history.redo()
        assert document(session).annotations.regions == expected.regions
    session.history.redo()


def test_what_was_undone_is_forgotten_by_a_new_change(session: Session) -> None:
    draw(session)
    session.history.undo()
    draw(session, OTHER)
    session.history.redo()
    assert [one.outline for one in regions(session)] == [OTHER]


def test_an_id_is_never_used_again(session: Session) -> None:
    first = draw(session)
    session.history.undo()
    assert draw(session) > first
    latest = draw(session)
    session.history.undo()
    session.history.undo()
    assert draw(session) > latest


def test_a_change_that_changes_nothing_is_no_step(session: Session) -> None:
    region = draw(session)
    before = document(session)
    session.regions.rename(region, "Region 1")
    session.regions.rename(region, "  ")
    session.regions.reshape(region, Rectangle((50, 50), (60, 60)))
    session.regions.remove([99])
    session.regions.move([region], 0, 0)
    assert document(session) is before


def test_a_locked_region_is_only_unlocked_hidden_and_shown(session: Session) -> None:
    region = draw(session)
    session.regions.set_locked([region], True)
    session.regions.rename(region, "other")
    session.regions.move([region], 3, 3)
    session.regions.remove([region])
    session.regions.set_hidden([region], True)
    (kept,) = regions(session)
    assert (kept.name, kept.outline, kept.hidden) == ("Region 1", ONE, True)
    session.regions.set_locked([region], False)
    session.regions.remove([region])
    assert not regions(session)


def test_the_selection_holds_only_what_is_there(session: Session) -> None:
    first, second = draw(session), draw(session, OTHER)
    session.regions.select([second, first, 99])
    assert document(session).selected == (first, second)
    session.regions.remove([first])
    assert document(session).selected == (second,)
    session.history.undo()
    assert document(session).selected == (second,)


def test_each_document_has_its_own_history(session: Session) -> None:
    draw(session)
    first = document(session).id
    session.documents.open(make_cube(20, 30))
    draw(session, OTHER)
    session.history.undo()
    assert not regions(session)
    session.documents.activate(first)
    assert [one.outline for one in regions(session)] == [ONE]


def test_regions_from_a_file_replace_those_there_in_one_step(session: Session) -> None:
    draw(session)
    session.regions.replace_all(Annotations().add(OTHER, "read", "#ffffff"))
    assert [one.name for one in regions(session)] == ["read"]
    session.history.undo()
    assert [one.name for one in regions(session)] == ["Region 1"]
