"""How soon the window stands, the sample is explained, and how smooth the window stays.

Run it on a display: `xvfb-run -a python tests/bench/bench_start.py [CUBE]`. Each start is a process
of its own; the first warms the disk cache and is not counted.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

_BEAT_MS = 5
_STARTS = 5


def main() -> None:
    """Start the explorer several times and tell the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cube", nargs="?", default=_sample())
    parser.add_argument("--once", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once is not None:
        _tell(_measure(options.once, Path(options.cube)))
        return
    runs = [_start(options.cube) for _ in range(_STARTS + 1)][1:]
    for name in runs[0]:
        values = [run[name] for run in runs]
        sys.stdout.write(
            f"{name:40s} median {statistics.median(values):8.1f}   worst {max(values):8.1f}\n"
        )


def _sample() -> str:
    return str(Path(__file__).parents[2] / "resources" / "leaf.hdr")


def _start(cube: str) -> dict[str, float]:
    command = [sys.executable, __file__, cube, "--once", str(time.time())]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def _tell(result: dict[str, float]) -> None:
    sys.stdout.write(json.dumps(result) + "\n")


def _measure(started: float, cube: Path) -> dict[str, float]:
    from PySide6.QtCore import QEvent, QObject, QTimer

    from focus_viewer.app import build
    from focus_viewer.session.state.state import Change

    explorer = build()
    times: dict[str, float] = {}
    beats: list[float] = []

    class FirstPaint(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() == QEvent.Type.Paint and "first paint ms" not in times:
                times["first paint ms"] = (time.time() - started) * 1000
                QTimer.singleShot(0, lambda: explorer.workbench.open([cube]))
            return False

    def on_changed(change: Change) -> None:
        job, document = change.after.jobs.explaining, change.after.document
        if job.stage.startswith("explaining"):
            times.setdefault("_explaining", time.perf_counter())
        if document is not None and document.outcome != "none" and document.composite is not None:
            times.setdefault("_shown", time.perf_counter())
            times.setdefault("explained ms", (time.time() - started) * 1000)
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
