"""Setup of a worker process of this machine's own cluster, which dask calls when it starts."""

from __future__ import annotations

from typing import Any

from focus_viewer.core.interrupts import ignore_ctrl_c


def dask_setup(worker: Any) -> None:
    """Leave Ctrl-C, which a terminal sends to all processes, to the one that was started."""
    ignore_ctrl_c()
