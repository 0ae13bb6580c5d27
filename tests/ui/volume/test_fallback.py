"""Without OpenGL: the volume view says so and shows a projection that can be clicked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, HeldRunner, make_cube, make_explanation

from focus_viewer.core.pictures.composite import CompositeRecipe, composite
from focus_viewer.core.typing import FloatArray
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.volume import volume_view
from focus_viewer.ui.volume.fallback import VolumeProjection
from focus_viewer.ui.volume.gl_support import GlSupport, gl_support
from focus_viewer.ui.volume.volume_view import VolumeView

ROWS, COLS = 40, 60  # cells are 2 x 2 pixels


@pytest.fixture
def view(
    qtbot: QtBot, session: Session, workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> VolumeView:
    """A volume view on a display without OpenGL."""
    monkeypatch.setattr(volume_view, "gl_support", lambda: GlSupport("none here"))
    made = VolumeView(session, workbench)
    qtbot.addWidget(made)
    made.resize(400, 320)
    made.show()
    return made


def show(session: Session, values: FloatArray) -> None:
    """Open a cube whose one class has this saliency."""
    cube = make_cube(ROWS, COLS)
    made = make_explanation(cube, groups=values.shape[2], classes=2)
    document = session.documents.open(cube)
    ticket = session.explaining_job.start(document, "Explaining")
    both = np.stack([values, values])
    session.explanation.take(ticket, document, replace(made, saliency=both))


def single(value: float = 1.0) -> FloatArray:
    values = np.zeros((20, 30, 6), dtype=np.float32)
    values[4, 21, 2] = value
    return values


def projection(view: VolumeView) -> VolumeProjection:
    assert isinstance(view.body, VolumeProjection)
    return view.body


def point(view: VolumeView, row: float, col: float) -> QPoint:
    target = projection(view).target()
    return QPoint(
        round(target.left() + (col + 0.5) / COLS * target.width()),
        round(target.top() + (row + 0.5) / ROWS * target.height()),
    )


def colour(view: VolumeView, row: float, col: float) -> tuple[int, int, int]:
    pixel = projection(view).grab().toImage().pixelColor(point(view, row, col))
    return pixel.red(), pixel.green(), pixel.blue()


def test_it_says_why_there_is_no_3d_and_hides_what_belongs_to_it(view: VolumeView) -> None:
    assert view.notice.isVisible()
    assert "3D needs OpenGL" in view.notice.text()
    assert view.notice.toolTip() == "none here"
    assert not view.method.isVisible()
    assert not view.reset.isVisible()


def test_the_peak_is_seen_in_its_pixel_for_and_against(view: VolumeView, session: Session) -> None:
    show(session, single(1.0))
    assert view.pages.currentWidget() is projection(view)
    for value, strong, weak in ((1.0, 0, 2), (-1.0, 2, 0)):
        show(session, single(value))
        there, elsewhere = colour(view, 8.5, 42.5), colour(view, 30, 10)
        assert there[strong] > there[weak] + 30
        assert np.ptp(elsewhere) < 30, "nothing speaks here"


def test_the_picture_lies_under_it(view: VolumeView, session: Session) -> None:
    show(session, single())
    document = session.state.document
    assert document is not None
    made = composite(document.cube, CompositeRecipe())
    image = np.zeros_like(made.image)
    image[-1, 0] = 255
    session.documents.set_composite(document.id, replace(made, image=image))
    assert colour(view, ROWS - 1, 0)[1] > 100
    assert colour(view, 0, 0)[1] < 20


def test_a_click_selects_the_pixel_and_the_wavelength_of_its_peak(
    view: VolumeView, session: Session
) -> None:
    show(session, single(-1.0))
    QTest.mouseClick(projection(view), Qt.MouseButton.LeftButton, pos=point(view, 8, 43))
    state = session.state
    assert state.volume is not None
    assert state.document is not None
    assert state.view.window_nm.center_nm == pytest.approx(state.volume.centers_nm[2])
    assert [(pin.row, pin.col) for pin in state.document.pins] == [(9, 43)]


def test_a_click_beside_the_picture_or_with_another_button_does_nothing(
    view: VolumeView, session: Session
) -> None:
    show(session, single())
    before = session.state
    QTest.mouseClick(projection(view), Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    QTest.mouseClick(projection(view), Qt.MouseButton.RightButton, pos=point(view, 8, 43))
    assert session.state == before


def test_pins_are_marked_in_their_colours(view: VolumeView, session: Session) -> None:
    show(session, single())
    before = projection(view).grab().toImage()
    session.pins.toggle(30, 10)
    document = session.state.document
    assert document is not None
    place = point(view, 30, 10) + QPoint(5, 0)
    assert projection(view).grab().toImage().pixelColor(place).name() == document.pins[0].colour
    session.pins.clear()
    assert projection(view).grab().toImage() == before


def test_without_an_explanation_it_says_what_will_come(view: VolumeView, session: Session) -> None:
    assert view.pages.currentWidget() is view.empty
    assert "when the cube is explained" in view.empty.text()
    show(session, single())
    session.documents.close(1)
    assert view.pages.currentWidget() is view.empty


@pytest.mark.parametrize(
    ("renderer", "software"),
    [
        ("llvmpipe (LLVM 15.0.6, 256 bits)", True),
        ("Google SwiftShader", True),
        ("NVIDIA RTX A2000/PCIe/SSE2", False),
    ],
)
def test_drawing_by_the_cpu_is_known_by_its_name(renderer: str, software: bool) -> None:
    assert GlSupport("", renderer, 2048).software is software


@pytest.mark.usefixtures("qapp")
def test_the_display_is_asked_once_and_offscreen_has_no_opengl() -> None:
    support = gl_support()
    assert support is gl_support()
    if QGuiApplication.platformName() == "offscreen":
        assert "offscreen" in support.problem
    else:
        assert bool(support.problem) != bool(support.max_3d_texture)


def test_a_failed_explanation_is_told(qtbot: QtBot) -> None:
    session = Session()
    view = VolumeView(session, Workbench(session, HeldRunner(), FakeServices()))
    qtbot.addWidget(view)
    document = session.documents.open(make_cube())
    assert "appears when the cube is explained" in view.empty.text()
    session.explanation.fail(
        session.explaining_job.start(document, "Explaining"), document, "failed", "why"
    )
    assert view.empty.text() == "No saliency volume: the cube could not be explained"
