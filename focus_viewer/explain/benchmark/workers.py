"""Worker processes of the benchmark, one thread each; a task is a method on a scene.

A pass of a small model uses few cores, so that parallel passes are faster than consecutive ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import torch

from focus_viewer.core.errors import FocusError
from focus_viewer.core.process_pool import WorkerDied, completed
from focus_viewer.explain.benchmark.measure import Depth, Task, measure_scene

Item = tuple[str, str]
"""Method, and number of the scene."""
MakeTask = Callable[[Item], tuple[Task, Depth]]
"""What an item asks for: arguments of `measure_scene`."""


def measure_items(
    make_task: MakeTask, items: Sequence[Item], workers: int, tick: Callable[[Item, int], None]
) -> Iterator[tuple[Item, dict[str, float]]]:
    """Measure items, in whatever order they get done.

    Parameters
    ----------
    make_task : callable
        Picklable where there is more than one worker.
    workers : int
        Processes; 1 measures in this one.
    tick : callable
        Called with an item in work and the number of completed items; raises `Cancelled`
        to stop.

    Raises
    ------
    FocusError
        If a process ended before its work was done.
    Cancelled
    """
    if workers == 1:
        for done, item in enumerate(items):
            tick(item, done)
            yield item, measure_scene(*make_task(item))
        return
    started = completed(
        _measure,
        items,
        workers,
        lambda position, done: tick(items[position], done),
        partial(_enter, make_task),
    )
    try:
        for position, figures in started:
            yield items[position], figures
    except WorkerDied as error:
        raise FocusError(
            f"{error} The figures measured so far are stored: run the same command again."
        ) from error


_make_task: MakeTask | None = None  # of the round that this process works for


def _enter(make_task: MakeTask) -> None:
    global _make_task
    torch.set_num_threads(1)
    _make_task = make_task


def _measure(item: Item) -> dict[str, float]:
    if _make_task is None:
        raise RuntimeError("a process measures only after `_enter`")
    return measure_scene(*_make_task(item))
