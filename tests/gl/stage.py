"""What the tests of the 3D view share: a view, a volume of one's own, and eyes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, HeldRunner, make_cube, make_explanation

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.pictures.composite import Composite, CompositeRecipe, choose_bands
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.typing import ByteArray, DoubleArray, FloatArray
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.volume.scene import VolumeScene
from focus_viewer.ui.volume.volume_view import VolumeView

ROWS, COLS = 48, 64


def make_saliency(values: FloatArray, cube: Cube) -> Explanation:
    """An explanation whose one class has this saliency, shape (grid_rows, grid_cols, groups)."""
    made = make_explanation(cube, groups=values.shape[2], classes=2)
    both = np.stack([values, values])
    left = np.zeros_like(values)
    return replace(
        made, saliency=both, evidence=both, attention=np.abs(both), absorbed=left, contrasts=left
    )


class Stage:
    """A session with a volume view on the screen."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.session = Session()
        self.workbench = Workbench(self.session, HeldRunner(), FakeServices())
        self.view = VolumeView(self.session, self.workbench)
        qtbot.addWidget(self.view)
        self.view.resize(520, 460)
        with qtbot.waitExposed(self.view):
            self.view.show()
        assert isinstance(self.view.body, VolumeScene)
        self.scene = self.view.body

    def show(self, values: FloatArray, rows: int = ROWS) -> None:
        """Open a cube whose explanation has this saliency; limits are -1 to 1."""
        cube = make_cube(rows, COLS)
        document = self.session.documents.open(cube)
        explanation = make_saliency(values, cube)
        for name in explanation.classes:
            explanation.volume(name, "evidence").__dict__["limits"] = (-1.0, 1.0)
        ticket = self.session.explaining_job.start(document, "Explaining")
        self.session.explanation.take(ticket, document, explanation)
        self.session.view.set_window(400, 20)
        self.settle()

    def lay_picture(self, image: ByteArray) -> None:
        """Take a picture of the cube, shape (height, width, 3)."""
        document = self.session.state.document
        assert document is not None
        choice = choose_bands(document.cube, CompositeRecipe())
        self.session.documents.set_composite(
            document.id, Composite(image, choice, CompositeRecipe())
        )

    def settle(self) -> None:
        """Wait until the camera is at rest and the last frame is drawn."""
        self.qtbot.waitUntil(lambda: not self.scene.turning)
        self.pixels()

    def pixels(self) -> FloatArray:
        """What is on the canvas, shape (height, width, 3)."""
        image = self.scene.canvas.native.grabFramebuffer()
        image = image.convertToFormat(image.Format.Format_RGB888)
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
        pixels = rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3)
        return pixels.astype(np.float32)

    def place(self, row: float, col: float, nm: float) -> DoubleArray:
        """Where a pixel at a wavelength is on the canvas, (x, y)."""
        box = self.scene.box
        assert box is not None
        point = [(col + 0.5) / COLS * box.width, (1 - (row + 0.5) / ROWS) * box.depth, box.z_of(nm)]
        x, y, _, w = self.scene.frame.node.get_transform("visual", "canvas").map(point)
        return np.array([x / w, y / w])

    def point(self, row: float, col: float, nm: float) -> QPoint:
        """The same, to be clicked."""
        x, y = self.place(row, col, nm)
        return QPoint(round(x), round(y))

    def nm_of(self, group: int) -> float:
        """Middle of a spectral group."""
        volume = self.session.state.volume
        assert volume is not None
        return float(volume.centers_nm[group])


def changed(before: FloatArray, after: FloatArray) -> FloatArray:
    """How much each pixel changed, shape (height, width)."""
    return np.abs(after - before).max(axis=2)


def middle(strength: FloatArray) -> DoubleArray:
    """Where a picture is bright, (x, y)."""
    rows, cols = np.nonzero(strength > strength.max() / 3)
    return np.array([cols.mean(), rows.mean()])
