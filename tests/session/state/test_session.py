"""The session: what its methods do to the state, and what is published."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from ui.fakes import make_cube, make_explanation

from focus_viewer.core.cubes.cube import Cube, Spectrum
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.session.changes.pins import PIN_COLOURS
from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.requests import Problem
from focus_viewer.session.state.slices.selection import Cursor
from focus_viewer.session.state.state import Change, State


@pytest.fixture
def session() -> Session:
    return Session()


def heard(session: Session) -> list[Change]:
    changes: list[Change] = []
    session.changed.connect(changes.append)
    return changes


def open_explained(session: Session, cube: Cube | None = None) -> int:
    cube = cube or make_cube()
    document_id = session.documents.open(cube)
    ticket = session.explaining_job.start(document_id, "Explaining")
    session.explanation.take(ticket, document_id, make_explanation(cube))
    return document_id


def test_opening_shows_the_cube_and_clears_what_belonged_to_the_last(session: Session) -> None:
    session.requests.report(Problem("a", "b"))
    document_id = session.documents.open(make_cube())
    state = session.state
    assert state.documents.active == document_id
    assert state.document is state.documents.items[0]
    assert state.requests.problem is None
    assert 400 <= state.view.window_nm.center_nm <= 1000


def test_an_equal_state_is_not_published(session: Session) -> None:
    session.documents.open(make_cube())
    session.view.set_window(700, 40)
    changes = heard(session)
    session.view.set_window(700, 40)
    session.view.set_display(
        replace(session.state.view.display, opacity=session.state.view.display.opacity)
    )
    session.documents.activate(session.state.documents.active or 0)
    assert changes == []


def test_a_change_tells_what_it_touched(session: Session) -> None:
    session.documents.open(make_cube())
    changes = heard(session)
    session.view.set_window(650)
    (change,) = changes
    assert change.touched(lambda state: state.view.window_nm)
    assert not change.touched(
        lambda state: (state.documents.items, state.view.display, state.jobs.explaining)
    )
    assert not change.touched_document(lambda document: document.explanation)
    assert change.before.view.window_nm != change.after.view.window_nm


def test_listeners_hear_changes_in_order_even_if_one_answers(session: Session) -> None:
    session.documents.open(make_cube())
    heard_by_first: list[float] = []
    heard_by_second: list[float] = []

    def first(change: Change) -> None:
        heard_by_first.append(change.after.view.window_nm.center_nm)
        session.view.set_window(900)

    def second(change: Change) -> None:
        heard_by_second.append(change.after.view.window_nm.center_nm)

    session.changed.connect(first)
    session.changed.connect(second)
    session.view.set_window(500)
    assert heard_by_first == heard_by_second == [500, 900]


@pytest.mark.parametrize(
    ("asked", "got"),
    [
        ((100, 50), (400, 50)),
        ((5000, 50), (1000, 50)),
        ((700, 0), (700, 1)),
        ((700, 1e9), (700, 600)),
        ((720.5, 12), (720.5, 12)),
    ],
)
def test_the_window_is_clamped(
    session: Session, asked: tuple[float, float], got: tuple[float, float]
) -> None:
    session.documents.open(make_cube())
    session.view.set_window(*asked)
    assert session.state.view.window_nm == BandWindow(*got)


@pytest.mark.parametrize("center", [np.nan, np.inf])
def test_a_window_that_is_no_number_is_ignored(session: Session, center: float) -> None:
    session.documents.open(make_cube())
    before = session.state.view.window_nm
    session.view.set_window(center)
    assert session.state.view.window_nm == before


def test_steps_go_from_good_band_to_good_band(session: Session) -> None:
    good = np.ones(50, dtype=np.bool_)
    good[10] = False
    cube = make_cube(good_bands=good)
    session.documents.open(cube)
    session.view.set_window(float(cube.axis[9]))
    session.view.step_band(1)
    assert session.state.view.window_nm.center_nm == cube.axis[11]
    session.view.step_band(-1)
    assert session.state.view.window_nm.center_nm == cube.axis[9]
    session.view.step_band(-1000)
    assert session.state.view.window_nm.center_nm == cube.axis[0]


def test_without_a_cube_gestures_do_nothing(session: Session) -> None:
    changes = heard(session)
    session.view.set_window(700)
    session.view.step_band(1)
    session.selection.hover(0, 0)
    session.pins.toggle(0, 0)
    session.pins.clear()
    session.explanation.choose_class("healthy")
    session.documents.close(7)
    session.documents.activate(7)
    assert changes == []
    assert session.state == State()


def test_hovering_outside_is_leaving(session: Session) -> None:
    session.documents.open(make_cube())
    session.selection.hover(3, 4)
    assert session.state.selection.cursor == Cursor(3, 4)
    session.selection.hover(40, 4)
    assert session.state.selection.cursor is None


def test_pins_have_colours_of_their_own_and_a_second_click_lets_go(session: Session) -> None:
    session.documents.open(make_cube())
    for col in range(len(PIN_COLOURS)):
        session.pins.toggle(2, col)
    document = session.state.document
    assert document is not None
    assert {pin.colour for pin in document.pins} == set(PIN_COLOURS)
    freed = document.pins[3].colour
    session.pins.toggle(2, 3)
    session.pins.toggle(5, 5)
    document = session.state.document
    assert document is not None
    assert document.pins[-1].colour == freed
    session.pins.toggle(99, 0)
    assert session.state.document == document
    session.pins.clear()
    assert session.state.document is not None
    assert session.state.document.pins == ()


def test_spectra_reach_their_pins_only(session: Session) -> None:
    document_id = session.documents.open(make_cube())
    session.pins.toggle(1, 1)
    session.pins.toggle(2, 2)
    document = session.state.document
    assert document is not None
    spectrum = Spectrum(2, 2, np.zeros(50, dtype=np.float32))
    session.pins.take_spectra(document_id, {document.pins[1].id: spectrum, 999: spectrum})
    document = session.state.document
    assert document is not None
    assert [pin.spectrum for pin in document.pins] == [None, spectrum]


def test_a_late_spectrum_of_another_cube_is_dropped(session: Session) -> None:
    first = session.documents.open(make_cube())
    session.documents.open(make_cube())
    session.selection.hover(1, 1)
    session.selection.take_spectrum(first, Spectrum(1, 1, np.zeros(50, dtype=np.float32)))
    assert session.state.selection.spectrum is None


def test_closing_shows_the_neighbour(session: Session) -> None:
    ids = [session.documents.open(make_cube()) for _ in range(3)]
    session.documents.activate(ids[1])
    session.documents.close(ids[1])
    assert session.state.documents.active == ids[2]
    session.documents.close(ids[0])
    assert session.state.documents.active == ids[2]
    session.documents.close(ids[2])
    assert session.state.documents.active is None
    assert session.state.documents.items == ()


def test_the_first_explanation_chooses_class_and_window(session: Session) -> None:
    open_explained(session)
    state = session.state
    assert state.document is not None
    assert state.document.class_name == "chlorosis"
    assert state.document.outcome == "done"
    assert state.jobs.explaining.status == "done"
    assert state.jobs.explaining.message == "950 ms on cpu: 1 forward pass, no gradients"
    assert state.volume is not None
    assert state.volume is session.state.volume
    curve = np.nansum(state.volume.values, axis=(0, 1))
    low, high = state.volume.edges_nm[int(np.argmax(curve))]
    assert low <= state.view.window_nm.center_nm <= high


def test_explaining_again_keeps_class_and_window(session: Session) -> None:
    document_id = open_explained(session)
    session.explanation.choose_class("healthy")
    session.view.set_window(900)
    ticket = session.explaining_job.start(document_id, "again")
    session.explanation.take(ticket, document_id, make_explanation(make_cube()))
    assert session.state.document is not None
    assert session.state.document.class_name == "healthy"
    assert session.state.view.window_nm.center_nm == 900


def test_an_unknown_class_is_refused(session: Session) -> None:
    open_explained(session)
    with pytest.raises(ValueError, match="has no class 'rust'; it has healthy"):
        session.explanation.choose_class("rust")


def test_mode_chooses_the_volume(session: Session) -> None:
    open_explained(session)
    session.view.set_display(replace(session.state.view.display, mode="attention"))
    assert session.state.volume is not None
    assert not session.state.volume.signed
    session.view.set_display(replace(session.state.view.display, mode="evidence", opacity=7))
    assert session.state.volume.signed
    assert session.state.view.display.opacity == 1


def test_a_recipe_waits_for_a_cube_that_has_its_bands(session: Session) -> None:
    wide = session.documents.open(make_cube(bands=50))
    session.view.set_recipe(CompositeRecipe("custom", (40, 30, 20)))
    chosen = session.state.recipe
    session.documents.open(make_cube(bands=10))
    assert session.state.recipe == CompositeRecipe()
    session.view.set_display(replace(session.state.view.display, opacity=0.3))
    session.documents.activate(wide)
    assert session.state.recipe == chosen
    session.view.set_recipe(CompositeRecipe("band", (62,)))
    assert session.state.recipe == CompositeRecipe()


def test_the_first_window_is_at_a_good_band(session: Session) -> None:
    good = np.ones(50, dtype=np.bool_)
    good[20:30] = False
    cube = replace(make_cube(good_bands=good), wavelengths_nm=None)
    session.documents.open(cube)
    assert session.state.view.window_nm == BandWindow(30, 1)


def test_a_stale_result_is_dropped(session: Session) -> None:
    cube = make_cube()
    document_id = session.documents.open(cube)
    stale = session.explaining_job.start(document_id, "first")
    current = session.explaining_job.start(document_id, "second")
    session.explaining_job.progress(stale, 0.5, "late word")
    session.explanation.take(stale, document_id, make_explanation(cube))
    session.explanation.fail(stale, document_id, "failed", "late failure")
    assert session.state.document == replace(session.state.documents.items[0], explanation=None)
    assert session.state.jobs.explaining.stage == ""
    session.explaining_job.progress(current, 7.0, "forward pass")
    assert (session.state.jobs.explaining.fraction, session.state.jobs.explaining.stage) == (
        1.0,
        "forward pass",
    )


def test_failures_and_cancellations_are_states(session: Session) -> None:
    document_id = session.documents.open(make_cube())
    ticket = session.explaining_job.start(document_id, "first")
    session.explanation.fail(ticket, document_id, "failed", "no wavelengths")
    assert session.state.document is not None
    assert (session.state.document.outcome, session.state.jobs.explaining.status) == (
        "failed",
        "failed",
    )
    assert session.state.document.problem == "no wavelengths"
    ticket = session.explaining_job.start(document_id, "second")
    session.explanation.fail(ticket, document_id, "cancelled", "")
    assert session.state.document.outcome == "cancelled"
    assert session.state.jobs.explaining.status == "cancelled"


def test_a_cube_without_wavelengths_has_a_window_in_bands(session: Session) -> None:
    session.documents.open(replace(make_cube(), wavelengths_nm=None))
    session.view.set_window(7, 1)
    session.view.step_band(2)
    assert session.state.view.window_nm == BandWindow(9, 1)


def test_a_class_is_told_apart_from_one_other(session: Session) -> None:
    open_explained(session)
    document = session.state.document
    assert document is not None
    assert document.explanation is not None
    result, chosen = document.explanation, document.class_name
    other = next(name for name in result.classes if name != chosen)
    session.explanation.set_reference_class(other)
    volume = session.state.volume
    assert volume is not None
    assert volume.class_name == f"{chosen} against {other}"
    own, rival = (result.card.class_index(name) for name in (chosen or "", other))
    np.testing.assert_array_equal(volume.values, result.evidence[own] - result.evidence[rival])
    # Turned round, it is the same with the other sign.
    session.explanation.set_reference_class(None)
    session.explanation.choose_class(other)
    session.explanation.set_reference_class(chosen)
    assert session.state.volume is not None
    np.testing.assert_allclose(session.state.volume.values, -volume.values, atol=1e-7)
    session.explanation.choose_class(chosen or "")  # nothing is told apart from itself
    assert session.state.document is not None
    assert session.state.document.reference_class is None
    with pytest.raises(ValueError, match="no class"):
        session.explanation.set_reference_class("unicorn")
