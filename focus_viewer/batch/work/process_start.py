"""Start of worker processes: on Linux they are forked from one that has the libraries loaded."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import forkserver

_METHOD = "distributed.worker.multiprocessing-method"
_PRESPAWN = "distributed.nanny.pre-spawn-environ"
# Without their threads: a forked process has only one.
_LOADED = ("distributed", "focus_viewer.batch.work.worker")


@contextmanager
def worker_processes(environment: Mapping[str, int]) -> Iterator[None]:
    """Let dask start worker processes with an environment, within the block.

    Loading torch and timm takes each process as long as explaining several cubes, so that it is
    done once. macOS' own libraries do not allow this, and Windows has no fork.

    Parameters
    ----------
    environment : mapping of str to int
        Variables that are read when a process starts or a library is loaded.
    """
    options: dict[str, object] = {_PRESPAWN: dict(environment)}
    forks = sys.platform == "linux"
    if forks:
        options[_METHOD] = "forkserver"
    with import_module("dask.config").set(options), _environ(environment):
        if forks:
            # Asked first, as it sets what dask itself would load.
            context = import_module("distributed.utils").get_mp_context()
            context.set_forkserver_preload(list(_LOADED))
            forkserver.ensure_running()
        yield


@contextmanager
def _environ(values: Mapping[str, int]) -> Iterator[None]:
    """Set variables of this process within the block, and undo what dask itself adds to them."""
    before = dict(os.environ)
    os.environ.update({name: str(value) for name, value in values.items()})
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)
