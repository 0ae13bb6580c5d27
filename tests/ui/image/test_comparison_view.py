"""Spectral views, spreads and comparisons of regions in the curve view, in both directions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot
from ui.curve_helpers import footnote, middle, mouse_on, notice, shown, with_bad_bands
from ui.fakes import FakeServices, HeldRunner, make_cube

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.masks.rules import WithinOutline
from focus_viewer.core.regions.shapes import PointMark, Rectangle
from focus_viewer.core.regions.viewed_spectra import SpectralView
from focus_viewer.core.spectra.transforms import continuum_removed, first_derivative
from focus_viewer.session.session import Session
from focus_viewer.session.state.comparison import Listed, NthSelected, OfClass
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.curves.curve_view import CurveView
from focus_viewer.ui.curves.effect_plot import band_edges

LEFT_HALF, RIGHT_HALF = Rectangle((5, 10), (25, 30)), Rectangle((30, 10), (50, 30))


@pytest.fixture
def view(qtbot: QtBot, session: Session, workbench: Workbench) -> CurveView:
    session.documents.open(with_bad_bands(make_cube(), 20, 21))
    return shown(qtbot, session, workbench)


def document(session: Session) -> Document:
    assert session.state.document is not None
    return session.state.document


def halves(session: Session, class_name: str | None = None) -> None:
    for outline in (LEFT_HALF, RIGHT_HALF):
        session.regions.draw(outline, class_name)
    session.regions.select((1, 2))


def choose(box: QComboBox, row: int) -> None:
    """Open the list and pick a row with the keys."""
    box.showPopup()
    box.view().setCurrentIndex(box.model().index(row, 0))
    QTest.keyClick(box.view(), Qt.Key.Key_Return)
    box.hidePopup()


def texts(box: QComboBox) -> list[str]:
    return [box.itemText(row) for row in range(box.count())]


# Spectral views


def test_a_view_is_chosen_and_shown(view: CurveView, session: Session) -> None:
    choose(view.header.view, 2)
    assert session.state.view.display.spectral_view == "continuum"
    session.view.set_display(
        replace(
            session.state.view.display, spectral_view="snv", spread="quartiles", curve="difference"
        )
    )
    assert view.header.view.currentText() == "SNV"
    assert view.header.spread.currentText() == "quartiles"
    assert view.header.curve.currentText() == "Difference"
    choose(view.header.spread, 0)
    assert session.state.view.display.spread == "sd"


@pytest.mark.parametrize(
    ("chosen", "title"),
    [
        ("values", "Reflectance"),
        ("derivative", "First derivative<br>(1/nm)"),
        ("continuum", "Continuum<br>removed (1)"),
        ("snv", "SNV (sd)"),
    ],
)
def test_the_axis_bears_the_unit_of_the_view(
    view: CurveView, session: Session, chosen: SpectralView, title: str
) -> None:
    session.view.set_display(replace(session.state.view.display, spectral_view=chosen))
    assert view.spectra.getAxis("left").labelText == title


def test_slopes_bear_the_units_of_the_cube(view: CurveView, session: Session) -> None:
    session.view.set_display(replace(session.state.view.display, spectral_view="derivative"))
    session.documents.open(make_cube(units="counts"))
    assert view.spectra.getAxis("left").labelText == "First derivative<br>(counts/nm)"
    session.documents.open(replace(make_cube(), wavelengths_nm=None))
    assert view.spectra.getAxis("left").labelText == "First derivative<br>(1/band)"


def test_cursor_pins_and_regions_are_seen_alike(view: CurveView, session: Session) -> None:
    session.regions.draw(PointMark((7.5, 3.5)))
    session.pins.toggle(3, 7)
    session.selection.hover(3, 7)
    session.view.set_display(replace(session.state.view.display, spectral_view="derivative"))
    cube = document(session).cube
    slopes = first_derivative(cube.axis, cube.pixel(3, 7), cube.good_bands)
    (pin,) = view.spectra.lines
    region = next(
        item for item, label in view.spectra.legend.items if label.text.startswith("Region 1")
    )
    for line in (view.spectra.hovered, pin, region.item):
        np.testing.assert_allclose(line.getData()[1], slopes, rtol=1e-5)
    assert view.spectra.vb.viewRange()[1][1] < 0.1  # the range is that of slopes
    session.view.set_display(replace(session.state.view.display, spectral_view="continuum"))
    removed = continuum_removed(cube.axis, cube.pixel(3, 7), cube.good_bands)
    np.testing.assert_allclose(view.spectra.hovered.getData()[1], removed, rtol=1e-5)
    session.view.set_display(replace(session.state.view.display, spectral_view="values"))
    assert view.spectra.vb.viewRange()[1][1] < 1


def test_the_legend_tells_the_spread(view: CurveView, session: Session) -> None:
    halves(session)
    session.view.set_display(replace(session.state.view.display, spread="quartiles"))
    names = [label.text for _, label in view.spectra.legend.items]
    assert names == [f"Region {n}: median, quartiles of 400 px" for n in (1, 2)]
    session.regions.rename(1, "Spot")
    assert view.spectra.legend.items[0][1].text.startswith("Spot: ")


def test_the_heatmap_does_not_draw_curves_again(view: CurveView, session: Session) -> None:
    halves(session)
    before = [item for item, _ in view.spectra.legend.items]
    session.view.set_display(replace(session.state.view.display, opacity=0.1))
    session.regions.select((1, 2))
    assert [item for item, _ in view.spectra.legend.items] == before


# Comparisons


def test_the_row_of_groups_comes_with_the_comparison(view: CurveView, session: Session) -> None:
    assert not view.contrast.isVisible()
    choose(view.header.curve, 1)
    assert session.state.view.display.curve == "effect"
    assert view.contrast.isVisible()
    assert view.effect.scene() is not None
    assert notice(view.effect) == "Select two regions, or choose two different groups A and B"
    session.view.set_display(replace(session.state.view.display, curve="importance"))
    assert not view.contrast.isVisible()
    assert view.importance.scene() is not None
    assert view.effect.scene() is None


def test_bars_are_those_of_the_answer(view: CurveView, session: Session) -> None:
    halves(session)
    session.view.set_display(replace(session.state.view.display, curve="effect"))
    found = session.state.comparison.groups
    assert found is not None
    assert found.effect is not None
    good = np.flatnonzero(document(session).cube.good_bands)
    np.testing.assert_array_equal(view.effect.bars.opts["height"], found.effect.d[good])
    low, high = view.effect.chance.getRegion()
    assert (low, high) == (-found.effect.threshold, found.effect.threshold)
    bright = [brush.alpha() == 255 for brush in view.effect.bars.opts["brushes"]]
    assert bright == found.effect.significant[good].tolist()
    assert view.effect.getAxis("left").labelText == "Cohen's d<br>A − B"
    session.view.set_display(replace(session.state.view.display, curve="difference"))
    np.testing.assert_array_equal(view.effect.bars.opts["height"], found.difference[good])
    assert not view.effect.chance.isVisible()
    assert view.effect.getAxis("left").labelText == "Δ reflectance<br>A − B"


def test_the_caption_tells_spectra_bands_and_what_the_test_means(
    view: CurveView, session: Session
) -> None:
    halves(session)
    session.view.set_display(replace(session.state.view.display, curve="effect"))
    found = session.state.comparison.groups
    assert found is not None
    assert found.effect is not None
    assert view.contrast.caption.text() == (
        f"400, 400 spectra · chance: |d| ≤ {found.effect.threshold:.2f} · 48 of 50 bands compared"
    )
    assert "not independent" in view.contrast.caption.toolTip()


def test_what_limits_a_comparison_is_said_of_one_alone(view: CurveView, session: Session) -> None:
    halves(session)
    session.view.set_display(replace(session.state.view.display, curve="effect"))
    session.masks.start(WithinOutline(Rectangle((0, 0), (60, 40)), "All", (40, 60)))
    assert footnote(view.effect) == "only pixels inside the masks"
    session.masks.start(WithinOutline(LEFT_HALF, "Left", (40, 60)))
    assert footnote(view.effect) == ""
    has = "A has 400, B has 0 spectra: each needs at least 2"
    assert notice(view.effect) == f"{has} (only pixels inside the masks)"
    session.regions.select(())
    assert notice(view.effect).startswith("Select two regions")
    assert footnote(view.effect) == ""


def test_groups_are_chosen_and_shown(view: CurveView, session: Session) -> None:
    halves(session, "rust")
    session.regions.draw(Rectangle((0, 0), (4, 4)), "mildew")
    session.view.set_display(replace(session.state.view.display, curve="effect"))
    offered = ["1st selected: Region 3", "2nd selected", "class mildew (1)", "class rust (2)"]
    assert texts(view.contrast.first) == [*offered, "Region 1", "Region 2", "Region 3"]
    choose(view.contrast.first, 3)
    choose(view.contrast.second, 6)
    here = document(session).id
    assert session.state.comparison.contrast.first == OfClass("rust")
    assert session.state.comparison.contrast.second == Listed(((here, 3),))
    assert session.state.comparison.groups is not None
    session.groups.set(
        replace(session.state.comparison.contrast, first=NthSelected(0), second=OfClass("rust"))
    )
    assert view.contrast.first.currentText() == "1st selected: Region 3"
    assert view.contrast.second.currentText() == "class rust (2)"


def test_several_selected_regions_are_kept_as_a_group(view: CurveView, session: Session) -> None:
    halves(session)
    session.regions.draw(Rectangle((0, 0), (4, 4)))
    session.view.set_display(replace(session.state.view.display, curve="effect"))
    session.regions.select((1, 2))
    choose(view.contrast.first, texts(view.contrast.first).index("these 2 selected"))
    session.regions.select((3,))
    assert view.contrast.first.currentText() == "Region 1, Region 2"
    choose(view.contrast.second, 0)
    assert session.state.comparison.groups is not None
    assert session.state.comparison.groups.spectra == (800, 16)


def test_the_unit_is_offered_where_it_means_something(view: CurveView, session: Session) -> None:
    halves(session)
    session.view.set_display(replace(session.state.view.display, curve="effect"))
    assert not view.contrast.unit.isEnabled()
    for low in (0, 5):
        session.regions.draw(Rectangle((low, 0), (low + 4, 4)), "mildew")
    for region in (1, 2):
        session.regions.set_class(region, "rust")
    session.groups.set(
        replace(session.state.comparison.contrast, first=OfClass("rust"), second=OfClass("mildew"))
    )
    assert view.contrast.unit.isEnabled()
    choose(view.contrast.unit, 1)
    assert session.state.comparison.contrast.unit == "region"
    assert session.state.comparison.groups is not None
    assert session.state.comparison.groups.spectra == (2, 2)
    session.groups.set(replace(session.state.comparison.contrast, unit="pixel"))
    assert view.contrast.unit.currentText() == "each pixel"


def test_regions_of_another_cube_bear_its_name(view: CurveView, session: Session) -> None:
    halves(session)
    session.view.set_display(replace(session.state.view.display, curve="effect"))
    session.documents.open(make_cube(name="second"))
    session.regions.draw(LEFT_HALF)
    assert texts(view.contrast.first)[2:] == [
        "second: Region 1",
        "leaf: Region 1",
        "leaf: Region 2",
    ]
    session.documents.open(make_cube(bands=30, name="third"))
    assert texts(view.contrast.first) == ["1st selected", "2nd selected"]


def test_it_says_what_it_waits_for_and_what_is_missing(qtbot: QtBot, session: Session) -> None:
    runner = HeldRunner()
    workbench = Workbench(session, runner, FakeServices())
    view = shown(qtbot, session, workbench)
    session.documents.open(make_cube())
    session.regions.draw(PointMark((3, 3)))
    session.regions.draw(LEFT_HALF)
    session.regions.select((1, 2))
    session.view.set_display(replace(session.state.view.display, curve="effect"))
    assert notice(view.effect) == "Comparing..."
    runner.release("compare")
    assert notice(view.effect) == "A has 1, B has 400 spectra: each needs at least 2"
    workbench.close()


def test_the_upper_plot_keeps_the_part_of_the_axis_in_sight(
    view: CurveView, session: Session
) -> None:
    view.importance.setXRange(500, 600, padding=0)
    session.view.set_display(replace(session.state.view.display, curve="effect"))
    assert view.effect.vb.viewRange()[0] == pytest.approx([500, 600])
    assert view.spectra.vb.viewRange()[0] == pytest.approx([500, 600])
    view.effect.setXRange(700, 800, padding=0)
    assert view.spectra.vb.viewRange()[0] == pytest.approx([700, 800], abs=1)
    session.view.set_display(replace(session.state.view.display, curve="importance"))
    assert view.importance.vb.viewRange()[0] == pytest.approx([700, 800], abs=1)


def test_a_wavelength_is_picked_on_the_comparison(view: CurveView, session: Session) -> None:
    halves(session)
    session.view.set_display(replace(session.state.view.display, curve="effect"))
    mouse_on(view, view.effect).click(650.0, middle(view.effect))
    assert session.state.view.window_nm.center_nm == pytest.approx(650, abs=2)


def test_bars_reach_half_way_to_their_neighbours() -> None:
    low, high = band_edges(np.array([500.0, 400, 420]))
    assert low.tolist() == [460, 390, 410]
    assert high.tolist() == [540, 410, 460]


# Two cubes in one plot


@pytest.mark.parametrize(
    ("there", "why"),
    [
        (make_cube(units="counts", name="late"), "leaf: reflectance, late: counts"),
        (make_cube(units="unknown", name="late"), "leaf: reflectance, late: unit not known"),
        (replace(make_cube(), wavelengths_nm=None, name="late"), "late has no wavelengths"),
    ],
)
def test_unlike_cubes_are_not_drawn_on_one_axis(
    view: CurveView, session: Session, there: Cube, why: str
) -> None:
    first = document(session).id
    other = session.documents.open(there)
    session.documents.activate(first)
    session.pair.show_with(other)
    session.selection.hover(20, 30)
    assert session.state.selection.other_spectrum is not None
    assert view.spectra.other.getData()[1] is None
    assert footnote(view.spectra) == f"The other cube's spectrum is not drawn: {why}"
    session.selection.leave()
    assert footnote(view.spectra) == ""


def test_what_has_no_unit_is_drawn_whatever_the_cubes_units(
    view: CurveView, session: Session
) -> None:
    first = document(session).id
    other = session.documents.open(make_cube(units="counts"))
    session.documents.activate(first)
    session.pair.show_with(other)
    session.view.set_display(replace(session.state.view.display, spectral_view="snv"))
    session.selection.hover(20, 30)
    assert view.spectra.other.getData()[1] is not None
    session.view.set_display(replace(session.state.view.display, spectral_view="derivative"))
    assert view.spectra.other.getData()[1] is None
    assert "is not drawn: leaf: reflectance, leaf: counts" in footnote(view.spectra)


def test_regions_that_cannot_be_compared_are_named(view: CurveView, session: Session) -> None:
    halves(session, "rust")
    first = document(session).id
    session.documents.open(make_cube(units="counts", name="late"))
    halves(session, "rust")
    session.documents.open(make_cube(bands=40, name="coarse"))
    halves(session, "rust")
    session.documents.activate(first)
    session.view.set_display(replace(session.state.view.display, curve="effect"))
    session.groups.set(
        replace(session.state.comparison.contrast, first=OfClass("rust"), second=NthSelected(0))
    )
    assert footnote(view.effect) == (
        "left out: leaf: reflectance, late: counts; coarse has other bands"
    )
    session.groups.set(replace(session.state.comparison.contrast, first=NthSelected(1)))
    assert footnote(view.effect) == ""
