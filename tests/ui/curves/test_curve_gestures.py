"""ArrayQuestions wavelengths on the curves: clicks, drags, keys."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from ui.curve_helpers import middle, mouse_on, one_pixel, shown
from ui.fakes import make_cube

from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.curves.curve_view import CurveView

Key = Qt.Key


@pytest.fixture
def view(qtbot: QtBot, session: Session, workbench: Workbench) -> CurveView:
    session.documents.open(make_cube(bands=61))  # a band every 10 nm from 400 to 1000
    session.view.set_window(600.0, 50.0)
    return shown(qtbot, session, workbench)


@pytest.mark.parametrize("name", ["importance", "spectra"])
def test_a_click_chooses_its_wavelength(view: CurveView, session: Session, name: str) -> None:
    plot = getattr(view, name)
    mouse_on(view, plot).click(720.0, middle(plot))
    assert session.state.view.window_nm.center_nm == pytest.approx(720.0, abs=one_pixel(plot))
    assert session.state.view.window_nm.width_nm == 50.0


@pytest.mark.parametrize("name", ["importance", "spectra"])
def test_dragging_the_line_moves_the_window(
    view: CurveView, session: Session, qtbot: QtBot, name: str
) -> None:
    plot = getattr(view, name)
    y = middle(plot)
    mouse_on(view, plot).drag((600, y), (620, y), (680, y), (720, y))
    qtbot.waitUntil(
        lambda: abs(session.state.view.window_nm.center_nm - 720.0) <= 1.01 * one_pixel(plot)
    )
    assert session.state.view.window_nm.width_nm == 50.0
    assert view.importance.window.middle.value() == session.state.view.window_nm.center_nm
    assert view.spectra.window.middle.value() == session.state.view.window_nm.center_nm


def test_dragging_the_ground_scrubs(view: CurveView, session: Session, qtbot: QtBot) -> None:
    seen: list[float] = []
    session.changed.connect(lambda change: seen.append(change.after.view.window_nm.center_nm))
    plot = view.spectra
    y, before = middle(plot), plot.vb.viewRange()
    mouse_on(view, plot).drag((450, y), (480, y), (700, y), (850, y))
    qtbot.waitUntil(
        lambda: abs(session.state.view.window_nm.center_nm - 850.0) <= 1.01 * one_pixel(plot)
    )
    assert len(seen) > 1
    assert plot.vb.viewRange() == before


@pytest.mark.parametrize(("edge", "to"), [(0, 540.0), (1, 660.0)])
def test_dragging_an_edge_changes_the_width(
    view: CurveView, session: Session, qtbot: QtBot, edge: int, to: float
) -> None:
    plot = view.importance
    y, start = middle(plot), view.importance.window.edges[edge].value()
    assert start == (575.0, 625.0)[edge]
    mouse_on(view, plot).drag((start, y), ((start + to) / 2, y), (to, y))
    # Both edges move, so a pixel counts twice.
    qtbot.waitUntil(
        lambda: abs(session.state.view.window_nm.width_nm - 120.0) <= 2.01 * one_pixel(plot)
    )
    assert session.state.view.window_nm.center_nm == 600.0
    assert plot.window.edges[0].value() == session.state.view.window_nm.low_nm
    assert plot.window.edges[1].value() == session.state.view.window_nm.high_nm


def test_a_line_dragged_beyond_the_end_comes_back(
    view: CurveView, session: Session, qtbot: QtBot
) -> None:
    plot = view.importance
    y = middle(plot)
    session.view.set_window(1000.0)
    state = session.state
    mouse_on(view, plot).drag((1000, y), (1010, y), (1012, y))
    qtbot.waitUntil(lambda: plot.window.middle.value() == 1000.0)
    assert session.state is state


@pytest.mark.parametrize(
    ("key", "modifier", "center"),
    [
        (Key.Key_Right, Qt.KeyboardModifier.NoModifier, 610.0),
        (Key.Key_Left, Qt.KeyboardModifier.NoModifier, 590.0),
        (Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, 700.0),
        (Key.Key_Left, Qt.KeyboardModifier.ShiftModifier, 500.0),
        (Key.Key_Home, Qt.KeyboardModifier.NoModifier, 400.0),
        (Key.Key_End, Qt.KeyboardModifier.NoModifier, 1000.0),
    ],
)
def test_keys_move_the_window(
    view: CurveView, session: Session, key: Key, modifier: Qt.KeyboardModifier, center: float
) -> None:
    QTest.keyClick(view, key, modifier)
    assert session.state.view.window_nm.center_nm == pytest.approx(center)
    assert session.state.view.window_nm.width_nm == 50.0


@pytest.mark.parametrize(
    ("key", "width"),
    [
        (Key.Key_Up, 62.5),
        (Key.Key_BracketRight, 62.5),
        (Key.Key_Down, 40.0),
        (Key.Key_BracketLeft, 40.0),
    ],
)
def test_keys_change_the_width(view: CurveView, session: Session, key: Key, width: float) -> None:
    QTest.keyClick(view, key)
    assert session.state.view.window_nm.width_nm == pytest.approx(width)
    assert session.state.view.window_nm.center_nm == 600.0


def test_keys_step_over_bad_bands(qtbot: QtBot, session: Session, workbench: Workbench) -> None:
    cube = make_cube(bands=61)
    good = cube.good_bands.copy()
    good[21:24] = False
    session.documents.open(replace(cube, good_bands=good))
    session.view.set_window(600.0)
    QTest.keyClick(shown(qtbot, session, workbench), Key.Key_Right)
    assert session.state.view.window_nm.center_nm == pytest.approx(640.0)


def test_a_click_on_a_plot_gives_the_view_the_keys(view: CurveView, qtbot: QtBot) -> None:
    view.activateWindow()
    view.header.center.setFocus()
    mouse_on(view, view.spectra).click(720.0, middle(view.spectra))
    qtbot.waitUntil(view.hasFocus)


def test_the_wheel_zooms_both_plots_and_a_double_click_shows_all(view: CurveView) -> None:
    mouse = mouse_on(view, view.spectra)
    whole = view.spectra.vb.viewRange()[0]
    mouse.wheel(720.0, middle(view.spectra), notches=5)
    low, high = view.spectra.vb.viewRange()[0]
    assert high - low < 0.7 * (whole[1] - whole[0])
    assert view.importance.vb.viewRange()[0] == pytest.approx([low, high])
    mouse.double_click(720.0, middle(view.spectra))
    assert view.spectra.vb.viewRange()[0] == pytest.approx(whole)
    assert view.importance.vb.viewRange()[0] == pytest.approx(whole)


def test_without_a_cube_gestures_do_nothing(
    qtbot: QtBot, session: Session, workbench: Workbench
) -> None:
    view = shown(qtbot, session, workbench)
    before = session.state
    mouse_on(view, view.spectra).click(0.5, middle(view.spectra))
    for key in (Key.Key_Right, Key.Key_Up, Key.Key_Home):
        QTest.keyClick(view, key)
    assert session.state is before


def test_a_band_is_chosen_where_there_are_no_wavelengths(
    qtbot: QtBot, session: Session, workbench: Workbench
) -> None:
    session.documents.open(replace(make_cube(bands=61), wavelengths_nm=None))
    view = shown(qtbot, session, workbench)
    mouse_on(view, view.spectra).click(12.0, middle(view.spectra))
    # Shown from 1, counted from 0.
    assert session.state.view.window_nm.center_nm == pytest.approx(
        11.0, abs=one_pixel(view.spectra)
    )
