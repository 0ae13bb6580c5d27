"""Stalls and memory of region edits on an image of 12,000 x 8,000 pixels and 20 bands.

Run it as `PYTHONPATH=.:tests python tests/bench/bench_regions.py --large [--once] [WORDS]`. The
cube is computed as it is read, so that its 2 GB are never in memory. For each edit it prints, as
median and worst of some repeats, until table and curves show the edit: the longest time between two
beats of a timer in the window's thread (the aim: 100 ms) and how much of it this thread itself
computed, and the peak of memory over what the process took before the edit (the aim: 100 MB).
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import bench_regions
import numpy as np
from bench_regions import LIMIT_MS, Bench, start
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from qt_pause import pause
from ui.fakes import make_cube, make_explanation
from ui.mouse import LEFT

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.regions.shapes import Ellipse, Rectangle, Shape
from focus_viewer.core.typing import FloatArray, IntArray

SCALE = 100
ROWS, COLS, BANDS = 8_000, 12_000, 20
LIMIT_MB = 100
REPEATS = 1 if "--once" in sys.argv[1:] else 3
STATUS = Path("/proc/self/status")

Edit = Callable[[int], None]


class Enlarged:
    """A small cube, each pixel of it drawn as a square."""

    def __init__(self, small: FloatArray) -> None:
        self._small = small
        self.shape = (ROWS, COLS, BANDS)

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> FloatArray:
        """Read a block."""
        row, col = np.arange(ROWS)[rows], np.arange(COLS)[cols]
        return self._small[:, :, bands][row // SCALE][:, col // SCALE]


def enlarged_cube() -> tuple[Cube, Cube]:
    """Return the small cube and the large one."""
    small = make_cube(ROWS // SCALE, COLS // SCALE, BANDS)
    source = Enlarged(small.block(slice(None), slice(None)))
    large = Cube(source, "leaf", small.good_bands, small.wavelengths_nm, units="reflectance")
    return small, large


def memory_mb(key: str) -> float:
    """Return VmRSS or VmHWM."""
    (found,) = re.findall(rf"{key}:\s*(\d+) kB", STATUS.read_text())
    return int(found) / 1024


class LargeBench(Bench):
    """The window with the large image, and what its edits cost."""

    def timed(self, name: str, *edits: Edit) -> None:
        """Time the last of some edits, after the others before it."""
        wanted = [word for word in sys.argv[1:] if not word.startswith("-")]
        if wanted and not any(word in name for word in wanted):
            return
        stalls, busy, growths, waits = [], [], [], []
        for repeat in range(REPEATS):
            for before in edits[:-1]:
                before(repeat)
                self.wait(self.settled)
            pause(300)
            Path("/proc/self/clear_refs").write_text("5")
            memory = memory_mb("VmRSS")
            stall, wait = self.time(lambda repeat=repeat: edits[-1](repeat))
            stalls.append(stall)
            busy.append(1000 * self.heart.busiest_s)
            growths.append(memory_mb("VmHWM") - memory)
            waits.append(wait)
            while self.document.history.past:
                self.session.history.undo()
            self.wait(self.settled)
        ok = "ok" if max(stalls) <= LIMIT_MS and max(growths) <= LIMIT_MB else "OVER"
        sys.stdout.write(
            f"{name:34} stall {np.median(stalls):7.1f} ms, worst {max(stalls):7.1f} ms, own "
            f"{max(busy):6.1f} ms   memory "
            f"{np.median(growths):6.1f} MB, worst {max(growths):6.1f} MB   up to date after "
            f"{np.median(waits):6.0f} ms   {ok}\n"
        )
        sys.stdout.flush()

    def settled(self) -> bool:
        """Whether the wand is done, and what is drawn is measured."""
        wand = self.session.state.selection.wand
        return self.measured() and (wand.seed is None or wand.seed.made)

    def tool(self, name: str) -> None:
        """Choose a tool."""
        self.command(f"tool_{name}")
        self.session.regions.select(())

    def trace(self, places: list[tuple[float, float]]) -> None:
        """Drag through places with a tool."""
        self.mouse.move(*places[0])
        QApplication.processEvents()
        QTest.mousePress(self.viewport, LEFT, pos=self.mouse.pixel(*places[0]))
        QApplication.processEvents()
        for place in places[1:]:
            QTest.mouseMove(self.viewport, self.mouse.pixel(*place))
            QApplication.processEvents()
        QTest.mouseRelease(self.viewport, LEFT, pos=self.mouse.pixel(*places[-1]))
        QApplication.processEvents()


def circle(radius: float, steps: int) -> list[tuple[float, float]]:
    """Return places around the middle of the image."""
    around = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    cols, rows = COLS / 2 + radius * np.cos(around), ROWS / 2 + radius * np.sin(around)
    return list(zip(cols.tolist(), rows.tolist(), strict=True))


def bench_drawing(bench: LargeBench) -> None:
    """Time drawing with each tool."""
    middle = (COLS / 2, ROWS / 2)

    def span(tool: str, size: float) -> Edit:
        def edit(repeat: int) -> None:
            bench.tool(tool)
            end = (middle[0] + size, middle[1] + size / 2)
            bench.trace([middle, (middle[0] + size / 2, middle[1] + size / 3), end])

        return edit

    def freehand(radius: float) -> Edit:
        def edit(repeat: int) -> None:
            bench.tool("freehand")
            bench.trace(circle(radius, 200))

        return edit

    def polygon(radius: float) -> Edit:
        def edit(repeat: int) -> None:
            bench.tool("polygon")
            for place in circle(radius, 8):
                bench.mouse.click(*place)
                QApplication.processEvents()
            bench.window.image_view.gestures.finish()

        return edit

    def point(repeat: int) -> None:
        bench.tool("point")
        bench.mouse.click(*middle)

    for size, extent in ((200, "200 px"), (1_500, "1,500 px")):
        bench.timed(f"draw a rectangle of {extent}", span("rectangle", size))
        bench.timed(f"draw an ellipse of {extent}", span("ellipse", size))
        bench.timed(f"draw a polygon of {extent}", polygon(size / 2))
        bench.timed(f"draw freehand, {extent}", freehand(size / 2))
    bench.timed("draw a point", point)


def bench_changes(bench: LargeBench) -> None:
    """Time changes of regions."""
    col, row = COLS / 2, ROWS / 2

    def drawn(outline: Shape) -> Edit:
        def edit(repeat: int) -> None:
            bench.tool("edit")
            bench.session.regions.draw(outline)

        return edit

    def pull(start: tuple[float, float], end: tuple[float, float]) -> Edit:
        shares = np.linspace(0, 1, 20)[:, None]
        places = [(float(x), float(y)) for x, y in start + shares * np.subtract(end, start)]
        return lambda repeat: bench.trace(places)

    def command(name: str) -> Edit:
        return lambda repeat: bench.command(name)

    for size in (400, 800):
        box = drawn(Rectangle((col - size, row - size / 2), (col + size, row + size / 2)))
        disc = drawn(Ellipse((col, row), (size, size / 2)))
        extent, beside = f"{2 * size:,} px", (col + 300, row)
        bench.timed(f"move an ellipse of {extent}", disc, pull((col, row), beside))
        corner = (col + size, row + size / 2)
        bench.timed(f"reshape a rectangle of {extent}", box, pull(corner, (col + 200, row + 100)))
        bench.timed(f"undo an ellipse of {extent}", disc, command("undo"))
        bench.timed(f"redo an ellipse of {extent}", disc, command("undo"), command("redo"))


def _set_angle(bench: LargeBench, angle_deg: float) -> None:
    session = bench.session
    session.wand.set(replace(session.state.selection.wand, angle_deg=angle_deg))


def bench_painting(bench: LargeBench) -> None:
    """Time brush and wand."""
    spot = int(0.38 * ROWS), int(0.32 * COLS)  # in the dark spot

    def stroke(places: list[tuple[float, float]]) -> Edit:
        def edit(repeat: int) -> None:
            bench.command("tool_brush")
            bench.trace(places)

        return edit

    def wand(repeat: int) -> None:
        bench.command("tool_wand")
        bench.session.wand.set_seed(*spot)
        bench.wait(bench.settled)

    def wider(repeat: int) -> None:
        before = bench.document
        _set_angle(bench, 10.0 + repeat)
        bench.wait(lambda: bench.document is not before)

    def off(repeat: int) -> None:
        _set_angle(bench, 5.0)
        bench.tool("edit")

    bench.timed(
        "brush a line of 1,000 px", off, stroke([(4_000 + 50 * i, 3_000) for i in range(20)])
    )
    bench.timed("brush a circle of 2,000 px", off, stroke(circle(1_000, 100)))
    bench.timed("brush on a circle", off, stroke(circle(1_000, 100)), stroke(circle(800, 50)))
    bench.timed("wand on a spot", off, wand)
    bench.timed("another tolerance of the wand", off, wand, wider)


def main() -> None:
    """Measure every kind of edit, with the curves on the screen."""
    bench_regions.PATIENCE_S = 300
    app = start()  # noqa: F841 - lives as long as the window
    small, large = enlarged_cube()
    explanation = replace(make_explanation(small, 10, 2), image_shape=(ROWS, COLS))
    with tempfile.TemporaryDirectory() as settings:
        bench = LargeBench(Path(settings) / "settings.ini", large, explanation)
        bench_drawing(bench)
        bench_changes(bench)
        bench_painting(bench)
        bench.window.leave()
