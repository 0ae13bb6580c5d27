"""Cluster of processes: a batch on dask.distributed."""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from focus_viewer.batch.options import BatchOptions
from focus_viewer.batch.results.rows import failed_record
from focus_viewer.batch.work import process_setup
from focus_viewer.batch.work.allocation import ENVIRONMENT
from focus_viewer.batch.work.chunks import Chunk, chunks_of
from focus_viewer.batch.work.process_start import worker_processes
from focus_viewer.batch.work.remote import work
from focus_viewer.batch.work.tasks import Engine, Outcomes, Task
from focus_viewer.core.errors import FocusError
from focus_viewer.core.interrupts import ctrl_c_held
from focus_viewer.core.progress import Step

_POLL_S = 0.2
_CONNECT_S = 20
_IN_FLIGHT = 3
"""Chunks that each worker has or waits for, so that none is idle."""

_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
_KILLED = (
    "the process that worked on it ended, again and again: memory ran out, or a library failed on "
    "the file"
)


def on_cluster(workers: int, scheduler: str) -> Engine:
    """Return an engine of processes on this machine, or of the workers of a scheduler.

    Parameters
    ----------
    workers : int
        Processes of one thread each; without meaning where there is a scheduler.
    scheduler : str
        Its address; empty for a cluster of its own.
    """

    def engine(
        tasks: Sequence[Task], options: BatchOptions, identity: Mapping[str, str], step: Step
    ) -> Outcomes:
        if not tasks:
            return
        step(0.0, "starting the workers")
        with _client(min(workers, len(tasks)), scheduler) as client:
            yield from _Run(client, options, identity, step).outcomes(tasks)

    return engine


@contextmanager
def _client(workers: int, scheduler: str) -> Iterator[Any]:
    """Connect to a scheduler, or start one with its workers, which end with the block."""
    distributed = _distributed()
    logging.getLogger("distributed").setLevel(logging.ERROR)
    if scheduler:
        try:
            client = distributed.Client(scheduler, timeout=_CONNECT_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise FocusError(
                f"--scheduler {scheduler}: no dask scheduler answers there ({error}). Start one "
                "with `dask scheduler`, or check the address."
            ) from error
        with client:
            yield client
        return
    with worker_processes(_environment(workers)):
        with ctrl_c_held():  # the terminal sends it to the workers too; this process answers it
            cluster = distributed.LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                # Dask would pause a worker whose memory is torch's, for ever.
                memory_limit=0,
                dashboard_address="127.0.0.1:0",  # else a second batch complains about the port
                preload=[process_setup.__name__],
                silence_logs=logging.ERROR,
            )
        with cluster, distributed.Client(cluster, set_as_default=False) as client:
            yield client


def _distributed() -> Any:
    """Return the library, which only batches on several processes load."""
    try:
        return import_module("distributed")
    except ImportError as error:
        raise FocusError(
            f"A library for several processes is missing ({error}): pip install "
            "'focus-viewer[batch]'"
        ) from error


def _environment(workers: int) -> dict[str, int]:
    """Return the threads of each process, the cores shared out, and how it keeps memory.

    What the user has set counts.
    """
    usable = getattr(os, "sched_getaffinity", None)
    cores = len(usable(0)) if usable else os.cpu_count() or 1
    share = max(1, cores // workers)
    # The other libraries' own names would overrule it.
    threads = os.environ.get(_THREADS[0]) or share
    values = {**dict.fromkeys(_THREADS, threads), **ENVIRONMENT}
    return {name: int(os.environ.get(name) or value) for name, value in values.items()}


class _Run:
    """Run of tasks on the workers of a client.

    A worker that dies loses its chunk, which another one takes. One on which several have died is
    cut into single cubes, so that the one which kills them is found.
    """

    def __init__(
        self, client: Any, options: BatchOptions, identity: Mapping[str, str], step: Step
    ) -> None:
        self._client, self._step = client, step
        self._arguments = options, dict(identity)
        self._left: deque[Chunk] = deque()
        self._waiting: dict[Any, Chunk] = {}

    def outcomes(self, tasks: Sequence[Task]) -> Outcomes:
        """Yield the outcomes of tasks as they come."""
        self._left.extend(chunks_of(tasks, self._workers()))
        try:
            while self._left or self._waiting:
                self._submit()
                self._step(0.0, "explaining" if self._workers() else "waiting for workers")
                for future in self._done():
                    yield from self._outcomes_of(future, self._waiting.pop(future))
        finally:
            self._client.cancel(list(self._waiting))

    def _workers(self) -> int:
        return len(self._client.scheduler_info(n_workers=-1)["workers"])

    def _submit(self) -> None:
        most = _IN_FLIGHT * max(1, self._workers())
        while self._left and len(self._waiting) < most:
            chunk = self._left.popleft()
            future = self._client.submit(work, chunk, *self._arguments, pure=False)
            self._waiting[future] = chunk

    def _done(self) -> Sequence[Any]:
        waiting = list(self._waiting)
        try:
            with self._client.as_current():
                return list(_distributed().wait(waiting, _POLL_S, "FIRST_COMPLETED").done)
        except TimeoutError:
            return ()

    def _outcomes_of(self, future: Any, chunk: Chunk) -> Outcomes:
        if future.status == "finished":
            yield from future.result()
            return
        error = None if future.cancelled() else future.exception()
        if isinstance(error, _distributed().KilledWorker):
            if len(chunk) > 1:
                self._left.extend((task,) for task in chunk)
            else:
                yield failed_record(chunk[0].item, _KILLED)
            return
        if isinstance(error, FocusError):
            raise error
        raise FocusError(
            f"The workers could not go on ({error or 'the scheduler has ended'}): see their logs. "
            "What is finished is kept; the same command goes on."
        )
