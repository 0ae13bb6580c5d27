"""Read-out under the mouse: the band, the value with its unit, and the class."""

from __future__ import annotations

from dataclasses import replace

from pytestqt.qtbot import QtBot
from ui.curve_helpers import middle, mouse_on, shown, with_bad_bands
from ui.fakes import make_cube

from focus_viewer.core.saliency.volume import importance_curve
from focus_viewer.core.wording import position_text, value_text
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.curves.curve_view import CurveView
from focus_viewer.ui.curves.spectral_plot import SpectralPlot


def lines(qtbot: QtBot, view: CurveView, plot: SpectralPlot, position: float) -> list[str]:
    mouse = mouse_on(view, plot)
    mouse.move(position, middle(plot))
    qtbot.waitUntil(view.readout.isVisible)
    return view.readout.text().split("\n")


def test_the_importance_is_read_with_its_unit_and_class(
    qtbot: QtBot, session: Session, workbench: Workbench
) -> None:
    session.documents.open(make_cube())
    view = shown(qtbot, session, workbench)
    assert session.state.document is not None
    cube, volume = session.state.document.cube, session.state.volume
    assert volume is not None
    group = 4
    position = float(volume.edges_nm[group].mean())
    first, second, third = lines(qtbot, view, view.importance, position)
    nearest = float(cube.axis[abs(cube.axis - position).argmin()])
    assert first == position_text(cube, nearest)
    assert second == f"evidence {importance_curve(volume)[group]:+.3g} logit"
    assert third == f"for {volume.class_name}"
    assert "logit" in view.importance.getAxis("left").labelText


def test_spectra_are_read_at_the_band_in_the_cubes_units(
    qtbot: QtBot, session: Session, workbench: Workbench
) -> None:
    session.documents.open(make_cube())
    session.pins.toggle(20, 30)
    view = shown(qtbot, session, workbench)
    assert session.state.document is not None
    cube = session.state.document.cube
    band = 17
    first, *others = lines(qtbot, view, view.spectra, float(cube.axis[band]) + 1)
    assert first == position_text(cube, float(cube.axis[band]))
    value = float(cube.pixel(20, 30)[band])
    assert f"row 20, col 30: {value_text(cube, value).strip()}" in others


def test_a_bad_band_is_named_and_has_no_values(
    qtbot: QtBot, session: Session, workbench: Workbench
) -> None:
    cube = with_bad_bands(make_cube(), 17)
    session.documents.open(cube)
    session.pins.toggle(20, 30)
    view = shown(qtbot, session, workbench)
    only = lines(qtbot, view, view.spectra, float(cube.axis[17]))
    assert only == [f"{position_text(cube, float(cube.axis[17]))}, bad band"]


def test_bands_without_wavelengths_are_read_by_number(
    qtbot: QtBot, session: Session, workbench: Workbench
) -> None:
    cube = replace(make_cube(), wavelengths_nm=None)
    session.documents.open(cube)
    view = shown(qtbot, session, workbench)
    assert lines(qtbot, view, view.spectra, 18)[0] == "band 18"


def test_it_goes_with_the_mouse_and_stays_within_the_plots(
    qtbot: QtBot, session: Session, workbench: Workbench
) -> None:
    session.documents.open(make_cube())
    view = shown(qtbot, session, workbench)
    lines(qtbot, view, view.importance, 990)
    assert view.plots.rect().contains(view.readout.geometry())
    mouse_on(view, view.importance).leave()
    qtbot.waitUntil(lambda: not view.readout.isVisible())
