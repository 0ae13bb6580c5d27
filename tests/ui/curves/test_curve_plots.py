"""The importance curve and the spectra."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from ui.curve_helpers import notice, shown, with_bad_bands
from ui.fakes import make_cube, make_explanation
from ui.mouse import LEFT

from focus_viewer.core.cubes.cube import ArraySource
from focus_viewer.core.saliency.volume import Mode, importance_curve
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.curves.curve_view import CurveView
from focus_viewer.ui.widgets.colourmaps import DIVERGING, SEQUENTIAL, lookup, name_for


@pytest.fixture
def view(qtbot: QtBot, session: Session, workbench: Workbench) -> CurveView:
    session.documents.open(make_cube(bands=61))
    return shown(qtbot, session, workbench)


# Importance


def bars(view: CurveView) -> dict[str, np.ndarray]:
    return {key: np.asarray(view.importance.bars.opts[key]) for key in ("x0", "x1", "height")}


def test_the_curve_has_a_bar_for_each_group(view: CurveView, session: Session) -> None:
    volume = session.state.volume
    assert volume is not None
    shown_bars = bars(view)
    np.testing.assert_array_equal(shown_bars["height"], importance_curve(volume))
    np.testing.assert_array_equal(shown_bars["x0"], volume.edges_nm[:, 0])
    np.testing.assert_array_equal(shown_bars["x1"], volume.edges_nm[:, 1])


def hue_of(colour: QColor) -> int:
    return colour.hsvHue()


def map_colour(session: Session, sign: int) -> QColor:
    """What the heatmap paints strong evidence in."""
    volume = session.state.volume
    assert volume is not None
    table = lookup(name_for(volume, session.state.view.display.colourmap))
    red, green, blue, _ = table[round(127.5 + sign * 110)].tolist()
    return QColor(red, green, blue)


@pytest.mark.parametrize("colourmap", ["auto", *DIVERGING])
def test_bars_for_and_against_have_the_heatmap_s_colours(
    view: CurveView, session: Session, colourmap: str
) -> None:
    session.view.set_display(replace(session.state.view.display, colourmap=colourmap))
    heights, brushes = bars(view)["height"], view.importance.bars.opts["brushes"]
    assert (heights < 0).any() and (heights > 0).any()
    for height, brush in zip(heights, brushes, strict=True):
        same, opposite = (hue_of(map_colour(session, sign)) for sign in np.sign([height, -height]))
        found = hue_of(QColor(brush))
        assert abs(found - same) < 15 < abs(found - opposite)
    key = view.importance.key.text
    assert brushes[int(np.argmax(heights))] in key
    assert view.importance.zero.isVisible()


@pytest.mark.parametrize("mode", ["attention", "signature"])
@pytest.mark.parametrize("colourmap", ["auto", *SEQUENTIAL])
def test_bars_without_a_sign_have_a_colour_of_their_own_map(
    view: CurveView, session: Session, mode: Mode, colourmap: str
) -> None:
    display = session.state.view.display
    session.view.set_display(replace(display, mode=mode, colourmap=colourmap))
    (brush,) = set(view.importance.bars.opts["brushes"])
    assert session.state.volume is not None
    table = lookup(name_for(session.state.volume, colourmap))[:, :3]
    assert list(QColor(brush).getRgb()[:3]) in table[128:].tolist()
    assert brush in view.importance.key.text


def test_all_bars_are_in_sight(view: CurveView) -> None:
    low, high = view.importance.vb.viewRange()[1]
    heights = bars(view)["height"]
    assert low < heights.min() and heights.max() < high


def test_gaps_between_groups_stay_gaps(view: CurveView, session: Session) -> None:
    assert session.state.document is not None and session.state.documents.active is not None
    plain = make_explanation(session.state.document.cube)
    far = np.abs(plain.edges_nm.mean(axis=1) - 700) > 60
    ticket = session.explaining_job.start(session.state.documents.active, "again")
    session.explanation.take(
        ticket,
        session.state.documents.active,
        replace(
            plain,
            saliency=plain.saliency[..., far],
            evidence=plain.evidence[..., far],
            absorbed=plain.absorbed[..., far],
            edges_nm=plain.edges_nm[far],
        ),
    )
    covered = bars(view)
    assert not ((covered["x0"] <= 700) & (covered["x1"] > 700)).any()
    assert ((covered["x0"] <= 500) & (covered["x1"] > 500)).any()


def test_another_class_and_mode_are_followed(view: CurveView, session: Session) -> None:
    title = view.importance.key.item
    assert "evidence for chlorosis" in title.toPlainText()
    before = bars(view)["height"]
    session.explanation.choose_class("healthy")
    assert "evidence for healthy" in title.toPlainText()
    assert not np.array_equal(bars(view)["height"], before)
    session.view.set_display(replace(session.state.view.display, mode="attention"))
    assert "attention for" in title.toPlainText()
    assert (bars(view)["height"] >= 0).all()
    assert not view.importance.zero.isVisible()
    session.view.set_display(replace(session.state.view.display, mode="signature"))
    assert "signature for" in title.toPlainText()
    assert not view.importance.zero.isVisible()


def test_the_title_of_the_levels_stands_in_the_middle_of_its_axis(
    view: CurveView, session: Session
) -> None:
    for mode in ("attention", "signature", "evidence"):
        session.view.set_display(replace(session.state.view.display, mode=mode))
        axis = view.importance.getAxis("left")
        shown = axis.label.mapRectToParent(axis.label.boundingRect())
        assert shown.center().y() == pytest.approx(axis.size().height() / 2, abs=1), mode


def test_what_is_not_attributed_is_a_line_over_the_evidence(
    view: CurveView, session: Session
) -> None:
    document, line = session.state.document, view.importance.left
    assert document is not None and document.explanation is not None
    levels = line.getData()[1].reshape(-1, 3)
    curves = document.explanation.unattributed_curve
    expected = curves[1] - (curves[0] + curves[2]) / 2
    np.testing.assert_allclose(levels[:, 0], expected, rtol=1e-5)
    assert np.isnan(levels[:, 2]).all()  # a group's line ends where the group does
    session.explanation.set_reference_class("healthy")
    levels = line.getData()[1].reshape(-1, 3)
    np.testing.assert_allclose(levels[:, 0], curves[1] - curves[0], rtol=1e-5)
    assert line.isVisible() and "not attributed" in view.importance.key.text
    session.view.set_display(replace(session.state.view.display, mode="signature"))
    assert not line.isVisible() and "not attributed" not in view.importance.key.text


# Spectra


def test_a_pin_has_a_line_of_its_colour_and_a_legend_entry(
    view: CurveView, session: Session
) -> None:
    session.pins.toggle(4, 7)
    document = session.state.document
    assert document is not None
    (line,) = view.spectra.lines
    x, y = line.getData()
    np.testing.assert_allclose(x, document.cube.axis)
    np.testing.assert_allclose(y, document.cube.pixel(4, 7))
    assert line.opts["pen"].color().name() == document.pins[0].colour
    assert [label.text for _, label in view.spectra.legend.items] == ["row 4, col 7"]
    assert view.spectra.legend.isVisible()


def test_the_spectrum_under_the_cursor_is_shown_and_taken_away(
    view: CurveView, session: Session
) -> None:
    assert notice(view.spectra) == "Point at the image to see a spectrum, click to keep it"
    session.selection.hover(2, 5)
    document = session.state.document
    assert document is not None
    np.testing.assert_allclose(view.spectra.hovered.getData()[1], document.cube.pixel(2, 5))
    assert notice(view.spectra) == ""
    session.selection.leave()
    assert view.spectra.hovered.getData()[1] is None


def test_pins_are_cleared_with_the_button_and_from_elsewhere(
    view: CurveView, session: Session
) -> None:
    button = view.header.clear_pins
    assert not button.isEnabled()
    session.pins.toggle(4, 7)
    session.pins.toggle(5, 7)
    assert len(view.spectra.lines) == 2
    QTest.mouseClick(button, LEFT)
    assert session.state.document is not None and session.state.document.pins == ()
    assert view.spectra.lines == []
    assert not view.spectra.legend.isVisible()
    assert not button.isEnabled()


def test_the_range_only_grows_while_hovering(view: CurveView, session: Session) -> None:
    ranges = []
    for row, col in [(20, 30), (0, 0), (20, 31), (1, 1)]:
        session.selection.hover(row, col)
        ranges.append(view.spectra.vb.viewRange()[1])
        shown_values = view.spectra.hovered.getData()[1]
        assert ranges[-1][0] <= np.min(shown_values) and np.max(shown_values) <= ranges[-1][1]
    assert all(
        now[0] <= before[0] and now[1] >= before[1] for before, now in itertools.pairwise(ranges)
    )


def test_bad_bands_and_missing_values_are_gaps(view: CurveView, session: Session) -> None:
    cube = with_bad_bands(make_cube(bands=61), 10, 11)
    values = cube.block(slice(None), slice(None))
    values[:, :, 30] = np.nan
    values[:, :, 10] = 1e30
    session.documents.open(replace(cube, source=ArraySource(values)))
    session.selection.hover(2, 5)
    y = view.spectra.hovered.getData()[1]
    assert np.flatnonzero(np.isnan(y)).tolist() == [10, 11, 30]
    assert view.spectra.vb.viewRange()[1][1] < 2


def test_bands_out_of_order_are_drawn_in_order(view: CurveView, session: Session) -> None:
    cube = make_cube(bands=61)
    axis = cube.axis[::-1].copy()
    session.documents.open(replace(cube, wavelengths_nm=axis))
    session.selection.hover(2, 5)
    x, y = view.spectra.hovered.getData()
    assert (np.diff(x) > 0).all()
    np.testing.assert_allclose(y, cube.pixel(2, 5)[::-1])


@pytest.mark.parametrize(
    ("units", "title"),
    [
        ("reflectance", "Reflectance"),
        ("counts", "Counts"),
        ("radiance", "Radiance"),
        ("unknown", "Value (unit not known)"),
    ],
)
def test_values_have_their_title(view: CurveView, session: Session, units: str, title: str) -> None:
    session.documents.open(make_cube(units=units))
    assert view.spectra.getAxis("left").labelText == title


def test_words_that_are_wider_than_a_plot_are_broken_into_lines(
    qtbot: QtBot, session: Session, workbench: Workbench
) -> None:
    plot = shown(qtbot, session, workbench).spectra
    plot.show_footnote("one word of many " * 30)
    note = plot.footnote
    room = plot.vb.rect().adjusted(-1, -1, 1, 1)  # places are rounded
    assert room.contains(note.mapRectToParent(note.childrenBoundingRect()))
    plot.show_footnote("few words")
    inside = note.mapRectToParent(note.childrenBoundingRect())
    assert inside.width() < plot.vb.width() / 2
    assert abs(inside.center().x() - plot.vb.rect().center().x()) < 2
