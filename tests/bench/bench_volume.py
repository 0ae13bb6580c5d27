"""How long a frame of the 3D volume takes: at rest, while turning, and when the plane moves.

Run it from the project's folder as `PYTHONPATH=.:tests python tests/bench/bench_volume.py`, on a
desktop or under xvfb-run. It prints medians in ms for a canvas of 700 x 560; where the CPU draws,
the aim is at most 100 ms at rest, less while turning, and a frame for the plane.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication
from ui.fakes import FakeServices, HeldRunner, make_cube, make_explanation

from focus_viewer.core.typing import FloatArray
from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.display import VolumeMethod
from focus_viewer.session.tasks.lane_names import PICTURE
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.volume.gl_support import gl_support
from focus_viewer.ui.volume.scene import VolumeScene
from focus_viewer.ui.volume.volume_view import VolumeView

SHAPES = ((60, 80, 42), (128, 128, 42), (512, 512, 204))
METHODS: tuple[VolumeMethod, ...] = ("translucent", "mip")
FRAMES = 15


def make_values(rows: int, cols: int, groups: int) -> FloatArray:
    """Two lesions and noise, one cell a pixel."""
    made = make_explanation(make_cube(rows // 2, cols // 2), groups=groups).saliency[1]
    noise = np.random.default_rng(0).normal(0, 0.001, (rows, cols, groups)).astype(np.float32)
    return np.asarray(made.repeat(4, axis=0).repeat(4, axis=1)[:rows, :cols] + noise)


def show(session: Session, runner: HeldRunner, values: FloatArray) -> float:
    """Open a cube with this saliency; how long its explanation takes to be seen, in ms."""
    cube = make_cube(values.shape[0], values.shape[1], 20)
    document = session.documents.open(cube)
    runner.release(PICTURE)
    made = make_explanation(cube, groups=values.shape[2], classes=2)
    explanation = replace(made, saliency=np.stack([values, values]))
    QApplication.processEvents()
    ticket = session.explaining_job.start(document, "Explaining")
    begin = time.perf_counter()
    session.explanation.take(ticket, document, explanation)
    QApplication.processEvents()
    return (time.perf_counter() - begin) * 1000


def median_ms(scene: VolumeScene, change: Callable[[int], None]) -> float:
    """Time of a change until its frame is drawn."""
    times = []
    for frame in range(FRAMES):
        begin = time.perf_counter()
        change(frame)
        QApplication.processEvents()
        scene.canvas.context.finish()
        times.append(time.perf_counter() - begin)
    return float(np.median(times[2:])) * 1000


def bench_method(session: Session, scene: VolumeScene, method: VolumeMethod) -> None:
    """Print a line for one way of looking through a volume."""
    session.view.set_display(replace(session.state.view.display, volume_method=method))
    QApplication.processEvents()

    def turn(frame: int) -> None:
        scene.camera.azimuth += 3

    def turn_at_rest(frame: int) -> None:
        scene.camera.azimuth += 3
        scene.rest()

    def move_plane(frame: int) -> None:
        session.view.set_window(420 + 35 * frame)

    turning, resting = median_ms(scene, turn), median_ms(scene, turn_at_rest)
    casts = scene.cloud.casts
    plane = median_ms(scene, move_plane)
    report(
        f"  {method:12} rest {resting:6.0f} ms   turning {turning:6.0f} ms   "
        f"plane {plane:5.1f} ms ({scene.cloud.casts - casts} casts)"
    )


def report(line: str) -> None:
    """Print a line."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Measure every shape and method."""
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    _app = QApplication([])
    support = gl_support()
    report(support.problem or support.renderer)
    session, runner = Session(), HeldRunner()
    workbench = Workbench(session, runner, FakeServices())
    view = VolumeView(session, workbench)
    if not isinstance(view.body, VolumeScene):
        return
    view.resize(700, 600)
    view.show()
    for shape in SHAPES:
        shown = show(session, runner, make_values(*shape))
        report(f"{' x '.join(map(str, shape))}: shown in {shown:.0f} ms")
        for method in METHODS:
            bench_method(session, view.body, method)


if __name__ == "__main__":
    main()
