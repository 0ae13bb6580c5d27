"""How soon the window stands, the sample is explained, and how smooth the window stays.

Run it on a display: `xvfb-run -a python tests/bench/bench_start.py [CUBE] [--against CHECKOUT]`.
Each start is a process of its own, in turn with that of a bare window of PySide6 and pyqtgraph, and
with that of another checkout if one is named; the first turn warms the disk cache, compiles the
checkouts, as every installed package is, and is not counted. Ratios are medians over the turns.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

_BEAT_MS = 5
_ROOT = Path(__file__).parents[2]
_FIRST, _EXPLAINED = "first paint ms", "explained ms"


def main() -> None:
    """Start the windows several times in turn and tell the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cube", nargs="?", default=str(_ROOT / "resources" / "leaf.hdr"))
    parser.add_argument("--against", type=Path, help="another checkout of the project")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--once", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once is not None:
        _tell(_bare(options.once) if options.bare else _measure(options.once, Path(options.cube)))
        return
    ours, bare, others = [], [], []
    for _ in range(options.turns + 1):
        bare.append(_start(_ROOT, options.cube, "--bare"))
        ours.append(_start(_ROOT, options.cube))
        if options.against is not None:
            others.append(_start(options.against, options.cube))
    _report(ours[1:], bare[1:], others[1:])


def _report(
    ours: list[dict[str, float]], bare: list[dict[str, float]], others: list[dict[str, float]]
) -> None:
    for name in ours[0]:
        values = [run[name] for run in ours]
        sys.stdout.write(
            f"{name:40s} median {statistics.median(values):8.1f}   worst {max(values):8.1f}\n"
        )
    _ratio("first paint, of a bare window's", ours, bare, _FIRST)
    if others:
        _ratio("first paint, of the other's", ours, others, _FIRST)
        _ratio("explained, of the other's", ours, others, _EXPLAINED)


def _ratio(
    text: str, ours: list[dict[str, float]], others: list[dict[str, float]], name: str
) -> None:
    ratios = [one[name] / other[name] for one, other in zip(ours, others, strict=True)]
    told = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    sys.stdout.write(f"{text:40s} median {statistics.median(ratios):8.2f}   of {told}\n")


def _start(checkout: Path, cube: str, *more: str) -> dict[str, float]:
    script = checkout / "tests" / "bench" / Path(__file__).name
    command = [sys.executable, str(script), cube, *more, "--once", str(time.time())]
    environ = {**os.environ, "PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": ""}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environ)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def _tell(result: dict[str, float]) -> None:
    sys.stdout.write(json.dumps(result) + "\n")


def _bare(started: float) -> dict[str, float]:
    """Paint a window with nothing but an empty plot."""
    import pyqtgraph as pg
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtWidgets import QApplication, QMainWindow

    app, times = QApplication([]), {}

    class FirstPaint(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() == QEvent.Type.Paint:
                times[_FIRST] = (time.time() - started) * 1000
                app.quit()
            return False

    window, plot, watcher = QMainWindow(), pg.PlotWidget(), FirstPaint()
    window.setCentralWidget(plot)
    window.resize(1440, 900)
    plot.viewport().installEventFilter(watcher)
    window.show()
    app.exec()
    return times


def _measure(started: float, cube: Path) -> dict[str, float]:
    from PySide6.QtCore import QEvent, QObject, QTimer

    from focus_viewer.app import build
    from focus_viewer.session.state.state import Change

    explorer = build()
    times: dict[str, float] = {}
    beats: list[float] = []

    class FirstPaint(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() == QEvent.Type.Paint and _FIRST not in times:
                times[_FIRST] = (time.time() - started) * 1000
                QTimer.singleShot(0, lambda: explorer.workbench.open([cube]))
            return False

    def on_changed(change: Change) -> None:
        job, document = change.after.jobs.explaining, change.after.document
        if job.stage.startswith("explaining"):
            times.setdefault("_explaining", time.perf_counter())
        if document is not None and document.outcome != "none" and document.composite is not None:
            times.setdefault("_shown", time.perf_counter())
            times.setdefault(_EXPLAINED, (time.time() - started) * 1000)
            QTimer.singleShot(1000, explorer.app.quit)

    watcher = FirstPaint()
    explorer.window.installEventFilter(watcher)
    explorer.session.changed.connect(on_changed)
    timer = QTimer()
    timer.timeout.connect(lambda: beats.append(time.perf_counter()))
    explorer.window.show()
    timer.start(_BEAT_MS)
    explorer.app.exec()
    explorer.workbench.close()
    explaining, shown = times.pop("_explaining"), times.pop("_shown")
    return (
        times
        | _gaps("loading", [beat for beat in beats if beat < explaining])
        | _gaps("explaining", [beat for beat in beats if explaining <= beat < shown])
        | _gaps("showing", [beat for beat in beats if beat >= shown])
    )


def _gaps(phase: str, beats: list[float]) -> dict[str, float]:
    gaps = sorted((b - a) * 1000 for a, b in itertools.pairwise(beats))
    at = {"p50": gaps[len(gaps) // 2], "p99": gaps[int(len(gaps) * 0.99)], "longest": gaps[-1]}
    return {f"GUI gap while {phase}, {name} ms": gap for name, gap in at.items()}


if __name__ == "__main__":
    main()
