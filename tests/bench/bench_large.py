"""How a cube that is larger than memory opens and how its bands are scrubbed, in the whole window.

Run it from the project's folder as `PYTHONPATH=. python tests/bench/bench_large.py bip [GB]`, on a
desktop or under xvfb-run. It makes a sparse ENVI cube of 20 GB (all zeros, so that its own file is
read faster than a real one; the band cache is real), opens it, and prints: seconds until it is open
and until its first picture, until its bands are cached, ms from a step to another band to its
picture, cold (dropped from the system's cache) and warm, the longest silence of the window in each
part, and the memory that is taken. The aims: 2 s to open, 50 ms a step.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from focus_viewer import environment  # noqa: F401 - ahead of torch
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.io.cache import cache_folder
from focus_viewer.services.bundled import bundled_services
from focus_viewer.session.session import Session
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.qt_runner import QtRunner
from focus_viewer.ui.shell.main_window import MainWindow

COLS, BANDS = 7000, 204
STEPS = 20
HEADER = """ENVI
samples = {cols}
lines = {rows}
bands = {bands}
header offset = 0
file type = ENVI Standard
data type = 12
interleave = {interleave}
byte order = 0
reflectance scale factor = 10000
wavelength units = Nanometers
wavelength = {{{wavelengths}}}
"""


def write_sparse(folder: Path, interleave: str, size_bytes: float) -> Path:
    """A cube of zeros that takes no room on the disk."""
    header = folder / f"huge_{interleave}.hdr"
    rows = int(size_bytes / COLS / BANDS / 2)
    wavelengths = ", ".join(f"{nm:.2f}" for nm in np.linspace(400, 1000, BANDS))
    told = {"cols": COLS, "rows": rows, "bands": BANDS, "interleave": interleave}
    header.write_text(HEADER.format(wavelengths=wavelengths, **told), encoding="ascii")
    with header.with_suffix(".img").open("wb") as file:
        file.truncate(rows * COLS * BANDS * 2)
    return header


class Bench:
    """The window, and a clock that hears when it is silent."""

    def __init__(self, folder: Path) -> None:
        self.session = Session()
        self.workbench = Workbench(self.session, QtRunner(), bundled_services(), device="cpu")
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        self.window = MainWindow(self.session, self.workbench, folder / "none.hdr", settings)
        self.window.resize(1600, 1000)
        self.window.show()
        self.silence_s = 0.0
        self._last = time.perf_counter()
        self._clock = QTimer(interval=5, timeout=self._tick)
        self._clock.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.silence_s, self._last = max(self.silence_s, now - self._last), now

    def until(self, reached: Callable[[State], bool], every_ms: int = 2) -> float:
        """Seconds until the state is so; the window lives meanwhile."""
        begin = time.perf_counter()
        while not reached(self.session.state):
            loop = QEventLoop()
            QTimer.singleShot(every_ms, loop.quit)
            loop.exec()
        return time.perf_counter() - begin

    def rest(self, seconds: float) -> None:
        """Let the window do what it still does; its silence meanwhile does not count."""
        end = time.perf_counter() + seconds
        kept = self.silence_s
        self.until(lambda _: time.perf_counter() > end, 50)
        self.silence_s = kept

    def tell(self, what: str, value: str) -> None:
        """Print a figure with the longest silence since the one before."""
        sys.stdout.write(f"{what:34} {value:34} longest silence {1000 * self.silence_s:5.0f} ms\n")
        sys.stdout.flush()
        self.silence_s = 0.0

    def step_to(self, band: int) -> float:
        """Seconds from asking for a band to its picture."""
        recipe = CompositeRecipe("band", (band,))
        self.session.view.set_recipe(recipe)
        return self.until(lambda state: _picture_recipe(state) == recipe)

    def scrub(self, what: str, before: Callable[[], None]) -> None:
        """Step from band to band, and print median and longest."""
        took = []
        for step in range(STEPS):
            before()
            self.rest(0.05)  # what was dropped from the cache held up the window, not the step
            took.append(self.step_to(10 + step * 9))
        told = f"median {1000 * np.median(took):.0f} ms, longest {1000 * max(took):.0f} ms"
        self.tell(what, told)


def _picture_recipe(state: State) -> CompositeRecipe | None:
    document = state.document
    return document.composite.recipe if document and document.composite else None


def _is_sharp(state: State) -> bool:
    document = state.document
    return bool(document and document.composite and not document.composite.coarse)


def forget(paths: list[Path]) -> None:
    """Drop files from the system's cache."""
    for path in paths:
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def memory() -> str:
    """What the process holds, now and at its peak."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    found = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith("Vm")}
    return f"{found['VmRSS'] // 1024} MB, peak {found['VmHWM'] // 1024} MB"


def main() -> None:
    """Write, open, scrub, tell."""
    interleave = sys.argv[1] if len(sys.argv) > 1 else "bip"
    size_bytes = 1e9 * float(sys.argv[2] if len(sys.argv) > 2 else 20)
    app = QApplication(sys.argv[:1])  # noqa: F841 - lives as long as the window
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        os.environ["FOCUS_VIEWER_CACHE"] = str(folder / "cache")
        header = write_sparse(folder, interleave, size_bytes)
        bench = Bench(folder)
        bench.rest(1)
        bench.tell("memory of the empty window", memory())
        bench.workbench.open([header])
        bench.tell("open", f"{bench.until(lambda state: state.document is not None):.2f} s")
        bench.workbench.explaining.cancel()  # explaining has a benchmark of its own
        seconds = bench.until(lambda state: _picture_recipe(state) is not None)
        bench.tell("first picture", f"{seconds:.2f} s")
        seconds = bench.until(lambda s: s.document is not None and s.document.bands_ready, 50)
        bench.tell("bands cached", f"{seconds:.0f} s")
        bench.until(_is_sharp)
        bench.rest(8)  # the model's libraries are loaded in the first seconds
        data = [header.with_suffix(".img"), *cache_folder().glob("*/*.bsq")]
        bench.scrub("step to another band, cold", lambda: forget(data))
        bench.scrub("step to another band, warm", lambda: None)
        bench.tell("memory", memory())
        bench.window.leave()


if __name__ == "__main__":
    main()
