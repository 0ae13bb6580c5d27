"""Composite and heatmap in the image view."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, HeldRunner, make_cube, make_explanation
from ui.image_helpers import explain_as, hot_pixel, painted, shown
from ui.mouse import LEFT, Mouse

from focus_viewer.core.cubes.cube import ArraySource
from focus_viewer.core.cubes.georeference import Georeference, MapGrid
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.lane_names import PICTURE
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.image.image_view import ImageView, display_plane
from focus_viewer.ui.image.pixel_readout import NO_VALUE, PixelReadout, readout
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.colourmaps import lookup


@pytest.fixture
def view(qtbot: QtBot, session: Session, workbench: Workbench) -> ImageView:
    session.documents.open(make_cube(rows=20, cols=30))
    return shown(qtbot, session, workbench)


@pytest.fixture
def mouse(view: ImageView) -> Mouse:
    return Mouse(view.canvas, view.canvas.box)


def test_without_a_cube_it_is_quiet(qtbot: QtBot, session: Session, workbench: Workbench) -> None:
    view = shown(qtbot, session, workbench)
    assert view.readout.text() == NO_VALUE
    assert not view.header.recipe.isEnabled()
    assert not view.header.heatmap.isEnabled()
    QTest.mouseClick(view.canvas.viewport(), LEFT, pos=QPoint(100, 100))
    assert session.state.document is None


def test_a_view_made_late_shows_what_is_open(
    qtbot: QtBot, session: Session, workbench: Workbench
) -> None:
    session.documents.open(make_cube(rows=20, cols=30))
    session.pins.toggle(4, 7)
    session.selection.hover(2, 5)
    view = shown(qtbot, session, workbench)
    assert view.canvas.picture.image.shape == (20, 30, 3)
    assert view.canvas.heat.image.shape == (20, 30)
    assert [tuple(spot.pos()) for spot in view.canvas.pins.points()] == [(7.5, 4.5)]
    assert view.readout.text().startswith("row  2, col  5")


def test_the_caption_says_that_bands_are_read(qtbot: QtBot, session: Session) -> None:
    runner = HeldRunner()
    workbench = Workbench(session, runner, FakeServices())
    view = shown(qtbot, session, workbench)
    session.documents.open(make_cube())
    assert view.header.caption.text() == "Reading bands..."
    runner.release(PICTURE)
    assert view.header.caption.text() == "645, 547, 461 nm"
    workbench.close()


def test_row_0_is_at_the_top_and_col_0_at_the_left(view: ImageView, mouse: Mouse) -> None:
    assert mouse.pixel(0, 0).y() < mouse.pixel(0, 19).y()
    assert mouse.pixel(0, 0).x() < mouse.pixel(29, 0).x()


def test_the_heatmap_is_painted_at_its_pixel(
    view: ImageView, mouse: Mouse, session: Session
) -> None:
    explain_as(session, hot_pixel(session, 2, 5))
    session.view.set_display(replace(session.state.view.display, heatmap=False))
    places = [(2, 5), (17, 5), (2, 24), (5, 2)]  # the pixel itself, flipped and transposed
    plain = [painted(view, mouse, row, col) for row, col in places]
    session.view.set_display(replace(session.state.view.display, heatmap=True, opacity=1.0))
    over = [painted(view, mouse, row, col) for row, col in places]
    assert over[0].getRgb()[:3] == tuple(lookup("Berlin")[-1, :3])
    assert over[1:] == plain[1:]


def test_evidence_against_is_painted_in_the_other_colour(
    view: ImageView, mouse: Mouse, session: Session
) -> None:
    explain_as(session, hot_pixel(session, 2, 5, value=-1.0))
    session.view.set_display(replace(session.state.view.display, opacity=1.0))
    assert painted(view, mouse, 2, 5).getRgb()[:3] == tuple(lookup("Berlin")[0, :3])


def test_the_picture_is_painted_at_its_pixel(
    qtbot: QtBot, session: Session, workbench: Workbench
) -> None:
    cube = make_cube(rows=20, cols=30)
    values = np.random.default_rng(0).uniform(0, 0.2, cube.shape).astype(np.float32)
    values[2, 5] = 0.9
    session.documents.open(replace(cube, source=ArraySource(values)))
    session.view.set_display(replace(session.state.view.display, heatmap=False))
    view = shown(qtbot, session, workbench)
    mouse = Mouse(view.canvas, view.canvas.box)
    spot = painted(view, mouse, 2, 5).lightness()
    assert spot > max(painted(view, mouse, *at).lightness() for at in [(17, 5), (2, 24), (5, 2)])


def test_a_picture_of_every_other_pixel_covers_the_whole_image(
    view: ImageView, session: Session
) -> None:
    document = session.state.document
    assert document is not None and document.composite is not None
    coarse = replace(document.composite, image=document.composite.image[::2, ::2])
    session.documents.set_composite(document.id, coarse)
    item = view.canvas.picture
    assert item.mapRectToParent(item.boundingRect()).getRect() == (0, 0, 30, 20)


def test_a_gap_between_groups_is_reported(view: ImageView, session: Session) -> None:
    assert session.state.document is not None
    plain = make_explanation(session.state.document.cube)
    far = np.abs(plain.edges_nm.mean(axis=1) - 700) > 60
    explain_as(
        session,
        replace(plain, saliency=plain.saliency[..., far], edges_nm=plain.edges_nm[far]),
    )
    session.view.set_window(500.0)
    width = view.minimumSizeHint().width()
    session.view.set_window(700.0, 10.0)
    assert view.notice.isVisible()
    assert view.minimumSizeHint().width() == width  # panels do not move for it
    assert view.notice.text() == "no saliency at 700 nm: not covered by the model's spectral groups"
    session.view.set_window(500.0)
    assert not view.notice.isVisible()


def test_a_huge_image_gets_a_heatmap_of_a_million_pixels() -> None:
    values = np.zeros((4, 3, 2), dtype=np.float32)
    values[0, 2] = 1.0
    edges = np.array([[400.0, 500.0], [500.0, 600.0]])
    volume = SaliencyVolume(values, edges, (8000, 3000), "a", "evidence")
    plane = display_plane(volume, BandWindow(450.0, 20.0))
    assert 900_000 < plane.size <= 1_000_000
    assert plane.shape[0] / plane.shape[1] == pytest.approx(8000 / 3000, rel=0.01)
    assert plane[0, -1] == 1.0
    assert plane[-1, -1] == plane[0, 0] == 0.0


def test_the_crosshair_follows_a_cursor_from_elsewhere(view: ImageView, session: Session) -> None:
    assert not any(line.isVisible() for line in view.canvas.cross)
    session.selection.hover(2, 5)
    assert [line.value() for line in view.canvas.cross] == [2.5, 5.5]
    session.selection.leave()
    assert not any(line.isVisible() for line in view.canvas.cross)


def test_the_readout_shows_position_value_and_saliency(view: ImageView, session: Session) -> None:
    explain_as(session, hot_pixel(session, 2, 5, value=-0.5))
    session.view.set_window(702.0)
    session.selection.hover(2, 5)
    document = session.state.document
    assert document is not None
    value = document.cube.pixel(2, 5)[25]
    assert document.cube.axis[25] == pytest.approx(706.1, abs=0.1)
    assert view.readout.text() == (
        f"row  2, col  5  │  706 nm: {value:6.3f} reflectance  │  saliency -0.50"
    )
    session.selection.leave()
    assert view.readout.text() == NO_VALUE


def test_the_readout_shows_map_coordinates_where_they_fit(
    view: ImageView, session: Session
) -> None:
    grid = MapGrid(364_095.0, 5_810_265.0, 30.0, 30.0)
    georeference = Georeference(grid, "UTM zone 33 North", "EPSG:32633", unit="m")
    session.documents.open(replace(make_cube(), georeference=georeference))
    place = "E 364260, N 5810190 m (UTM 33N)"
    view.resize(1400, 500)
    session.selection.hover(2, 5)
    assert view.readout.text().endswith(f"│  {place}")
    whole = view.readout.fontMetrics().horizontalAdvance(view.readout.text())
    view.resize(view.width() - view.readout.room_px + whole - 5, 500)
    session.selection.hover(2, 4)
    assert view.readout.text().endswith("│  E 364230, N 5810190 m")
    view.resize(420, 500)
    session.selection.hover(2, 6)
    assert "UTM" not in view.readout.text()
    assert "E 364290" in view.readout.toolTip()


def test_the_readout_and_the_caption_never_touch(view: ImageView, session: Session) -> None:
    view.header.caption.setText("the model does not apply; " * 20)
    for width in (1100, 500):
        view.resize(width, 500)
        session.selection.hover(2, width // 100)
        apart = view.header.caption.geometry().left() - view.readout.geometry().right()
        assert apart > theme.GAP_PX // 2


def test_the_readout_keeps_its_values_in_a_narrow_pane(
    qtbot: QtBot, session: Session, workbench: Workbench
) -> None:
    session.documents.open(make_cube(rows=20, cols=30))
    explain_as(session, hot_pixel(session, 2, 5, value=-0.5))
    session.selection.hover(2, 5)
    pane = PixelReadout()
    qtbot.addWidget(pane)
    plane = np.full((20, 30), -0.5, np.float32)
    full = readout(session.state, plane)
    narrow = full.replace("  │  ", " │ ")
    (value,) = re.findall(r"(0\.\d+) reflectance", full)
    brief = f"row  2, col  5 │ {value} │ saliency -0.50"
    advance = pane.fontMetrics().horizontalAdvance
    shown = []
    for room in (full, narrow, brief, brief[4:]):
        pane.resize(advance(room), 20)
        pane.show_pixel(session.state, plane)
        shown.append(pane.text())
        assert pane.drawn() == pane.text()  # nothing is elided
        assert pane.toolTip() == full
    assert shown == [full, narrow, brief, f" 2,  5 │ {value} │ saliency -0.50"]


def test_the_readout_does_not_jitter(view: ImageView, session: Session) -> None:
    lengths = set()
    for row, col in [(0, 0), (9, 9), (10, 15), (19, 29)]:
        session.selection.hover(row, col)
        lengths.add(len(view.readout.text()))
    assert len(lengths) == 1


def test_a_spectrum_that_lags_behind_is_not_read_out(qtbot: QtBot, session: Session) -> None:
    runner = HeldRunner()
    workbench = Workbench(session, runner, FakeServices())
    session.documents.open(make_cube())
    view = shown(qtbot, session, workbench)
    session.selection.hover(2, 5)
    assert "reflectance" not in view.readout.text()
    runner.release("hover")
    assert "reflectance" in view.readout.text()
    session.selection.hover(3, 5)
    assert "reflectance" not in view.readout.text()
    workbench.close()
