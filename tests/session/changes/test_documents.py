"""Documents that come on the screen, and the band window then."""

from __future__ import annotations

from dataclasses import replace

from ui.fakes import make_cube

from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.session.session import Session
from focus_viewer.session.state.band_windows import first_window

LEAF = make_cube()
GRAIN = replace(LEAF, name="grain", wavelengths_nm=None)


def window(session: Session) -> BandWindow:
    return session.state.view.window_nm


def test_a_band_number_never_becomes_a_wavelength() -> None:
    session = Session()
    leaf, grain = session.documents.open(LEAF), session.documents.open(GRAIN)
    session.documents.activate(leaf)
    assert window(session) == first_window(LEAF)
    session.documents.activate(grain)
    assert window(session) == first_window(GRAIN)
    session.documents.close(grain)
    assert window(session) == first_window(LEAF)


def test_a_window_in_nanometres_stays_for_another_cube() -> None:
    session = Session()
    first = session.documents.open(LEAF)
    session.documents.open(replace(LEAF, name="other"))
    wanted = BandWindow(float(LEAF.axis[2]), 20.0)
    session.view.set_window(wanted.center_nm, wanted.width_nm)
    session.documents.activate(first)
    assert window(session) == wanted
