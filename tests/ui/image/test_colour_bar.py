"""Colours of the heatmap and their numbers."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from ui.fakes import make_cube
from ui.image_helpers import shown

from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.image.colour_bar import nice_ticks, scale_exponent
from focus_viewer.ui.image.image_view import ImageView
from focus_viewer.ui.widgets.colourmaps import lookup


@pytest.fixture
def view(qtbot: QtBot, session: Session, workbench: Workbench) -> ImageView:
    session.documents.open(make_cube(rows=20, cols=30))
    return shown(qtbot, session, workbench)


def test_the_colour_bar_has_for_at_the_top(view: ImageView, session: Session) -> None:
    bar, picture = view.colour_bar, view.colour_bar.grab().toImage()
    rect = bar.bar_rect()
    x = int(rect.center().x())
    assert picture.pixelColor(x, int(rect.top()) + 1).getRgb()[:3] == pytest.approx(
        tuple(lookup("Berlin")[-1, :3]), abs=4
    )
    assert picture.pixelColor(x, int(rect.bottom()) - 2).getRgb()[:3] == pytest.approx(
        tuple(lookup("Berlin")[0, :3]), abs=4
    )


def test_where_it_is_very_low_colours_take_the_height_of_the_bar(view: ImageView) -> None:
    bar = view.colour_bar
    bar.resize(bar.width(), 54)
    assert bar.bar_rect().height() > 40
    assert not bar.grab().isNull()
    bar.resize(bar.width(), 300)
    assert bar.bar_rect().top() > 40  # title, exponent and end stand above it


def test_levels_are_the_same_at_every_wavelength(view: ImageView, session: Session) -> None:
    assert session.state.volume is not None
    limits = session.state.volume.limits
    for center in (450.0, 620.0, 900.0):
        session.view.set_window(center)
        assert tuple(view.canvas.heat.levels) == limits


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (-1.0, 1.0, [-1, -0.5, 0, 0.5, 1]),
        (0.0, 0.3, [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]),
        (-0.0158, 0.0158, [-0.015, -0.01, -0.005, 0, 0.005, 0.01, 0.015]),
    ],
)
def test_nice_ticks(low: float, high: float, ticks: list[float]) -> None:
    np.testing.assert_allclose(nice_ticks(low, high), ticks, atol=1e-12)


@pytest.mark.parametrize(("top", "exponent"), [(0.5, 0), (120.0, 0), (0.0158, -2), (3e-6, -6)])
def test_scale_exponent(top: float, exponent: int) -> None:
    assert scale_exponent(top) == exponent
