"""Chunks of tasks: a cube, or a handful of small ones, for one worker at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from focus_viewer.batch.work.tasks import Task
from focus_viewer.core.errors import FocusError
from focus_viewer.io.formats.envi.file_pairs import data_of, is_header
from focus_viewer.io.storage.files import size_bytes

Chunk = tuple[Task, ...]

_MOST_CUBES = 8
_MOST_BYTES = 256 * 2**20
_ROUNDS = 2
"""Chunks of its size that each worker could still take when one is cut."""


def chunks_of(tasks: Sequence[Task], workers: int) -> Iterator[Chunk]:
    """Cut tasks, in order, into chunks of few cubes and not too many bytes.

    They grow smaller towards the end, so that all workers end at about the same time.
    """
    chunk: list[Task] = []
    total = 0
    for place, task in enumerate(tasks):
        size = _bytes_of(task)
        left = len(tasks) - place + len(chunk)
        most = min(_MOST_CUBES, max(1, left // (_ROUNDS * max(1, workers))))
        if chunk and (len(chunk) >= most or total + size > _MOST_BYTES):
            yield tuple(chunk)
            chunk, total = [], 0
        chunk.append(task)
        total += size
    if chunk:
        yield tuple(chunk)


def _bytes_of(task: Task) -> int:
    path = task.item.path
    try:
        return size_bytes(data_of(path) if is_header(path) else path)
    except FocusError:  # reported when it is opened
        return 0
