"""Spectral libraries: opened, drawn over the curves, ranked by nearness."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, HeldRunner, ImmediateRunner, make_cube

from focus_viewer.core.spectra.library import LibrarySpectrum, SpectralLibrary
from focus_viewer.session.session import Session
from focus_viewer.session.state.libraries import MOST_DRAWN
from focus_viewer.session.tasks.lane_names import MATCH, PINS
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.curves.curve_view import CurveView
from focus_viewer.ui.libraries.library_window import LibraryWindow

NM = np.linspace(300.0, 1100.0, 801)


def spectrum(name: str, slope: float = 0.0) -> LibrarySpectrum:
    return LibrarySpectrum(name, NM, 0.3 + slope * (NM - 700) / 700)


FLAT, STEEP = spectrum("flat"), spectrum("steep", 0.4)


@pytest.fixture
def bench(session: Session) -> Workbench:
    services = FakeServices()
    services.spectra = {
        "two.sli": SpectralLibrary("two.sli", (FLAT, STEEP), ("a guess",)),
        "one.asd": SpectralLibrary("one.asd", (FLAT,)),
    }
    return Workbench(session, ImmediateRunner(), services)


@pytest.fixture
def window(qtbot: QtBot, session: Session, bench: Workbench) -> LibraryWindow:
    session.documents.open(make_cube(rows=20, cols=30))
    made = LibraryWindow(session, bench.libraries, lambda: None)
    qtbot.addWidget(made)
    made.show()
    return made


def test_without_a_library_or_spectrum_nothing_can_be_closed_and_the_box_says_what_it_takes(
    window: LibraryWindow, bench: Workbench
) -> None:
    assert not window.close_all.isEnabled()
    assert window.target.currentText() == ""
    assert "pixel" in window.target.placeholderText()
    bench.open([Path("two.sli")])
    assert window.close_all.isEnabled()


def test_a_library_is_dropped_and_what_was_assumed_is_said(
    session: Session, bench: Workbench
) -> None:
    bench.open([Path("two.sli")])
    assert session.state.libraries.spectra == (FLAT, STEEP)
    problem = session.state.requests.problem
    assert problem is not None
    assert problem.is_note
    assert "two.sli: a guess" in problem.text


def test_a_file_that_is_none_is_reported(session: Session, bench: Workbench) -> None:
    bench.open([Path("gone.sli")])
    assert session.state.requests.problem is not None
    assert "no library" in session.state.requests.problem.text
    assert session.state.libraries.items == ()


def test_the_nearest_spectrum_of_a_pinned_pixel_comes_first(
    window: LibraryWindow, session: Session, bench: Workbench
) -> None:
    bench.open([Path("two.sli")])
    assert "Pin a pixel" in window.about.text()
    session.pins.toggle(3, 4)
    assert window.target.currentText() == "row 3, col 4"
    angles = [float(window.rows.index(row, 1).data()) for row in range(2)]
    assert angles == sorted(angles)
    assert angles[0] < angles[1]
    assert "resampled to the cube's bands" in window.about.text()


def test_a_new_pin_is_compared_and_a_chosen_one_stays(
    window: LibraryWindow, session: Session, bench: Workbench
) -> None:
    bench.open([Path("two.sli")])
    session.pins.toggle(3, 4)
    session.pins.toggle(10, 20)
    assert session.state.libraries.target is not None
    assert session.state.libraries.target.name == "row 10, col 20"
    window.target.setCurrentText("row 3, col 4")
    window.target.activated.emit(window.target.currentIndex())
    assert session.state.libraries.target.name == "row 3, col 4"


def test_a_checked_spectrum_is_drawn_where_the_cube_holds_reflectance(
    qtbot: QtBot, window: LibraryWindow, session: Session, bench: Workbench
) -> None:
    view = CurveView(session, bench)
    qtbot.addWidget(view)
    bench.open([Path("two.sli")])
    checked, role = Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole
    window.rows.setData(window.rows.index(1, 0), checked.value, role)
    assert session.state.libraries.drawn == (STEEP,)
    (line,) = view.library_lines._lines
    nm, values = line.getData()
    cube = session.state.document.cube  # type: ignore[union-attr]
    assert cube.axis.min() <= nm.min() <= nm.max() <= cube.axis.max()
    assert values == pytest.approx(np.interp(nm, NM, STEEP.values))
    session.view.set_display(replace(session.state.view.display, spectral_view="snv"))
    assert len(view.library_lines._lines) == 1
    session.documents.open(replace(make_cube(rows=20, cols=30), units="counts"))
    assert len(view.library_lines._lines) == 1
    session.view.set_display(replace(session.state.view.display, spectral_view="values"))
    assert view.library_lines._lines == []
    assert "holds counts" in window.about.text()


def test_a_single_spectrum_is_drawn_at_once_and_only_some_are(
    session: Session, bench: Workbench
) -> None:
    bench.open([Path("one.asd")])
    assert session.state.libraries.drawn == (FLAT,)
    for number in range(MOST_DRAWN + 2):
        session.libraries.draw(spectrum(str(number)), True)
    assert len(session.state.libraries.drawn) == MOST_DRAWN
    session.libraries.close_all()
    assert session.state.libraries.drawn == ()


def test_a_search_hides_other_names(
    window: LibraryWindow, session: Session, bench: Workbench
) -> None:
    bench.open([Path("two.sli")])
    window.search.setText("STEE")
    assert [window.rows.index(row, 0).data() for row in range(window.rows.rowCount())] == ["steep"]


@pytest.mark.parametrize("nm", [True, False])
def test_a_cube_without_pins_is_not_ranked_by_those_of_another(
    window: LibraryWindow, session: Session, bench: Workbench, nm: bool
) -> None:
    bench.open([Path("two.sli")])
    session.pins.toggle(3, 4)
    assert window.rows.index(0, 1).data() != "–"
    other = make_cube(rows=20, cols=30)
    session.documents.open(other if nm else replace(other, wavelengths_nm=None))
    assert window.rows.index(0, 1).data() == "–"
    assert "Compared with" not in window.about.text()


def test_ranks_end_with_the_pin(window: LibraryWindow, session: Session, bench: Workbench) -> None:
    bench.open([Path("two.sli")])
    session.pins.toggle(3, 4)
    session.pins.clear()
    assert window.rows.index(0, 1).data() == "–"
    assert "Pin a pixel" in window.about.text()


def test_a_long_ranking_shows_how_far_it_is(qtbot: QtBot) -> None:
    session, runner = Session(), HeldRunner()
    bench = Workbench(session, runner, FakeServices())
    session.documents.open(make_cube(rows=20, cols=30))
    session.libraries.add(SpectralLibrary("two.sli", (FLAT, STEEP)))
    window = LibraryWindow(session, bench.libraries, lambda: None)
    qtbot.addWidget(window)
    session.pins.toggle(3, 4)
    runner.release(PINS)
    runner.held[MATCH].progress(0.4, "comparing spectra")
    assert window.about.text() == "Comparing spectra: 40 %"
    runner.release(MATCH)
    assert window.about.text().startswith("Compared with")
    bench.close()
