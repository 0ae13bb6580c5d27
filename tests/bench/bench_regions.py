"""How long the window stands still while one of 200 regions is edited, and until all is measured.

Run it from the project's folder as `PYTHONPATH=.:tests python tests/bench/bench_regions.py`, on a
desktop, under xvfb-run, or with QT_QPA_PLATFORM=offscreen. The cube has 1000 x 1000 pixels and 204
bands, in memory as a 16-bit file would be read. For each kind of edit it prints, as medians and
worst of a few repeats, the longest time between two beats of a timer in the window's thread (the
aim: less than 100 ms) and the time until table and curves show the edit.

With the option --large it edits regions of an image of 12,000 x 8,000 pixels and 20 bands instead,
see `large_regions.py`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from qt_pause import pause
from region_masks import mask_of, painted
from ui.fakes import FakeServices, make_cube, make_explanation
from ui.mouse import LEFT, Mouse

from focus_viewer.assets import folder
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import Ellipse, Polygon, Rectangle, Shape
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.core.typing import FloatArray, IntArray
from focus_viewer.session.changes.regions import REGION_COLOURS
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.qt_runner import QtRunner
from focus_viewer.ui.shell.main_window import MainWindow
from focus_viewer.ui.widgets import style

SIZE_PX, BANDS, REGIONS = 1000, 204, 200
LIMIT_MS = 100
REPEATS = 5
PATIENCE_S = 60
SPECKLED = REGIONS  # id of the region that is painted in thousands of places


class Integers:
    """Reflectance times 10,000 as 16-bit integers, as most files hold it."""

    def __init__(self, values: NDArray[np.int16]) -> None:
        self._values = values
        self.shape = values.shape

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> FloatArray:
        """Read a block."""
        block = self._values[rows, cols][:, :, bands]
        return np.asarray(block * np.float32(1e-4), dtype=np.float32)


def large_cube() -> Cube:
    """A leaf of 10 x 10 pixels to each of a small one, with noise."""
    small = make_cube(SIZE_PX // 10, SIZE_PX // 10, BANDS)
    coarse = (small.block(slice(None), slice(None)) * 10_000).astype(np.int16)
    values = coarse.repeat(10, axis=0).repeat(10, axis=1)
    rng = np.random.default_rng(0)
    for row in values:
        row += rng.integers(-50, 50, row.shape, dtype=np.int16)
    source = Integers(values)
    return Cube(source, "leaf", small.good_bands, small.wavelengths_nm, units="reflectance")


class Services(FakeServices):
    """Explains at once, 2 x 2 pixels a cell."""

    def __init__(self, explanation: Explanation) -> None:
        super().__init__()
        self._explanation = explanation

    def explain(self, request: ExplainRequest, step: Step) -> Explanation:
        """Explain."""
        return self._explanation


def outlines() -> list[Shape]:
    """Two hundred regions of all kinds, one of them painted in thousands of places."""
    rng = np.random.default_rng(1)
    made: list[Shape] = []
    for number in range(REGIONS - 1):
        col, row = rng.uniform(60, SIZE_PX - 60, 2)
        wide, high = rng.uniform(5, 50, 2)
        made.append(_outline(number % 4, col, row, wide, high, rng))
    speckles = painted(rng.random((SIZE_PX, SIZE_PX)) < 0.02)
    assert speckles is not None
    return [*made, speckles]


def _outline(
    kind: int, col: float, row: float, wide: float, high: float, rng: np.random.Generator
) -> Shape:
    if kind == 0:
        return Rectangle((col - wide, row - high), (col + wide, row + high))
    if kind == 1:
        return Ellipse((col, row), (wide, high), 20)
    around = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    reach = 1 + rng.normal(0, 0.05, around.size)
    ring = np.stack([col + wide * reach * np.cos(around), row + high * reach * np.sin(around)], 1)
    freehand = Polygon((tuple((float(x), float(y)) for x, y in ring),))
    if kind == 2:
        return freehand
    brushed = painted(mask_of(freehand, (SIZE_PX, SIZE_PX)))
    assert brushed is not None
    return brushed


@dataclass
class Heart:
    """Beats as often as the window's thread lets it; knows the longest wait for a beat.

    `busiest_s` is the longest that the thread itself computed between two beats: on a machine that
    others use too, the rest of a wait is theirs.
    """

    longest_s: float = 0.0
    last_s: float = field(default_factory=time.perf_counter)
    busiest_s: float = 0.0
    last_busy_s: float = field(default_factory=time.thread_time)

    def start(self) -> QTimer:
        """Begin to beat."""
        timer = QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(self.beat)
        timer.start(1)
        return timer

    def beat(self) -> None:
        """Note how long ago the last beat was."""
        now, busy = time.perf_counter(), time.thread_time()
        self.longest_s, self.last_s = max(self.longest_s, now - self.last_s), now
        self.busiest_s, self.last_busy_s = max(self.busiest_s, busy - self.last_busy_s), busy

    def forget(self) -> None:
        """Begin anew."""
        self.longest_s, self.last_s = 0.0, time.perf_counter()
        self.busiest_s, self.last_busy_s = 0.0, time.thread_time()


class Bench:
    """The window with its regions, and the hands on it."""

    def __init__(self, settings: Path, cube: Cube, explanation: Explanation) -> None:
        self.session = Session()
        services = Services(explanation)
        self.workbench = Workbench(self.session, QtRunner(), services)
        store = QSettings(str(settings), QSettings.Format.IniFormat)
        header = folder("resources") / "leaf.hdr"
        self.window = MainWindow(self.session, self.workbench, header, store)
        self.window.show()
        self.session.documents.open(cube)
        self.heart = Heart()
        self._timer = self.heart.start()
        canvas = self.window.image_view.canvas
        self.mouse = Mouse(canvas, canvas.box)
        self.viewport = canvas.viewport()
        self.wait(lambda: self.document.outcome == "done" and self.document.composite is not None)

    @property
    def document(self) -> Document:
        """The cube on the screen."""
        assert self.session.state.document is not None
        return self.session.state.document

    def wait(self, until: Callable[[], bool]) -> None:
        """Let the window live until something is so, and until it has painted it."""
        end = time.perf_counter() + PATIENCE_S
        while not until():
            QApplication.processEvents()
            if time.perf_counter() > end:
                raise TimeoutError
        for _ in range(3):
            QApplication.processEvents()
        self.heart.beat()

    def measured(self) -> bool:
        """Whether table and curves are of the regions as they are."""
        measures = self.document.measures
        if measures is None:
            return not self.document.annotations.regions
        return measures.regions == self.document.annotations.regions and (
            measures.volume is self.session.state.volume
        )

    def time(self, edit: Callable[[], None]) -> tuple[float, float]:
        """Longest stall and time until all is up to date, in ms."""
        pause(150)
        self.heart.forget()
        before, begin = self.document, time.perf_counter()
        edit()
        if self.document is before:
            raise RuntimeError("the edit has changed nothing")
        self.wait(self.measured)
        return 1000 * self.heart.longest_s, 1000 * (time.perf_counter() - begin)

    def command(self, name: str) -> None:
        """Run a command of the menus: keys would need a window manager."""
        self.window.commands[name].trigger()

    def drag(self, start: tuple[float, float], end: tuple[float, float], steps: int) -> list[float]:
        """Drag with the left button, and how long each step holds the window up, in ms."""
        stalls = []
        self.mouse.move(*start)
        QTest.mousePress(self.viewport, LEFT, pos=self.mouse.pixel(*start))
        for share in np.linspace(0, 1, steps + 1)[1:]:
            place = np.add(start, share * np.subtract(end, start))
            begin = time.perf_counter()
            QTest.mouseMove(self.viewport, self.mouse.pixel(*place))
            QApplication.processEvents()
            stalls.append(1000 * (time.perf_counter() - begin))
        QTest.mouseRelease(self.viewport, LEFT, pos=self.mouse.pixel(*end))
        QApplication.processEvents()
        return stalls


def report(name: str, stalls: list[float], until: list[float]) -> None:
    """Print a line."""
    worst = max(stalls)
    text = f"{name:34} stall {np.median(stalls):6.1f} ms, worst {worst:6.1f} ms = "
    text += f"{worst / LIMIT_MS:5.2f} of the limit"
    if until:
        text += f"   up to date after {np.median(until):6.0f} ms, worst {max(until):6.0f} ms"
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def bench_edits(bench: Bench) -> None:
    """Time each kind of edit."""
    session = bench.session

    def timed(name: str, *edits: Callable[[int], None]) -> None:
        """The last of some edits, after those before it."""
        found = []
        for repeat in range(REPEATS):
            for before in edits[:-1]:
                before(repeat)
                bench.wait(bench.measured)
            found.append(bench.time(lambda repeat=repeat: edits[-1](repeat)))
        report(name, [stall for stall, _ in found], [until for _, until in found])

    def choose(region_id: int) -> Callable[[int], None]:
        return lambda repeat: session.regions.select([region_id])

    def draw(repeat: int) -> None:
        bench.command("tool_rectangle")
        bench.drag((100 + repeat, 100), (180, 160), 1)

    def remove(repeat: int) -> None:
        bench.command("remove")

    def undo(repeat: int) -> None:
        bench.command("undo")

    def remove_and_back(repeat: int) -> None:
        """All repeats find the region there: what the one before removed comes back."""
        if repeat:
            session.history.undo()
            session.regions.select([SPECKLED])

    colours = [f"#{shade:02x}80c0" for shade in range(50, 50 + REPEATS)]
    timed("draw a rectangle", draw)
    timed("select another", lambda repeat: session.regions.select([20 + repeat]))
    timed("select none", choose(30), lambda repeat: session.regions.select(()))
    timed("move one", choose(7), lambda repeat: session.regions.move([7], 5, 3))
    timed("move one of 19,000 lines", lambda repeat: session.regions.move([SPECKLED], 0, 1))
    timed("rename", choose(8), lambda repeat: session.regions.rename(8, f"Spot {repeat}"))
    timed("recolour", lambda repeat: session.regions.set_colour([9], colours[repeat]))
    timed("delete", lambda repeat: session.regions.select([40 + repeat]), remove)
    timed("undo", choose(50), remove, undo)
    timed("delete 19,000 lines", choose(SPECKLED), remove_and_back, remove)
    timed("undo that", lambda repeat: remove(repeat) if repeat else None, undo)
    timed(
        "hide all",
        lambda repeat: bench.command("select_all"),
        lambda repeat: bench.window.region_panel.hide_button.click(),
    )


def bench_wand(bench: Bench) -> None:
    """Time the wand by spectral angle, where it reads the whole cube and where it need not."""
    session, touched, widened = bench.session, [], []

    def found(before: object) -> bool:
        touch = session.state.selection.wand.seed
        there = touch is not None and touch.made
        return there and bench.document.annotations is not before and bench.measured()

    for repeat in range(REPEATS):
        for change, times in (
            (lambda repeat=repeat: session.wand.set_seed(500 + repeat, 500), touched),
            (
                lambda repeat=repeat: session.wand.set(
                    replace(session.state.selection.wand, angle_deg=6 + repeat)
                ),
                widened,
            ),
        ):
            pause(150)
            before, begin = bench.document.annotations, time.perf_counter()
            bench.heart.forget()
            change()
            bench.wait(lambda before=before: found(before))
            times.append((1000 * bench.heart.longest_s, 1000 * (time.perf_counter() - begin)))
    for name, times in (("touch with the wand", touched), ("another tolerance", widened)):
        report(name, [stall for stall, _ in times], [until for _, until in times])


def bench_drags(bench: Bench) -> None:
    """Time each step of a drag."""
    session = bench.session
    bench.command("tool_edit")
    for name, outline in (
        ("step of dragging a rectangle", Rectangle((480, 480), (520, 520))),
        ("step of dragging 19,000 lines", bench.document.annotations.regions[-1].outline),
    ):
        session.regions.select([session.regions.draw(outline) or 0])
        bench.wait(bench.measured)
        pause(300)
        report(name, bench.drag((500.5, 500.5), (560.5, 530.5), 20), [])
        bench.wait(bench.measured)
    speckled = next(one for one in bench.document.annotations if one.id == SPECKLED)
    session.regions.select([speckled.id])
    bench.command("tool_brush")
    pause(300)
    report("step of brushing on 19,000 lines", bench.drag((300, 300), (400, 340), 20), [])
    bench.wait(bench.measured)


def start() -> QApplication:
    """Start Qt as the program does."""
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    app = QApplication([])
    style.apply(app, folder("resources"))
    return app


def main() -> None:
    """Measure every kind of edit, with the table on the screen and with the curves."""
    app = start()  # noqa: F841 - lives as long as the window
    with tempfile.TemporaryDirectory() as settings:
        cube = large_cube()
        explanation = make_explanation(cube, groups=42, classes=2)
        bench = Bench(Path(settings) / "settings.ini", cube, explanation)
        drawn = Annotations()
        for number, outline in enumerate(outlines()):
            colour = REGION_COLOURS[number % len(REGION_COLOURS)]
            drawn = drawn.add(outline, f"Region {number + 1}", colour, f"class {number % 5}")
        stall, until = bench.time(lambda: bench.session.regions.replace_all(drawn))
        report(f"open {REGIONS} regions", [stall], [until])
        for name, panel in (
            ("table", bench.window.region_panel),
            ("curves", bench.window.curve_view),
        ):
            sys.stdout.write(f"With the {name} on the screen\n")
            panel.parentWidget().raise_()
            bench_edits(bench)
            bench_drags(bench)
            bench_wand(bench)
            bench.session.regions.replace_all(drawn)
            bench.wait(bench.measured)
        bench.window.leave()


if __name__ == "__main__":
    if "--large" in sys.argv[1:]:
        import large_regions

        large_regions.main()
    else:
        main()
