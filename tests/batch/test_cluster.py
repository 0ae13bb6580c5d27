"""Batches on several processes: a scheduler and workers that were started by hand."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from batch_cases import batch, csv_rows, options, write_cube, write_cubes

from focus_viewer.batch.inputs.items import Item
from focus_viewer.batch.results.journal import Journal
from focus_viewer.batch.results.records import Record
from focus_viewer.batch.work import cluster, process_setup, remote
from focus_viewer.batch.work.chunks import chunks_of
from focus_viewer.batch.work.tasks import Task
from focus_viewer.core.errors import FocusError
from focus_viewer.core.progress import silent
from focus_viewer.explain.inference import devices

distributed = pytest.importorskip("distributed")
ROOT = Path(__file__).parents[2]


def wait_for(state: Callable[[], bool]) -> None:
    """Wait for a state; pytest-timeout watches the time."""
    while not state():
        time.sleep(0.02)


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    # As many as here: sums depend on it.
    environment = {**os.environ, "OMP_NUM_THREADS": str(torch.get_num_threads())}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), *sys.path])
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[SimpleNamespace]:
    """A scheduler and two workers, each a process of its own, by name."""
    file = tmp_path / "scheduler.json"
    with ExitStack() as processes:
        places = ("--scheduler-file", str(file), "--no-dashboard")
        processes.enter_context(
            started("distributed.cli.dask_scheduler", *places, "--host", "127.0.0.1", "--port", "0")
        )
        wait_for(file.exists)
        workers = {
            name: processes.enter_context(
                started(
                    "distributed.cli.dask_worker",
                    *(*places, "--nthreads", "1", "--no-nanny", "--memory-limit", "0"),
                    *("--name", name),
                )
            )
            for name in ("first", "second")
        }
        client = distributed.Client(scheduler_file=str(file), set_as_default=False)
        processes.enter_context(client)
        client.wait_for_workers(2)
        yield SimpleNamespace(address=client.scheduler.address, workers=workers, client=client)


def busy(client: Any, name: str) -> bool:
    """Whether the scheduler has given work to a worker."""
    workers = client.scheduler_info(n_workers=-1)["workers"]
    own = [address for address, about in workers.items() if about["name"] == name]
    return any(client.processing().get(address) for address in own)


def test_a_worker_that_dies_at_work_loses_nothing_and_doubles_nothing(
    model: Path, tmp_path: Path, scheduler: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out = write_cubes(tmp_path / "day", 24), tmp_path / "out"
    written: Counter[str] = Counter()
    before = Journal.write
    victim = scheduler.workers["first"]

    def write(journal: Journal, record: Record) -> None:
        written[record.key] += 1
        before(journal, record)
        if len(written) == 1:  # both have work now: stop one in the middle of its own, and end it
            victim.send_signal(signal.SIGSTOP)
            wait_for(lambda: busy(scheduler.client, "first"))
            victim.kill()

    monkeypatch.setattr(Journal, "write", write)
    done = batch(model, out, folder, scheduler=scheduler.address)
    assert victim.poll() is not None
    assert (done.computed, len(written), set(written.values())) == (24, 24, {1})
    assert done.failed == ()
    batch(model, tmp_path / "whole", folder)
    assert csv_rows(out) == csv_rows(tmp_path / "whole")


def test_processes_of_this_machine_give_the_same_table(model: Path, tmp_path: Path) -> None:
    folder = write_cubes(tmp_path / "day", 1)  # for which one of the two is started
    before = dict(os.environ)
    batch(model, tmp_path / "two", folder, workers=2)
    assert dict(os.environ) == before  # the caller's own is not changed
    batch(model, tmp_path / "whole", folder)
    assert csv_rows(tmp_path / "two") == csv_rows(tmp_path / "whole")


def test_a_scheduler_that_does_not_answer_is_an_error(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_CONNECT_S", 0.2)
    path = write_cube(tmp_path, "leaf")
    with pytest.raises(FocusError, match="no dask scheduler answers"):
        batch(model, tmp_path / "out", path, scheduler="tcp://127.0.0.1:9")


class KilledWorker(Exception):
    """What dask raises for a task on which several workers have died."""


class Deadly:
    """A client whose workers die of one cube."""

    def __init__(self, deadly: Item) -> None:
        self.deadly = deadly

    def scheduler_info(self, n_workers: int) -> dict[str, Any]:
        return {"workers": {"only": {}}}

    def submit(self, work: Any, chunk: Any, *arguments: Any, pure: bool) -> Any:
        kills = any(task.item is self.deadly for task in chunk)
        return SimpleNamespace(
            status="error" if kills else "finished",
            cancelled=lambda: False,
            exception=KilledWorker,
            result=lambda: [Record(task.item.key, "", {}, ({"status": "ok"},)) for task in chunk],
            __hash__=None,
        )

    def cancel(self, futures: Any) -> None:
        assert futures == []


def test_a_cube_that_kills_its_workers_fails_alone(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [Item(tmp_path / f"leaf{number}.tif") for number in range(24)]
    client = Deadly(items[9])
    monkeypatch.setattr(cluster, "_distributed", lambda: SimpleNamespace(KilledWorker=KilledWorker))

    class Run(cluster._Run):
        def _submit(self) -> None:
            while self._left:
                chunk = self._left.popleft()
                self._waiting[Key(client.submit(None, chunk, pure=False))] = chunk

        def _done(self) -> list[Any]:
            return list(self._waiting)

    class Key:
        def __init__(self, future: Any) -> None:
            self._future = future

        def __getattr__(self, name: str) -> Any:
            return getattr(self._future, name)

    chosen = options(model)
    outcomes = list(
        Run(client, chosen, chosen.identity(), silent).outcomes([Task(item) for item in items])
    )
    assert Counter(each.key for each in outcomes) == Counter(item.key for item in items)
    failed = [each for each in outcomes if isinstance(each, Record) and each.failed]
    assert [each.key for each in failed] == [items[9].key]
    assert "memory ran out" in str(failed[0].rows[0]["error"])


def test_chunks_are_handfuls_of_small_cubes_and_single_large_ones(tmp_path: Path) -> None:
    small, large = tmp_path / "small.raw", tmp_path / "large.raw"
    small.write_bytes(b"0")
    with large.open("wb") as file:
        file.truncate(200 * 2**20)  # sparse: it takes no room
    tasks = [Task(Item(path)) for path in [small] * 40 + [large] * 3]
    sizes = [len(chunk) for chunk in chunks_of(tasks, 1)]
    assert sizes == [8, 8, 8, 8, 5, 3, 1, 1, 1]
    assert [len(chunk) for chunk in chunks_of(tasks[:4], 2)] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("device", "place", "expected"),
    [("auto", 3, "cuda:1"), ("cpu", 3, "cpu"), ("auto", "tcp://host:1", "auto")],
)
def test_processes_share_the_gpus_of_a_machine(
    monkeypatch: pytest.MonkeyPatch, device: str, place: object, expected: str
) -> None:
    monkeypatch.setattr(devices, "available_devices", lambda: ("cuda:0", "cuda:1", "cpu"))
    monkeypatch.setattr(distributed, "get_worker", lambda: SimpleNamespace(name=place))
    assert remote.own_device(device) == expected


def test_cores_are_shared_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert cluster._environment(3)["OMP_NUM_THREADS"] == 2
    assert cluster._environment(20)["OMP_NUM_THREADS"] == 1
    monkeypatch.setenv("OMP_NUM_THREADS", "5")
    own = cluster._environment(3)
    assert own["OMP_NUM_THREADS"] == own["MKL_NUM_THREADS"] == own["OPENBLAS_NUM_THREADS"] == 5


@pytest.mark.skipif(sys.platform != "linux", reason="of glibc")
def test_freed_memory_is_kept_for_the_next_cube() -> None:
    code = """
import resource, numpy as np
from focus_viewer.batch.work.allocation import keep_freed_memory
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(5):
        np.ones(20_000_000, np.float32)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
before = faults()
keep_freed_memory()
faults()
print(before, faults())
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=ROOT)
    before, after = map(int, done.stdout.split())
    assert after < before / 10 or before < 1000  # with large pages there is nothing to save


def test_worker_processes_leave_ctrl_c_to_the_command() -> None:
    before = signal.getsignal(signal.SIGINT)
    try:
        process_setup.dask_setup(None)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
