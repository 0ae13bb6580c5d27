"""Work of a process of a cluster: it loads the model once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

from focus_viewer.batch.options import BatchOptions
from focus_viewer.batch.work.allocation import keep_freed_memory
from focus_viewer.batch.work.chunks import Chunk
from focus_viewer.batch.work.tasks import Outcome

if TYPE_CHECKING:
    from focus_viewer.batch.work.worker import Worker


def work(chunk: Chunk, options: BatchOptions, identity: Mapping[str, str]) -> list[Outcome]:
    """Return the outcomes of a chunk.

    Raises
    ------
    ModelError
        If the model cannot be loaded or the device is missing.
    """
    worker = _worker(replace(options, device=own_device(options.device)), _Identity(identity))
    return list(worker.run(chunk))


def own_device(device: str) -> str:
    """Return the device of this process: of several GPUs each process of a machine takes one."""
    from focus_viewer.explain.inference.devices import available_devices

    gpus = [name for name in available_devices() if name.startswith("cuda")]
    place = import_module("distributed").get_worker().name
    if device != "auto" or len(gpus) < 2 or not isinstance(place, int):
        return device
    return gpus[place % len(gpus)]


class _Identity(dict[str, str]):
    """Identity of options that can be a key."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(sorted(self.items())))


@lru_cache(1)
def _worker(options: BatchOptions, identity: _Identity) -> Worker:
    """Return the worker of this process."""
    # The process that hands out the work does without torch.
    from focus_viewer.batch.work.worker import Worker

    keep_freed_memory()
    return Worker(options, identity)
