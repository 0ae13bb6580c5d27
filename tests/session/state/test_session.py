"""The session: what its methods do to the state, and what is published."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from ui.fakes import make_cube, make_explanation

from focus_viewer.core.cubes.cube import Cube, Spectrum
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.session.session import PIN_COLOURS, Session
from focus_viewer.session.state.state import Change, Cursor, Problem, State


@pytest.fixture
def session() -> Session:
    return Session()


def heard(session: Session) -> list[Change]:
    changes: list[Change] = []
    session.changed.connect(changes.append)
    return changes


def open_explained(session: Session, cube: Cube | None = None) -> int:
    cube = cube or make_cube()
    document_id = session.open(cube)
    ticket = session.start_job(document_id, "Explaining")
    session.take_explanation(ticket, document_id, make_explanation(cube))
    return document_id


def test_opening_shows_the_cube_and_clears_what_belonged_to_the_last(session: Session) -> None:
    session.report(Problem("a", "b"))
    document_id = session.open(make_cube())
    state = session.state
    assert state.active == document_id
    assert state.document is state.documents[0]
    assert state.problem is None
    assert 400 <= state.window_nm.center_nm <= 1000


def test_an_equal_state_is_not_published(session: Session) -> None:
    session.open(make_cube())
    session.set_window(700, 40)
    changes = heard(session)
    session.set_window(700, 40)
    session.set_display(opacity=session.state.display.opacity)
    session.activate(session.state.active or 0)
    assert changes == []


def test_a_change_tells_what_it_touched(session: Session) -> None:
    session.open(make_cube())
    changes = heard(session)
    session.set_window(650)
    (change,) = changes
    assert change.touched("window_nm")
    assert not change.touched("documents", "display", "job")
    assert not change.touched_document("explanation")
    assert change.before.window_nm != change.after.window_nm


def test_listeners_hear_changes_in_order_even_if_one_answers(session: Session) -> None:
    session.open(make_cube())
    heard_by_first: list[float] = []
    heard_by_second: list[float] = []

    def first(change: Change) -> None:
        heard_by_first.append(change.after.window_nm.center_nm)
        session.set_window(900)

    def second(change: Change) -> None:
        heard_by_second.append(change.after.window_nm.center_nm)

    session.changed.connect(first)
    session.changed.connect(second)
    session.set_window(500)
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
    session.open(make_cube())
    session.set_window(*asked)
    assert session.state.window_nm == BandWindow(*got)


@pytest.mark.parametrize("center", [np.nan, np.inf])
def test_a_window_that_is_no_number_is_ignored(session: Session, center: float) -> None:
    session.open(make_cube())
    before = session.state.window_nm
    session.set_window(center)
    assert session.state.window_nm == before


def test_steps_go_from_good_band_to_good_band(session: Session) -> None:
    good = np.ones(50, dtype=np.bool_)
    good[10] = False
    cube = make_cube(good_bands=good)
    session.open(cube)
    session.set_window(float(cube.axis[9]))
    session.step_band(1)
    assert session.state.window_nm.center_nm == cube.axis[11]
    session.step_band(-1)
    assert session.state.window_nm.center_nm == cube.axis[9]
    session.step_band(-1000)
    assert session.state.window_nm.center_nm == cube.axis[0]


def test_without_a_cube_gestures_do_nothing(session: Session) -> None:
    changes = heard(session)
    session.set_window(700)
    session.step_band(1)
    session.hover(0, 0)
    session.pin(0, 0)
    session.clear_pins()
    session.choose_class("healthy")
    session.close(7)
    session.activate(7)
    assert changes == []
    assert session.state == State()


def test_hovering_outside_is_leaving(session: Session) -> None:
    session.open(make_cube())
    session.hover(3, 4)
    assert session.state.cursor == Cursor(3, 4)
    session.hover(40, 4)
    assert session.state.cursor is None


def test_pins_have_colours_of_their_own_and_a_second_click_lets_go(session: Session) -> None:
    session.open(make_cube())
    for col in range(len(PIN_COLOURS)):
        session.pin(2, col)
    document = session.state.document
    assert document is not None
    assert {pin.colour for pin in document.pins} == set(PIN_COLOURS)
    freed = document.pins[3].colour
    session.pin(2, 3)
    session.pin(5, 5)
    document = session.state.document
    assert document is not None
    assert document.pins[-1].colour == freed
    session.pin(99, 0)
    assert session.state.document == document
    session.clear_pins()
    assert session.state.document is not None
    assert session.state.document.pins == ()


def test_spectra_reach_their_pins_only(session: Session) -> None:
    document_id = session.open(make_cube())
    session.pin(1, 1)
    session.pin(2, 2)
    document = session.state.document
    assert document is not None
    spectrum = Spectrum(2, 2, np.zeros(50, dtype=np.float32))
    session.fill_pins(document_id, {document.pins[1].id: spectrum, 999: spectrum})
    document = session.state.document
    assert document is not None
    assert [pin.spectrum for pin in document.pins] == [None, spectrum]


def test_a_late_spectrum_of_another_cube_is_dropped(session: Session) -> None:
    first = session.open(make_cube())
    session.open(make_cube())
    session.hover(1, 1)
    session.set_spectrum(first, Spectrum(1, 1, np.zeros(50, dtype=np.float32)))
    assert session.state.spectrum is None


def test_closing_shows_the_neighbour(session: Session) -> None:
    ids = [session.open(make_cube()) for _ in range(3)]
    session.activate(ids[1])
    session.close(ids[1])
    assert session.state.active == ids[2]
    session.close(ids[0])
    assert session.state.active == ids[2]
    session.close(ids[2])
    assert session.state.active is None
    assert session.state.documents == ()


def test_the_first_explanation_chooses_class_and_window(session: Session) -> None:
    open_explained(session)
    state = session.state
    assert state.document is not None
    assert state.document.class_name == "chlorosis"
    assert state.document.outcome == "done"
    assert state.job.status == "done"
    assert state.job.message == "1 forward, 0 backward, 950 ms, cpu"
    assert state.volume is not None
    assert state.volume is session.state.volume
    curve = np.nansum(state.volume.values, axis=(0, 1))
    low, high = state.volume.edges_nm[int(np.argmax(curve))]
    assert low <= state.window_nm.center_nm <= high


def test_explaining_again_keeps_class_and_window(session: Session) -> None:
    document_id = open_explained(session)
    session.choose_class("healthy")
    session.set_window(900)
    ticket = session.start_job(document_id, "again")
    session.take_explanation(ticket, document_id, make_explanation(make_cube()))
    assert session.state.document is not None
    assert session.state.document.class_name == "healthy"
    assert session.state.window_nm.center_nm == 900


def test_an_unknown_class_is_refused(session: Session) -> None:
    open_explained(session)
    with pytest.raises(ValueError, match="has no class 'rust'; it has healthy"):
        session.choose_class("rust")


def test_mode_chooses_the_volume(session: Session) -> None:
    open_explained(session)
    session.set_display(mode="attention")
    assert session.state.volume is not None
    assert not session.state.volume.signed
    session.set_display(mode="evidence", opacity=7)
    assert session.state.volume.signed
    assert session.state.display.opacity == 1


def test_a_recipe_does_not_follow_to_a_cube_that_lacks_its_bands(session: Session) -> None:
    wide = session.open(make_cube(bands=50))
    session.set_recipe(CompositeRecipe("custom", (40, 30, 20)))
    session.open(make_cube(bands=10))
    assert session.state.display.recipe == CompositeRecipe()
    session.set_recipe(CompositeRecipe("band", (12,)))
    assert session.state.display.recipe == CompositeRecipe()
    session.activate(wide)
    session.set_recipe(CompositeRecipe("band", (12,)))
    assert session.state.display.recipe.bands == (12,)


def test_the_first_window_is_at_a_good_band(session: Session) -> None:
    good = np.ones(50, dtype=np.bool_)
    good[20:30] = False
    cube = replace(make_cube(good_bands=good), wavelengths_nm=None)
    session.open(cube)
    assert session.state.window_nm == BandWindow(30, 1)


def test_a_stale_result_is_dropped(session: Session) -> None:
    cube = make_cube()
    document_id = session.open(cube)
    stale = session.start_job(document_id, "first")
    current = session.start_job(document_id, "second")
    session.progress(stale, 0.5, "late word")
    session.take_explanation(stale, document_id, make_explanation(cube))
    session.miss_explanation(stale, document_id, "failed", "late failure")
    assert session.state.document == replace(session.state.documents[0], explanation=None)
    assert session.state.job.stage == ""
    session.progress(current, 7.0, "forward pass")
    assert (session.state.job.fraction, session.state.job.stage) == (1.0, "forward pass")


def test_failures_and_cancellations_are_states(session: Session) -> None:
    document_id = session.open(make_cube())
    ticket = session.start_job(document_id, "first")
    session.miss_explanation(ticket, document_id, "failed", "no wavelengths")
    assert session.state.document is not None
    assert (session.state.document.outcome, session.state.job.status) == ("failed", "failed")
    assert session.state.document.problem == "no wavelengths"
    ticket = session.start_job(document_id, "second")
    session.miss_explanation(ticket, document_id, "cancelled", "")
    assert session.state.document.outcome == "cancelled"
    assert session.state.job.status == "cancelled"


def test_a_cube_without_wavelengths_has_a_window_in_bands(session: Session) -> None:
    session.open(replace(make_cube(), wavelengths_nm=None))
    session.set_window(7, 1)
    session.step_band(2)
    assert session.state.window_nm == BandWindow(9, 1)


def test_a_class_is_told_apart_from_one_other(session: Session) -> None:
    open_explained(session)
    document = session.state.document
    assert document is not None
    assert document.explanation is not None
    result, chosen = document.explanation, document.class_name
    other = next(name for name in result.classes if name != chosen)
    session.contrast_with(other)
    volume = session.state.volume
    assert volume is not None
    assert volume.class_name == f"{chosen} against {other}"
    own, rival = (result.card.class_index(name) for name in (chosen or "", other))
    np.testing.assert_array_equal(volume.values, result.evidence[own] - result.evidence[rival])
    # Turned round, it is the same with the other sign.
    session.contrast_with(None)
    session.choose_class(other)
    session.contrast_with(chosen)
    assert session.state.volume is not None
    np.testing.assert_allclose(session.state.volume.values, -volume.values, atol=1e-7)
    session.choose_class(chosen or "")  # nothing is told apart from itself
    assert session.state.document is not None
    assert session.state.document.against is None
    with pytest.raises(ValueError, match="no class"):
        session.contrast_with("unicorn")
