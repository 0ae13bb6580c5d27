"""The curve view: when it is empty, its axis, the window in both directions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from ui.curve_helpers import middle, mouse_on, notice, shown, tip_at, with_bad_bands
from ui.fakes import FakeServices, HeldRunner, make_cube

from focus_viewer.session.session import Session
from focus_viewer.session.tasks.lane_names import EXPLAIN
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.curves.curve_view import CurveView
from focus_viewer.ui.curves.span_shading import bad_band_spans, region_spans


@pytest.fixture
def view(qtbot: QtBot, session: Session, workbench: Workbench) -> CurveView:
    session.documents.open(make_cube(bands=61))
    return shown(qtbot, session, workbench)


def test_a_hidden_view_follows_the_window_once_it_is_seen(
    view: CurveView, session: Session
) -> None:
    view.hide()
    session.view.set_window(620.0, 40.0)
    view.show()
    assert view.importance.window.middle.value() == 620.0
    assert view.importance.window.text == "600–640 nm"
    assert view.header.center.value() == 620.0


def test_a_plot_that_comes_to_stand_over_the_spectra_has_the_window(
    view: CurveView, session: Session
) -> None:
    session.view.set_window(620.0, 40.0)
    session.view.set_display(replace(session.state.view.display, curve="effect"))
    assert view.effect.window.middle.value() == 620.0


# Empty


def test_without_a_cube_it_says_what_to_do(
    qtbot: QtBot, session: Session, workbench: Workbench
) -> None:
    view = shown(qtbot, session, workbench)
    assert notice(view.spectra) == "Open a cube to see its spectrum"
    assert notice(view.importance) == ""
    assert view.header.center.text() == "–"
    assert not view.header.center.isEnabled()
    assert not view.importance.window.middle.isVisible()


def test_before_an_explanation_it_says_when_the_curve_comes(qtbot: QtBot, session: Session) -> None:
    runner = HeldRunner()
    workbench = Workbench(session, runner, FakeServices())
    session.documents.open(make_cube())
    view = shown(qtbot, session, workbench)
    assert "appears when the cube is explained" in notice(view.importance)
    assert not view.importance.bars.isVisible()
    runner.release(EXPLAIN)
    assert notice(view.importance) == ""
    assert view.importance.bars.isVisible()
    workbench.close()


def test_a_failed_explanation_is_told(qtbot: QtBot, session: Session) -> None:
    workbench = Workbench(session, HeldRunner(), FakeServices())
    view = shown(qtbot, session, workbench)
    document = session.documents.open(make_cube())
    session.explanation.fail(session.state.jobs.explaining.ticket, document, "failed", "why")
    assert notice(view.importance) == "No importance curve: the cube could not be explained"
    workbench.close()


def test_closing_the_last_document_empties_the_view(view: CurveView, session: Session) -> None:
    session.pins.toggle(3, 4)
    session.documents.close(session.state.documents.active or 0)
    assert view.spectra.lines == []
    assert view.importance.regions.spans == ()
    assert notice(view.spectra) == "Open a cube to see its spectrum"
    assert not view.importance.bars.isVisible()


# The axis


def test_regions_are_clipped_to_the_range_of_the_cube() -> None:
    spans = region_spans(make_cube(bands=10, wavelengths_nm=np.linspace(550, 900, 10)))
    assert [(span.name, span.low, span.high) for span in spans] == [
        ("green", 550, 600),
        ("red", 600, 680),
        ("red edge", 680, 750),
        ("NIR", 750, 900),
    ]


def test_bad_bands_reach_half_way_to_good_ones() -> None:
    cube = make_cube(bands=7, wavelengths_nm=np.linspace(400, 1000, 7))
    spans = bad_band_spans(with_bad_bands(cube, 0, 3, 4))
    assert [(span.low, span.high) for span in spans] == [(400, 450), (650, 850)]


@pytest.mark.parametrize("plot", ["importance", "spectra"])
def test_bad_bands_are_named_under_the_mouse_and_nowhere_else(
    view: CurveView, session: Session, plot: str
) -> None:
    session.documents.open(with_bad_bands(make_cube(bands=61), *range(40, 50)))  # 800 to 890 nm
    there = getattr(view, plot)
    assert tip_at(view, there, 840.0) == "800–890 nm: bad bands, not read"
    for nm in (420.0, 560.0, 790.0, 900.0, 980.0):
        assert "bad bands" not in tip_at(view, there, nm)
    session.documents.open(make_cube(bands=61))
    assert tip_at(view, there, 840.0) == ""


def test_bad_bands_without_wavelengths_are_named_by_number(
    view: CurveView, session: Session
) -> None:
    session.documents.open(
        replace(with_bad_bands(make_cube(bands=61), 10, 30, 31), wavelengths_nm=None)
    )
    assert tip_at(view, view.importance, 11.0) == "band 11: bad bands, not read"
    assert tip_at(view, view.importance, 31.6) == "bands 31–32: bad bands, not read"


def test_bad_bands_are_hatched(view: CurveView, session: Session) -> None:
    session.documents.open(with_bad_bands(make_cube(bands=61), *range(40, 50)))
    picture, mouse = view.plots.grab().toImage(), mouse_on(view, view.spectra)
    y = middle(view.spectra)

    def lightness(center: float) -> set[int]:
        place = mouse.pixel(center, y)
        box = QRect(place.x() - 8, place.y() - 8, 16, 16)
        return {
            picture.pixelColor(column, row).lightness()
            for column in range(box.left(), box.right())
            for row in range(box.top(), box.bottom())
        }

    assert max(lightness(845)) - min(lightness(845)) > 50
    assert len(lightness(950)) == 1
    assert "bad bands" in view.header.caption.text()
    session.documents.open(make_cube())
    assert view.header.caption.text() == ""


def test_the_axis_covers_the_cube_and_is_titled(view: CurveView, session: Session) -> None:
    assert view.spectra.getAxis("bottom").labelText == "Wavelength (nm)"
    for plot in (view.importance, view.spectra):
        assert plot.vb.viewRange()[0] == pytest.approx([397, 1003])
    session.documents.open(make_cube(bands=22, wavelengths_nm=np.linspace(400, 2500, 22)))
    for plot in (view.importance, view.spectra):
        assert plot.vb.viewRange()[0] == pytest.approx([389.5, 2510.5])


def test_the_two_plots_stand_one_over_the_other(view: CurveView) -> None:
    upper, lower = (plot.vb.sceneBoundingRect() for plot in (view.importance, view.spectra))
    assert upper.left() == lower.left()
    assert upper.right() == lower.right()
    assert upper.bottom() < lower.top()


@pytest.mark.parametrize("bands", [1, 2, 30])
def test_a_cube_without_wavelengths_has_bands_from_1(
    view: CurveView, session: Session, bands: int
) -> None:
    session.documents.open(replace(make_cube(bands=bands), wavelengths_nm=None))
    session.selection.hover(2, 5)
    session.pins.toggle(3, 5)
    assert view.spectra.getAxis("bottom").labelText == "Band (wavelengths not known)"
    assert view.importance.regions.spans == ()
    x, _ = view.spectra.hovered.getData()
    assert x.tolist() == list(range(1, bands + 1))
    assert view.header.center_label.text() == "Band"
    session.view.set_window(0.0)
    assert view.header.center.text() == "1"
    assert view.spectra.window.middle.value() == 1


# The window, both ways


def test_the_window_is_shown_on_both_plots_and_in_numbers(
    view: CurveView, session: Session
) -> None:
    session.view.set_window(720.0, 50.0)
    for plot in (view.importance, view.spectra):
        assert plot.window.middle.value() == 720.0
        assert [edge.value() for edge in plot.window.edges] == [695.0, 745.0]
    assert view.importance.window.text == "695–745 nm"
    assert view.header.center.text() == "720 nm"
    assert view.header.width_box.text() == "50 nm"


def test_enter_on_a_rounded_number_moves_nothing(view: CurveView, session: Session) -> None:
    session.view.set_window(652.5)
    box = view.header.center
    assert box.text() == "653 nm"
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert session.state.view.window_nm.center_nm == 652.5


def test_the_wavelength_box(view: CurveView, session: Session) -> None:
    box = view.header.center
    box.selectAll()
    QTest.keyClicks(box, "652.5")
    assert session.state.view.window_nm.center_nm != 652.5  # not while it is being typed
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert session.state.view.window_nm.center_nm == 652.5


def test_the_width_box(view: CurveView, session: Session) -> None:
    box = view.header.width_box
    box.selectAll()
    QTest.keyClicks(box, "80")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert session.state.view.window_nm.width_nm == 80.0
    assert view.spectra.window.edges[1].value() == session.state.view.window_nm.high_nm


def test_showing_a_window_never_rounds_it(view: CurveView, session: Session) -> None:
    session.view.set_window(652.123456, 50.0625)
    assert session.state.view.window_nm.center_nm == 652.123456
    assert session.state.view.window_nm.width_nm == 50.0625
    view.header.center.clearFocus()
    assert session.state.view.window_nm.center_nm == 652.123456


def test_another_document_brings_its_window(view: CurveView, session: Session) -> None:
    first = session.state.documents.active
    session.documents.open(make_cube(bands=22, wavelengths_nm=np.linspace(1000, 2500, 22)))
    assert view.header.center.value() == pytest.approx(
        session.state.view.window_nm.center_nm, abs=0.1
    )
    session.view.set_window(2000.0)
    assert view.header.center.value() == 2000.0
    session.documents.activate(first or 0)
    assert view.header.center.value() == 1000.0
    assert view.importance.window.middle.value() == 1000.0


def test_regions_are_painted_where_they_lie_whenever_the_cube_came(
    qtbot: QtBot, session: Session, workbench: Workbench
) -> None:
    view = shown(qtbot, session, workbench)
    session.documents.open(make_cube(bands=61))
    session.view.set_window(700, 10)
    plot = view.importance
    top = plot.vb.viewRange()[1][1]
    picture = view.plots.grab().toImage()
    tints = [picture.pixelColor(mouse_on(view, plot).pixel(nm, top)) for nm in (480, 580, 660)]
    assert tints[0].blue() > max(tints[0].red(), tints[0].green())
    assert tints[1].green() > max(tints[1].red(), tints[1].blue())
    assert tints[2].red() > max(tints[2].blue(), tints[2].green())


def test_bands_that_are_not_taught_are_greyed(view: CurveView, session: Session) -> None:
    session.documents.open(make_cube())
    plot = view.spectra
    assert plot.unused.spans == ()
    choice = session.state.teaching.choice
    session.teaching.choose(replace(choice, bands_nm=((720.0, 900.0), (500.0, 680.0))))
    edges = [(span.low, span.high) for span in plot.unused.spans]
    assert edges == [(400.0, 500.0), (680.0, 720.0), (900.0, 1000.0)]
    assert "Teach panel" in plot.unused.spans[0].tip
    session.documents.open(make_cube(wavelengths_nm=np.linspace(600.0, 800.0, 50)))
    edges = [(span.low, span.high) for span in plot.unused.spans]
    assert edges == [(680.0, 720.0)]
    session.teaching.choose(choice)
    assert plot.unused.spans == ()


def test_the_legend_covers_the_bars_behind_it(view: CurveView, session: Session) -> None:
    session.documents.open(make_cube())
    assert "background-color" in view.importance.key.text
