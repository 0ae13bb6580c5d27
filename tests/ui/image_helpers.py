"""What the tests of the image view share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot
from ui.fakes import make_explanation
from ui.mouse import Mouse

from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.image.image_view import ImageView


def shown(qtbot: QtBot, session: Session, workbench: Workbench) -> ImageView:
    view = ImageView(session, workbench)
    qtbot.addWidget(view)
    view.resize(640, 480)
    with qtbot.waitExposed(view):
        view.show()
    return view


def pin_places(session: Session) -> list[tuple[int, int]]:
    assert session.state.document is not None
    return [(pin.row, pin.col) for pin in session.state.document.pins]


def view_range(view: ImageView) -> np.ndarray:
    return np.array(view.canvas.box.viewRange())


def hot_pixel(session: Session, row: int, col: int, value: float = 1.0) -> Explanation:
    """An explanation that speaks from one pixel alone, at all wavelengths."""
    assert session.state.document is not None
    cube = session.state.document.cube
    plain = make_explanation(cube)
    saliency = np.zeros((3, cube.rows, cube.cols, 12), dtype=np.float32)
    saliency[:, row, col] = value
    return replace(plain, saliency=saliency)


def explain_as(session: Session, explanation: Explanation) -> None:
    assert session.state.documents.active is not None
    ticket = session.explaining_job.start(session.state.documents.active, "again")
    session.explanation.take(ticket, session.state.documents.active, explanation)


def painted(view: ImageView, mouse: Mouse, row: int, col: int) -> QColor:
    return view.canvas.grab().toImage().pixelColor(mouse.pixel(col + 0.5, row + 0.5))
