"""Growth of memory over many cycles of use: open, explain, draw, undo, close.

Run it on a display: `xvfb-run -a python tests/bench/bench_cycles.py JOURNAL.csv [--cycles 2000]`;
with `--figure PICTURE.svg` it draws the memory of each cycle.
Each cycle adds a line to the journal: its number, the process, and resident memory in MB. A run
that was stopped goes on with the next cycle in a process of its own, whose growth is counted from
its own 100th cycle; the result is that of the process with the most cycles. The model is the
bundled one.
"""

from __future__ import annotations

import argparse
import csv
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent

from focus_viewer.app import Explorer, build
from focus_viewer.core.regions.shapes import Rectangle

_WARM, _LAST = 100, 50
_PATIENCE_S = 120.0
_SAMPLE = Path(__file__).parents[2] / "resources" / "samples" / "study" / "plant_1.hdr"


def main() -> None:
    """Go through the cycles that are left, and tell the growth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("journal", type=Path)
    parser.add_argument("--cycles", type=int, default=2000)
    parser.add_argument("--figure", type=Path)
    options = parser.parse_args()
    done = len(_read(options.journal))
    if done < options.cycles:
        explorer = build()
        explorer.window.show()
        with options.journal.open("a", encoding="utf-8", newline="") as file:
            for number in range(done + 1, options.cycles + 1):
                _cycle(explorer, number)
                csv.writer(file).writerow([number, os.getpid(), f"{_resident_mb():.2f}"])
                file.flush()
    rows = _read(options.journal)
    if options.figure is not None:
        _draw(rows, options.figure)
    sys.stdout.write(_growth(rows) + "\n")
    sys.stdout.flush()
    os._exit(0)


def _cycle(explorer: Explorer, number: int) -> None:
    """Open a cube, wait for its explanation, draw, undo, and close it."""
    session, state = explorer.session, lambda: explorer.session.state
    explorer.workbench.open([_SAMPLE])
    _until(explorer, lambda: state().document is not None)
    _until(explorer, lambda: state().document.outcome != "none")
    session.regions.draw(Rectangle((3.0, 3.0), (12.0 + number % 9, 14.0)))
    _until(explorer, lambda: bool(state().document.annotations.regions))
    session.view.set_window(500.0 + number % 400, 40.0)
    explorer.app.processEvents()
    session.history.undo()
    session.documents.close(state().document.id)
    _until(explorer, lambda: state().document is None)


def _until(explorer: Explorer, condition: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not condition():
        explorer.app.processEvents()
        # Outside a running event loop Qt keeps for ever what was left to be deleted later.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        time.sleep(0.001)
        if time.monotonic() > end:
            raise TimeoutError("a step of the cycle did not end")


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _read(journal: Path) -> list[tuple[int, float]]:
    """Read the process and the memory of each cycle."""
    if not journal.is_file():
        return []
    with journal.open(encoding="utf-8", newline="") as file:
        return [(int(row[1]), float(row[2])) for row in csv.reader(file)]


def _draw(rows: list[tuple[int, float]], file: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 2.6), layout="constrained")
    axes = figure.add_subplot()
    memory = np.array([each for _, each in rows])
    axes.plot(np.arange(1, memory.size + 1), memory, lw=0.7)
    axes.set(xlabel="cycle", ylabel="resident memory (MB)", ylim=(0, 1.1 * memory.max()))
    figure.savefig(file)


def _growth(rows: list[tuple[int, float]]) -> str:
    """Compare the memory of the last cycles with that after the first hundred."""
    by_process: dict[int, list[float]] = defaultdict(list)
    for process, memory in rows:
        by_process[process].append(memory)
    longest = max(by_process.values(), key=len)
    if len(longest) < _WARM + 2 * _LAST:
        return f"{len(longest)} cycles in one process are too few to tell: {longest[-1]:.0f} MB now"
    before = statistics.median(longest[_WARM : _WARM + _LAST])
    after = statistics.median(longest[-_LAST:])
    slope = np.polyfit(np.arange(len(longest) - _WARM), longest[_WARM:], 1)[0]
    return (
        f"{len(longest)} cycles: {before:.1f} MB after {_WARM}, {after:.1f} MB in the end: "
        f"{100 * (after / before - 1):+.2f} %, {1000 * slope:.2f} MB for 1,000 cycles"
    )


if __name__ == "__main__":
    main()
