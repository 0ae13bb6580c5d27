"""Run of a batch: from inputs to one table."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from focus_viewer.batch.inputs.items import Item
from focus_viewer.batch.inputs.work_list import WorkList, work_list
from focus_viewer.batch.options import BatchOptions
from focus_viewer.batch.results.journal import Journal, unfinished
from focus_viewer.batch.results.records import Record, Row
from focus_viewer.batch.results.rows import failed_record
from focus_viewer.batch.results.table import (
    Table,
    curves_dataset,
    require_libraries,
    table_of,
    write_table,
)
from focus_viewer.batch.work.tasks import Engine, Outcome, Outcomes, Task
from focus_viewer.core.progress import Step


@dataclass(frozen=True)
class BatchRequest:
    """Batch to run.

    Attributes
    ----------
    inputs : tuple of str or Path
        See `work_list`.
    out : Path
    groups : Path or None
        Table of groups.
    wavelengths : Path or None
        Table of wavelengths, for cubes that state none.
    workers : int
        Processes on this machine; 1 works in this process.
    scheduler : str
        Address of a running dask scheduler; empty for none.
    resume : bool
        False computes what is finished again.
    """

    inputs: tuple[str | Path, ...]
    out: Path
    options: BatchOptions = field(default_factory=BatchOptions)
    groups: Path | None = None
    workers: int = 1
    scheduler: str = ""
    resume: bool = True
    wavelengths: Path | None = None


@dataclass(frozen=True, eq=False, repr=False)
class BatchRun:
    """Finished batch.

    Attributes
    ----------
    paths : tuple of Path
        Of the table (Parquet), the curves (NetCDF) and the table again (CSV).
    computed, reused : int
        Cubes that were computed in this run, and before.
    seconds : float
    """

    table: Table
    paths: tuple[Path, ...]
    notes: tuple[str, ...]
    computed: int
    reused: int
    seconds: float

    def __repr__(self) -> str:
        return (
            f"BatchRun({len(self.rows)} rows, {len(self.failed)} failed, "
            f"{len(self.not_applicable)} to which the model does not apply: {self.paths[0]})"
        )

    @property
    def rows(self) -> tuple[Row, ...]:
        """Rows of the table, values by column; None where one is not known."""
        return self.table.rows

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """Columns of the table by name: numbers with NaN, texts with None where not known."""
        return {column.name: self.table.array(column) for column in self.table.columns}

    @property
    def curves(self) -> Any:
        """Curves as an xarray data set, as in curves.nc."""
        return curves_dataset(self.table)

    @property
    def failed(self) -> tuple[int, ...]:
        """Positions of the rows that failed."""
        status = self.table.column("status")
        return tuple(place for place, value in enumerate(status) if value == "failed")

    @property
    def not_applicable(self) -> tuple[int, ...]:
        """Positions of the rows to which the model does not apply."""
        verdicts = self.table.column("verdict")
        return tuple(place for place, each in enumerate(verdicts) if each == "does not apply")


def run_batch(request: BatchRequest, step: Step) -> BatchRun:
    """Explain the cubes of a batch, and write one table.

    Parameters
    ----------
    step : Step
        Called often, with counts and the time left; what it raises ends the batch, and what is
        finished is kept.

    Raises
    ------
    FocusError
        If an input, the model, the device or a file of the options is missing, the folder holds
        another batch, or it cannot be written to.
    """
    started = time.perf_counter()
    require_libraries()
    step(0.0, "listing the cubes")
    identity = request.options.identity()
    listed = work_list(request.inputs, request.groups, step, request.wavelengths)
    journal = Journal(request.out)
    with journal.begun(identity, request.resume):
        left = unfinished(listed.items, journal)
        progress = Progress(len(listed.items), len(listed.items) - len(left), step)
        engine = _engine(request)
        tasks = [Task(item, before) for item, before in left]
        with closing(engine(tasks, request.options, identity, progress.within)) as outcomes:
            for outcome in outcomes:
                progress.count(_store(outcome, tasks, journal))
        records = [_kept(item, journal) for item in listed.items]
        step(1.0, "writing the table")
        table = table_of(listed.items, records)
        paths = write_table(table, request.out)
    return _finished(table, paths, listed, len(left), time.perf_counter() - started)


def _engine(request: BatchRequest) -> Engine:
    if request.workers == 1 and not request.scheduler:
        return in_this_process
    from focus_viewer.batch.work.cluster import on_cluster

    return on_cluster(request.workers, request.scheduler)


def in_this_process(
    tasks: Sequence[Task], options: BatchOptions, identity: Mapping[str, str], step: Step
) -> Outcomes:
    """Yield the outcomes of tasks, computed in this process."""
    if not tasks:
        return
    from focus_viewer.batch.work.worker import Worker

    step(0.0, "loading the model")
    yield from Worker(options, identity).run(tasks, step)


def _store(outcome: Outcome, tasks: Sequence[Task], journal: Journal) -> bool:
    """Store an outcome; return whether the cube failed."""
    if isinstance(outcome, Record):
        journal.write(outcome)
        return outcome.failed
    item = next(task.item for task in tasks if task.item.key == outcome.key)
    record = journal.find(item)
    if record is not None:
        journal.write(replace(record, stamps=outcome.stamps))
    return False


def _kept(item: Item, journal: Journal) -> Record:
    record = journal.find(item)
    if record is None:
        return failed_record(item, "its record in the journal is missing: run the batch again")
    return record


def _finished(
    table: Table, paths: tuple[Path, ...], listed: WorkList, computed: int, seconds: float
) -> BatchRun:
    reused = len(listed.items) - computed
    return BatchRun(table, paths, listed.notes, computed, reused, seconds)


class Progress:
    """Progress of a batch: finished cubes, failures, and the time that is left.

    Parameters
    ----------
    before : int
        Cubes that were finished before.
    """

    def __init__(self, total: int, before: int, step: Step) -> None:
        self._total, self._before, self._step = total, before, step
        self._done = self._failed = 0
        self._started = time.monotonic()

    def count(self, failed: bool) -> None:
        """Count a finished cube."""
        self._done += 1
        self._failed += failed
        self.within(0.0, "")

    def within(self, fraction: float, text: str) -> None:
        """Report on the batch, with what is said of the cube in work."""
        finished = self._before + self._done
        work = f"; {text}" if text else ""
        self._step(finished / max(self._total, 1), f"{self.text}{work}")

    @property
    def text(self) -> str:
        """Description: "37 of 200, 1 failed, 0:02:05 left"."""
        finished = self._before + self._done
        failed = f", {self._failed} failed" if self._failed else ""
        return f"{finished} of {self._total}{failed}{self._left(self._total - finished)}"

    def _left(self, count: int) -> str:
        if not self._done or not count:
            return ""
        seconds = round((time.monotonic() - self._started) / self._done * count)
        return f", {timedelta(seconds=seconds)} left"
