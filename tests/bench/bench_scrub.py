"""How long a step of the band window takes: state, heatmap and paint; and beside a bare image.

Run it from the project's folder as `PYTHONPATH=.:tests python tests/bench/bench_scrub.py`, on a
desktop or under xvfb-run. It prints median and 99th percentile in ms for a volume of one cell a
pixel; the aim is a median of at most 16 ms. Then steps of the image view alone are taken in turn
with updates of a bare image of pyqtgraph of the same size; the aim is at most 1.4 times its time.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from ui.fakes import FakeServices, HeldRunner, make_cube, make_explanation

from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.lane_names import EXPLAIN, PICTURE
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.curves.curve_view import CurveView
from focus_viewer.ui.image.image_view import ImageView

ROWS, COLS, BANDS = 512, 512, 204
STEPS = 200


class Paints(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Count."""
        self.count += event.type() == QEvent.Type.Paint
        return False


def explained_session() -> tuple[Session, Workbench]:
    """A cube with a volume of 512 x 512 x 204 on the screen."""
    session, runner = Session(), HeldRunner()
    workbench = Workbench(session, runner, FakeServices())
    session.documents.open(make_cube(ROWS, COLS, BANDS))
    runner.release(PICTURE)
    runner.held.pop(EXPLAIN)
    document = session.state.document
    assert document is not None
    session.explanation.take(session.state.jobs.explaining.ticket, document.id, fine_explanation())
    assert session.state.volume is not None
    assert session.state.volume.values.shape == (ROWS, COLS, BANDS)
    return session, workbench


def fine_explanation() -> Explanation:
    """One class, one cell a pixel, one group a band."""
    cube = make_cube(ROWS, COLS, BANDS)
    coarse = make_explanation(cube, groups=BANDS)
    values = np.random.default_rng(0).normal(0, 0.01, (1, ROWS, COLS, BANDS)).astype(np.float32)
    return replace(
        coarse,
        card=replace(coarse.card, classes=("chlorosis",)),
        logits=coarse.logits[:1],
        saliency=values,
        attention=np.abs(values),
        evidence=values,
        absorbed=np.full_like(values[0], 0.1),
        contrasts=values[0],
        anchors=coarse.anchors[:1],
        sink=coarse.sink[:1],
        baseline=coarse.baseline[:1],
    )


def measure(session: Session, viewports: list[QWidget], width_nm: float) -> np.ndarray:
    """Milliseconds of each step until all viewports are painted."""
    session.view.set_window(400.0, width_nm)
    QApplication.processEvents()
    paints = [Paints(viewport) for viewport in viewports]
    times = []
    for step in range(1, STEPS + 1):
        before, start = [one.count for one in paints], time.perf_counter()
        session.view.set_window(400.0 + step * 600 / STEPS)
        while any(one.count == count for one, count in zip(paints, before, strict=True)):
            QApplication.processEvents()
        times.append(1000 * (time.perf_counter() - start))
    return np.array(times)


def painted(view: QWidget, change: Callable[[], object]) -> float:
    """Milliseconds from a change until a viewport is painted."""
    paints, start = Paints(view), time.perf_counter()
    change()
    while not paints.count:
        QApplication.processEvents()
    took = 1000 * (time.perf_counter() - start)
    view.removeEventFilter(paints)  # those of 200 steps would delay both images
    return took


class Bare:
    """Image of pyqtgraph alone, with the volume's planes one after another."""

    def __init__(self, planes: np.ndarray) -> None:
        self.planes = planes
        self.widget, self.image = pg.GraphicsLayoutWidget(), pg.ImageItem(axisOrder="row-major")
        self.widget.addPlot().addItem(self.image)
        self.widget.resize(900, 600)
        self.image.setLookupTable(pg.colormap.get("viridis").getLookupTable())
        self.widget.show()

    def show(self, step: int) -> None:
        """Show a plane."""
        plane = self.planes[step % len(self.planes)]
        self.image.setImage(plane, autoLevels=False, levels=(-0.03, 0.03))


def in_turn(session: Session, image: ImageView, bare: Bare, width_nm: float) -> tuple[float, float]:
    """Median milliseconds of a step of the image view, and of the bare image in turn with it."""
    session.view.set_window(400.0, width_nm)
    QApplication.processEvents()
    ours, theirs = [], []
    for step in range(1, STEPS + 1):
        move = partial(session.view.set_window, 400.0 + step * 600 / STEPS)
        ours.append(painted(image.canvas.viewport(), move))
        theirs.append(painted(bare.widget.viewport(), partial(bare.show, step)))
    return float(np.median(ours)), float(np.median(theirs))


def main() -> None:
    """Measure both views at once, with a narrow and a usual window."""
    app = QApplication([])
    session, workbench = explained_session()
    image, curve = ImageView(session, workbench), CurveView(session, workbench)
    for view in (image, curve):
        view.resize(900, 600)
        view.show()
    QApplication.processEvents()
    viewports = [image.canvas.viewport(), curve.plots.viewport()]
    for width_nm in (3.0, 50.0):
        median, late = np.percentile(measure(session, viewports, width_nm), [50, 99])
        sys.stdout.write(
            f"image and curve view, window of {width_nm:.0f} nm: "
            f"median {median:.1f} ms, p99 {late:.1f} ms of {STEPS} steps\n"
        )
    curve.hide()
    assert session.state.volume is not None
    bare = Bare(session.state.volume.planes)
    for width_nm in (3.0, 50.0, 400.0):
        ours, theirs = in_turn(session, image, bare, width_nm)
        sys.stdout.write(
            f"image view in turn with a bare image, {width_nm:.0f} nm: {ours:.1f} and "
            f"{theirs:.1f} ms, ratio {ours / theirs:.2f}\n"
        )
    workbench.close()
    app.quit()


if __name__ == "__main__":
    main()
