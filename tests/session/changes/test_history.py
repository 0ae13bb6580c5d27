"""One history of a document: regions, pins and its cube go back and forward in turn."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ui.fakes import FakeServices, ImmediateRunner, change_preprocessing, make_cube

from focus_viewer.core.cubes.cube import Spectrum
from focus_viewer.core.pictures.stretch import Stretch
from focus_viewer.core.preprocessing.settings import preprocessing_of
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.workbench import Workbench

BOX = Rectangle((1, 1), (4, 4))


@pytest.fixture
def session() -> Session:
    session = Session()
    session.documents.open(make_cube(20, 30))
    return session


@pytest.fixture
def bench() -> tuple[Session, Workbench]:
    session = Session()
    workbench = Workbench(session, ImmediateRunner(), FakeServices())
    session.documents.open(make_cube(20, 30))
    return session, workbench


def document(session: Session) -> Document:
    assert session.state.document is not None
    return session.state.document


def places(session: Session) -> list[tuple[int, int]]:
    return [(pin.row, pin.col) for pin in document(session).pins]


def names(session: Session) -> list[str]:
    return [moment.name for moment in document(session).history.past]


def test_regions_and_pins_are_undone_in_turn_and_made_again(session: Session) -> None:
    session.pins.toggle(3, 4)
    session.regions.draw(BOX)
    session.pins.toggle(5, 6)
    assert names(session) == ["pin spectrum", "draw region", "pin spectrum"]
    session.history.undo()
    assert places(session) == [(3, 4)]
    session.history.undo()
    assert not document(session).annotations.regions
    assert places(session) == [(3, 4)]
    session.history.undo()
    assert places(session) == []
    for _ in range(3):
        session.history.redo()
    assert places(session) == [(3, 4), (5, 6)]
    assert len(document(session).annotations) == 1


def test_removed_pins_come_back_with_their_colours_and_spectra(
    bench: tuple[Session, Workbench],
) -> None:
    session, _ = bench
    session.pins.toggle(3, 4)
    session.pins.toggle(5, 6)
    before = document(session).pins
    assert all(pin.spectrum is not None for pin in before)
    session.pins.clear()
    session.history.undo()
    assert document(session).pins == before


def test_bad_bands_are_undone_with_what_was_computed_before(
    bench: tuple[Session, Workbench],
) -> None:
    session, workbench = bench
    session.pins.toggle(3, 4)
    whole = document(session)
    change_preprocessing(session, workbench.preprocessing, bad_ranges=((500.0, 600.0),))
    assert names(session)[-1] == "bad bands"
    treated = document(session)
    assert treated.explanation is not whole.explanation
    workbench.undoing.undo()
    assert document(session).cube is whole.cube
    assert document(session).explanation is whole.explanation
    assert document(session).pins == whole.pins
    workbench.undoing.redo()
    assert document(session).cube is treated.cube
    assert document(session).explanation is treated.explanation
    assert preprocessing_of(document(session).cube).bad_ranges == ((500.0, 600.0),)


def test_limits_in_units_that_are_undone_go_with_them(session: Session) -> None:
    counts, reflectance = Stretch(limits=((100.0, 900.0),)), Stretch(limits=((0.1, 0.5),))
    read = document(session)
    session.documents.set_stretch(read.id, counts)
    session.preprocessing.replace_cube(read.id, replace(read.cube, units="radiance"))
    session.documents.set_stretch(read.id, reflectance)
    session.history.undo()
    assert document(session).stretch == counts
    session.history.redo()
    assert document(session).stretch == reflectance


def test_only_the_nearest_cube_keeps_its_explanation(bench: tuple[Session, Workbench]) -> None:
    session, workbench = bench
    for limit in (550.0, 560.0, 570.0):
        change_preprocessing(session, workbench.preprocessing, bad_ranges=((500.0, limit),))
    session.pins.toggle(3, 4)  # another change leaves it alone
    readings = [moment.reading for moment in document(session).history.past if moment.reading]
    assert [reading.explanation is not None for reading in readings] == [False, False, True]
    for _ in range(4):
        workbench.undoing.undo()
    assert document(session).explanation is not None  # explained anew
    assert preprocessing_of(document(session).cube).bad_ranges is None
    readings = [moment.reading for moment in document(session).history.future if moment.reading]
    assert [reading.explanation is not None for reading in readings] == [False, False, True]


def test_a_cube_that_comes_back_is_explained_by_the_model_chosen_now(
    bench: tuple[Session, Workbench],
) -> None:
    session, workbench = bench
    before = document(session).explanation
    change_preprocessing(session, workbench.preprocessing, bin_bands=2)
    assert names(session) == ["smoothing"]
    session.models.choose("another")
    workbench.undoing.undo()
    assert document(session).explanation is not before
    assert document(session).outcome != "none"


def test_spectra_of_another_preprocessing_never_stay_on_pins(
    bench: tuple[Session, Workbench],
) -> None:
    session, workbench = bench
    change_preprocessing(session, workbench.preprocessing, bin_bands=2)
    session.pins.toggle(3, 4)
    change_preprocessing(session, workbench.preprocessing, bin_bands=5)
    for move in (workbench.undoing.undo, workbench.undoing.redo):
        move()
        spectrum = document(session).pins[0].spectrum
        assert spectrum is not None
        assert len(spectrum.values) == document(session).cube.bands


def test_late_spectra_do_not_replace_those_of_pins_that_came_back(session: Session) -> None:
    cube = document(session).cube
    session.pins.toggle(3, 4)
    (pin,) = document(session).pins
    spectrum = Spectrum(3, 4, cube.pixel(3, 4))
    session.pins.take_spectra(document(session).id, {pin.id: spectrum})
    late = replace(spectrum, values=spectrum.values * 2)
    session.pins.take_spectra(document(session).id, {pin.id: late})
    assert document(session).pins[0].spectrum is spectrum


def test_a_new_change_ends_what_can_be_made_again(session: Session) -> None:
    session.regions.draw(BOX)
    session.history.undo()
    session.pins.toggle(1, 1)
    assert not document(session).history.future
