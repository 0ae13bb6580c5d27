"""Cluster of processes: a batch on dask.distributed."""

from __future__ import annotations

from focus_viewer.batch.tasks import Engine


def on_cluster(workers: int, scheduler: str) -> Engine:
    """Return an engine."""
    raise NotImplementedError
